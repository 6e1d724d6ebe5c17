import Foundation

/// What a long run prints while it runs.
enum Progress {
    /// Written at once: standard output waits for more when it is no terminal.
    static func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }
}
