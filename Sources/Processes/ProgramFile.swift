#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The file that a program's name stands for.
package enum ProgramFile {
    /// The PATH of whoever has none.
    package static let usualPath = "/usr/local/bin:/usr/bin:/bin"

    /// - Parameters:
    ///   - program: a name, or a path, which is itself.
    ///   - path: folders, as in `PATH`.
    package static func find(_ program: String, in path: String) -> String? {
        if program.contains("/") { return isProgram(program) ? program : nil }
        return path.split(separator: ":").map { "\($0)/\(program)" }.first { isProgram($0) }
    }

    /// A folder is executable too, but not by `execve`.
    package static func isProgram(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
}
