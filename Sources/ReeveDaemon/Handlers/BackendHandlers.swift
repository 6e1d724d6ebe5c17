import ReeveControl
import ReeveEngine
import ReeveModel
import ReeveWire

extension Handlers {
    func registerBackends(_ router: inout Router) {
        let board = engine.board
        let backend = engine.backend
        router.registerFast(BackendList.self) { _ in
            var result = BackendList.Result()
            result.backends = Self.backends(board.picture)
            return result.json
        }
        router.registerFast(BackendGet.self) { (params) throws(ReeveError) in
            guard let shape = Self.backends(board.picture).first(where: { $0.name == params.name }) else {
                throw .notFound("backend", params.name)
            }
            var result = BackendGet.Result()
            result.backend = shape
            result.capabilities = backend.capabilities.map(\.rawValue).sorted()
            return result.json
        }
    }
}
