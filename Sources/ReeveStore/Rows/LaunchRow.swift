import Foundation
import GRDB
import ReeveModel

/// A launch as a row.
enum LaunchRow {
    static func put(_ launch: Launch, _ db: Database) throws {
        let (state, number, note) = columns(of: launch.state)
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO launch (id, sequence, ticket, session, kind, arguments, directory, environment, conversation,
                standard_input, prompt, state, number, note, created_at, started_at, ended_at)
                VALUES (?, (SELECT IFNULL(MAX(rowid), 0) + 1 FROM launch), ?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
                ON CONFLICT (id) DO UPDATE SET prompt = excluded.prompt, state = excluded.state, number = excluded.number,
                note = excluded.note, started_at = excluded.started_at, ended_at = excluded.ended_at
                """)
        try statement.execute(arguments: [
            launch.id.text, launch.ticket?.text, launch.session.text, launch.kind, try json(launch.arguments), launch.directory,
            try json(launch.environment), launch.conversation, launch.standardInput, launch.prompt.rawValue, state, number, note,
            launch.createdAt.milliseconds, launch.startedAt?.milliseconds, launch.endedAt?.milliseconds,
        ])
    }

    static func decode(_ row: Row) throws -> Launch {
        guard let id = LaunchID(row["id"]), let session = SessionID(row["session"]),
            let prompt = Launch.PromptState(rawValue: row["prompt"])
        else { throw ReeveError.damaged("the launch row '\(row["id"] as String)' cannot be read") }
        let ticket: String? = row["ticket"]
        return Launch(
            id: id, ticket: ticket.flatMap { TicketID($0) }, session: session, kind: row["kind"],
            arguments: try parse([String].self, row["arguments"]), directory: row["directory"],
            environment: try parse([String: String].self, row["environment"]), conversation: row["conversation"],
            standardInput: row["standard_input"], prompt: prompt,
            state: state(row["state"], number: row["number"], note: row["note"]),
            createdAt: Timestamp(milliseconds: row["created_at"]), startedAt: TicketRow.timestamp(row["started_at"]),
            endedAt: TicketRow.timestamp(row["ended_at"]))
    }

    private static func columns(of state: Launch.State) -> (String, Int?, String?) {
        switch state {
        case .intended: ("intended", nil, nil)
        case .running(let pid): ("running", pid, nil)
        case .ended(.code(let code)): ("exited", code, nil)
        case .ended(.signal(let number)): ("signalled", number, nil)
        case .refused(let reason): ("refused", nil, reason)
        case .lost: ("lost", nil, nil)
        }
    }

    private static func state(_ word: String, number: Int?, note: String?) -> Launch.State {
        switch word {
        case "intended": .intended
        case "running": .running(pid: number ?? 0)
        case "exited": .ended(.code(number ?? 0))
        case "signalled": .ended(.signal(number ?? 0))
        case "refused": .refused(note ?? "")
        default: .lost
        }
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private static func parse<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        guard let value = try? JSONDecoder().decode(type, from: Data(text.utf8)) else {
            throw ReeveError.damaged("what a launch was started with cannot be read: '\(text.prefix(40))'")
        }
        return value
    }
}
