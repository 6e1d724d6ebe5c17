import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The few file things a client needs, without Foundation.
enum Files {
    /// The real path of an existing directory, as the daemon must get it: its own directory is another.
    static func absolute(_ path: String, for parameter: String) throws(ReeveError) -> String {
        guard let resolved = realpath(path, nil) else {
            throw .invalid("$.\(parameter)", "\(path): \(String(cString: strerror(errno)))")
        }
        defer { free(resolved) }
        guard let text = String(validatingCString: resolved) else {
            throw .invalid("$.\(parameter)", "the real path of \(path) is not UTF-8", hint: "rename the directory")
        }
        var info = stat()
        guard stat(resolved, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else {
            throw .invalid("$.\(parameter)", "\(path) is no directory")
        }
        return text
    }

    /// A path as another program with another working directory must get it. Nothing need be there, and no link is followed.
    static func fromHere(_ path: String) throws(ReeveError) -> String {
        guard !path.isEmpty, !path.hasSuffix("/") else { throw .invalid("$.file", "'\(path)' is no name of a file") }
        if path.hasPrefix("/") { return path }
        guard let here = getcwd(nil, 0) else {
            throw .unavailable("the working directory is gone: \(String(cString: strerror(errno)))", hint: "give a full path")
        }
        defer { free(here) }
        return "\(String(cString: here))/\(path)"
    }

    /// A whole text file; `-` is standard input.
    static func read(_ path: String) throws(ReeveError) -> String {
        let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { if descriptor != 0 { close(descriptor) } }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            #if canImport(Glibc)
            let n = Glibc.read(descriptor, &chunk, chunk.count)
            #else
            let n = Darwin.read(descriptor, &chunk, chunk.count)
            #endif
            if n > 0 {
                bytes += chunk[..<n]
            } else if n == 0 {
                break
            } else if errno == EAGAIN {
                var end = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                _ = poll(&end, 1, -1)
            } else if errno != EINTR {
                throw unreadable(path)
            }
            if bytes.count > 1 << 20 { throw ReeveError(.tooLarge, "\(path) is longer than 1 MiB") }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .invalid("$.body", "\(path) is not UTF-8", hint: "iconv -t UTF-8 makes a copy that is")
        }
        return text
    }

    private static func unreadable(_ path: String) -> ReeveError {
        .invalid("$.body", "\(path == "-" ? "standard input" : path): \(String(cString: strerror(errno)))")
    }

    /// The first executable file of this name in the PATH, or beside this program; a path is itself.
    static func find(_ name: String, besideThisProgram: Bool = true) -> String? {
        if name.contains("/") { return isProgram(name) ? name : nil }
        let folders = (Environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map(String.init)
        return ((besideThisProgram ? [programs] : []) + folders).map { "\($0)/\(name)" }.first { isProgram($0) }
    }

    /// A directory may be executable too.
    static func isProgram(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
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

    /// - Returns: why that is not possible.
    static func enter(_ directory: String) -> ReeveError? {
        chdir(directory) == 0 ? nil : .invalid("$.cwd", "\(directory): \(String(cString: strerror(errno)))")
    }

    /// Replaces this process by `arguments`; returns only when that fails.
    static func become(_ arguments: [String]) -> ReeveError {
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        execvp(arguments.first ?? "", &pointers)
        return .unavailable("cannot run \(arguments.first ?? ""): \(String(cString: strerror(errno)))")
    }
}
