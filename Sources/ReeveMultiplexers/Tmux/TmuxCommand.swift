/// One tmux command as words, with its two encoders: a control-mode line, and an argument of another command.
struct TmuxCommand: Sendable, Hashable {
    private var commands: [[String]]

    init(_ words: String...) { commands = [words] }
    init(words: [String]) { commands = [words] }

    /// Several commands in one line, each carried out only if the one before it succeeded.
    static func sequence(_ commands: [TmuxCommand]) -> TmuxCommand {
        var sequence = TmuxCommand()
        sequence.commands = commands.flatMap(\.commands)
        return sequence
    }

    /// As tmux's own parser reads it (3.0 to 3.8, measured there with random strings): in double quotes, a backslash before `"`, `\`,
    /// `$` and `~` (a leading tilde is expanded even inside quotes), control characters as escapes. Never a raw newline: that would
    /// begin the next command.
    var line: String { commands.map { $0.map(Self.quote).joined(separator: " ") }.joined(separator: " ; ") }

    static func quote(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
        if isPlain { return word }
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        bytes.reserveCapacity(word.utf8.count + 8)
        for byte in word.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"), UInt8(ascii: "~"):
                bytes += [UInt8(ascii: "\\"), byte]
            case 0x0A: bytes += Array("\\n".utf8)
            case 0x0D: bytes += Array("\\r".utf8)
            case 0x09: bytes += Array("\\t".utf8)
            case 0..<0x20, 0x7F:
                bytes += [UInt8(ascii: "\\"), 0x30 + (byte >> 6), 0x30 + (byte >> 3 & 7), 0x30 + (byte & 7)]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Text that tmux expands as a format, made inert.
    static func escapeFormat(_ text: String) -> String {
        text.split(separator: "#", omittingEmptySubsequences: false).joined(separator: "##")
    }
}
