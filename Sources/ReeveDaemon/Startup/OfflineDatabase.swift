import ReeveModel
import ReeveStore
import ReeveWire

/// Check and backup while no daemon runs: `reeve db` asks this program then. The daemon's lock is held, so that none starts meanwhile;
/// the answers are those of the methods.
package struct OfflineDatabase: Sendable {
    private let directories: Directories
    private let time = SystemTime()

    package init(_ directories: Directories) { self.directories = directories }

    /// The JSON of `database.check`'s result.
    package func check() async throws -> String {
        let start = time.uptime()
        let report = try await locked { try await $0.check() }
        return String(
            decoding: DatabaseCheck.Result(report, file: directories.database, took: time.uptime() - start).json, as: UTF8.self)
    }

    /// The JSON of `database.backup`'s result. Here nobody is in a sandbox: the copy is made where it is to stay.
    package func backup(to target: String, replaces: Bool) async throws -> String {
        let start = time.uptime()
        var result = DatabaseBackup.Result()
        result.file = target
        result.bytes = try await locked { try await $0.backup(to: target, replaces: replaces) }
        result.ms = (time.uptime() - start).milliseconds
        return String(decoding: result.json, as: UTF8.self)
    }

    /// Puts a backup in the place of the database; see `DatabaseRescue`.
    package func restore(_ backup: String) async throws -> String {
        var result = DatabaseRescued()
        result.file = directories.database
        result.aside = try await locked { _ in try DatabaseRescue(path: directories.database, now: time.wall()).restore(backup) }
        return String(decoding: result.json, as: UTF8.self)
    }

    /// Puts what can be read of the database into its place.
    package func salvage() async throws -> String {
        var result = DatabaseRescued()
        result.file = directories.database
        let (salvaged, aside) = try await locked { _ in
            try DatabaseRescue(path: directories.database, now: time.wall()).salvage()
        }
        result.aside = aside
        result.tickets = salvaged.rows["ticket", default: 0]
        result.events = salvaged.rows["event", default: 0]
        result.places = salvaged.places
        return String(decoding: result.json, as: UTF8.self)
    }

    private func locked<Value: Sendable>(_ body: (DatabaseCare) async throws -> Value) async throws -> Value {
        let lock = try StateLock(path: directories.lock)
        defer { withExtendedLifetime(lock) {} }
        return try await body(DatabaseCare(path: directories.database, isAlone: true))
    }
}
