import Dispatch
import Foundation
import GRDB
import ReeveModel
import Synchronization

/// Looks after a database beside whoever uses it: a connection of its own that only reads, so that no commit waits for it.
///
/// While a copy or a check reads its one moment, the write-ahead log grows instead of being written back; that is made up afterwards.
package final class DatabaseCare: Sendable {
    package struct Activity: Sendable, Hashable {
        package var what: String
        package var pagesDone: Int
        package var pagesInAll: Int
    }

    private let path: String
    /// Nobody else has the database: the state directory's lock is held and there is no journal.
    private let isAlone: Bool
    private let activityBox = Mutex<Activity?>(nil)
    private let queue = DispatchQueue(label: "reeve.care", qos: .utility)

    package init(path: String, isAlone: Bool) {
        self.path = path
        self.isAlone = isAlone
    }

    /// What is being done now; copies count pages, checks cannot.
    package var activity: Activity? { activityBox.withLock { $0 } }

    /// Compares everything with everything; see `DatabaseExamination`. What cannot even be opened is a finding too.
    package func check() async throws -> DatabaseReport {
        try await exclusively("check") { [path, isAlone] _ in
            do {
                if isAlone { try Self.examineAlone(path) }
                return try Self.reading(path, isAlone: isAlone) { source in
                    let findings = try DatabaseExamination.within(source) { db in
                        try SchemaState.isSuperseded(db)
                            ? ["it was written by a newer Reeve: start that one again; this one cannot judge it"]
                            : DatabaseExamination.findings(db)
                    }
                    return DatabaseReport(findings: findings, bytes: Self.size(path))
                }
            } catch  where JournalHealth.isDamage(error) {
                return DatabaseReport(findings: [JournalHealth.sentence(error)], bytes: Self.size(path))
            }
        }
    }

    /// Copies the database as it is at one moment to `target`; see `DatabaseCopy`.
    /// - Returns: the size of the copy in bytes.
    /// - Throws: `conflict` when the target is there and `replaces` is false, or when another copy or check is under way; `damaged`
    ///   when what was copied is not sound; `unavailable` when the target cannot be written.
    package func backup(to target: String, replaces: Bool) async throws -> Int64 {
        try await exclusively("backup") { [path, isAlone, self] isGivenUp in
            if isAlone { try Self.examineAlone(path) }
            return try Self.reading(path, isAlone: isAlone) { source in
                try DatabaseCopy(target: target, replaces: replaces).make(from: source) { done, total in
                    if isGivenUp() { throw CancellationError() }
                    self.activityBox.withLock { $0 = Activity(what: "backup", pagesDone: done, pagesInAll: total) }
                }
            }
        }
    }

    package static func size(_ path: String) -> Int64 {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.int64Value ?? 0
    }

    private static func examineAlone(_ path: String) throws {
        let file = DatabaseFile(path)
        guard try file.examine() != .absent else { throw ReeveError(.notFound, "there is no database at \(path)") }
        _ = try WriteAheadLog(path: file.log)?.refuseDamage(file.log)
    }

    /// A connection that cannot write, for the length of `body`.
    /// - Parameter isLenient: also one that is shorter than it says.
    static func reading<Value>(
        _ path: String, isAlone: Bool, isLenient: Bool = false, _ body: (DatabaseQueue) throws -> Value
    ) throws -> Value {
        var configuration = Configuration()
        configuration.readonly = true
        // The only thing that this does for a connection that cannot write: SQLite no longer compares the length with the header.
        if isLenient { configuration.prepareDatabase { try $0.execute(sql: "PRAGMA writable_schema = ON") } }
        configuration.busyMode = .timeout(5)
        // SQLite makes these two beside a WAL database for a mere reader, and a mere reader does not remove them. Where somebody else
        // has the database open they are his.
        let made = isAlone ? ["\(path)-wal", "\(path)-shm"].filter { !FileManager.default.fileExists(atPath: $0) } : []
        defer { for file in made { try? FileManager.default.removeItem(atPath: file) } }
        let source = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? source.close() }
        return try body(source)
    }

    /// One at a time, on a thread of its own: it takes as long as reading the whole file does.
    private func exclusively<Value: Sendable>(
        _ what: String, _ body: @escaping @Sendable (_ isGivenUp: @escaping () -> Bool) throws -> Value
    ) async throws -> Value {
        let under = activityBox.withLock { activity in
            defer { if activity == nil { activity = Activity(what: what, pagesDone: 0, pagesInAll: 0) } }
            return activity
        }
        if let under {
            throw ReeveError.conflict("a \(under.what) of the database is under way", hint: "try again when it is over")
        }
        defer { activityBox.withLock { $0 = nil } }
        let isGivenUp = Mutex(false)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.async {
                    continuation.resume(
                        with: Result { try body { isGivenUp.withLock { $0 } } }.mapError { error in
                            error is CancellationError ? error : JournalHealth.translate(error)
                        })
                }
            }
        } onCancel: {
            isGivenUp.withLock { $0 = true }
        }
    }
}
