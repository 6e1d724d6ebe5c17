import Foundation
import Logging
import NIOCore
import NIOPosix
import ReeveControl
import ReeveModel
import ReeveTestSupport
import ReeveWire
import ServiceLifecycle
import Synchronization
import Testing

#if canImport(Glibc)
import Glibc
#endif

struct TextShape: WireObject {
    var text = ""
    init() {}
    init(_ text: String) { self.text = text }
    static let fields: [Field<TextShape>] = [.required("text", \.text, "text")]
}

private enum Echo: WireMethod {
    static let name = "test.echo"
    static let summary = ""
    typealias Params = TextShape
    typealias Result = TextShape
}
private enum Big: WireMethod {
    static let name = "test.big"
    static let summary = ""
    typealias Params = Empty
    typealias Result = TextShape
}
private enum Count: WireMethod {
    static let name = "test.count"
    static let summary = ""
    static let isMutating = true
    typealias Params = TextShape
    typealias Result = TextShape
}
private enum Slow: WireMethod {
    static let name = "test.slow"
    static let summary = ""
    typealias Params = Empty
    typealias Result = Empty
}
private enum Fail: WireMethod {
    static let name = "test.fail"
    static let summary = ""
    typealias Params = Empty
    typealias Result = Empty
}
private enum Crash: WireMethod {
    static let name = "test.crash"
    static let summary = ""
    typealias Params = Empty
    typealias Result = Empty
}
private enum Subscribe: WireMethod {
    static let name = "test.subscribe"
    static let summary = ""
    typealias Params = EventsSubscribe.Params
    typealias Result = EventsSubscribe.Result
}
private enum Unsubscribe: WireMethod {
    static let name = "test.unsubscribe"
    static let summary = ""
    typealias Params = Empty
    typealias Result = Empty
}

/// A server in this process with methods that wait, fail and count.
final class TestServer: Sendable {
    /// Lets `test.slow` go on.
    final class Gate: Sendable {
        private let opened = Mutex(false)
        func open() { opened.withLock { $0 = true } }
        func pass() async { _ = await eventually { opened.withLock { $0 } } }
    }

    struct Boom: Error { let secret = "secret" }

    let path: String
    let gate = Gate()
    let feed = ScriptedFeed()
    let slow = Mutex(0)
    private let scratch: Scratch
    private let group: ServiceGroup
    private let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let running: Mutex<Task<Void, any Error>?> = Mutex(nil)
    private let isListening = Mutex(false)

    static func with(_ body: (TestServer) async throws -> Void) async throws {
        let server = try TestServer()
        _ = try await server.started()
        do { try await body(server) } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    init() throws {
        scratch = try Scratch()
        path = "\(scratch.path)/s"
        var router = Router(ledger: IdempotencyLedger(journal: MemoryJournal()))
        let counter = Counter()
        let gate = gate
        let pong = SystemPing.Result().json
        let slowBox = SlowBox()
        router.registerFast(SystemPing.self) { _ in pong }
        let big = Array("\"\(String(repeating: "x", count: 40_000))\"".utf8)
        router.registerFast(Big.self) { _ in big }
        router.register(Echo.self) { params, _ in params }
        router.register(Count.self) { _, _ in TextShape(String(counter.next())) }
        router.register(Slow.self) { _, _ in
            slowBox.entered()
            await gate.pass()
            return Empty()
        }
        router.register(Fail.self) { _, _ in throw ReeveError.conflict("no") }
        router.register(Crash.self) { _, _ in throw Boom() }
        router.register(Subscribe.self) { params, context in
            context.subscriber.subscribe(after: params.since ?? 0, EventFilter())
            var result = EventsSubscribe.Result()
            result.cursor = params.since ?? 0
            return result
        }
        router.register(Unsubscribe.self) { _, context in
            context.subscriber.unsubscribe()
            return Empty()
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let listening = ListeningBox()
        group = ServiceGroup(
            services: [
                ControlServer(listener: try ListeningSocket(path: path), router: router, feed: feed, group: loops, logger: logger)
                {
                    listening.set()
                }
            ], logger: logger)
        self.listening = listening
        slowBoxed = slowBox
    }

    private let listening: ListeningBox
    private let slowBoxed: SlowBox

    func started() async throws -> LineClient {
        running.withLock { $0 = Task { try await group.run() } }
        #expect(await eventually { listening.isSet })
        slowBoxed.onEnter { [weak self] in self?.slow.withLock { $0 += 1 } }
        return try client()
    }

    func client() throws -> LineClient { try LineClient(path) }

    func stop() async {
        gate.open()
        await group.triggerGracefulShutdown()
        let task = running.withLock { $0 }
        try? await task?.value
        try? await loops.shutdownGracefully()
        scratch.remove()
    }
}

private final class ListeningBox: Sendable {
    private let value = Mutex(false)
    var isSet: Bool { value.withLock { $0 } }
    func set() { value.withLock { $0 = true } }
}

private final class SlowBox: Sendable {
    private let body = Mutex<(@Sendable () -> Void)?>(nil)
    func onEnter(_ new: @escaping @Sendable () -> Void) { body.withLock { $0 = new } }
    func entered() { body.withLock { $0 }?() }
}

private final class Counter: Sendable {
    private let value = Mutex(0)
    func next() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }
}

/// Events 1… that a test publishes when it likes.
final class ScriptedFeed: EventFeed {
    private struct State {
        var newest: Int64 = 0
        var isLagging = false
    }
    private let state = Mutex(State())

