import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The few questions to the disk that git does not answer.
enum FileSystem {
    static func isDirectory(_ path: String) -> Bool {
        var info = stat()
        return lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    static func exists(_ path: String) -> Bool {
        var info = stat()
        return lstat(path, &info) == 0
    }

    /// Whether nothing is in a directory.
    static func isEmpty(_ path: String) -> Bool {
        guard let directory = opendir(path) else { return false }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { return false }
        }
        return true
    }

    /// The path without links, `.` and `..`, as git says it; of what is not there yet the part that is there.
    static func canonical(_ path: String) -> String {
        if let resolved = realpath(path, nil) {
            defer { free(resolved) }
            return String(cString: resolved)
        }
        let parts = path.split(separator: "/")
        guard path.hasPrefix("/"), let last = parts.last else { return path }
        let parent = canonical("/" + parts.dropLast().joined(separator: "/"))
        return parent == "/" ? "/\(last)" : "\(parent)/\(last)"
    }

    /// Removes directories that have become empty. What is in one is left alone.
    static func removeIfEmpty(_ path: String) { rmdir(path) }

    /// Puts a line at the end of a file, which is made with its directory if need be. One write: nobody sees half of it.
    static func append(_ line: String, to path: String) throws(ReeveError) {
        if let slash = path.lastIndex(of: "/") { mkdir(String(path[..<slash]), 0o777) }
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        let bytes = Array(line.utf8)
        guard writeFile(descriptor, bytes, bytes.count) == bytes.count else { throw failure("write", path) }
    }

    private static func failure(_ verb: String, _ path: String) -> ReeveError {
        let code = errno
        return .unavailable(
            "cannot \(verb) \(InertText.clean(path)): \(String(cString: strerror(code)))",
            hint: code == ENOSPC || code == EDQUOT ? ReeveError.makeRoom : "is the repository yours?")
    }

    /// The whole of a small file; nil where there is none, or no plain one.
    static func read(_ path: String, limit: Int) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG, info.st_size <= limit else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(info.st_size))
        var count = 0
        while count < bytes.count {
            let n = bytes.withUnsafeMutableBytes { readFile(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count) }
            if n <= 0 { break }
            count += n
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}

// The C functions, whose names the type's own hide.
private func writeFile(_ descriptor: Int32, _ bytes: [UInt8], _ count: Int) -> Int { write(descriptor, bytes, count) }
private func readFile(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
