import KeeperLink
import Ownership

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The keeper's socket and whoever is connected to it. Everything is non-blocking: a daemon that does not read is dropped, and
/// connects again when it wants to know.
struct Door {
    private struct Visitor {
        var buffer: [UInt8] = []
    }

    private let path: String
    private var listener: Int32
    private var visitors: [Int32: Visitor] = [:]

    init?(path: String) {
        self.path = path
        guard let listener = Self.listen(path) else { return nil }
        self.listener = listener
    }

    private static func listen(_ path: String) -> Int32? {
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

    /// Somebody took the socket's file away: it is made again, and who is connected stays so.
    mutating func reopen() {
        guard let fresh = Self.listen(path) else { return }
        close(listener)
        listener = fresh
    }

    var descriptors: [Int32] { [listener] + visitors.keys }

    /// Accepts and reads what is there; returns the requests with the descriptor to answer on.
    mutating func receive(on descriptor: Int32) -> [(from: Int32, number: Int, request: KeeperRequest)] {
        if descriptor == listener {
            while case let visitor = accept(listener, nil, nil), visitor >= 0 {
                // Whoever is served here runs programs as this user.
                guard Peer.isOurs(visitor) else {
                    close(visitor)
                    continue
                }
                _ = fcntl(visitor, F_SETFL, O_NONBLOCK)
                _ = fcntl(visitor, F_SETFD, FD_CLOEXEC)
                visitors[visitor] = Visitor()
            }
            return []
        }
        guard var visitor = visitors[descriptor] else { return [] }
        var requests: [(from: Int32, number: Int, request: KeeperRequest)] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        var isOpen = true
        while isOpen {
            let n = read(descriptor, &chunk, chunk.count)
            if n > 0 {
                visitor.buffer += chunk[..<n]
            } else {
                isOpen = n < 0 && (errno == EAGAIN || errno == EINTR)
                break
            }
        }
        do {
            while let body = try Frame.next(&visitor.buffer) {
                let (number, request) = try KeeperCodec.decodeRequest(body)
                requests.append((descriptor, number, request))
            }
        } catch {
            isOpen = false
        }
        visitors[descriptor] = visitor
        if !isOpen { drop(descriptor) }
        return requests
    }

    mutating func answer(_ descriptor: Int32, _ answer: KeeperAnswer) { send(descriptor, KeeperCodec.encode(answer)) }

    mutating func push(_ news: KeeperPush) {
        let bytes = KeeperCodec.encode(KeeperAnswer.push(news))
        for descriptor in visitors.keys { send(descriptor, bytes) }
    }

    private mutating func send(_ descriptor: Int32, _ bytes: [UInt8]) {
        guard visitors[descriptor] != nil else { return }
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if written != bytes.count { drop(descriptor) }
    }

    private mutating func drop(_ descriptor: Int32) {
        visitors[descriptor] = nil
        close(descriptor)
    }
}

/// `listen`, whose name the type's own function hides.
private func startListening(_ descriptor: Int32) -> Int32 { listen(descriptor, 16) }

private func makeUnixSocket() -> Int32 {
    #if canImport(Glibc)
    socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    #else
    socket(AF_UNIX, SOCK_STREAM, 0)
    #endif
}

/// Calls `body` with the address of `path`; -1 with ENAMETOOLONG when it does not fit (108 bytes on Linux, 104 on macOS).
private func withUnixAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
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
