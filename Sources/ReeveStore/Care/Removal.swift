import GRDB
import ReeveModel

/// What goes when its time is over, and what must not. Runs inside of a commit: what is looked up here holds when it is written.
enum Removal {
    /// Nil when the ticket is gone, with its launches and sessions; otherwise why it stays, and nothing is changed.
    static func ticket(_ id: TicketID, _ db: Database) throws -> ReeveError? {
        guard
            let state = try String.fetchOne(
                db.cachedStatement(sql: "SELECT state FROM ticket WHERE id = ?"), arguments: [id.text])
        else { return .notFound("ticket", id.text) }
        guard TicketState(rawValue: state)?.isFinished == true else { return .conflict("'\(id)' is \(state)") }
        if try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM session WHERE ticket = ? AND closed_at IS NULL)"),
            arguments: [id.text]) == true
        {
            return .conflict("the terminal of '\(id)' is open")
        }
        if try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM ticket WHERE after IS NOT NULL
                    AND instr(char(10) || after || char(10), char(10) || ? || char(10)))
                    """), arguments: [id.text]) == true
        {
            return .conflict("another ticket comes after '\(id)'")
        }
        try forget(id, db)
        return nil
    }

    static func forget(_ id: TicketID, _ db: Database) throws {
        try MetadataRow.forget(.ticket(id), db)
        for table in [
            "step_run WHERE ticket", "ticket_file WHERE ticket", "launch WHERE ticket", "session WHERE ticket", "ticket WHERE id",
        ] {
            try db.cachedStatement(sql: "DELETE FROM \(table) = ?").execute(arguments: [id.text])
        }
    }

    static func session(_ id: SessionID, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM session WHERE id = ? AND ticket IS NULL AND closed_at IS NOT NULL")
            .execute(arguments: [id.text])
        guard db.changesCount > 0 else { return }
        try db.cachedStatement(sql: "DELETE FROM launch WHERE session = ?").execute(arguments: [id.text])
    }

    /// The first of the tickets it comes after that is not there: between a look and this commit one may have been removed.
    static func missingPrerequisite(of ticket: Ticket, _ db: Database) throws -> TicketID? {
        try ticket.after.first { id in
            try Int.fetchOne(db.cachedStatement(sql: "SELECT 1 FROM ticket WHERE id = ?"), arguments: [id.text]) == nil
        }
    }

    /// The oldest of what has been over since before `moment`; tickets first.
    static func remains(before moment: Timestamp, limit: Int, _ db: Database) throws -> [Remains] {
        // All at once: to search them for each candidate would take the product of both.
        let needed = Set(
            try String.fetchAll(db, sql: "SELECT after FROM ticket WHERE after IS NOT NULL")
                .flatMap { $0.split(separator: "\n").map(String.init) })
        var remains: [Remains] = []
        let tickets = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, state FROM ticket WHERE finished_at < ? AND state IN ('done','failed','cancelled','lost')
                AND NOT EXISTS (SELECT 1 FROM session WHERE session.ticket = ticket.id AND closed_at IS NULL)
                ORDER BY finished_at
                """, arguments: [moment.milliseconds])
        while remains.count < limit, let row = try tickets.next() {
            guard let id = TicketID(row["id"]), !needed.contains(id.text) else { continue }
            remains.append(
                Remains(
                    ticket: id, state: TicketState(rawValue: row["state"]), launches: try launches("ticket", id.text, db),
                    sessions: try String.fetchAll(db, sql: "SELECT id FROM session WHERE ticket = ?", arguments: [id.text])
                        .compactMap { SessionID($0) }))
        }
        let sessions = try String.fetchAll(
            db, sql: "SELECT id FROM session WHERE ticket IS NULL AND closed_at < ? ORDER BY closed_at LIMIT ?",
            arguments: [moment.milliseconds, limit - remains.count])
        for id in sessions.compactMap({ SessionID($0) }) {
            remains.append(
                Remains(ticket: nil, state: nil, launches: try launches("session", id.text, db), sessions: [id]))
        }
        return remains
    }

    private static func launches(_ column: String, _ id: String, _ db: Database) throws -> [LaunchID] {
        try String.fetchAll(db, sql: "SELECT id FROM launch WHERE \(column) = ?", arguments: [id]).compactMap { LaunchID($0) }
    }
}
