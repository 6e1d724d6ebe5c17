import ReeveControl
import ReeveEngine
import ReeveModel
import ReeveWire

extension Handlers {
    func registerBackends(_ router: inout Router) {
        let board = engine.board
        let backends = engine.backends
        router.registerFast(BackendList.self) { _ in
            var result = BackendList.Result()
            result.backends = Self.allBackends(board.picture, backends)
            return result.json
        }
        router.registerFast(BackendGet.self) { (params) throws(ReeveError) in
            guard let shape = Self.allBackends(board.picture, backends).first(where: { $0.name == params.name }),
                let backend = backends.all.first(where: { $0.name == params.name })
            else { throw .notFound("backend", params.name) }
            var result = BackendGet.Result()
            result.backend = shape
            result.capabilities = backend.capabilities.map(\.rawValue).sorted()
            result.limits = Dictionary(uniqueKeysWithValues: backend.limits.map { ($0.key.rawValue, $0.value) })
            return result.json
        }
        router.register(BackendCheck.self) { [time] _, _ in
            await MultiplexerChecks.result(
                backends.all.map { backend in (backend.name, { await backend.check() }) }, time: time)
        }
    }

    /// Those in use as the board has them, and those that nobody has wanted yet.
    private static func allBackends(_ picture: StatusBoard.Picture, _ backends: Backends) -> [BackendShape] {
        let known = Self.backends(picture)
        let others = backends.all.map(\.name).filter { name in !known.contains { $0.name == name } }
        return known
            + others.map { name in
                var shape = BackendShape()
                shape.name = name
                shape.state = .unknown
                shape.detail = "not in use"
                return shape
            }
    }
}
