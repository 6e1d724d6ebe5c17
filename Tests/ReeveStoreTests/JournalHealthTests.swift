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

    @Test func `a refusal of ours is no trouble of the database`() {
        let health = health()
        let refusal = ReeveError.conflict("taken")
        #expect(health.failed(refusal) == refusal)
        #expect(health.line == nil)
    }
}
