import NIOCore
import NIOPosix
import ReeveModel

/// What one request got: the output of each of its commands, in order.
typealias TmuxReply = [ControlModeParser.Block]

/// The channel's handler: commands pipelined in the order of the calls, their blocks matched in that order.
final class TmuxControlHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How the blocks of a request are counted: `if-shell` answers with one block more than it has commands, so requests that use it
    /// end with a fence, a line of output that only they can print.
    enum Extent { case blocks(Int), fence(String) }

    private struct Pending {
        var extent: Extent
        var blocks: TmuxReply = []
        var promise: EventLoopPromise<TmuxReply>?
        var number: Int
    }

    private var parser = ControlModeParser()
    /// The queue of requests; an abandoned one (timed out) stays until its blocks have come: tmux carries it out when it wakes.
    private var pending: CircularBuffer<Pending> = []
    private var nextNumber = 0
    private let onNotification: @Sendable (String) -> Void
    private let greeting: EventLoopPromise<Void>
    private var exitReason: String?

    init(greeting: EventLoopPromise<Void>, onNotification: @escaping @Sendable (String) -> Void) {
        self.greeting = greeting
        self.onNotification = onNotification
    }

    func submit(
        _ lines: [UInt8], _ extent: Extent, on channel: any Channel, promise: EventLoopPromise<TmuxReply>, patience: TimeAmount
    ) {
        guard channel.isActive else { return promise.fail(ended) }
        nextNumber += 1
        let number = nextNumber
        pending.append(Pending(extent: extent, promise: promise, number: number))
        channel.writeAndFlush(ByteBuffer(bytes: lines), promise: nil)
        let timeout = channel.eventLoop.assumeIsolated().scheduleTask(in: patience) { self.abandon(number) }
        promise.futureResult.assumeIsolated().whenComplete { _ in timeout.cancel() }
    }

    private func abandon(_ number: Int) {
        guard let index = pending.firstIndex(where: { $0.number == number }) else { return }
        let promise = pending[index].promise
        pending[index].promise = nil
        promise?.fail(ReeveError(.timeout, "tmux does not answer", hint: "what was asked may still happen when it wakes"))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        for item in parser.feed(unwrapInboundIn(data).readableBytesView) {
            switch item {
            case .block(let block): if block.isOurs { receive(block) } else { greeting.succeed(()) }
            case .notification(let text):
                if text.hasPrefix("%exit") { exitReason = String(text.dropFirst(6)) }
                onNotification(text)
            case .line(let text): onNotification(text)
            }
        }
    }

    private func receive(_ block: ControlModeParser.Block) {
        guard !pending.isEmpty else { return }
        pending[pending.startIndex].blocks.append(block)
        let head = pending[pending.startIndex]
        let isComplete =
            switch head.extent {
            case .blocks(let count): head.blocks.count == count
            case .fence(let fence): block.text.dropLast().elementsEqual(fence.utf8)
            }
        guard isComplete else { return }
        _ = pending.popFirst()
        var blocks = head.blocks
        if case .fence = head.extent { blocks.removeLast() }
        head.promise?.succeed(blocks)
    }

    func channelInactive(context: ChannelHandlerContext) {
        let abandoned = pending
        pending = []
        greeting.fail(ended)
        for request in abandoned { request.promise?.fail(ended) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private var ended: ReeveError {
        .unavailable("tmux has closed the connection" + (exitReason.map { ": \($0)" } ?? ""))
    }
}

/// One control-mode connection as seen from async code.
struct TmuxControlClient: TmuxLine {
    private let channel: any Channel
    private let handler: NIOLoopBound<TmuxControlHandler>
    private let greeting: EventLoopFuture<Void>

    /// Takes over `descriptor`, our end of the socket pair whose other end is tmux's standard input and output.
    static func adopt(
        _ descriptor: Int32, group: any EventLoopGroup, onNotification: @escaping @Sendable (String) -> Void
    ) async throws -> TmuxControlClient {
        try await ClientBootstrap(group: group).withConnectedSocket(descriptor) { channel in
            channel.eventLoop.makeCompletedFuture {
                let greeting = channel.eventLoop.makePromise(of: Void.self)
                let handler = TmuxControlHandler(greeting: greeting, onNotification: onNotification)
                try channel.pipeline.syncOperations.addHandler(handler)
                return TmuxControlClient(
                    channel: channel, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop),
                    greeting: greeting.futureResult)
            }
        }
    }

    /// The attach itself has been answered.
    func awaitGreeting() async throws { try await greeting.get() }

    /// One block for each command, none of which may be `if-shell`. Throws the first error, translated.
    func ask(_ commands: [TmuxCommand], patience: Duration) async throws -> [[String]] {
        try await blocks(commands, .blocks(commands.count), patience).map(\.lines)
    }

    /// The output as bytes, for answers that are long.
    func askText(_ command: TmuxCommand, patience: Duration) async throws -> [UInt8] {
        try await blocks([command], .blocks(1), patience).first?.text ?? []
    }

    /// Commands of any kind, closed by a fence; returns all output lines together.
    func askFenced(_ commands: [TmuxCommand], fence: String, patience: Duration) async throws -> [String] {
        try await blocks(commands + [TmuxCommand("display-message", "-p", fence)], .fence(fence), patience).flatMap(\.lines)
    }

    /// With the request itself: what is pipelined is no further turn of the server.
    func fill(_ buffer: String, with text: String, patience: Duration) async throws -> [TmuxCommand] {
        [TmuxCommand("set-buffer", "-b", buffer, "--", text)]
    }

    private func blocks(_ commands: [TmuxCommand], _ extent: TmuxControlHandler.Extent, _ patience: Duration) async throws
        -> TmuxReply
    {
        let reply = try await submit(commands, extent, patience)
        for block in reply where block.isError { throw TmuxError.translate(block.lines.joined(separator: " ")) }
        return reply
    }

    private func submit(_ commands: [TmuxCommand], _ extent: TmuxControlHandler.Extent, _ patience: Duration) async throws
        -> TmuxReply
    {
        let lines = Array(commands.map { $0.line + "\n" }.joined().utf8)
        let promise = channel.eventLoop.makePromise(of: TmuxReply.self)
        channel.eventLoop.execute { [channel, handler] in
            handler.value.submit(lines, extent, on: channel, promise: promise, patience: .milliseconds(patience.milliseconds))
        }
        return try await promise.futureResult.get()
    }

    /// Returns when the connection has ended.
    func awaitEnd() async { try? await channel.closeFuture.get() }

    func close() { channel.close(promise: nil) }
}
