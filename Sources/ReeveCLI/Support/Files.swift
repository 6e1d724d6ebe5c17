import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The few file things a client needs, without Foundation.
enum Files {
    /// The real path of an existing directory, as the daemon must get it: its own directory is another.
    static func absolute(_ path: String) throws(ReeveError) -> String {
        guard let resolved = realpath(path, nil) else {
            throw .invalid("$.project", "\(path): \(String(cString: strerror(errno)))")
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// A whole text file; `-` is standard input.
    static func read(_ path: String) throws(ReeveError) -> String {
        let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .invalid("$.body", "\(path): \(String(cString: strerror(errno)))") }
        defer { if descriptor != 0 { close(descriptor) } }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            #if canImport(Glibc)
            let n = Glibc.read(descriptor, &chunk, chunk.count)
            #else
            let n = Darwin.read(descriptor, &chunk, chunk.count)
            #endif
            if n > 0 { bytes += chunk[..<n] } else if n == 0 || errno != EINTR { break }
            if bytes.count > 1 << 20 { throw ReeveError(.tooLarge, "\(path) is longer than 1 MiB") }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalid("$.body", "\(path) is not UTF-8") }
        return text
    }

    /// The first executable of this name in the PATH, or beside this program.
    static func find(_ name: String) -> String? {
        let folders = (Environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map(String.init)
        return ([programs] + folders).map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// The folder of this program.
    static var programs: String {
        let own = CommandLine.arguments[0]
        let path = own.contains("/") ? own : "/proc/self/exe"
        guard let resolved = realpath(path, nil) else { return "." }
        defer { free(resolved) }
        let text = String(cString: resolved)
        return String(text[..<(text.lastIndex(of: "/") ?? text.endIndex)])
    }

    /// Replaces this process by `arguments`; returns only when that fails.
    static func become(_ arguments: [String]) -> ReeveError {
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        execvp(arguments.first ?? "", &pointers)
        return .unavailable("cannot run \(arguments.first ?? ""): \(String(cString: strerror(errno)))")
    }
}
