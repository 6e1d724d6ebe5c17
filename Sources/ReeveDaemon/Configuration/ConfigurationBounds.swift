/// What is looked at before the TOML library sees a text: its parser and its destructor go as deep as the text says, and a name of
/// twenty thousand parts is the end of the process, at a reload too.
///
/// The library has a limit of its own for brackets, not for the dots in names. Up to the first fault this scan and the library agree on
/// what is a string and what is a comment; what comes after a fault nobody reads.
enum ConfigurationBounds {
    /// Bytes of a file.
    static let longest = 256 << 10
    /// Brackets within brackets, and parts of one name. A text within both has tables of at most some hundreds of levels.
    static let deepest = 16

    /// What is too much, and on which line.
    static func fault(_ text: some StringProtocol) -> (line: Int, message: String)? {
        var scan = Scan(bytes: Array(text.utf8))
        if scan.bytes.count > longest { return (1, "\(scan.bytes.count) bytes; at most \(longest) are read") }
        return scan.run()
    }

    private struct Scan {
        let bytes: [UInt8]
        private var at = 0
        private var line = 1

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func run() -> (line: Int, message: String)? {
            var open: [UInt8] = []
            var parts = 1
            while at < bytes.count {
                switch bytes[at] {
                case UInt8(ascii: "#"):
                    while at + 1 < bytes.count, bytes[at + 1] != 10 { at += 1 }
                case UInt8(ascii: "\""), UInt8(ascii: "'"): skipString()
                case UInt8(ascii: "["), UInt8(ascii: "{"):
                    open.append(bytes[at])
                    parts = 1
                    if open.count == 1, isAtLineStart, !isHeaderWithName { return (line, "a table's name is missing after '['") }
                    if open.count > deepest { return (line, "nested deeper than \(deepest)") }
                case UInt8(ascii: "]"), UInt8(ascii: "}"):
                    parts = 1
                    // The library asserts that a value in a list does not begin with a brace that closes.
                    let closed = open.popLast() ?? 0
                    if closed == UInt8(ascii: "["), bytes[at] == UInt8(ascii: "}") { return (line, "'}' where ']' is expected") }
                    if closed == UInt8(ascii: "{"), bytes[at] == UInt8(ascii: "]") { return (line, "']' where '}' is expected") }
                case UInt8(ascii: "="), UInt8(ascii: ","): parts = 1
                case UInt8(ascii: "."):
                    parts += 1
                    if parts > deepest { return (line, "a name of more than \(deepest) parts") }
                case 10:
                    line += 1
                    parts = 1
                case UInt8(ascii: "0")...UInt8(ascii: "9") where isWordStart && isDateWithOneDigit:
                    return (line, "a date and a digit behind it")
                // U+0085, U+2028, U+2029: the same assertion does not count on them either.
                case 0xC2 where bytes[at...].starts(with: [0xC2, 0x85]),
                    0xE2 where bytes[at...].starts(with: [0xE2, 0x80, 0xA8]),
                    0xE2 where bytes[at...].starts(with: [0xE2, 0x80, 0xA9]):
                    return (line, "a line break that TOML does not know")
                default: break
                }
                at += 1
            }
            return nil
        }

        /// A value may begin here.
        private var isWordStart: Bool { at == 0 || " \t\r\n=,[{".utf8.contains(bytes[at - 1]) }

        /// The library asserts that what follows a date, a blank and one digit is the rest of a time.
        private var isDateWithOneDigit: Bool {
            var date: [UInt8] = []
            var end = at
            while end < bytes.count, date.count <= 10, bytes[end] < 0x80, !" \t\r\n]},#".utf8.contains(bytes[end]) {
                // Underlines in numbers count for nothing there.
                if bytes[end] != UInt8(ascii: "_") { date.append(bytes[end]) }
                end += 1
            }
            guard date.count == 10, date[4] == UInt8(ascii: "-"), date[7] == UInt8(ascii: "-"), end + 2 < bytes.count else {
                return false
            }
            let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
            return bytes[end] == 0x20 && digits.contains(bytes[end + 1]) && !digits.contains(bytes[end + 2])
        }

        /// Nothing but blanks stands before this byte.
        private var isAtLineStart: Bool {
            bytes[..<at].reversed().first { $0 != 0x20 && $0 != 0x09 }.map { $0 == 10 } ?? true
        }

        /// The library asserts that a header's name begins as a name, also in a release build: anything else is the end of the process.
        private var isHeaderWithName: Bool {
            let second = at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "[") ? 2 : 1
            guard let first = bytes.dropFirst(at + second).first(where: { $0 != 0x20 && $0 != 0x09 }) else { return true }
            switch first {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "]"):
                return true
            default: return false
            }
        }

        /// Ends on the string's last quote, or before the end of the line that cuts it off.
        private mutating func skipString() {
            let quote = bytes[at]
            let isLong = bytes[at...].starts(with: [quote, quote, quote])
            at += isLong ? 3 : 1
            while at < bytes.count {
                switch bytes[at] {
                case 10 where !isLong:
                    at -= 1
                    return
                case 10: line += 1
                case UInt8(ascii: "\\") where quote == UInt8(ascii: "\""):
                    // What is escaped is no quote; a line's end is counted as such.
                    if at + 1 < bytes.count, bytes[at + 1] != 10 { at += 1 }
                case quote where !isLong: return
                case quote where bytes[at...].starts(with: [quote, quote, quote]):
                    at += 2
                    // Up to two quotes may stand before the closing three.
                    while at + 1 < bytes.count, bytes[at + 1] == quote { at += 1 }
                    return
                default: break
                }
                at += 1
            }
        }
    }
}
