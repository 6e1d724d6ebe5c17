import NIOCore
import ReeveModel

/// One connection to cmux's socket: requests in, the answers with their numbers out. Lives on its channel's event loop.
final class CmuxSocketHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var buffer = CmuxLineBuffer()
    private var waiting: [Int: EventLoopPromise<CmuxResult>] = [:]
    /// A v1 word has no number: the next line that is no answer to anything is its own.
    private var words: EventLoopPromise<String>?
    private var nextNumber = 1
    private var refusal: CmuxRefusal?
    private var hasHeard = false
    private var onFrame: (@Sendable (CmuxFrame) -> Void)?

    init(onFrame: (@Sendable (CmuxFrame) -> Void)?) { self.onFrame = onFrame }

    /// Makes it a connection that events come on, and nothing else.
    func follow(_ onFrame: @escaping @Sendable (CmuxFrame) -> Void) { self.onFrame = onFrame }

    func ask(
        _ request: CmuxRequest, method: String, on channel: any Channel, promise: EventLoopPromise<CmuxResult>,
        patience: TimeAmount
    ) {
        guard channel.isActive else { return promise.fail(CmuxRefusal.Told(refusal: ended)) }
        let number = nextNumber
        nextNumber += 1
        waiting[number] = promise
        channel.writeAndFlush(ByteBuffer(bytes: request.line(id: number, method: method)), promise: nil)
        let timeout = channel.eventLoop.assumeIsolated().scheduleTask(in: patience) {
            self.waiting.removeValue(forKey: number)?.fail(Self.silence)
        }
        promise.futureResult.assumeIsolated().whenComplete { _ in timeout.cancel() }
    }

    func say(_ line: String, on channel: any Channel, promise: EventLoopPromise<String>, patience: TimeAmount) {
        guard channel.isActive, words == nil else { return promise.fail(CmuxRefusal.Told(refusal: ended)) }
        words = promise
        channel.writeAndFlush(ByteBuffer(string: line + "\n"), promise: nil)
        let timeout = channel.eventLoop.assumeIsolated().scheduleTask(in: patience) {
            let promise = self.words
            self.words = nil
            promise?.fail(Self.silence)
        }
        promise.futureResult.assumeIsolated().whenComplete { _ in timeout.cancel() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let lines: [[UInt8]]
        do { lines = try buffer.feed(unwrapInboundIn(data).readableBytesView) } catch { return context.close(promise: nil) }
        for line in lines {
            hasHeard = true
            if let words {
                self.words = nil
                refusal = nil
                words.succeed(String(decoding: line.prefix(4000), as: UTF8.self))
            } else if let onFrame {
                hear(CmuxFrame.reading(line), onFrame, context)
            } else {
                hear(CmuxAnswer.reading(line), context)
            }
        }
    }

    private func hear(_ frame: CmuxFrame, _ onFrame: (CmuxFrame) -> Void, _ context: ChannelHandlerContext) {
        if case .refusal(let refusal) = frame { self.refusal = refusal }
        onFrame(frame)
        switch frame {
        case .refusal, .ended: context.close(promise: nil)
        case .ack, .event, .heartbeat, .unknown: break
        }
    }

    private func hear(_ answer: CmuxAnswer, _ context: ChannelHandlerContext) {
        switch answer {
        case .result(let id, let result): waiting.removeValue(forKey: id)?.succeed(result)
        case .failure(let id, let failure): waiting.removeValue(forKey: id)?.fail(failure)
        case .refusal(let refusal):
            self.refusal = refusal
            let abandoned = waiting
            waiting = [:]
            for promise in abandoned.values { promise.fail(CmuxRefusal.Told(refusal: refusal)) }
        case .stray: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        let abandoned = waiting
        waiting = [:]
        let said = words
        words = nil
        let end = CmuxRefusal.Told(refusal: ended)
        for promise in abandoned.values { promise.fail(end) }
        said?.fail(end)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// A cmux that keeps somebody out says why and closes, and the line may be lost with the connection: a connection that was
    /// accepted and closed without a word is that.
    private var ended: CmuxRefusal {
        refusal
            ?? (hasHeard
                ? .down("it has closed the connection") : .denied("it closed the connection without a word"))
    }

    private static let silence = ReeveError(
        .timeout, "cmux does not answer", hint: "what was asked may still happen when it wakes")
}
