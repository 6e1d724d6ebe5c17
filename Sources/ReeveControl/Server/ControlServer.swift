package import Logging
package import NIOCore
import NIOPosix
import Ownership
import ReeveModel
import ReeveWire
import ServiceLifecycle
import Synchronization

/// The control socket: accepts, checks who it is, and runs the requests.
package struct ControlServer: Service {
    package struct Limits: Sendable {
        package var connections: Int
        package init(connections: Int = 10_000) { self.connections = connections }
    }

    private let listener: ListeningSocket
    private let router: Router
    private let pump: SubscriptionPump
    private let group: any EventLoopGroup
    private let limits: Limits
    private let logger: Logger
    private let replacements: AsyncStream<ListeningSocket>
    private let onListening: @Sendable () async -> Void

    /// - Parameters:
    ///   - listener: bound and listening; this server closes it.
    ///   - replacements: sockets to listen on from then on as well, each in the place of one whose file was taken away; this server closes them.
    ///   - onListening: called once connections are accepted.
    package init(
        listener: ListeningSocket, router: Router, feed: any EventFeed, group: any EventLoopGroup, limits: Limits = Limits(),
        logger: Logger, replacements: AsyncStream<ListeningSocket> = AsyncStream { $0.finish() },
        onListening: @escaping @Sendable () async -> Void = {}
    ) {
        self.listener = listener
        self.router = router
        self.pump = SubscriptionPump(feed: feed)
        self.group = group
        self.limits = limits
        self.logger = logger
        self.replacements = replacements
        self.onListening = onListening
    }

    /// Instead of `run`, when nobody will be served.
    package func giveUp() { listener.giveUp() }

    package func run() async throws {
        let (jobs, line) = AsyncStream<ServerJob>.makeStream()
        let state = ServerState()
        state.listens(try await bind(listener, submit: { line.yield($0) }, state: state), on: listener)
        await onListening()
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { tasks in
                tasks.addTask {
                    for await fresh in replacements {
                        do { state.listens(try await bind(fresh, submit: { line.yield($0) }, state: state), on: fresh) } catch {
                            logger.error("cannot listen again", metadata: ["error": "\(error)"])
                        }
                    }
                }
                for await job in jobs {
                    switch job {
                    case .request(let request, let entry, let connection, let reply):
                        state.began()
                        tasks.addTask {
                            await serve(request, entry, connection, reply)
                            state.ended()
                        }
                    case .subscription(let connection, let subscription):
                        state.subscribed(connection)
                        tasks.addTask {
                            await pump.run(connection, subscription)
                            state.unsubscribed(connection)
                        }
                    }
                }
                // What was accepted gets a moment to be answered, and what happened to be read; what waits for longer things is told that we
                // stop, and who does not read would be waited for without end.
                await state.settle(within: .seconds(1))
                tasks.cancelAll()
                for subscriber in state.subscriptions { subscriber.hangUp() }
            }
        } onGracefulShutdown: {
            for channel in state.stop() { channel.close(promise: nil) }
            // Requests that are being worked on finish; the stream's end lets the group run dry.
            line.finish()
        }
        for open in state.connections { try? await open.close() }
        for socket in state.sockets { socket.remove() }
    }

    private func serve(
        _ request: Request, _ entry: Router.Entry, _ connection: Connection,
        _ reply: NIOLoopBound<Reply>
    ) async {
        let subscriber = RequestSubscriber(connection)
        let context = RequestContext(subscriber: subscriber, peer: connection)
        var bytes: [UInt8]
        do {
            let json =
                entry.isMutating
                ? try await entry.body(request, context)
                : try await whilePeerIsThere(connection) { try await entry.body(request, context) }
            bytes = Response.result(json, form: request.form, id: request.id)
        } catch {
            bytes = Response.error(describe(error, request), form: request.form, id: request.id)
        }
        connection.complete(request.isNotification ? nil : bytes, subscriber.request, reply)
    }

    /// A question is dropped when nobody waits for its answer: a wait may last for days. Commands are always carried out.
    private func whilePeerIsThere(
        _ connection: Connection, _ body: @escaping @Sendable () async throws -> [UInt8]
    ) async throws -> [UInt8] {
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask { try await body() }
            group.addTask {
                await connection.awaitGone()
                throw CancellationError()
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    /// An error that is not ours is a bug: logged in full under an id, told by that id only.
    private func describe(_ error: any Error, _ request: Request) -> ReeveError {
        if let known = error as? ReeveError, known.kind != .internal { return known }
        if error is CancellationError { return ReeveError(.shuttingDown, "the daemon is stopping") }
        let id = String(UInt32.random(in: .min ... .max), radix: 16)
        logger.error("internal error", metadata: ["id": "\(id)", "method": "\(request.method)", "error": "\(error)"])
        return ReeveError(.internal, "internal error \(id)", hint: "the daemon's log has the details under this id")
    }

    private func bind(
        _ listener: ListeningSocket, submit: @escaping @Sendable (ServerJob) -> Void, state: ServerState
    ) async throws -> any Channel {
        let limit = limits.connections
        let logger = logger
        let router = router
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { channel in
                guard state.add(channel, limit: limit) else {
                    let busy = Response.error(
                        ReeveError(.busy, "\(limit) connections are open", hint: "close some"), form: .relaxed, id: nil)
                    let buffer = ByteBuffer(bytes: busy + [10])
                    channel.writeAndFlush(buffer).whenComplete { _ in channel.close(promise: nil) }
                    return channel.eventLoop.makeSucceededVoidFuture()
                }
                return PeerCredentials.uid(of: channel).flatMap { uid in
                    guard uid == Peer.ownUID else {
                        logger.warning(
                            "refused a connection of another user", metadata: ["uid": "\(uid.map(String.init) ?? "?")"])
                        state.remove(channel)
                        return channel.close()
                    }
                    return channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            ConnectionHandler(router: router, isShuttingDown: { state.isStopping }, submit: submit) {
                                state.remove(channel)
                            })
                    }
                }
            }
            .withBoundSocket(listener.descriptor).get()
    }
}

