import ReeveControl
import ReeveWire

extension Handlers {
    func registerDatabase(_ router: inout Router) {
        router.register(DatabaseStatus.self) { [database] _, _ in await database.status() }
        router.register(DatabaseCheck.self) { [database] _, _ in try await database.check() }
        router.register(DatabaseBackup.self) { [database] _, _ in try await database.backup() }
    }
}
