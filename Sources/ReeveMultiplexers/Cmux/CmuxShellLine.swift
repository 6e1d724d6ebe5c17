/// Words as one line for a POSIX shell.
///
/// cmux takes the command of a terminal as one string (`initial_command`), trims it and hands it to libghostty, which has a shell
/// expand it (`/bin/sh -c`, on macOS bash below login); it has no form with separate arguments.
enum CmuxShellLine {
    static func quoted(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-_./,+@%".utf8.contains(byte)
                }
            }
        if isPlain { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
