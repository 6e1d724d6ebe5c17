import NIOCore
import NIOPosix
import Processes
import ReeveModel

/// One `zellij subscribe`: tells when one of its panes is closed. It also prints each screen that changes, which nobody reads
/// here.
struct ZellijSubscription: Sendable {
    let command: [String]
    let environment: [String: String]
    let group: any EventLoopGroup
    let onClosed: @Sendable (String) -> Void

    /// Returns when all its panes are closed, or the session has ended; cancelling it ends the process.
    func run() async throws {
        guard let (ours, theirs) = UnixSocket.pair() else {
            throw ReeveError.unavailable("no file descriptor is left for zellij", hint: "raise LimitNOFILE")
        }
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: group).withConnectedSocket(ours) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ZellijEventHandler(onClosed: onClosed))
                    return channel
                }
            }
        } catch {
            UnixSocket.end(theirs)
            throw error
        }
        defer { channel.close(promise: nil) }
        _ = try await ProcessRunner.attach(command, environment: environment, descriptor: theirs)
        // Its last words are about the last pane, and may still be on their way here.
        await withTaskCancellationHandler {
            _ = try? await channel.closeFuture.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }
}

/// The lines of a subscription. Lines of closed panes are short; longer ones are screens, of which nothing is kept.
final class ZellijEventHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var lines = ZellijEventLines()
    private let onClosed: @Sendable (String) -> Void

    init(onClosed: @escaping @Sendable (String) -> Void) { self.onClosed = onClosed }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        for pane in lines.feed(unwrapInboundIn(data).readableBytesView) { onClosed(pane) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// Cuts a stream into lines and finds the panes that were closed. Pure; memory stays bounded whatever a screen holds.
struct ZellijEventLines {
    /// More bytes than a line about a closed pane has.
    static let longest = 512

    private var line: [UInt8] = []

    mutating func feed(_ bytes: some Collection<UInt8>) -> [String] {
        var closed: [String] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 10) {
            keep(rest[..<end])
            if line.count < Self.longest, let pane = ZellijAnswer.closedPane(line) { closed.append(pane) }
            line.removeAll(keepingCapacity: true)
            rest = rest[rest.index(after: end)...]
        }
        keep(rest)
        return closed
    }

    private mutating func keep(_ bytes: some Collection<UInt8>) { line += bytes.prefix(Self.longest - line.count) }
}
