import NIOCore
import ReeveJSON
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
    /// Bytes of answers that wait for the end of a read before they are sent.
    private static let mostUnflushed = 32 << 10
    /// Bytes of memory that an idle connection keeps for its next answers.
    private static let mostKept = 2 << 10

    private let router: Router
    private let submit: @Sendable (ServerJob) -> Void
    private let isShuttingDown: @Sendable () -> Bool
    private let onInactive: @Sendable () -> Void
    private var framing = LineFraming()
    private var inFlight = 0
    private var hasPendingRead = false
    /// Answers since the last flush.
    private var outgoing = JSONWriter(capacity: 0)
    /// A subscription that begins when its answer has been sent.
    private var wanted: SubscriptionRequest?
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
        takeLines(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush(context)
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            inputClosed = true
            takeLines(context)
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
        if context.channel.isWritable {
            takeLines(context)
            flush(context)
            closeIfDone(context)
            if hasPendingRead, context.channel.isWritable {
                hasPendingRead = false
                context.read()
            }
        }
        context.fireChannelWritabilityChanged()
    }

    /// Takes the lines that are there for as long as the peer takes answers: a small request may have a large answer, and one read holds
    /// many requests.
    private func takeLines(_ context: ChannelHandlerContext) {
        while true {
            if outgoing.bytes.count >= Self.mostUnflushed { flush(context) }
            guard context.channel.isWritable else { return }
            switch framing.next() {
            case .line(let line): take(line, context)
            case .tooLarge:
                let error = ReeveError(.tooLarge, "the line is longer than 1 MiB", hint: "the rest of it is skipped")
                write(Response.error(error, form: hasSpokenStrictly ? .strict : .relaxed, id: nil))
            case nil:
                if inputClosed, let line = framing.rest() { take(line, context) }
                return
            }
        }
    }

    // MARK: Requests

    private func take(_ line: [UInt8], _ context: ChannelHandlerContext) {
        // An empty line is a person pressing Enter.
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { return }
        let document: JSONDocument
        do throws(ReeveError) { document = try JSONDocument(line) } catch {
            let strict = hasSpokenStrictly || line.prefix(256).containsWord("\"jsonrpc\"")
            return write(Response.error(error, form: strict ? .strict : .relaxed, id: nil))
        }
        let root = document.root
        if root.kind == .array { takeBatch(root, context) } else { begin(root, .line, context) }
    }

    /// The answers of a batch go out as one array, when the last of them is there; a batch of notifications has no answer.
    private func takeBatch(_ root: JSONView, _ context: ChannelHandlerContext) {
        hasSpokenStrictly = true
        let items = root.items
        guard !items.isEmpty, items.count <= Self.mostInFlight else {
            let error =
                items.isEmpty
                ? ReeveError(.invalidRequest, "an empty batch", hint: "put requests into it, or leave it out")
                : ReeveError(.busy, "a batch of \(items.count); at most \(Self.mostInFlight)", hint: "send smaller batches")
            return write(Response.error(error, form: .strict, id: nil))
        }
        let batch = Batch(expected: items.count)
        for item in items { begin(item, .part(of: batch), context) }
    }

    /// Starts one request; its answer is delivered exactly once on the event loop, as nil for a notification.
    private func begin(_ view: JSONView, _ reply: Reply, _ context: ChannelHandlerContext) {
        let request: Request
        do throws(Rejection) { request = try Request(view) } catch {
            // No request, but perhaps the answer to one of ours.
            if case .line = reply, connection?.calls.take(view) == true { return }
            var form = error.form
            if case .part = reply { form = .strict }
            return deliver(Response.error(error.error, form: form, id: error.id), nil, reply)
        }
        if request.form == .strict { hasSpokenStrictly = true }
        do throws(ReeveError) {
            if isShuttingDown() { throw ReeveError(.shuttingDown, "the daemon is stopping", hint: "connect again in a moment") }
            switch try router.handler(request.method) {
            case .fast(let handler):
                let json = try handler(request)
                if case .line = reply, !request.isNotification {
                    // The common case of a probe: written where it is sent from.
                    Response.write(result: json, form: request.form, id: request.id, to: &outgoing)
                    outgoing.endLine()
                } else {
                    deliver(
                        request.isNotification ? nil : Response.result(json, form: request.form, id: request.id), nil, reply)
                }
            case .slow(let entry):
                guard inFlight < Self.mostInFlight else {
                    throw ReeveError(
                        .busy, "\(Self.mostInFlight) requests are in flight on this connection",
                        hint: "wait for answers before sending more")
                }
                guard let connection else { return }
                inFlight += 1
                submit(.request(request, entry, connection, NIOLoopBound(reply, eventLoop: context.eventLoop)))
            }
        } catch {
            deliver(request.isNotification ? nil : Response.error(error, form: request.form, id: request.id), nil, reply)
        }
    }

    /// A job is done. Called on the event loop; without a context when the connection has gone.
    func complete(
        _ bytes: [UInt8]?, _ wanted: SubscriptionRequest?, _ reply: Reply, _ context: ChannelHandlerContext?
    ) {
        inFlight -= 1
        guard let context else { return }
        deliver(bytes, wanted, reply)
        flush(context)
        closeIfDone(context)
    }

    // MARK: Out

    /// Passes on an answer, and begins the subscription it speaks of once that has been written.
    private func deliver(_ bytes: [UInt8]?, _ wanted: SubscriptionRequest?, _ reply: Reply) {
        switch reply {
        case .line:
            write(bytes)
            if let wanted { self.wanted = wanted }
        case .part(let batch):
            if let wanted { batch.wanted = wanted }
            guard batch.add(bytes) else { return }
            write(batch.answer)
            if let wanted = batch.wanted { self.wanted = wanted }
        }
    }

    private func write(_ bytes: [UInt8]?) {
        guard let bytes else { return }
        outgoing.raw(bytes)
        outgoing.endLine()
    }

    /// Sends what was written since the last time, as one buffer: sixteen pipelined answers are one message to the kernel.
    private func flush(_ context: ChannelHandlerContext) {
        if !outgoing.bytes.isEmpty {
            let bytes = ByteBuffer(bytes: outgoing.bytes)
            // Before they are written: a large answer that the kernel takes at once makes the channel unwritable and writable again in
            // the middle of the write, and whoever is told of that flushes too.
            outgoing.reset(keeping: Self.mostKept)
            if context.channel.isActive { context.writeAndFlush(wrapOutboundOut(bytes), promise: nil) }
        }
        if let wanted = wanted.take() { connection?.begin(wanted) }
    }

    /// A peer that has sent its last request gets every answer; then the connection is closed, after what is still being written.
    private func closeIfDone(_ context: ChannelHandlerContext) {
        guard inputClosed, inFlight == 0, framing.isEmpty, connection?.isSubscribed != true else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }
}

/// Where the answer to a request goes.
enum Reply {
    case line
    case part(of: Batch)
}

/// The answers of one batch. Used on one event loop only.
final class Batch {
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
