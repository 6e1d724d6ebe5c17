import NIOCore
import ReeveModel
import ReeveWire
import Synchronization

/// Work of the server that begins on a connection.
enum ServerJob: Sendable {
    case request(Request, Router.Entry, Connection, NIOLoopBound<Reply>)
    case subscription(Connection, Subscription)
}

/// What `events.subscribe` asked for.
struct SubscriptionRequest: Sendable {
    var cursor: Int64
    var filter: EventFilter
}

/// One request's hold on its connection's subscription: nothing begins before the request is answered.
final class RequestSubscriber: Subscriber {
    private let connection: Connection
    private let wanted = Mutex<SubscriptionRequest?>(nil)

    init(_ connection: Connection) { self.connection = connection }

    var request: SubscriptionRequest? { wanted.withLock { $0 } }

    func subscribe(after cursor: Int64, _ filter: EventFilter) {
        wanted.withLock { $0 = SubscriptionRequest(cursor: cursor, filter: filter) }
    }
    func unsubscribe() { connection.unsubscribe() }
}

/// A subscription that runs until `end` finishes.
struct Subscription: Sendable {
    var cursor: Int64
    var filter: EventFilter
    var end: AsyncStream<Void>
}

/// A connection as seen from the server's tasks.
final class Connection: PeerLink {
    private struct State {
        var end: AsyncStream<Void>.Continuation?
        var isGone = false
        var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
        var nextWatcher = 0
    }

    let channel: any Channel
    private let handler: NIOLoopBound<ConnectionHandler>
    private let submit: @Sendable (ServerJob) -> Void
    private let state = Mutex(State())
    let calls = PeerCalls()

    init(channel: any Channel, handler: NIOLoopBound<ConnectionHandler>, submit: @escaping @Sendable (ServerJob) -> Void) {
        self.channel = channel
        self.handler = handler
        self.submit = submit
    }

    var isSubscribed: Bool { state.withLock { $0.end != nil } }

    /// Ends an earlier subscription and begins this one.
    func begin(_ request: SubscriptionRequest) {
        let (end, continuation) = AsyncStream<Void>.makeStream()
        let (old, isGone) = state.withLock { state -> (AsyncStream<Void>.Continuation?, Bool) in
            if state.isGone { return (nil, true) }
            defer { state.end = continuation }
            return (state.end, false)
        }
        old?.finish()
        if !isGone { submit(.subscription(self, Subscription(cursor: request.cursor, filter: request.filter, end: end))) }
    }

    /// The peer has gone: nobody waits for answers or events any more.
    func gone() {
        let (end, watchers) = state.withLock { state in
            defer {
                state.isGone = true
                state.end = nil
                state.watchers = [:]
            }
            return (state.end, state.watchers.values)
        }
        end?.finish()
        for watcher in watchers { watcher.finish() }
        calls.end()
    }

    var isGone: Bool { state.withLock(\.isGone) }

    func call(_ method: String, params: [UInt8]) async throws -> [UInt8] {
        let (id, line, answer) = try calls.begin(method, params: params)
        return try await withTaskCancellationHandler {
            // Not waited for: a peer that does not read would hold up who has given up. A write that fails ends the connection, and with it
            // the question.
            channel.writeAndFlush(ByteBuffer(bytes: line + [10]), promise: nil)
            return try await answer.value()
        } onCancel: {
            calls.abandon(id)
        }
    }

    /// Returns when the peer has gone.
    func awaitGone() async {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let number = state.withLock { state -> Int? in
            if state.isGone { return nil }
            state.nextWatcher += 1
            state.watchers[state.nextWatcher] = continuation
            return state.nextWatcher
        }
        guard let number else { return }
        for await _ in stream {}
        state.withLock { _ = $0.watchers.removeValue(forKey: number) }
    }

    func unsubscribe() {
        state.withLock { state in
            defer { state.end = nil }
            return state.end
        }?.finish()
    }

    /// Hands an answer to the event loop, and begins what the request asked for once the answer has been written.
    func complete(
        _ bytes: [UInt8]?, _ wanted: SubscriptionRequest?, _ reply: NIOLoopBound<Reply>
    ) {
        channel.eventLoop.execute { [self] in
            let context = try? channel.pipeline.syncOperations.context(handler: handler.value)
            handler.value.complete(bytes, wanted, reply.value, context)
        }
    }

    /// Writes notifications and returns when the peer has room for more, or the connection is closed: cancelling does nothing here.
    func push(_ lines: [[UInt8]]) async throws {
        var buffer = channel.allocator.buffer(capacity: lines.reduce(0) { $0 + $1.count + 1 })
        for line in lines {
            buffer.writeBytes(line)
            buffer.writeInteger(UInt8(10))
        }
        try await channel.writeAndFlush(buffer)
    }

    /// For a peer that is not waited for any longer.
    func hangUp() { channel.close(promise: nil) }

    var form: Request.Form {
        get async {
            let isStrict = try? await channel.eventLoop.submit { [handler] in handler.value.hasSpokenStrictly }.get()
            return isStrict == true ? .strict : .relaxed
        }
    }
}
