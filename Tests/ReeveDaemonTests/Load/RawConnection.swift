import Foundation
import ReeveWire

#if canImport(Glibc)
import Glibc
#endif

/// A connection that reads as slowly as it is told to.
final class RawConnection {
    private let descriptor: Int32

    /// Nil when nobody listens there.
    init?(path: String) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if connected != 0 { return nil }
    }

    deinit { close(descriptor) }

    /// A line without its newline.
    func send(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    /// Throws away at most so many bytes; false when the connection has ended.
    func skip(_ most: Int) -> Bool {
        var buffer = [UInt8](repeating: 0, count: most)
        let n = recv(descriptor, &buffer, most, Int32(MSG_DONTWAIT))
        return n > 0 || n < 0 && errno == EAGAIN
    }
}