    func publish(_ newest: Int64) { state.withLock { $0.newest = newest } }
    func lag(publishing range: ClosedRange<Int64>) { state.withLock { $0 = State(newest: range.upperBound, isLagging: true) } }
    func newest() async -> Int64 { state.withLock(\.newest) }

    func next(after cursor: Int64, limit: Int) async throws -> (events: [StoredEvent], isLagging: Bool) {
        while !Task.isCancelled {
            let now = state.withLock { $0 }
            if now.newest > cursor {
                let events = ((cursor + 1)...now.newest).map {
                    StoredEvent(seq: $0, time: Samples.now, kind: "queue.paused", ticket: nil, data: "{}")
                }
                return (events, now.isLagging)
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        return ([], false)
    }
}

/// A plain blocking client of lines.
final class LineClient: @unchecked Sendable {  // `buffer` belongs to `reader`; the descriptor never changes
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    /// Reading blocks, and the test's own threads are the server's too.
    private let reader = DispatchQueue(label: "line client")

    struct NotConnected: Error {}

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let end = descriptor
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(end, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw NotConnected() }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { Glibc.close(descriptor) }

    @discardableResult
    func send(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            let n = bytes[offset...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard n > 0 else { return false }
            offset += n
        }
        return true
    }

    func ask(_ line: String) async -> String? {
        flood(line + "\n", times: 1)
        return await self.line()
    }

    /// Sends without waiting, from a thread of its own: a server that does not read blocks the sender.
    func flood(_ text: String, times: Int, thenHalfClose: Bool = false) {
        let thread = Thread { [self] in
            for _ in 0..<times where !send(text) { return }
            if thenHalfClose { halfClose() }
        }
        thread.start()
    }

    /// Sends for as long as the socket takes it without waiting.
    func fill(with text: String) {
        let bytes = Array(text.utf8)
        while bytes.withUnsafeBytes({
            Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        }) == bytes.count {}
    }

    /// The next line; nil at the end of the stream.
    func line() async -> String? {
        await withCheckedContinuation { continuation in reader.async { continuation.resume(returning: self.readLine()) } }
    }

    private func readLine() -> String? {
        var scanned = 0
        while true {
            if let end = buffer[scanned...].firstIndex(of: 10) {
                defer { buffer.removeFirst(end + 1) }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            scanned = buffer.count
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let n = read(descriptor, &chunk, chunk.count)
            guard n > 0 else { return nil }
            buffer += chunk[..<n]
        }
    }

    func halfClose() { shutdown(descriptor, Int32(SHUT_WR)) }
    func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }
}
