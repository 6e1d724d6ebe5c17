import Foundation
import GRDB
import ReeveModel

/// A ticket as a row.
enum TicketRow {
    static let columns =
        "id, sequence, title, body, type, project, agent, priority, state, after, step, created_at, started_at, finished_at, "
        + "attempts, not_before, reason, intent, starts, put_offs, stays_down, agent_chosen, progress, extras"

    private static let placeholders = Array(repeating: "?", count: 24).joined(separator: ",")

    /// False when the id is taken.
    static func insert(_ ticket: Ticket, _ db: Database) throws -> Bool {
        let statement = try db.cachedStatement(sql: "INSERT OR IGNORE INTO ticket (\(columns)) VALUES (\(placeholders))")
        try statement.execute(arguments: arguments(ticket))
        return db.changesCount == 1
    }

    /// False when there is no such ticket.
    static func put(_ ticket: Ticket, _ db: Database) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: """
                UPDATE ticket SET title = ?, body = ?, type = ?, project = ?, agent = ?, priority = ?, state = ?, after = ?, step = ?,
                started_at = ?, finished_at = ?, attempts = ?, not_before = ?, reason = ?, intent = ?, starts = ?, put_offs = ?,
                stays_down = ?, agent_chosen = ?, progress = ?, extras = ? WHERE id = ?
                """)
        let intent = try ticket.intent.map { try IntentRow.encode($0) }
        try statement.execute(arguments: [
            ticket.title, ticket.body, ticket.type, ticket.project, ticket.agent, ticket.priority.rawValue, ticket.state.rawValue,
            list(ticket.after), ticket.step, ticket.startedAt?.milliseconds, ticket.finishedAt?.milliseconds, ticket.attempts,
            ticket.notBefore?.milliseconds, ticket.reason, intent, moments(ticket.starts), ticket.putOffs, ticket.staysDown,
            ticket.isAgentChosen, try ticket.progress.map { try ProgressRow.encode($0) }, try extras(ticket.extras),
            ticket.id.text,
        ])
        return db.changesCount == 1
    }

    static func decode(_ row: Row) throws -> Ticket {
        let after: String? = row["after"]
        let intent: String? = row["intent"]
        let progress: String? = row["progress"]
        guard let id = TicketID(row["id"]), let priority = Priority(rawValue: row["priority"]),
            let state = TicketState(rawValue: row["state"])
        else { throw ReeveError.damaged("the ticket row '\(row["id"] as String)' cannot be read") }
        return Ticket(
            id: id, sequence: row["sequence"], title: row["title"], body: row["body"], type: row["type"], project: row["project"],
            agent: row["agent"], isAgentChosen: row["agent_chosen"], priority: priority, state: state,
            after: (after ?? "").split(separator: "\n").compactMap { TicketID(String($0)) },
            extras: try extras(row["extras"]), progress: try progress.map { try ProgressRow.decode($0) },
            createdAt: Timestamp(milliseconds: row["created_at"]), startedAt: timestamp(row["started_at"]),
            finishedAt: timestamp(row["finished_at"]), attempts: row["attempts"],
            starts: moments(row["starts"]), putOffs: row["put_offs"], staysDown: row["stays_down"],
            notBefore: timestamp(row["not_before"]),
            reason: row["reason"], intent: try intent.map { try IntentRow.decode($0) })
    }

    static func timestamp(_ milliseconds: Int64?) -> Timestamp? { milliseconds.map { Timestamp(milliseconds: $0) } }

    private static func arguments(_ ticket: Ticket) throws -> StatementArguments {
        [
            ticket.id.text, ticket.sequence, ticket.title, ticket.body, ticket.type, ticket.project, ticket.agent,
            ticket.priority.rawValue, ticket.state.rawValue, list(ticket.after), ticket.step, ticket.createdAt.milliseconds,
            ticket.startedAt?.milliseconds, ticket.finishedAt?.milliseconds, ticket.attempts, ticket.notBefore?.milliseconds,
            ticket.reason, try ticket.intent.map { try IntentRow.encode($0) }, moments(ticket.starts), ticket.putOffs,
            ticket.staysDown, ticket.isAgentChosen, try ticket.progress.map { try ProgressRow.encode($0) },
            try extras(ticket.extras),
        ]
    }

    private static func extras(_ extras: TicketExtras) throws -> String? {
        extras.isEmpty ? nil : String(decoding: try JSONEncoder().encode(extras), as: UTF8.self)
    }

    private static func extras(_ text: String?) throws -> TicketExtras {
        guard let text else { return TicketExtras() }
        guard let extras = try? JSONDecoder().decode(TicketExtras.self, from: Data(text.utf8)) else {
            throw ReeveError.damaged("what a ticket's file said cannot be read: '\(text.prefix(40))'")
        }
        return extras
    }

    private static func moments(_ starts: [Timestamp]) -> String? {
        starts.isEmpty ? nil : starts.map { String($0.milliseconds) }.joined(separator: " ")
    }

    private static func moments(_ text: String?) -> [Timestamp] {
        (text ?? "").split(separator: " ").compactMap { Int64($0).map(Timestamp.init(milliseconds:)) }
    }

    /// Ids hold no newline.
    private static func list(_ ids: [TicketID]) -> String? { ids.isEmpty ? nil : ids.map(\.text).joined(separator: "\n") }
}

/// An intent as JSON in its column.
private struct IntentRow: Codable {
    var kind: String
    var to: String?
    var prompt: String?
    var policy: String?
    var state: String?
    var reason: String?

    static func encode(_ intent: AgentIntent) throws -> String {
        let row =
            switch intent {
            case .switch(let to, let prompt, let policy):
                IntentRow(kind: "switch", to: to, prompt: prompt, policy: policy.rawValue)
            case .restart: IntentRow(kind: "restart")
            case .stop: IntentRow(kind: "stop")
            case .cancel: IntentRow(kind: "cancel")
            case .finish(let state, let reason): IntentRow(kind: "finish", state: state.rawValue, reason: reason)
            }
        return String(decoding: try JSONEncoder().encode(row), as: UTF8.self)
    }

    static func decode(_ text: String) throws -> AgentIntent {
        guard let row = try? JSONDecoder().decode(IntentRow.self, from: Data(text.utf8)) else {
            throw ReeveError.damaged("what is wanted of a ticket cannot be read: '\(text.prefix(40))'")
        }
        switch row.kind {
        case "switch":
            return .switch(to: row.to ?? "", prompt: row.prompt, policy: LastResort(rawValue: row.policy ?? "") ?? .signal)
        case "restart": return .restart
        case "stop": return .stop
        case "finish": return .finish(TicketState(rawValue: row.state ?? "") ?? .done, reason: row.reason ?? "")
        default: return .cancel
        }
    }
}
