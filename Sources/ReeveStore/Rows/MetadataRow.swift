import GRDB
import ReeveModel

/// The entries of metadata boards as rows: a status and a progress have the number 0, lines of a log their own.
enum MetadataRow {
    /// Nil when it is done; otherwise why nothing was changed.
    static func apply(_ changes: [MetadataChange], of owner: MetadataOwner, _ db: Database) throws -> ReeveError? {
        switch owner {
        case .ticket(let id):
            guard try exists("SELECT 1 FROM ticket WHERE id = ?", id.text, db) else { return .notFound("ticket", id.text) }
        case .session(let id, let name):
            guard try exists("SELECT 1 FROM session WHERE id = ? AND closed_at IS NULL", id.text, db) else {
                return .notFound("session", name.text)
            }
        }
        for change in changes { try apply(change, key(owner), db) }
        return nil
    }

    /// Of a ticket or a session that is no more.
    static func forget(_ owner: MetadataOwner, _ db: Database) throws {
        let (kind, id) = key(owner)
        try db.cachedStatement(sql: "DELETE FROM metadata WHERE owner = ? AND id = ?").execute(arguments: [kind, id])
    }

    /// Of a ticket that is finished: nobody is at anything any more, and what was said stays to be read.
    static func forgetStates(of ticket: TicketID, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM metadata WHERE owner = 'ticket' AND id = ? AND part IN ('status','progress')")
            .execute(arguments: [ticket.text])
    }

    static func board(of owner: MetadataOwner, _ db: Database) throws -> MetadataBoard {
        let (kind, id) = key(owner)
        var board = MetadataBoard()
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT * FROM metadata WHERE owner = ? AND id = ? ORDER BY number"), arguments: [kind, id])
        while let row = try rows.next() { try take(row, into: &board) }
        return board
    }

    static func states(of tickets: [TicketID], _ db: Database) throws -> [TicketID: MetadataBoard] {
        var boards: [TicketID: MetadataBoard] = [:]
        let statement = try db.cachedStatement(
            sql: "SELECT * FROM metadata WHERE owner = 'ticket' AND id = ? AND part IN ('status','progress')")
        for ticket in tickets {
            let rows = try Row.fetchCursor(statement, arguments: [ticket.text])
            while let row = try rows.next() { try take(row, into: &boards[ticket, default: MetadataBoard()]) }
        }
        return boards
    }

    static func expiring(at moment: Timestamp, _ db: Database) throws -> (over: [MetadataOwner], next: Timestamp?) {
        let over = try Row.fetchAll(
            db,
            sql: """
                SELECT DISTINCT metadata.owner, metadata.id, session.name FROM metadata
                LEFT JOIN session ON metadata.owner = 'session' AND session.id = metadata.id WHERE expires_at <= ?
                """, arguments: [moment.milliseconds]
        ).compactMap { row -> MetadataOwner? in
            let id: String = row["id"]
            if row["owner"] == "ticket" { return TicketID(id).map { .ticket($0) } }
            guard let session = SessionID(id), let name = (row["name"] as String?).flatMap({ SessionName($0) }) else {
                return nil
            }
            return .session(session, name: name)
        }
        let next = try Int64.fetchOne(
            db, sql: "SELECT MIN(expires_at) FROM metadata WHERE expires_at > ?", arguments: [moment.milliseconds])
        return (over, next.map { Timestamp(milliseconds: $0) })
    }

    // MARK: One row

    private static func apply(_ change: MetadataChange, _ owner: (kind: String, id: String), _ db: Database) throws {
        func put(
            _ part: String, _ number: Int, _ text: String, tone: MetadataTone, source: String? = nil,
            amount: MetadataProgress.Amount? = nil, _ time: Timestamp, _ expires: Timestamp?
        ) throws {
            let (unit, current, total) = columns(of: amount)
            try db.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO metadata (owner, id, part, number, text, tone, source, unit, current, total, created_at,
                    expires_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)
                    """
            ).execute(arguments: [
                owner.kind, owner.id, part, number, text, tone.rawValue, source, unit, current, total, time.milliseconds,
                expires?.milliseconds,
            ])
        }
        func remove(_ part: String, _ condition: String = "number = ?", _ number: Int = 0) throws {
            try db.cachedStatement(sql: "DELETE FROM metadata WHERE owner = ? AND id = ? AND part = ? AND \(condition)")
                .execute(arguments: [owner.kind, owner.id, part, number])
        }
        switch change {
        case .putStatus(let status): try put("status", 0, status.text, tone: status.tone, status.time, status.expires)
        case .putProgress(let progress):
            try put(
                "progress", 0, progress.label ?? "", tone: .neutral, amount: progress.amount, progress.time, progress.expires)
        case .putLine(let line):
            try put("log", line.number, line.message, tone: line.tone, source: line.source, line.time, line.expires)
        case .removeStatus: try remove("status")
        case .removeProgress: try remove("progress")
        case .removeLines(let last): try remove("log", "number <= ?", last)
        case .removeLine(let number): try remove("log", "number = ?", number)
        }
    }

    static func take(_ row: Row, into board: inout MetadataBoard) throws {
        let tone = MetadataTone(word: row["tone"])
        let time = Timestamp(milliseconds: row["created_at"])
        let expires = TicketRow.timestamp(row["expires_at"])
        let text: String = row["text"]
        switch row["part"] as String {
        case "status": board.status = MetadataStatus(text: text, tone: tone, time: time, expires: expires)
        case "progress":
            board.progress = MetadataProgress(
                amount: try amount(row), label: text.isEmpty ? nil : text, time: time, expires: expires)
        default:
            board.log.append(
                MetadataLine(
                    number: row["number"], message: text, tone: tone, source: row["source"], time: time, expires: expires))
        }
    }

    private static func columns(of amount: MetadataProgress.Amount?) -> (unit: String?, current: Int?, total: Int?) {
        switch amount {
        case nil: (nil, nil, nil)
        case .percent(let percent): ("percent", percent, nil)
        case .fraction(let share): ("fraction", share, nil)
        case .steps(let current, let total): ("steps", current, total)
        }
    }

    private static func amount(_ row: Row) throws -> MetadataProgress.Amount {
        let current: Int = row["current"] ?? -1
        let total: Int? = row["total"]
        switch row["unit"] as String? {
        case "percent" where (0...100).contains(current): return .percent(current)
        case "fraction" where (0...10_000).contains(current): return .fraction(current)
        case "steps" where current >= 0 && current <= total ?? 0 && total ?? 0 > 0: return .steps(current, of: total ?? 1)
        default: throw ReeveError.damaged("the progress of '\(row["id"] as String)' cannot be read")
        }
    }

    private static func key(_ owner: MetadataOwner) -> (kind: String, id: String) {
        switch owner {
        case .ticket(let id): ("ticket", id.text)
        case .session(let id, _): ("session", id.text)
        }
    }

    private static func exists(_ sql: String, _ id: String, _ db: Database) throws -> Bool {
        try Int.fetchOne(db.cachedStatement(sql: sql), arguments: [id]) != nil
    }
}
