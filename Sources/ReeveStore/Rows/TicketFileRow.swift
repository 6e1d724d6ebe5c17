import GRDB
import ReeveModel

/// What is kept of a ticket's file, as a row.
enum TicketFileRow {
    static func put(_ file: TicketFileRecord, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO ticket_file (ticket, place, name, mark, sense, missing, wanted) VALUES (?,?,?,?,?,?,?)
                """
        ).execute(arguments: [file.ticket.text, file.place, file.name, file.mark, file.sense, file.isMissing, file.isWanted])
    }

    /// With the ticket of each; a ticket's columns come first.
    static func all(_ db: Database) throws -> [(file: TicketFileRecord, ticket: Ticket)] {
        let columns = TicketRow.columns.split(separator: ", ").map { "ticket.\($0)" }.joined(separator: ", ")
        return try Row.fetchAll(
            db,
            sql: """
                SELECT \(columns), \(fileColumns)
                FROM ticket_file AS file JOIN ticket ON ticket.id = file.ticket ORDER BY ticket.sequence
                """
        ).map { row in
            let ticket = try TicketRow.decode(row)
            return (decode(row, of: ticket.id), ticket)
        }
    }

    static func one(_ ticket: TicketID, _ db: Database) throws -> TicketFileRecord? {
        try Row.fetchOne(
            db, sql: "SELECT \(fileColumns) FROM ticket_file AS file WHERE file.ticket = ?", arguments: [ticket.text]
        ).map { decode($0, of: ticket) }
    }

    private static let fileColumns = """
        file.place AS f_place, file.name AS f_name, file.mark AS f_mark, file.sense AS f_sense, file.missing AS f_missing,
        file.wanted AS f_wanted
        """

    private static func decode(_ row: Row, of ticket: TicketID) -> TicketFileRecord {
        TicketFileRecord(
            ticket: ticket, place: row["f_place"], name: row["f_name"], mark: row["f_mark"], sense: row["f_sense"],
            isMissing: row["f_missing"], isWanted: row["f_wanted"])
    }
}
