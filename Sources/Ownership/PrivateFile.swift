#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Files in Reeve's own directories. They are made with mode 0600, never through a link, and one that is there is used only if it is a
/// plain file of this user that nobody else may open.
///
/// The directories are private, so who could have prepared such a file is this user, or somebody who could write there before they were.
package enum PrivateFile {
    /// Opens a file that is there, or with `O_CREAT` makes it.
    /// - Parameter flags: as for `open`. `O_TRUNC` counts only once the file is known to be ours.
    package static func open(_ path: String, _ flags: Int32) throws(Refusal) -> Int32 {
        // Non-blocking: opening a FIFO that somebody has put there would wait for its other end. It means nothing for a plain file.
        let always = O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        let descriptor = openFile(path, flags & ~O_TRUNC | always, 0o600)
        guard descriptor >= 0 else {
            let code = errno
            if code == ELOOP { throw link(path) }
            // A socket, or a FIFO that nobody reads.
            if code == ENXIO { throw noPlainFile(path) }
            throw failure("open", path, code)
        }
        var info = stat()
        do throws(Refusal) {
            guard fstat(descriptor, &info) == 0 else { throw failure("look at", path, errno) }
            try check(info, path)
            if flags & O_TRUNC != 0, ftruncate(descriptor, 0) != 0 { throw failure("empty", path, errno) }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// Makes a new file that holds `bytes`; what was there is taken away first: a link itself, and not what it names.
    package static func write(_ bytes: some Sequence<UInt8>, to path: String) throws(Refusal) {
        if unlink(path) != 0, errno != ENOENT { throw failure("take away the old", path, errno) }
        let descriptor = try open(path, O_WRONLY | O_CREAT | O_EXCL)
        defer { close(descriptor) }
        let all = Array(bytes)
        var offset = 0
        while offset < all.count {
            let n = all[offset...].withUnsafeBytes { writeFile(descriptor, $0.baseAddress, $0.count) }
            if n > 0 {
                offset += n
            } else if errno != EINTR {
                let code = errno
                unlink(path)
                throw failure("write", path, code)
            }
        }
    }

    /// The whole file; nil when there is none.
    package static func read(_ path: String) throws(Refusal) -> [UInt8]? {
        let descriptor: Int32
        do throws(Refusal) { descriptor = try open(path, O_RDONLY) } catch {
            if error.code == ENOENT { return nil }
            throw error
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let n = readFile(descriptor, &chunk, chunk.count)
            if n > 0 {
                bytes += chunk[..<n]
            } else if n == 0 {
                return bytes
            } else if errno != EINTR {
                throw failure("read", path, errno)
            }
        }
    }

    /// Looks without opening: closing any descriptor of SQLite's files would drop its locks.
    /// - Returns: false when there is none.
    @discardableResult
    package static func check(_ path: String) throws(Refusal) -> Bool {
        var info = stat()
        guard lstat(path, &info) == 0 else {
            if errno == ENOENT { return false }
            throw failure("look at", path, errno)
        }
        try check(info, path)
        return true
    }

    private static func check(_ info: stat, _ path: String) throws(Refusal) {
        switch info.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFLNK: throw link(path)
        case S_IFDIR: throw Refusal("\(path) is a directory; a file should be there", mend: "move it away")
        default: throw noPlainFile(path)
        }
        guard info.st_uid == geteuid() else {
            throw Refusal("\(path) belongs to another user (uid \(info.st_uid))", mend: "look at it, then: rm \(quoted(path))")
        }
        guard info.st_mode & 0o077 == 0 else {
            throw Refusal(
                "\(path) is open to others (mode \(octal(info.st_mode)))", mend: "look at it, then: chmod 600 \(quoted(path))")
        }
    }

    private static func link(_ path: String) -> Refusal {
        Refusal("\(path) is a link, which is not followed", mend: "look where it leads, then: rm \(quoted(path))")
    }

    private static func noPlainFile(_ path: String) -> Refusal { Refusal("\(path) is no plain file", mend: "rm \(quoted(path))") }

    private static func failure(_ verb: String, _ path: String, _ code: Int32) -> Refusal {
        let mend =
            switch code {
            case ENOSPC, EDQUOT: "make room"
            case EROFS: "mount its file system for writing"
            default: "its directory must be there, be yours, and let you in: chmod 700 it"
            }
        return Refusal("cannot \(verb) \(path): \(String(cString: strerror(code)))", mend: mend, code: code)
    }
}

func octal(_ mode: mode_t) -> String { String(mode & 0o7777, radix: 8) }

/// As a shell takes it.
func quoted(_ path: String) -> String {
    let isPlain = path.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "/._-".utf8.contains(byte)
    }
    return isPlain ? path : "'\(path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#))'"
}

// The C functions, whose names the type's own hide.
private func openFile(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { open(path, flags, mode) }
private func readFile(_ descriptor: Int32, _ buffer: inout [UInt8], _ count: Int) -> Int { read(descriptor, &buffer, count) }
private func writeFile(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(descriptor, bytes, count) }
