import Foundation
import GRDB
import Ownership
import ReeveModel

/// What is done before a daemon works with a database. Whatever is wrong is found while the file is still only read: a damaged one
/// must be left as it is, for it is all there is to save something from.
struct DatabaseOpening: Sendable {
    /// A longer file is not looked over at the start: this many bytes take some 50 ms, and clients wait.
    private static let longestToLookOver: Int64 = 8 << 20

    var path: String

    struct Outcome {
        /// The file should be checked when there is time.
        var wantsCheck = false
        /// What is left of a torn commit should go from the log before anything is written behind it: after a second power cut it
        /// could be taken for damage.
        var wantsCheckpoint = false
    }

    /// - Throws: `damaged`, `unavailable`, or an error of SQLite.
    func prepare() throws -> Outcome {
        if FileManager.default.fileExists(atPath: DatabaseRescue.mark(path)) {
            throw ReeveError.damaged(
                "a rescue of the database \(path) was cut off in the middle",
                hint: "do it again: reeve db restore, or reeve db salvage")
        }
        let file = DatabaseFile(path)
        guard case .present(let bytes, let endedUncleanly) = try file.examine() else {
            try create()
            return Outcome()
        }
        let isTorn = try WriteAheadLog(path: file.log)?.refuseDamage(file.log) ?? false
        let isDemanded = FileManager.default.fileExists(atPath: checkDemand)
        let isLookedOver = isDemanded || bytes <= Self.longestToLookOver
        try DatabaseCare.reading(path, isAlone: true) { source in
            try source.read { db in
                let findings =
                    try isDemanded ? DatabaseExamination.findings(db) : isLookedOver ? DatabaseExamination.quick(db) : []
                if let first = findings.first {
                    let more = findings.count > 1 ? " (and \(findings.count - 1) more)" : ""
                    throw ReeveError.damaged("the database \(path) is damaged: \(first)\(more)")
                }
                try SchemaState.refuseDamage(db)
                if try SchemaState.isSuperseded(db) {
                    throw ReeveError.damaged(
                        "the database \(path) was written by a newer Reeve; nothing was touched",
                        hint: "start the newer reeved again, or restore a backup that an older one has made")
                }
            }
        }
        if isDemanded { try? FileManager.default.removeItem(atPath: checkDemand) }
        return Outcome(wantsCheck: endedUncleanly && !isLookedOver, wantsCheckpoint: isTorn)
    }

    /// Damage was met while the daemon ran: the next one looks at everything before it starts.
    func demandCheck() {
        // Where it cannot be made the next daemon looks at what it looks at anyway.
        try? PrivateFile.write([], to: checkDemand)
    }

    private var checkDemand: String { "\(path).suspect" }

    /// A new database is made under another name and then renamed: so one that is empty is never one that has just begun.
    private func create() throws {
        let draft = "\(path).new"
        for file in [draft, "\(draft)-wal", "\(draft)-shm", "\(draft)-journal"] {
            try? FileManager.default.removeItem(atPath: file)
        }
        try fresh(draft).close()
        try FileManager.default.moveItem(atPath: draft, toPath: path)
        DatabaseCopy.syncDirectory(of: path)
    }

    /// An empty database with our schema.
    func fresh(_ path: String) throws -> DatabaseQueue {
        // SQLite would make it with whatever mode the umask leaves, and gives the files beside it the same mode.
        do throws(Refusal) { try PrivateFile.write([], to: path) } catch {
            throw ReeveError.unavailable(error.reason, hint: error.mend)
        }
        let fresh = try DatabaseQueue(path: path, configuration: configuration)
        // Before the first table, or never: pages can be given back to the file system.
        try fresh.writeWithoutTransaction { try $0.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL") }
        try Migrations.migrator.migrate(fresh)
        return fresh
    }

    var configuration: Configuration {
        var configuration = Configuration()
        configuration.maximumReaderCount = 2
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 4194304")
        }
        return configuration
    }

    /// The error for people, whatever it was.
    func refusal(_ error: any Error) -> ReeveError {
        if let error = error as? ReeveError { return error }
        if JournalHealth.isDamage(error) { return .damaged("the database \(path) is damaged: \(JournalHealth.sentence(error))") }
        return .unavailable(
            "the database \(path) cannot be used: \(JournalHealth.sentence(error))",
            hint: "look at the disk and the permissions of the state directory; docs/database.md")
    }
}
