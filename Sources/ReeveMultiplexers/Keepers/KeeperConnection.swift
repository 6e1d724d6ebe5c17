import KeeperLink
import NIOCore
import NIOPosix
import Ownership
import ReeveModel

/// One connection to one keeper: requests in, matched replies and pushes out. Lives on its channel's event loop.
final class KeeperHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var buffer: [UInt8] = []
    private var waiting: [Int: EventLoopPromise<KeeperReply>] = [:]
    private var nextNumber = 1
    private let onPush: @Sendable (KeeperPush) -> Void
    private let onClose: @Sendable () -> Void

    init(onPush: @escaping @Sendable (KeeperPush) -> Void, onClose: @escaping @Sendable () -> Void) {
        self.onPush = onPush
        self.onClose = onClose
    }

    func ask(_ request: KeeperRequest, on channel: any Channel, promise: EventLoopPromise<KeeperReply>, patience: TimeAmount) {
        guard channel.isActive else { return promise.fail(Self.gone) }
        let number = nextNumber
        nextNumber += 1
        waiting[number] = promise
        channel.writeAndFlush(ByteBuffer(bytes: KeeperCodec.encode(request, number: number)), promise: nil)
        let timeout = channel.eventLoop.assumeIsolated().scheduleTask(in: patience) {
            self.waiting.removeValue(forKey: number)?.fail(ReeveError(.timeout, "the keeper does not answer"))
        }
        promise.futureResult.assumeIsolated().whenComplete { _ in timeout.cancel() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        buffer += unwrapInboundIn(data).readableBytesView
        do {
            while let body = try Frame.next(&buffer) {
                switch try KeeperCodec.decodeAnswer(body) {
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

    private static let gone = ReeveError.unavailable("the keeper has closed its connection")
}

/// A connected keeper as seen from async code.
struct KeeperConnection: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<KeeperHandler>

    /// - Throws: when nobody listens at `path`; a `Refusal` when it is another user who does: an order to a keeper holds secrets.
    static func connect(
        to path: String, group: any EventLoopGroup, onPush: @escaping @Sendable (KeeperPush) -> Void,
        onClose: @escaping @Sendable () -> Void
    ) async throws -> KeeperConnection {
        guard let descriptor = UnixSocket.connected(to: path) else { throw ReeveError.unavailable("nobody listens at \(path)") }
        guard Peer.isOurs(descriptor) else {
            let uid = Peer.uid(of: descriptor).map(String.init) ?? "unknown"
            UnixSocket.end(descriptor)
            throw Refusal("another user (uid \(uid)) listens at \(path)", mend: "give a --runtime-dir that is yours alone")
        }
        return try await ClientBootstrap(group: group).withConnectedSocket(descriptor) { channel in
            channel.eventLoop.makeCompletedFuture {
                let handler = KeeperHandler(onPush: onPush, onClose: onClose)
                try channel.pipeline.syncOperations.addHandler(handler)
                return KeeperConnection(channel: channel, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop))
            }
        }
    }

    func ask(_ request: KeeperRequest, patience: TimeAmount = .seconds(5)) async throws -> KeeperReply {
        let promise = channel.eventLoop.makePromise(of: KeeperReply.self)
        channel.eventLoop.execute { [channel, handler] in
            handler.value.ask(request, on: channel, promise: promise, patience: patience)
        }
        return try await promise.futureResult.get()
    }

    func close() { channel.close(promise: nil) }
}
