package import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A Unix socket that listens: made here with its mode right from the first moment, or inherited from the service manager.
package struct ListeningSocket: Sendable {
    package let descriptor: Int32
    /// The path to remove at the end; nil when the socket is the service manager's.
    private let path: String?
    /// The file at the path when it was made.
    private let file: UInt64

    /// The service manager made it and keeps it.
    package init(inherited descriptor: Int32) {
        self.descriptor = descriptor
        path = nil
        file = 0
    }

    /// Binds `path`, replacing what a dead daemon left there. The caller holds the lock of the state directory, so nobody else does
    /// the same at this moment; a socket that still answers belongs to a daemon with another state directory and is left alone.
    package init(path: String) throws(ReeveError) {
        #if canImport(Glibc)
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        let descriptor = socket(AF_UNIX, kind, 0)
        self.descriptor = descriptor
        self.path = path
        guard descriptor >= 0 else { throw Self.failure(path) }
        if Self.with(path, { connect(descriptor, $0, $1) }) == 0 {
            close(descriptor)
            throw .unavailable("another daemon listens on \(path)", hint: "stop it, or give this one another --runtime-dir")
        }
        var info = stat()
        if lstat(path, &info) == 0 {
            guard info.st_mode & S_IFMT == S_IFSOCK else {
                throw .unavailable("\(path) is in the way and no socket", hint: "move it away")
            }
            unlink(path)
        }
        let mask = umask(0o177)
        let bound = Self.with(path) { bind(descriptor, $0, $1) }
        umask(mask)
        guard bound == 0, listen(descriptor, 4096) == 0 else { throw Self.failure(path) }
        file = Self.inode(path) ?? 0
    }

    /// Takes the path away, so that clients meet "no such file" and not a dead socket. Another's file is left alone.
    package func remove() { if let path, Self.inode(path) == file { unlink(path) } }

    /// Never to be accepted from: who waits there is told so by the kernel.
    package func giveUp() {
        remove()
        close(descriptor)
    }

    /// Whether a client that looks at `path` finds a socket: of ours, or of the service manager.
    package static func isThere(_ path: String) -> Bool { inode(path) != nil }

    private static func inode(_ path: String) -> UInt64? {
        var info = stat()
        return lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFSOCK ? UInt64(info.st_ino) : nil
    }

    private static func failure(_ path: String) -> ReeveError {
        .unavailable(
            "cannot listen on \(path): \(String(cString: strerror(errno)))",
            hint: "a path of at most 107 bytes in a directory of yours")
    }

    private static func with(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            errno = ENAMETOOLONG
            return -1
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}
