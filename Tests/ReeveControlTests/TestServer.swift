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
struct NumberShape: WireObject {
    var number = 0
    init() {}
    static let fields: [Field<NumberShape>] = [.required("number", \.number, "number")]
}

private enum Number: WireMethod {
    static let name = "test.number"
    static let summary = ""
    typealias Params = NumberShape
    typealias Result = NumberShape
}
/// Asks its caller something, and answers with the answer.
private enum AskBack: WireMethod {
    static let name = "test.ask-back"
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
    private let counter = Counter()
    private let scratch: Scratch
    private let group: ServiceGroup
    private let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let running: Mutex<Task<Void, any Error>?> = Mutex(nil)
    private let isListening = Mutex(false)

    static func with(
        limits: ControlServer.Limits = ControlServer.Limits(), _ body: (TestServer) async throws -> Void
    ) async throws {
        let server = try TestServer(limits: limits)
        _ = try await server.started()
        do { try await body(server) } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    /// How often `test.count` was carried out.
    var count: Int { counter.count }

    init(limits: ControlServer.Limits) throws {
        scratch = try Scratch()
        path = "\(scratch.path)/s"
        var router = Router(ledger: IdempotencyLedger(journal: MemoryJournal()))
        let gate = gate
        let pong = SystemPing.Result().json
        let slowBox = SlowBox()
        router.registerFast(SystemPing.self) { _ in pong }
        let big = Array("\"\(String(repeating: "x", count: 40_000))\"".utf8)
        router.registerFast(Big.self) { _ in big }
        router.register(Echo.self) { params, _ in params }
        router.register(Number.self) { params, _ in params }
        router.register(Count.self) { [counter] _, _ in TextShape(String(counter.next())) }
        router.register(Slow.self) { _, _ in
            slowBox.entered()
            await gate.pass()
            return Empty()
        }
        router.register(AskBack.self) { params, context in
            TextShape(String(decoding: try await context.peer.call("test.question", params: params.json), as: UTF8.self))
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
                ControlServer(
                    listener: try ListeningSocket(path: path), router: router, feed: feed, group: loops, limits: limits,
                    logger: logger
                ) {
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
    var count: Int { value.withLock { $0 } }
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
