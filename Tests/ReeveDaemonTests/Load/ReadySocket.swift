import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// The other end of `NOTIFY_SOCKET`: hears when a daemon says that it is ready.
final class ReadySocket: Sendable {
    let path: String
    private let descriptor: Int32

    init(path: String) throws {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    deinit { close(descriptor) }

    /// Throws away what a daemon said that is dead by now.
    func forget() { while next(within: .zero) != nil {} }

    /// Whether `READY=1` came before `deadline`; looks ever so often whether `isHopeless`.
    func hear(until deadline: ContinuousClock.Instant, isHopeless: () -> Bool) -> Bool {
        while true {
            let left = deadline - .now
            guard left > .zero else { return false }
            if let said = next(within: min(left, .milliseconds(50))) {
                if said.split(separator: "\n").contains("READY=1") { return true }
            } else if isHopeless() {
                return false
            }
        }
    }

    private func next(within patience: Duration) -> String? {
        var end = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = patience.components.seconds * 1000 + patience.components.attoseconds / 1_000_000_000_000_000
        guard poll(&end, 1, Int32(milliseconds)) > 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let n = recv(descriptor, &buffer, buffer.count, 0)
        return n > 0 ? String(decoding: buffer[..<n], as: UTF8.self) : nil
    }
}
