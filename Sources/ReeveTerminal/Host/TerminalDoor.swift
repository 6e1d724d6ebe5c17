import KeeperLink
import ReeveKeeper

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The terminal's socket and whoever is connected to it: the daemon, and people who look. Nothing blocks; what a visitor does not take waits
/// in a queue of its own, and one that lets too much wait is dropped.
struct TerminalDoor {
    private struct Visitor {
        var incoming: [UInt8] = []
        var outgoing: [UInt8] = []
    }

    /// Bytes: a few captures of ten thousand lines. People are sent a new picture only when they have taken the last.
    private static let mostWaiting = 8 << 20

    private let path: String
    private var listener: Int32
    private var visitors: [Int32: Visitor] = [:]

    init?(path: String) {
        guard let listener = DoorSocket.listen(path) else { return nil }
        self.path = path
        self.listener = listener
    }

    /// Somebody took the socket's file away: it is made again, and who is connected stays so.
    mutating func reopen() {
        guard let fresh = DoorSocket.listen(path) else { return }
        close(listener)
        listener = fresh
    }

    var waits: [pollfd] {
        [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
            + visitors.map { descriptor, visitor in
                pollfd(fd: descriptor, events: Int16(POLLIN | (visitor.outgoing.isEmpty ? 0 : POLLOUT)), revents: 0)
            }
    }

    func isOpen(_ descriptor: Int32) -> Bool { visitors[descriptor] != nil }

    /// Everything has been taken that was said to this visitor.
    func isIdle(_ descriptor: Int32) -> Bool { visitors[descriptor]?.outgoing.isEmpty ?? false }

    /// Accepts, reads and writes what can be.
    mutating func serve(_ ready: pollfd) -> [(from: Int32, number: Int, request: TerminalRequest)] {
        if ready.fd == listener {
            while let visitor = DoorSocket.accept(listener) { visitors[visitor] = Visitor() }
            return []
        }
        guard visitors[ready.fd] != nil else { return [] }
        if ready.revents & Int16(POLLOUT) != 0 { flush(ready.fd) }
        guard ready.revents & Int16(POLLIN | POLLHUP | POLLERR | POLLNVAL) != 0 else { return [] }
        return receive(ready.fd)
    }

    private mutating func receive(_ descriptor: Int32) -> [(from: Int32, number: Int, request: TerminalRequest)] {
        guard var visitor = visitors[descriptor] else { return [] }
        let (requests, isOpen) = DoorSocket.receive(from: descriptor, &visitor.incoming, decode: TerminalCodec.decodeRequest)
        visitors[descriptor] = visitor
        if !isOpen { drop(descriptor) }
        return requests
    }

    mutating func say(_ answer: TerminalAnswer, to descriptor: Int32) {
        guard visitors[descriptor] != nil else { return }
        visitors[descriptor]?.outgoing += TerminalCodec.encode(answer)
        flush(descriptor)
    }

    mutating func sayToAll(_ answer: TerminalAnswer) { for descriptor in visitors.keys { say(answer, to: descriptor) } }

    private mutating func flush(_ descriptor: Int32) {
        guard let bytes = visitors[descriptor]?.outgoing, !bytes.isEmpty else { return }
        var offset = 0
        while offset < bytes.count {
            let n = bytes[offset...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if n > 0 {
                offset += n
            } else if errno != EINTR {
                if errno != EAGAIN { return drop(descriptor) }
                break
            }
        }
        visitors[descriptor]?.outgoing.removeFirst(offset)
        if bytes.count - offset > Self.mostWaiting { drop(descriptor) }
    }

    /// Sends what waits, for as long as `milliseconds`: the last words before the end.
    mutating func drain(milliseconds limit: Int) {
        let deadline = milliseconds() + limit
        while milliseconds() < deadline, visitors.contains(where: { !$0.value.outgoing.isEmpty }) {
            var waiting = visitors.filter { !$0.value.outgoing.isEmpty }
                .map { pollfd(fd: $0.key, events: Int16(POLLOUT), revents: 0) }
            _ = poll(&waiting, nfds_t(waiting.count), 50)
            for ready in waiting where ready.revents != 0 { flush(ready.fd) }
        }
    }

    private mutating func drop(_ descriptor: Int32) {
        visitors[descriptor] = nil
        close(descriptor)
    }
}
