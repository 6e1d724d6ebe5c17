import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server that does to each request what its list says, and the last of it to all that follow.
final class MisbehavingServer: Sendable {
    enum Behaviour: Sendable {
        case answer(Int, [(String, String)] = [])
        /// Takes the request and says nothing.
        case silence
        /// Closes the connection without an answer.
        case drop
        /// A good status, and a body without end.
        case endless
    }

    struct Request: Sendable {
        var path: String
        var headers: HTTPHeaders
        var body: [UInt8]
    }

    private struct State {
        var behaviours: [Behaviour]
        var requests: [Request] = []
    }

    private let state: Mutex<State>
    private let channel: any Channel

    private init(_ state: consuming Mutex<State>, _ channel: any Channel) {
        self.state = state
        self.channel = channel
    }

    var requests: [Request] { state.withLock(\.requests) }
    var address: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    static func with(_ behaviours: [Behaviour], _ body: (MisbehavingServer) async throws -> Void) async throws {
        let box = Box()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(box))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = MisbehavingServer(Mutex(State(behaviours: behaviours)), channel)
        box.server.withLock { $0 = server }
        do { try await body(server) } catch {
            try? await channel.close()
            throw error
        }
        try? await channel.close()
    }

    private func took(_ request: Request) -> Behaviour {
        state.withLock { state in
            state.requests.append(request)
            return state.behaviours.count > 1 ? state.behaviours.removeFirst() : state.behaviours.first ?? .drop
        }
    }

    private final class Box: Sendable {
        let server = Mutex<MisbehavingServer?>(nil)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let box: Box
        private var request: Request?

        init(_ box: Box) { self.box = box }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): request = Request(path: head.uri, headers: head.headers, body: [])
            case .body(let part): request?.body += part.readableBytesView
            case .end:
                guard let request, let server = box.server.withLock({ $0 }) else { return }
                respond(server.took(request), context)
            }
        }

        private func respond(_ behaviour: Behaviour, _ context: ChannelHandlerContext) {
            func head(_ code: Int, _ headers: HTTPHeaders) {
                let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: code), headers: headers)
                context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
            }
            switch behaviour {
            case .answer(let code, let headers):
                head(code, HTTPHeaders(headers + [("Content-Length", "0")]))
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            case .silence: break
            case .drop: context.close(promise: nil)
            case .endless:
                head(200, ["Transfer-Encoding": "chunked"])
                flood(context)
            }
        }

        private func flood(_ context: ChannelHandlerContext) {
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            let part = HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(repeating: 0x78, count: 4096)))
            context.writeAndFlush(wrapOutboundOut(part)).whenSuccess {
                let (handler, context) = bound.value
                handler.flood(context)
            }
        }
    }
}
