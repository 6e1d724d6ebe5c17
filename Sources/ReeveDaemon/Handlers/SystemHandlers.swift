import ReeveControl
import ReeveEngine
import ReeveModel
import ReeveWire
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension Handlers {
    func registerSystem(_ router: inout Router) {
        let pong = SystemPing.Result().json
        router.registerFast(SystemPing.self) { _ in pong }
        let rendered = RenderedStatus(startedAt: startedAt)
        let board = engine.board
        let cursor = cursor
        router.registerFast(SystemStatus.self) { _ in rendered.json(board, cursor()) }
        var version = SystemVersion.Result()
        version.version = ReeveVersion.text
        let versionJSON = version.json
        router.registerFast(SystemVersion.self) { _ in versionJSON }
        let document = OpenRPC.document(version: ReeveVersion.text).json
        router.registerFast(RPCDiscover.self) { _ in document }
        router.register(SystemReload.self) { [reload] _, _ in
            let outcome = try await reload()
            var result = SystemReload.Result()
            result.changed = outcome.changed
            result.needsRestart = outcome.needsRestart
            return result
        }
        router.register(SystemShutdown.self) { [shutDown] _, _ in
            await shutDown()
            return Empty()
        }
    }

    static func backends(_ picture: StatusBoard.Picture) -> [BackendShape] {
        picture.backends.map { backend in
            var shape = BackendShape()
            shape.name = backend.name
            shape.state = backend.isUp.map { $0 ? .up : .down } ?? .unknown
            shape.detail = backend.detail.isEmpty ? nil : backend.detail
            return shape
        }
    }
}

/// The answer to `system.status`, rendered once per change: the most frequent question costs a copy of its bytes.
private final class RenderedStatus: Sendable {
    private struct Rendered {
        var version = -1
        var cursor: Int64 = -1
        var json: [UInt8] = []
    }

    private let startedAt: Timestamp
    private let last = Mutex(Rendered())

    init(startedAt: Timestamp) { self.startedAt = startedAt }

    func json(_ board: StatusBoard, _ cursor: Int64) -> [UInt8] {
        let version = board.version
        let known = last.withLock { $0.version == version && $0.cursor == cursor ? $0.json : nil }
        if let known { return known }
        let picture = board.picture
        return last.withLock { last in
            last = Rendered(version: picture.version, cursor: cursor, json: render(board, picture, cursor))
            return last.json
        }
    }

    private func render(_ board: StatusBoard, _ picture: StatusBoard.Picture, _ cursor: Int64) -> [UInt8] {
        var result = SystemStatus.Result()
        result.version = ReeveVersion.text
        result.pid = Int(getpid())
        result.startedAt = startedAt.rfc3339
        result.paused = picture.isPaused
        result.counts.queued = picture.counts[.queued] ?? 0
        result.counts.running = picture.counts[.running] ?? 0
        result.counts.waiting = board.waiting
        result.counts.review = picture.counts[.review] ?? 0
        result.counts.done = picture.counts[.done] ?? 0
        result.counts.failed = picture.counts[.failed] ?? 0
        result.counts.cancelled = picture.counts[.cancelled] ?? 0
        result.counts.lost = picture.counts[.lost] ?? 0
        if picture.retrying > 0 || !picture.staysDown.isEmpty {
            var retries = SystemStatus.Retries()
            retries.waiting = picture.retrying
            retries.nextTry = picture.nextRetry?.rfc3339
            retries.down = picture.staysDown.count
            retries.downTickets = picture.staysDown.suffix(10).reversed().map(\.text)
            result.retries = retries
        }
        if !picture.brakes.isEmpty { result.brakes = picture.brakes.map { BrakeShape($0) } }
        result.backends = Handlers.backends(picture)
        result.cursor = cursor
        return result.json
    }
}
