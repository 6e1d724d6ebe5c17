import GRDB
import ReeveModel

/// Takes over what can be read of a damaged database into a new one, row by row, so that the new one is sound.
///
/// Not `.recover` of the sqlite3 shell: it is not everywhere, knows nothing of what our rows promise each other, and the one of
/// Debian 12 fails on files that are in order.
struct DatabaseSalvage {
    /// The order matters for reading only: what is missing is seen to at the end.
    static let tables = ["meta", "ticket", "session", "launch", "event", "answer"]

    private let source: Database
    private let target: Database
    private let now: Timestamp
    private(set) var found = DatabaseSalvaged()

    private init(_ source: Database, _ target: Database, now: Timestamp) {
        self.source = source
        self.target = target
        self.now = now
    }

    /// - Parameter target: empty, with our schema.
    static func run(_ source: Database, into target: Database, now: Timestamp) throws -> DatabaseSalvaged {
        var salvage = DatabaseSalvage(source, target, now: now)
        for table in tables { try salvage.take(table) }
        try salvage.reconcile()
        return salvage.found
    }

    // MARK: Rows

    private mutating func take(_ table: String) throws {
        let columns: [String]
        do {
            columns = try SchemaState.columns(of: table, source)
            guard !columns.isEmpty else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
        } catch {
            guard JournalHealth.isDamage(error) || error is DatabaseError else { throw error }
            throw ReeveError.damaged(
                "the first page is gone, which says where everything is: nothing can be read",
                hint: "restore a backup: reeve db restore FILE; or begin anew: docs/database.md")
        }
        let wanted = Set(try SchemaState.columns(of: table, target))
        let names = columns.filter { wanted.contains($0) }.joined(separator: ", ")
        let marks = Array(repeating: "?", count: columns.filter { wanted.contains($0) }.count).joined(separator: ",")
        let insert = try target.cachedStatement(sql: "INSERT OR IGNORE INTO \(table) (\(names)) VALUES (\(marks))")
        let select = "SELECT \(names), rowid AS salvaged_row FROM \(table) NOT INDEXED WHERE rowid >= ? ORDER BY rowid"
        var next: Int64? = .min
        while let start = next {
            next = nil
            // A row with this number or a higher one comes next; anything else is a damaged page that passes for a row.
            var lowest = start
            do {
                let rows = try Row.fetchCursor(source, sql: select, arguments: [start])
                while let row = try rows.next() {
                    let number: Int64 = row["salvaged_row"]
                    guard number >= lowest, number < .max else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
                    lowest = number + 1
                    let values = Array(row.databaseValues.dropLast())
                    do { try insert.execute(arguments: StatementArguments(values)) } catch let error as DatabaseError
                        where error.resultCode == .SQLITE_CONSTRAINT
                    {
                        continue
                    }
                    if target.changesCount == 1 { found.rows[table, default: 0] += 1 }
                }
            } catch  where JournalHealth.isDamage(error) {
                found.places += 1
                // Never the same place again.
                next = nextReadable(after: max(lowest == start ? start : lowest - 1, 0), select)
            }
        }
    }

    private enum Probe { case row, nothing, damage }

    private func probe(_ row: Int64, _ select: String) -> Probe {
        do { return try Row.fetchOne(source, sql: "\(select) LIMIT 1", arguments: [row]) == nil ? .nothing : .row } catch {
            return .damage
        }
    }

    /// Where rows can be read again behind damage: strides that double until one lands, then the beginning of what was landed in.
    /// Nil when everything behind is damaged or there is nothing.
    private func nextReadable(after last: Int64, _ select: String) -> Int64? {
        var bad = last
        var stride: Int64 = 1
        while stride < 1 << 40 {
            let candidate = last + stride
            switch probe(candidate, select) {
            case .damage:
                bad = candidate
                stride *= 2
            case .row, .nothing:
                var good = candidate
                while good - bad > 1 {
                    let middle = bad + (good - bad) / 2
                    if probe(middle, select) == .damage { bad = middle } else { good = middle }
                }
                return probe(good, select) == .row ? good : nil
            }
        }
        return nil
    }

    // MARK: What rows promise each other

    private mutating func reconcile() throws {
        try dropUnreadable("ticket", "SELECT rowid AS salvaged_row, * FROM ticket") { _ = try TicketRow.decode($0) }
        try dropUnreadable("session", "SELECT rowid AS salvaged_row, * FROM session") { _ = try SessionRow.decode($0) }
        try dropUnreadable("launch", "SELECT rowid AS salvaged_row, * FROM launch") { _ = try LaunchRow.decode($0) }
        for sql in [
            "DELETE FROM session WHERE ticket IS NOT NULL AND ticket NOT IN (SELECT id FROM ticket)",
            "DELETE FROM launch WHERE ticket IS NOT NULL AND ticket NOT IN (SELECT id FROM ticket)",
            "DELETE FROM launch WHERE session NOT IN (SELECT id FROM session)",
            // Without a gap: what stands before the last one goes.
            """
            DELETE FROM event WHERE seq <= (SELECT MAX(a.seq) FROM event a
            WHERE a.seq < (SELECT MAX(seq) FROM event) AND NOT EXISTS (SELECT 1 FROM event b WHERE b.seq = a.seq + 1))
            """,
            // A request that was under way is not known to have ended.
            "UPDATE ticket SET finished_at = created_at WHERE finished_at IS NULL AND state IN ('done','failed','cancelled','lost')",
        ] {
            try target.execute(sql: sql)
        }
        try target.execute(
            sql: """
                UPDATE ticket SET state = 'lost', intent = NULL, finished_at = ?, reason = 'its launch was lost with the damaged database'
                WHERE state = 'running' AND id NOT IN (SELECT ticket FROM launch WHERE ticket IS NOT NULL)
                """, arguments: [now.milliseconds])
        try mendPrerequisites()
    }

    private func dropUnreadable(_ table: String, _ sql: String, _ decode: (Row) throws -> Void) throws {
        var unreadable: [Int64] = []
        let rows = try Row.fetchCursor(target, sql: sql)
        while let row = try rows.next() {
            do { try decode(row) } catch { unreadable.append(row["salvaged_row"]) }
        }
        for row in unreadable { try target.execute(sql: "DELETE FROM \(table) WHERE rowid = ?", arguments: [row]) }
    }

    /// One that came after a ticket that is gone must not start as if that had been done, nor wait for ever.
    private func mendPrerequisites() throws {
        let known = Set(try String.fetchAll(target, sql: "SELECT id FROM ticket"))
        for row in try Row.fetchAll(target, sql: "SELECT id, after, state FROM ticket WHERE after IS NOT NULL") {
            let after = (row["after"] as String).split(separator: "\n").map(String.init)
            let left = after.filter { known.contains($0) }
            guard left.count < after.count else { continue }
            try target.execute(
                sql: "UPDATE ticket SET after = ? WHERE id = ?",
                arguments: [left.isEmpty ? nil : left.joined(separator: "\n"), row["id"] as String])
            guard row["state"] as String == TicketState.queued.rawValue else { continue }
            try target.execute(
                sql: "UPDATE ticket SET state = 'failed', finished_at = ?, reason = ? WHERE id = ?",
                arguments: [
                    now.milliseconds, "what it came after was lost with the damaged database; reeve retry puts it back",
                    row["id"] as String,
                ])
        }
    }
}

/// What could be read of a damaged database.
package struct DatabaseSalvaged: Sendable, Hashable {
    /// By table.
    package var rows: [String: Int] = [:]
    /// Where reading had to begin again behind damage, or ended.
    package var places = 0
}
