import NIOCore
import ReeveModel
import ReeveWire

/// One connection: lines in, answers out, on its event loop.
///
/// Methods that only read what is published are answered here; all others become jobs of the server, whose answers come back through
/// `complete`. A connection whose peer does not read is not read from either.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    static let mostInFlight = 256

    private let router: Router
    private let submit: @Sendable (ServerJob) -> Void
    private let isShuttingDown: @Sendable () -> Bool
    private let onInactive: @Sendable () -> Void
    private var framing = LineFraming()
    private var inFlight = 0
    private var hasPendingRead = false
    private var hasUnflushed = false
    private var inputClosed = false
    private(set) var hasSpokenStrictly = false
    private var connection: Connection?

    init(
        router: Router, isShuttingDown: @escaping @Sendable () -> Bool, submit: @escaping @Sendable (ServerJob) -> Void,
        onInactive: @escaping @Sendable () -> Void
    ) {
        self.router = router
        self.isShuttingDown = isShuttingDown
        self.submit = submit
        self.onInactive = onInactive
    }

    func handlerAdded(context: ChannelHandlerContext) {
        connection = Connection(
            channel: context.channel, handler: NIOLoopBound(self, eventLoop: context.eventLoop), submit: submit)
    }

    func handlerRemoved(context: ChannelHandlerContext) { connection = nil }

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        framing.append(&bytes)
        while let item = framing.next() {
            switch item {
            case .line(let line): take(line, context)
            case .tooLarge:
                let error = ReeveError(.tooLarge, "the line is longer than 1 MiB", hint: "the rest of it is skipped")
                write(Response.error(error, form: hasSpokenStrictly ? .strict : .relaxed, id: nil), context)
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush(context)
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            inputClosed = true
            if let line = framing.rest() { take(line, context) }
            flush(context)
            closeIfDone(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection?.gone()
        onInactive()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: Backpressure

    func read(context: ChannelHandlerContext) {
        if context.channel.isWritable { context.read() } else { hasPendingRead = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, hasPendingRead {
            hasPendingRead = false
            context.read()
        }
        context.fireChannelWritabilityChanged()
    }

    // MARK: Requests

    private func take(_ line: [UInt8], _ context: ChannelHandlerContext) {
        // An empty line is a person pressing Enter.
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { return }
        let document: JSONDocument
        do throws(ReeveError) { document = try JSONDocument(line) } catch {
            let strict = hasSpokenStrictly || line.prefix(256).containsWord("\"jsonrpc\"")
            return write(Response.error(error, form: strict ? .strict : .relaxed, id: nil), context)
        }
        let root = document.root
        if root.kind == .array { return takeBatch(root, context) }
        begin(root, context) { [weak self] bytes, wanted in
            self?.write(bytes, context)
            if let wanted { self?.connection?.begin(wanted) }
        }
    }

    /// The answers of a batch go out as one array, when the last of them is there; a batch of notifications has no answer.
    private func takeBatch(_ root: JSONView, _ context: ChannelHandlerContext) {
        hasSpokenStrictly = true
        let items = root.items
        guard !items.isEmpty, items.count <= Self.mostInFlight else {
            let error =
                items.isEmpty
                ? ReeveError(.invalidRequest, "an empty batch")
                : ReeveError(.busy, "a batch of \(items.count); at most \(Self.mostInFlight)", hint: "send smaller batches")
            return write(Response.error(error, form: .strict, id: nil), context)
        }
        let batch = Batch(expected: items.count)
        for item in items {
            begin(item, context, inBatch: true) { [weak self] bytes, wanted in
                if let wanted { batch.wanted = wanted }
                guard batch.add(bytes) else { return }
                self?.write(batch.answer, context)
                if let wanted = batch.wanted { self?.connection?.begin(wanted) }
            }
        }
    }

    /// Starts one request; `answer` is called exactly once on the event loop, with nil for a notification.
    private func begin(
        _ view: JSONView, _ context: ChannelHandlerContext, inBatch: Bool = false,
        answer: @escaping ([UInt8]?, SubscriptionRequest?) -> Void
    ) {
        let request: Request
        do throws(Rejection) { request = try Request(view) } catch {
            return answer(Response.error(error.error, form: inBatch ? .strict : error.form, id: error.id), nil)
        }
        if request.form == .strict { hasSpokenStrictly = true }
        do throws(ReeveError) {
            if isShuttingDown() { throw ReeveError(.shuttingDown, "the daemon is stopping", hint: "connect again in a moment") }
            switch try router.handler(request.method) {
            case .fast(let handler):
                let json = try handler(request)
                answer(request.isNotification ? nil : Response.result(json, form: request.form, id: request.id), nil)
            case .slow(let entry):
                guard inFlight < Self.mostInFlight else {
                    throw ReeveError(
                        .busy, "\(Self.mostInFlight) requests are in flight on this connection",
                        hint: "wait for answers before sending more")
                }
                guard let connection else { return }
                inFlight += 1
                let boundAnswer = NIOLoopBound(answer, eventLoop: context.eventLoop)
                submit(.request(request, entry, connection, boundAnswer))
            }
        } catch {
            answer(request.isNotification ? nil : Response.error(error, form: request.form, id: request.id), nil)
        }
    }

    /// A job is done. Called on the event loop.
    func complete(
        _ bytes: [UInt8]?, _ wanted: SubscriptionRequest?, _ answer: ([UInt8]?, SubscriptionRequest?) -> Void,
        _ context: ChannelHandlerContext?
    ) {
        inFlight -= 1
        answer(bytes, wanted)
        if let context {
            flush(context)
            closeIfDone(context)
        }
    }

    // MARK: Out

    private func write(_ bytes: [UInt8]?, _ context: ChannelHandlerContext) {
        guard let bytes, context.channel.isActive else { return }
        var buffer = context.channel.allocator.buffer(capacity: bytes.count + 1)
        buffer.writeBytes(bytes)
        buffer.writeInteger(UInt8(10))
        context.write(wrapOutboundOut(buffer), promise: nil)
        hasUnflushed = true
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard hasUnflushed else { return }
        hasUnflushed = false
        context.flush()
    }

    /// A peer that has sent its last request gets every answer; then the connection is closed, after what is still being written.
    private func closeIfDone(_ context: ChannelHandlerContext) {
        guard inputClosed, inFlight == 0, connection?.isSubscribed != true else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }
}

/// The answers of one batch. Used on one event loop only.
private final class Batch {
    private var missing: Int
    private var writer = JSONWriter()
    private var isEmpty = true
    /// A subscription that one of its requests asked for.
    var wanted: SubscriptionRequest?

    init(expected: Int) {
        missing = expected
        writer.beginArray()
    }

    /// Nil for a batch of notifications.
    var answer: [UInt8]? { isEmpty ? nil : writer.bytes }

    /// True once the last part is there.
    func add(_ bytes: [UInt8]?) -> Bool {
        if let bytes {
            isEmpty = false
            writer.raw(bytes)
        }
        missing -= 1
        guard missing == 0 else { return false }
        writer.endArray()
        return true
    }
}

extension ArraySlice<UInt8> {
    fileprivate func containsWord(_ word: String) -> Bool {
        let needle = Array(word.utf8)
        guard count >= needle.count else { return false }
        return indices.dropLast(needle.count - 1).contains { self[$0...].starts(with: needle) }
    }
}
