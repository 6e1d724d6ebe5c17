import GRDB
import ReeveModel

/// What a look at a database has found. Empty findings: it is sound.
package struct DatabaseReport: Sendable, Hashable {
    /// A sentence each, the gravest first; at most `DatabaseExamination.most` of a sort.
    package var findings: [String]
    package var bytes: Int64

    package init(findings: [String], bytes: Int64) {
        self.findings = findings
        self.bytes = bytes
    }
}

/// Whether a database holds what was put into it: SQLite's own examination, then what our schema promises and SQLite does not know.
enum DatabaseExamination {
    /// A damaged file can have a finding for every row.
    static let most = 20

    /// Examines within one read transaction. After damage has been met its end may fail, which is no news then.
    static func within(_ source: DatabaseQueue, _ body: (Database) throws -> [String]) throws -> [String] {
        var findings: [String] = []
        do { try source.read { findings = try body($0) } } catch  where JournalHealth.isDamage(error) && !findings.isEmpty {}
        return findings
    }

    /// Everything. Reads the whole file; within one read transaction, so that what is written meanwhile neither disturbs nor waits.
    static func findings(_ db: Database) throws -> [String] {
        do {
            let damage = try structure(db, "integrity_check")
            // What is read from a broken tree would only be the same fault told in other words.
            if !damage.isEmpty { return damage }
            // A file of an older daemon, which has not all the columns yet: the next start adds them.
            guard try SchemaState.isComplete(db) else { return [] }
            return try promises(db)
        } catch  where JournalHealth.isDamage(error) {
            return [JournalHealth.sentence(error)]
        }
    }

    /// The trees and pages alone, without comparing tables with their indices: several times as fast.
    static func quick(_ db: Database) throws -> [String] {
        do { return try structure(db, "quick_check") } catch  where JournalHealth.isDamage(error) {
            return [JournalHealth.sentence(error)]
        }
    }

    private static func structure(_ db: Database, _ pragma: String) throws -> [String] {
        try String.fetchAll(db, sql: "PRAGMA \(pragma)(\(most))").filter { $0 != "ok" }
            .flatMap { $0.split(separator: "\n").map(String.init) }.filter { !$0.hasPrefix("*** in database") }
    }

    // MARK: Promises

    private static func promises(_ db: Database) throws -> [String] {
        var findings = try eventNumbers(db)
        for (sentence, sql) in rules {
            let names = try String.fetchAll(db, sql: "\(sql) LIMIT \(most)")
            findings += names.map { sentence.replacing("%", with: $0) }
        }
        findings += try unreadable(db, "SELECT \(TicketRow.columns) FROM ticket") { _ = try TicketRow.decode($0) }
        findings += try unreadable(db, "SELECT * FROM session") { _ = try SessionRow.decode($0) }
        findings += try unreadable(db, "SELECT * FROM launch") { _ = try LaunchRow.decode($0) }
        return findings
    }

    /// A sentence, and the query that names whom it is about.
    private static let rules: [(String, String)] = [
        (
            "ticket % is in work and has no launch",
            "SELECT id FROM ticket WHERE state = 'running' AND id NOT IN (SELECT ticket FROM launch WHERE ticket IS NOT NULL)"
        ),
        (
            "session % belongs to a ticket that is not there",
            "SELECT id FROM session WHERE ticket IS NOT NULL AND ticket NOT IN (SELECT id FROM ticket)"
        ),
        (
            "launch % belongs to a ticket that is not there",
            "SELECT id FROM launch WHERE ticket IS NOT NULL AND ticket NOT IN (SELECT id FROM ticket)"
        ),
        (
            "launch % belongs to a session that is not there",
            "SELECT id FROM launch WHERE session NOT IN (SELECT id FROM session)"
        ),
        (
            "ticket % is finished and has no time of its end",
            "SELECT id FROM ticket WHERE state IN ('done','failed','cancelled','lost') AND finished_at IS NULL"
        ),
        (
            "ticket % comes after a ticket that is not there",
            """
            WITH RECURSIVE word(ticket, name, rest) AS (
              SELECT id, '', after || char(10) FROM ticket WHERE after IS NOT NULL
              UNION ALL
              SELECT ticket, substr(rest, 1, instr(rest, char(10)) - 1), substr(rest, instr(rest, char(10)) + 1)
              FROM word WHERE rest <> ''
            ) SELECT DISTINCT ticket FROM word WHERE name <> '' AND name NOT IN (SELECT id FROM ticket)
            """
        ),
    ]

    private static func eventNumbers(_ db: Database) throws -> [String] {
        let row = try Row.fetchOne(db, sql: "SELECT MIN(seq) AS first, MAX(seq) AS last, COUNT(*) AS n FROM event")
        guard let row, let first: Int64 = row["first"], let last: Int64 = row["last"], let count: Int64 = row["n"] else {
            return []
        }
        let missing = last - first + 1 - count
        return missing == 0 ? [] : ["\(missing) events are missing between \(first) and \(last)"]
    }

    private static func unreadable(_ db: Database, _ sql: String, _ decode: (Row) throws -> Void) throws -> [String] {
        var findings: [String] = []
        let rows = try Row.fetchCursor(db, sql: sql)
        while findings.count < most, let row = try rows.next() {
            do { try decode(row) } catch {
                findings.append((error as? ReeveError)?.message ?? "the row '\(row["id"] as String? ?? "?")' cannot be read")
            }
        }
        return findings
    }
}
