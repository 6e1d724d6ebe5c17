import KeeperLink
import NIOCore
import NIOPosix
import Ownership
import ReeveModel

/// One of the two languages of frames that the daemon speaks: with keepers and with built-in terminals.
protocol FrameLink: SendableMetatype {
    associatedtype Request: Sendable
    associatedtype Reply: Sendable
    associatedtype Push

    /// Whom it is spoken with, for people.
    static var peer: String { get }
    static func encode(_ request: Request, number: Int) -> [UInt8]
    static func decode(_ body: [UInt8]) throws(FrameError) -> LinkAnswer<Reply, Push>
}

enum LinkAnswer<Reply, Push> {
    case reply(number: Int, Reply)
    case push(Push)
}

/// One connection: requests in, matched replies and pushes out. Lives on its channel's event loop.
final class LinkHandler<Link: FrameLink>: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var buffer: [UInt8] = []
    private var waiting: [Int: EventLoopPromise<Link.Reply>] = [:]
    private var nextNumber = 1
    private let onPush: @Sendable (Link.Push) -> Void
    private let onClose: @Sendable () -> Void

    init(onPush: @escaping @Sendable (Link.Push) -> Void, onClose: @escaping @Sendable () -> Void) {
        self.onPush = onPush
        self.onClose = onClose
    }

    func ask(_ request: Link.Request, on channel: any Channel, promise: EventLoopPromise<Link.Reply>, patience: TimeAmount) {
        guard channel.isActive else { return promise.fail(Self.gone) }
        let number = nextNumber
        nextNumber += 1
        waiting[number] = promise
        channel.writeAndFlush(ByteBuffer(bytes: Link.encode(request, number: number)), promise: nil)
        let timeout = channel.eventLoop.assumeIsolated().scheduleTask(in: patience) {
            self.waiting.removeValue(forKey: number)?.fail(ReeveError(.timeout, "the \(Link.peer) does not answer"))
        }
        promise.futureResult.assumeIsolated().whenComplete { _ in timeout.cancel() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        buffer += unwrapInboundIn(data).readableBytesView
        do {
            while let body = try Frame.next(&buffer) {
                switch try Link.decode(body) {
                case .reply(let number, let reply): waiting.removeValue(forKey: number)?.succeed(reply)
                case .push(let push): onPush(push)
                }
            }
        } catch {
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        let abandoned = waiting
        waiting = [:]
        for promise in abandoned.values { promise.fail(Self.gone) }
        onClose()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private static var gone: ReeveError { ReeveError.unavailable("the \(Link.peer) has closed its connection") }
}

/// A connected keeper or terminal as seen from async code.
struct LinkConnection<Link: FrameLink>: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<LinkHandler<Link>>

    /// - Throws: when nobody listens at `path`; a `Refusal` when it is another user who does: an order to a keeper holds secrets.
    static func connect(
        to path: String, group: any EventLoopGroup, onPush: @escaping @Sendable (Link.Push) -> Void,
        onClose: @escaping @Sendable () -> Void
    ) async throws -> LinkConnection {
        guard let descriptor = UnixSocket.connected(to: path) else { throw ReeveError.unavailable("nobody listens at \(path)") }
        guard Peer.isOurs(descriptor) else {
            let uid = Peer.uid(of: descriptor).map(String.init) ?? "unknown"
            UnixSocket.end(descriptor)
            throw Refusal("another user (uid \(uid)) listens at \(path)", mend: "give a --runtime-dir that is yours alone")
        }
        return try await ClientBootstrap(group: group).withConnectedSocket(descriptor) { channel in
            channel.eventLoop.makeCompletedFuture {
                let handler = LinkHandler<Link>(onPush: onPush, onClose: onClose)
                try channel.pipeline.syncOperations.addHandler(handler)
                return LinkConnection(channel: channel, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop))
            }
        }
    }

    func ask(_ request: Link.Request, patience: TimeAmount = .seconds(5)) async throws -> Link.Reply {
        let promise = channel.eventLoop.makePromise(of: Link.Reply.self)
        channel.eventLoop.execute { [channel, handler] in
            handler.value.ask(request, on: channel, promise: promise, patience: patience)
        }
        return try await promise.futureResult.get()
    }

    func close() { channel.close(promise: nil) }
}
