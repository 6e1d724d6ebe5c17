import GRDB
import Logging
import ReeveModel
import Synchronization
import Testing

@testable import ReeveStore

/// Failures met while running, as callers and people get them.
@Suite struct JournalHealthTests {
    private final class Heard: Sendable {
        let damages = Mutex(0)
    }

    private func health(_ heard: Heard = Heard()) -> JournalHealth {
        JournalHealth(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) { heard.damages.withLock { $0 += 1 } }
    }

    @Test(arguments: [
        (ResultCode.SQLITE_CORRUPT, ReeveError.Kind.damaged), (.SQLITE_NOTADB, .damaged), (.SQLITE_CORRUPT_VTAB, .damaged),
        (.SQLITE_IOERR, .unavailable), (.SQLITE_IOERR_FSYNC, .unavailable), (.SQLITE_READONLY, .unavailable),
        (.SQLITE_CANTOPEN, .unavailable), (.SQLITE_FULL, .unavailable), (.SQLITE_MISUSE, .internal),
    ])
    func `each failure of SQLite has the word that says whose turn it is`(code: ResultCode, kind: ReeveError.Kind) {
        let error = health().failed(DatabaseError(resultCode: code, message: "as SQLite says"))
        #expect(error.kind == kind)
        #expect(kind == .internal || error.hint != nil)
    }

    @Test func `a failing disk is over with the next commit, damage is for good and told once`() {
        let heard = Heard()
        let health = health(heard)
        _ = health.failed(DatabaseError(resultCode: .SQLITE_IOERR, message: "disk I/O error"))
        #expect(health.line?.contains("disk I/O error") == true && health.damage == nil)
        health.succeeded()
        #expect(health.line == nil)
        for _ in 1...3 { _ = health.failed(DatabaseError(resultCode: .SQLITE_CORRUPT, message: "malformed")) }
        health.succeeded()
        #expect(health.damage?.kind == .damaged && health.line?.contains("malformed") == true)
        #expect(heard.damages.withLock { $0 } == 1)
    }

    /// Keeps what is logged.
    private struct Listener: LogHandler {
        final class Heard: Sendable { let lines = Mutex<[String]>([]) }
        let heard: Heard
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) {
            heard.lines.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
        }
    }

    @Test func `what stands in a row, or was given to a statement, is in no line about it`() throws {
        let heard = Listener.Heard()
        let health = JournalHealth(logger: Logger(label: "test") { _ in Listener(heard: heard) }) {}
        var met: [any Error] = []
        let queue = try DatabaseQueue()
        try queue.write { db in
            try db.execute(sql: "CREATE TABLE ticket (id INTEGER UNIQUE NOT NULL, title TEXT) STRICT")
            let questions = ["SELECT NULL, 'secret-column'", "SELECT NULL, ? AS title"]
            for question in questions {
                let given: StatementArguments = question.contains("?") ? ["secret-given"] : []
                do { _ = try String.fetchAll(db, sql: question, arguments: given) } catch { met.append(error) }
            }
            let rows: [[(any DatabaseValueConvertible)?]] = [[1, "secret-first"], [1, "secret-second"], [nil, "secret-third"]]
            for values in rows {
                do {
                    try db.execute(sql: "INSERT INTO ticket VALUES (?, ?)", arguments: StatementArguments(values))
                } catch { met.append(error) }
            }
        }
        #expect(met.count == 4 && met.contains { $0 is RowDecodingError }, "\(met.map { type(of: $0) })")
        for error in met {
            let told = health.failed(error)
            #expect(!told.message.contains("secret") && told.hint?.contains("secret") != true, "\(told)")
            #expect(health.line?.contains("secret") != true, "\(health.line ?? "")")
            #expect(!JournalHealth.logged(error).contains("secret"), "\(JournalHealth.logged(error))")
        }
        let lines = heard.lines.withLock { $0 }
        #expect(!lines.isEmpty && !lines.contains { $0.contains("secret") }, "\(lines)")
    }

    @Test func `a refusal of ours is no trouble of the database`() {
        let health = health()
        let refusal = ReeveError.conflict("taken")
        #expect(health.failed(refusal) == refusal)
        #expect(health.line == nil)
    }
}
