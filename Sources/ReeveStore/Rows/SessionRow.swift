import GRDB
import ReeveModel

/// A session as a row.
enum SessionRow {
    static func put(_ session: SessionRecord, _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO session (id, name, backend, ticket, handle_session, handle_pane, handle_epoch, opened_at, closed_at)
                VALUES (?,?,?,?,?,?,?,?,?)
                ON CONFLICT (id) DO UPDATE SET handle_session = excluded.handle_session, handle_pane = excluded.handle_pane,
                handle_epoch = excluded.handle_epoch, closed_at = excluded.closed_at
                """)
        try statement.execute(arguments: [
            session.id.text, session.name.text, session.backend, session.ticket?.text, session.handle?.session,
            session.handle?.pane, session.handle?.epoch, session.openedAt.milliseconds, session.closedAt?.milliseconds,
        ])
    }

    static func decode(_ row: Row) throws -> SessionRecord {
        guard let id = SessionID(row["id"]), let name = SessionName(row["name"]) else {
            throw ReeveError.damaged("the session row '\(row["id"] as String)' cannot be read")
        }
        let ticket: String? = row["ticket"]
        var handle: TerminalHandle?
        if let session: String = row["handle_session"], let pane: String = row["handle_pane"],
            let epoch: String = row["handle_epoch"]
        {
            handle = TerminalHandle(session: session, pane: pane, epoch: epoch)
        }
        return SessionRecord(
            id: id, name: name, backend: row["backend"], ticket: ticket.flatMap { TicketID($0) }, handle: handle,
            openedAt: Timestamp(milliseconds: row["opened_at"]), closedAt: TicketRow.timestamp(row["closed_at"]))
    }
}
