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
        guard let listener = DoorSocket.listen(path) else { return nil }
        self.listener = listener
    }

    /// Somebody took the socket's file away: it is made again, and who is connected stays so.
    mutating func reopen() {
        guard let fresh = DoorSocket.listen(path) else { return }
        close(listener)
        listener = fresh
    }

    var descriptors: [Int32] { [listener] + visitors.keys }

    /// Accepts and reads what is there; returns the requests with the descriptor to answer on.
    mutating func receive(on descriptor: Int32) -> [(from: Int32, number: Int, request: KeeperRequest)] {
        if descriptor == listener {
            while let visitor = DoorSocket.accept(listener) { visitors[visitor] = Visitor() }
            return []
        }
        guard var visitor = visitors[descriptor] else { return [] }
        let (requests, isOpen) = DoorSocket.receive(from: descriptor, &visitor.buffer, decode: KeeperCodec.decodeRequest)
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
