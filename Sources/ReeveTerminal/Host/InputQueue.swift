#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What is on its way into the terminal. A program that does not read fills its device, and what comes after waits here.
struct InputQueue {
    /// Bytes that may wait; more is refused.
    static let most = 1 << 20

    private var bytes: [UInt8] = []
    /// Since the beginning.
    private var queued = 0
    private var written = 0
    /// Who wants to be told when the bytes up to there are in the device.
    private var waiting: [(upTo: Int, from: Int32, number: Int)] = []

    var isEmpty: Bool { bytes.isEmpty }

    func hasRoom(for count: Int) -> Bool { bytes.count + count <= Self.most }

    mutating func append(_ new: [UInt8]) {
        bytes += new
        queued += new.count
    }

    /// The request is answered once everything that is queued now is in the device.
    mutating func answerLater(from descriptor: Int32, _ number: Int) { waiting.append((queued, descriptor, number)) }

    /// Writes as much as the device takes.
    /// - Returns: the requests whose bytes are all there.
    mutating func write(to descriptor: Int32) -> [(from: Int32, number: Int)] {
        var offset = 0
        while offset < bytes.count {
            let n = bytes[offset...].withUnsafeBytes { writeOnce(descriptor, $0.baseAddress, $0.count) }
            if n > 0 { offset += n } else if errno != EINTR { break }
        }
        bytes.removeFirst(offset)
        written += offset
        let done = waiting.prefix { $0.upTo <= written }
        waiting.removeFirst(done.count)
        return done.map { ($0.from, $0.number) }
    }

    /// Nobody waits for these answers any more, and their descriptors may become somebody else's.
    mutating func forget(_ isGone: (Int32) -> Bool) { if !waiting.isEmpty { waiting.removeAll { isGone($0.from) } } }

    /// The device is gone.
    /// - Returns: the requests that will never be done.
    mutating func abandon() -> [(from: Int32, number: Int)] {
        defer {
            bytes = []
            waiting = []
        }
        return waiting.map { ($0.from, $0.number) }
    }
}

/// `write`, whose name the type's own function hides.
private func writeOnce(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(descriptor, bytes, count) }
