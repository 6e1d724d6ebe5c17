import NIOCore
import ReeveModel
import ReeveWire
import Synchronization

/// Work of the server that begins on a connection.
enum ServerJob: Sendable {
    case request(Request, Router.Slow, Connection, NIOLoopBound<([UInt8]?) -> Void>)
    case subscription(Connection, Subscription)
}

/// A subscription that runs until `end` finishes.
struct Subscription: Sendable {
    var cursor: Int64
    var filter: EventFilter
    var end: AsyncStream<Void>
}

/// A connection as seen from the server's tasks.
final class Connection: Subscriber {
    private struct State {
        /// Asked for by the request that is being worked on; begins after its answer.
        var requested: Subscription?
        var end: AsyncStream<Void>.Continuation?
    }

    let channel: any Channel
    private let handler: NIOLoopBound<ConnectionHandler>
    private let submit: @Sendable (ServerJob) -> Void
    private let state = Mutex(State())

    init(channel: any Channel, handler: NIOLoopBound<ConnectionHandler>, submit: @escaping @Sendable (ServerJob) -> Void) {
        self.channel = channel
        self.handler = handler
        self.submit = submit
    }

    var isSubscribed: Bool { state.withLock { $0.end != nil } }

    func subscribe(after cursor: Int64, _ filter: EventFilter) {
        let (end, continuation) = AsyncStream<Void>.makeStream()
        let old = state.withLock { state in
            defer { state.end = continuation }
            state.requested = Subscription(cursor: cursor, filter: filter, end: end)
            return state.end
        }
        old?.finish()
    }

    func unsubscribe() {
        state.withLock { state in
            defer { state.end = nil }
            return state.end
        }?.finish()
    }

    /// Hands an answer to the event loop, and begins what the request asked for.
    func complete(_ bytes: [UInt8]?, _ answer: NIOLoopBound<([UInt8]?) -> Void>) {
        channel.eventLoop.execute { [self] in
            let context = try? channel.pipeline.syncOperations.context(handler: handler.value)
            handler.value.complete(bytes, answer.value, context)
            if let subscription = state.withLock({ state in
                defer { state.requested = nil }
                return state.requested
            }) {
                submit(.subscription(self, subscription))
            }
        }
    }

    /// Writes notifications and returns when the peer has room for more.
    func push(_ lines: [[UInt8]]) async throws {
        var buffer = channel.allocator.buffer(capacity: lines.reduce(0) { $0 + $1.count + 1 })
        for line in lines {
            buffer.writeBytes(line)
            buffer.writeInteger(UInt8(10))
        }
        try await channel.writeAndFlush(buffer)
    }

    var form: Request.Form {
        get async {
            let isStrict = try? await channel.eventLoop.submit { [handler] in handler.value.hasSpokenStrictly }.get()
            return isStrict == true ? .strict : .relaxed
        }
    }
}
