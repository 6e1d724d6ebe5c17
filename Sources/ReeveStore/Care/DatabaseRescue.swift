import Foundation
import GRDB
import Ownership
package import ReeveModel

/// Puts another database in the place of one that is damaged or no longer wanted. What was there is put aside, never deleted.
///
/// Only while the daemon's lock is held. A daemon that finds `.rescue` does not start: between the steps there is no database, or one
/// whose log is gone. Doing it again from the beginning is always right.
package struct DatabaseRescue: Sendable {
    private let path: String
    private let now: Timestamp

    package init(path: String, now: Timestamp) {
        self.path = path
        self.now = now
    }

    static func mark(_ path: String) -> String { "\(path).rescue" }

    /// - Returns: where the old files are now; nil when there were none.
    /// - Throws: `damaged` when the backup is not sound or of a newer Reeve; then nothing is changed.
    package func restore(_ backup: String) throws -> String? {
        try translated {
            guard try DatabaseFile(backup).examine(mayBeReadOnly: true) != .absent else {
                throw ReeveError(.notFound, "there is no file \(backup)")
            }
            try DatabaseCare.reading(backup, isAlone: true) { source in
                let findings = try DatabaseExamination.within(source) { db in
                    try SchemaState.isSuperseded(db)
                        ? ["it was written by a newer Reeve"] : DatabaseExamination.findings(db)
                }
                if let first = findings.first {
                    throw ReeveError.damaged(
                        "the backup \(backup) is not sound: \(first)", hint: "nothing was changed; try an older one")
                }
                _ = try DatabaseCopy(target: draft, replaces: true).make(from: source) { _, _ in }
            }
            return try finish()
        }
    }

    /// Takes over what can be read of the database that is there; see `DatabaseSalvage`.
    package func salvage() throws -> (salvaged: DatabaseSalvaged, aside: String?) {
        try translated {
            // Cut off when the new one was whole already: the old one is in pieces by now, so it is not read again.
            if Self.exists(Self.mark(path)), Self.exists(draft) { return (DatabaseSalvaged(), try finish()) }
            guard try DatabaseFile(path).examine(mayBeReadOnly: true) != .absent else {
                throw ReeveError(.notFound, "there is no database at \(path)")
            }
            try removeDraft()
            let salvaged = try DatabaseCare.reading(path, isAlone: true, isLenient: true) { source in
                let fresh = try DatabaseOpening(path: path).fresh(draft)
                defer { try? fresh.close() }
                // Without a transaction: after damage has been met, its end would fail.
                return try source.unsafeRead { old in
                    if (try? SchemaState.isSuperseded(old)) == true {
                        throw ReeveError.damaged(
                            "the database was written by a newer Reeve, and would lose what only that one knows",
                            hint: "start the newer reeved again, or use its reeve db salvage")
                    }
                    return try fresh.write { try DatabaseSalvage.run(old, into: $0, now: now) }
                }
            }
            return (salvaged, try finish())
        }
    }

    private var draft: String { "\(path).rescued" }

    private func removeDraft() throws {
        for suffix in ["", "-wal", "-shm", "-journal"] where FileManager.default.fileExists(atPath: draft + suffix) {
            try FileManager.default.removeItem(atPath: draft + suffix)
        }
    }

    /// The queue is paused in it: it does not know what has been done since, and would have it done again.
    private func finish() throws -> String? {
        let rescued = try DatabaseQueue(path: draft, configuration: DatabaseOpening(path: path).configuration)
        try Migrations.migrator.migrate(rescued)
        try rescued.write { db in
            try db.execute(sql: "INSERT OR REPLACE INTO meta (key, value) VALUES ('paused', 'true')")
        }
        let findings = try rescued.read { try DatabaseExamination.findings($0) }
        try rescued.close()
        if let first = findings.first { throw ReeveError(.internal, "what was rescued is not sound: \(first)") }
        let files = FileManager.default
        do throws(Refusal) { try PrivateFile.write([], to: Self.mark(path)) } catch {
            throw ReeveError.unavailable(error.reason, hint: error.mend)
        }
        DatabaseCopy.syncDirectory(of: path)
        let aside = "\(path).aside-\(now.rfc3339.prefix(23).filter { $0 != ":" && $0 != "." })"
        var hasOld = false
        for suffix in ["-wal", "-shm", ".suspect", ""] where Self.exists(path + suffix) {
            if !hasOld {
                try files.createDirectory(
                    atPath: aside, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            }
            hasOld = true
            try files.moveItem(atPath: path + suffix, toPath: "\(aside)/\((path as NSString).lastPathComponent)\(suffix)")
        }
        try files.moveItem(atPath: draft, toPath: path)
        DatabaseCopy.syncDirectory(of: path)
        try files.removeItem(atPath: Self.mark(path))
        return hasOld ? aside : nil
    }

    /// Also a link to nowhere.
    private static func exists(_ path: String) -> Bool {
        (try? FileManager.default.attributesOfItem(atPath: path)) != nil
    }

    private func translated<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch {
            if error is DatabaseError || error is RowDecodingError { throw JournalHealth.translate(error) }
            if let error = error as? ReeveError { throw error }
            throw ReeveError.unavailable("\(error)", hint: "nothing is lost; the old files are where they were or beside it")
        }
    }
}
