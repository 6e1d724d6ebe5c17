import NIOCore
import NIOPosix
import Ownership
import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// cmux by its socket: no process for a request, and events as they happen.
///
/// One connection for requests. Events take their connection over, and v1 words have no number to be told apart by, so both get
/// their own.
final class CmuxSocketLink: CmuxLink {
    let manner = "by its socket"
    private let connection: CmuxConnection
    private let path: String
    private let password: String?
    private let group: any EventLoopGroup

    private init(connection: CmuxConnection, path: String, password: String?, group: any EventLoopGroup) {
        self.connection = connection
        self.path = path
        self.password = password
        self.group = group
    }

    /// Connects, and says the password where cmux asks for one.
    /// - Throws: `CmuxRefusal.Told`, or a `ReeveError` when it does not answer.
    static func connect(to path: String, password: String?, group: any EventLoopGroup) async throws -> CmuxSocketLink {
        let connection = try await CmuxConnection.open(path, password: password, group: group)
        return CmuxSocketLink(connection: connection, path: path, password: password, group: group)
    }

    func ask(_ request: CmuxRequest, patience: Duration) async throws -> CmuxResult {
        if let method = request.method { return try await connection.ask(request, method: method, patience: patience) }
        guard let line = request.words else { return .empty }
        let words = try await CmuxConnection.open(path, password: password, group: group)
        defer { words.close() }
        let answer = try await words.say(line, patience: patience)
        guard answer.hasPrefix("OK") else {
            if let refusal = CmuxRefusal.reading(answer) { throw CmuxRefusal.Told(refusal: refusal) }
            throw CmuxFailure(code: "error", message: answer)
        }
        return .empty
    }

    func follow(after: Int64?, _ frame: @escaping @Sendable (CmuxFrame) -> Void) async throws {
        let stream = try await CmuxConnection.open(path, password: password, group: group, onFrame: frame)
        await withTaskCancellationHandler {
            stream.write(CmuxFrame.request(after: after))
            await stream.awaitEnd()
        } onCancel: {
            stream.close()
        }
    }

    func awaitEnd() async {
        await withTaskCancellationHandler {
            await connection.awaitEnd()
        } onCancel: {
            connection.close()
        }
    }

    func close() { connection.close() }
}

/// One connection as seen from async code.
struct CmuxConnection: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<CmuxSocketHandler>

    /// - Parameter onFrame: for a connection that events are to come on.
    static func open(
        _ path: String, password: String?, group: any EventLoopGroup, onFrame: (@Sendable (CmuxFrame) -> Void)? = nil
    ) async throws -> CmuxConnection {
        guard let descriptor = UnixSocket.connected(to: path) else {
            throw CmuxRefusal.Told(refusal: .down("nobody listens at \(path) (\(String(cString: strerror(errno))))"))
        }
        // What we send may be a password, and what it answers is acted upon.
        guard Peer.isOurs(descriptor) else {
            UnixSocket.end(descriptor)
            throw CmuxRefusal.Told(refusal: .down("another user listens at \(path)"))
        }
        let connection = try await adopt(descriptor, group: group)
        do {
            try await connection.introduce(password)
            if let onFrame { try await connection.follow(onFrame) }
        } catch {
            connection.close()
            throw error
        }
        return connection
    }

    /// - Parameter onFrame: for a connection that says nothing but frames.
    static func adopt(
        _ descriptor: Int32, group: any EventLoopGroup, onFrame: (@Sendable (CmuxFrame) -> Void)? = nil
    ) async throws -> CmuxConnection {
        try await ClientBootstrap(group: group).withConnectedSocket(descriptor) { channel in
            channel.eventLoop.makeCompletedFuture {
                let handler = CmuxSocketHandler(onFrame: onFrame)
                try channel.pipeline.syncOperations.addHandler(handler)
                return CmuxConnection(channel: channel, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop))
            }
        }
    }

    /// Learns whether we are let in. The password is said only to a cmux that asks for it: one in another mode may not know the
    /// word.
    private func introduce(_ password: String?) async throws {
        do { _ = try await ask(.ping, method: "system.ping", patience: .seconds(3)) } catch let failure as CmuxFailure {
            guard failure.isAuthentication else { return }
            try await authenticate(password)
        } catch let told as CmuxRefusal.Told {
            guard case .unauthenticated = told.refusal, channel.isActive else { throw told }
            try await authenticate(password)
        }
    }

    private func authenticate(_ password: String?) async throws {
        guard let password else {
            throw CmuxRefusal.Told(refusal: .unauthenticated("none is known"))
        }
        guard !password.contains(where: \.isNewline) else {
            throw CmuxRefusal.Told(refusal: .unauthenticated("the one that is set has a line break in it"))
        }
        let answer = try await say("auth \(password)", patience: .seconds(3))
        guard answer.hasPrefix("OK") else {
            throw CmuxRefusal.Told(refusal: .unauthenticated("the one that is set is not accepted"))
        }
    }

    /// From here on every line is a frame.
    private func follow(_ onFrame: @escaping @Sendable (CmuxFrame) -> Void) async throws {
        try await channel.eventLoop.submit { [handler] in handler.value.follow(onFrame) }.get()
    }

    func ask(_ request: CmuxRequest, method: String, patience: Duration) async throws -> CmuxResult {
        let promise = channel.eventLoop.makePromise(of: CmuxResult.self)
        channel.eventLoop.execute { [channel, handler] in
            handler.value.ask(
                request, method: method, on: channel, promise: promise, patience: .milliseconds(patience.milliseconds))
        }
        return try await promise.futureResult.get()
    }

    func say(_ line: String, patience: Duration) async throws -> String {
        let promise = channel.eventLoop.makePromise(of: String.self)
        channel.eventLoop.execute { [channel, handler] in
            handler.value.say(line, on: channel, promise: promise, patience: .milliseconds(patience.milliseconds))
        }
        return try await promise.futureResult.get()
    }

    func write(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }
    func awaitEnd() async { try? await channel.closeFuture.get() }
    func close() { channel.close(promise: nil) }
}