/// The open connections.
private final class ServerState: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var subscribers: [ObjectIdentifier: Connection] = [:]
        var requests = 0
        /// Subscriptions that are being served: more than one of a connection while a newer takes the place of an older.
        var pumps = 0
        /// Finishes when the last request has been answered and the last subscription is over.
        var idle: AsyncStream<Void>.Continuation?
        var isStopping = false
        /// What is listened on: more than one when a socket's file was taken away.
        var listening: [(channel: any Channel, socket: ListeningSocket)] = []

        var isIdle: Bool { requests == 0 && pumps == 0 }
    }

    private let state = Mutex(State())

    var isStopping: Bool { state.withLock(\.isStopping) }
    var connections: [any Channel] { state.withLock { Array($0.channels.values) } }
    var sockets: [ListeningSocket] { state.withLock { $0.listening.map(\.socket) } }

    func listens(_ channel: any Channel, on socket: ListeningSocket) {
        let isLate = state.withLock { state in
            state.listening.append((channel, socket))
            return state.isStopping
        }
        if isLate { channel.close(promise: nil) }
    }

    /// From now on; returns what is listened on, to be closed.
    func stop() -> [any Channel] {
        state.withLock { state in
            state.isStopping = true
            return state.listening.map(\.channel)
        }
    }

    func began() { state.withLock { $0.requests += 1 } }

    func ended() {
        state.withLock { state in
            state.requests -= 1
            return state.isIdle ? state.idle : nil
        }?.finish()
    }

    func subscribed(_ connection: Connection) {
        state.withLock { state in
            state.pumps += 1
            state.subscribers[ObjectIdentifier(connection)] = connection
        }
    }
    func unsubscribed(_ connection: Connection) {
        state.withLock { state in
            state.pumps -= 1
            // A newer subscription of the same connection keeps its place.
            if !connection.isSubscribed { state.subscribers[ObjectIdentifier(connection)] = nil }
            return state.isIdle ? state.idle : nil
        }?.finish()
    }

    var subscriptions: [Connection] { state.withLock { Array($0.subscribers.values) } }

    /// Ends the subscriptions, and returns when nothing is being answered or sent any more or the time is over.
    func settle(within limit: Duration) async {
        for connection in subscriptions { connection.unsubscribe() }
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let isIdle = state.withLock { state in
            state.idle = continuation
            return state.isIdle
        }
        if isIdle { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in stream {} }
            // Bounded by the real clock: this is the very end of the process, not a decision that a test would want to steer.
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    /// False when there are too many.
    func add(_ channel: any Channel, limit: Int) -> Bool {
        state.withLock { state in
            guard state.channels.count < limit else { return false }
            state.channels[ObjectIdentifier(channel)] = channel
            return true
        }
    }

    func remove(_ channel: any Channel) { state.withLock { _ = $0.channels.removeValue(forKey: ObjectIdentifier(channel)) } }
}
