import KeeperLink
import Ownership

#if canImport(Glibc)
package import Glibc
#elseif canImport(Darwin)
package import Darwin
#endif

/// The listening socket of a keeper or of a built-in terminal, for this user alone. Nothing on it blocks.
package enum DoorSocket {
    package static func listen(_ path: String) -> Int32? {
        unlink(path)
        let listener = makeUnixSocket()
        guard listener >= 0 else { return nil }
        // The mode has to be right from the first moment: a chmod after bind would leave a gap.
        let previous = umask(0o177)
        let bound = withUnixAddress(path) { bind(listener, $0, $1) }
        umask(previous)
        guard bound == 0, startListening(listener) == 0 else {
            close(listener)
            return nil
        }
        _ = fcntl(listener, F_SETFL, O_NONBLOCK)
        _ = fcntl(listener, F_SETFD, FD_CLOEXEC)
        return listener
    }

    /// The next who wants in and is ours; nil when nobody does. Whoever is served here runs programs as this user.
    package static func accept(_ listener: Int32) -> Int32? {
        while case let visitor = takeNext(listener), visitor >= 0 {
            guard Peer.isOurs(visitor) else {
                close(visitor)
                continue
            }
            _ = fcntl(visitor, F_SETFL, O_NONBLOCK)
            _ = fcntl(visitor, F_SETFD, FD_CLOEXEC)
            return visitor
        }
        return nil
    }

    /// Reads what a visitor has sent, and takes the whole requests off it.
    /// - Parameter buffer: what of a request has come before, and stays.
    /// - Returns: the requests in their order; `isOpen` is false once the visitor has gone, or has said what is none.
    package static func receive<Request>(
        from descriptor: Int32, _ buffer: inout [UInt8],
        decode: ([UInt8]) throws -> (number: Int, request: Request)
    ) -> (requests: [(from: Int32, number: Int, request: Request)], isOpen: Bool) {
        var requests: [(from: Int32, number: Int, request: Request)] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        var isOpen = true
        while isOpen {
            let n = read(descriptor, &chunk, chunk.count)
            if n > 0 {
                buffer += chunk[..<n]
            } else {
                isOpen = n < 0 && (errno == EAGAIN || errno == EINTR)
                break
            }
        }
        do {
            while let body = try Frame.next(&buffer) {
                let (number, request) = try decode(body)
                requests.append((descriptor, number, request))
            }
        } catch {
            isOpen = false
        }
        return (requests, isOpen)
    }
}

/// `listen` and `accept`, whose names the type's own functions hide.
private func startListening(_ descriptor: Int32) -> Int32 { listen(descriptor, 16) }
private func takeNext(_ descriptor: Int32) -> Int32 { accept(descriptor, nil, nil) }

package func makeUnixSocket() -> Int32 {
    #if canImport(Glibc)
    socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    #else
    socket(AF_UNIX, SOCK_STREAM, 0)
    #endif
}

/// Calls `body` with the address of `path`; -1 with ENAMETOOLONG when it does not fit (108 bytes on Linux, 104 on macOS).
package func withUnixAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
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
