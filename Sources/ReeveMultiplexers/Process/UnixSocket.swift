import Ownership

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The two things this target needs of bare sockets.
enum UnixSocket {
    /// Whether somebody listens at `path`. A stopped process still listens.
    static func answers(at path: String) -> Bool {
        guard let descriptor = connected(to: path) else { return errno == EAGAIN }
        close(descriptor)
        return true
    }

    /// A connection to who listens at `path`; nil with `errno`: `EAGAIN` when somebody does and accepts nobody.
    static func connected(to path: String) -> Int32? {
        #if canImport(Glibc)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #else
        let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { return nil }
        // A stopped server accepts nothing: once its backlog is full a blocking connect would hold this thread until it wakes.
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            close(descriptor)
            errno = ENAMETOOLONG
            return nil
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if result == 0 { return descriptor }
        let code = errno
        close(descriptor)
        errno = code
        return nil
    }

    /// The process that listens at `path`, as `PID.START`: tells one life of a server from the next. Nil when nobody does.
    static func listener(at path: String) -> String? {
        guard let descriptor = connected(to: path) else { return nil }
        defer { close(descriptor) }
        #if canImport(Glibc)
        var credentials = Peer.Credentials()
        var size = socklen_t(MemoryLayout<Peer.Credentials>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 else { return nil }
        let pid = Int(credentials.pid)
        #else
        var number: pid_t = 0
        var size = socklen_t(MemoryLayout<pid_t>.size)
        guard getsockopt(descriptor, SOL_LOCAL, LOCAL_PEERPID, &number, &size) == 0 else { return nil }
        let pid = Int(number)
        #endif
        return "\(pid).\(ProcessTable.startTime(pid) ?? "")"
    }

    static func end(_ descriptor: Int32) { close(descriptor) }

    /// A connected pair, closed on exec; nil when descriptors have run out.
    static func pair() -> (ours: Int32, theirs: Int32)? {
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc)
        let result = socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends)
        #else
        let result = socketpair(AF_UNIX, SOCK_STREAM, 0, &ends)
        #endif
        return result == 0 ? (ends[0], ends[1]) : nil
    }
}
