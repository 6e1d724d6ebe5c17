package import ReeveModel

/// Reads the sessions of OpenCode and Kilo from their database. Looked at when the file or its write-ahead log (`-wal`) changes.
///
/// Only the newest message of a session counts; permissions that are asked live in the agent's memory and are not here.
package struct OpenCodeDatabase: Sendable {
    /// Sessions that are looked at, those first that were changed last.
    package static let mostSessions = 50

    package let kind: String
    package let path: String
    /// Sessions that were reported, with the last report.
    private var known: [String: ThreadReport] = [:]
    private var identity: FileIdentity?

    package init(kind: String, path: String) {
        self.kind = kind
        self.path = path
    }

    private struct Session {
        var id: String
        var parent: String?
        var directory: String?
        var title: String?
        var isArchived: Bool
        var created: Int64
    }

    /// What has changed. Nothing where the file is locked for now, damaged, or not there: what was known stays.
    package mutating func poll(_ files: some TranscriptFiles) -> [ThreadReport] {
        guard let file = files.open(path), let database = try? ReadOnlyDatabase(path) else { return [] }
        let isAnother = identity != nil && identity != file.identity
        guard let reports = try? look(database, isAnother: isAnother) else { return [] }
        identity = file.identity
        return reports
    }

    private mutating func look(_ database: ReadOnlyDatabase, isAnother: Bool) throws -> [ThreadReport] {
        let tables = try Tables(database)
        guard tables.hasSessions else { return [] }
        let sessions = try sessions(database, tables)
        var reports: [ThreadReport] = []
        for session in sessions.sorted(by: { ($0.created, $0.id) < ($1.created, $1.id) }) {
            var report = ThreadReport(
                kind: kind, thread: session.id, channel: .transcript("\(path)#\(session.id)"), parent: session.parent,
                isReset: isAnother,
                directory: session.directory, at: Timestamp(milliseconds: session.created))
            if session.isArchived {
                guard known[session.id] != nil else { continue }
                known[session.id] = nil
                report.isGone = true
                reports.append(report)
                continue
            }
            if session.parent == nil { report.signals = try signals(database, tables, session) }
            guard known[session.id] != report else { continue }
            known[session.id] = report
            reports.append(report)
        }
        let listed = Set(sessions.map(\.id))
        for id in known.keys.filter({ !listed.contains($0) }).sorted() {
            // Pushed off the list by newer ones, or gone?
            let isThere = try !database.rows("SELECT 1 FROM session WHERE id = ?", [id]) { _ in true }.isEmpty
            known[id] = nil
            if !isThere {
                reports.append(ThreadReport(kind: kind, thread: id, channel: .transcript("\(path)#\(id)"), isGone: true))
            }
        }
        return reports
    }

    /// Which tables and columns this version has: a missing one narrows what is known, it does not end it.
    private struct Tables {
        var session: Set<String>
        var message: Set<String>
        var part: Set<String>

        init(_ database: ReadOnlyDatabase) throws(ReadOnlyDatabase.Failure) {
            session = try database.columns(of: "session")
            message = try database.columns(of: "message")
            part = try database.columns(of: "part")
        }

        var hasSessions: Bool { session.contains("id") }
        var hasMessages: Bool { message.isSuperset(of: ["id", "session_id", "data", "time_created"]) }
        var hasParts: Bool { part.isSuperset(of: ["id", "message_id", "data"]) }
    }

    private func sessions(_ database: ReadOnlyDatabase, _ tables: Tables) throws(ReadOnlyDatabase.Failure) -> [Session] {
        func column(_ name: String) -> String { tables.session.contains(name) ? name : "NULL" }
        let order = tables.session.contains("time_updated") ? "time_updated" : "id"
        return try database.rows(
            """
            SELECT id, \(column("parent_id")), \(column("directory")), \(column("title")), \(column("time_archived")),
            \(column("time_created")) FROM session ORDER BY \(order) DESC LIMIT \(Self.mostSessions * 2)
            """
        ) { row in
            Identifier.clean(row.text(0)).map {
                Session(
                    id: $0, parent: Identifier.clean(row.text(1)), directory: row.text(2), title: row.text(3),
                    isArchived: row.integer(4) != nil, created: row.integer(5) ?? 0)
            }
        }.compactMap { $0 }
    }

    private struct Message {
        var id: String
        var created: Int64
        var role: String?
        var completed: Int64?
        var finish: String?
        var error: String?
        var errorText: String?
        var updated: Int64?
    }

    private func signals(_ database: ReadOnlyDatabase, _ tables: Tables, _ session: Session) throws(ReadOnlyDatabase.Failure)
        -> [Signal]
    {
        var signals: [Signal] = []
        let began = Timestamp(milliseconds: session.created)
        if let title = session.title, !OpenCodeTitle.isPlaceholder(title) {
            signals.append(Signal(.titled(title, .generated), rule: "session.title", at: began))
        }
        signals.append(Signal(.opened, rule: "the session is there", at: began))
        guard tables.hasMessages else { return signals }
        if tables.hasParts {
            for order in ["ASC", "DESC"] {
                guard let prompt = try prompt(database, session, order) else { continue }
                signals.append(Signal(.prompted(prompt.text), rule: "part text", at: Timestamp(milliseconds: prompt.at)))
            }
        }
        guard let message = try newest(database, tables, session) else { return signals }
        let parts = tables.hasParts ? try tools(database, tables, message) : []
        signals.append(Self.state(message, parts))
        return signals
    }

    private func newest(
        _ database: ReadOnlyDatabase, _ tables: Tables, _ session: Session
    ) throws(ReadOnlyDatabase.Failure) -> Message? {
        let updated = tables.message.contains("time_updated") ? "time_updated" : "NULL"
        return try database.rows(
            """
            SELECT id, time_created, json_extract(data, '$.role'), json_extract(data, '$.time.completed'),
            json_extract(data, '$.finish'), json_extract(data, '$.error.name'), json_extract(data, '$.error.data.message'), \(updated)
            FROM message WHERE session_id = ? AND json_valid(data) ORDER BY time_created DESC, id DESC LIMIT 1
            """, [session.id]
        ) { row in
            Message(
                id: row.text(0) ?? "", created: row.integer(1) ?? 0, role: row.text(2), completed: row.integer(3),
                finish: row.text(4),
                error: row.text(5), errorText: row.text(6), updated: row.integer(7))
        }.first
    }

    private struct ToolPart {
        var name: String
        var status: String
        var updated: Int64?
    }

    private func tools(
        _ database: ReadOnlyDatabase, _ tables: Tables, _ message: Message
    ) throws(ReadOnlyDatabase.Failure) -> [ToolPart] {
        let updated = tables.part.contains("time_updated") ? "time_updated" : "NULL"
        return try database.rows(
            """
            SELECT json_extract(data, '$.tool'), json_extract(data, '$.state.status'), \(updated) FROM part
            WHERE message_id = ? AND json_valid(data) AND json_extract(data, '$.type') = 'tool' ORDER BY id LIMIT 200
            """, [message.id]
        ) { ToolPart(name: ThreadText.match($0.text(0) ?? "a tool"), status: $0.text(1) ?? "", updated: $0.integer(2)) }
    }

    /// The first or the last that a person has said.
    private func prompt(
        _ database: ReadOnlyDatabase, _ session: Session, _ order: String
    ) throws(ReadOnlyDatabase.Failure) -> (text: String, at: Int64)? {
        try database.rows(
            """
            SELECT substr(json_extract(part.data, '$.text'), 1, 4000), message.time_created
            FROM message JOIN part ON part.message_id = message.id
            WHERE message.session_id = ? AND json_valid(message.data) AND json_valid(part.data)
            AND json_extract(message.data, '$.role') = 'user' AND json_extract(part.data, '$.type') = 'text'
            AND json_extract(part.data, '$.synthetic') IS NOT 1
            ORDER BY message.time_created \(order), message.id \(order), part.id LIMIT 1
            """, [session.id]
        ) { ($0.text(0) ?? "", $0.integer(1) ?? 0) }.first
    }

    private static func state(_ message: Message, _ parts: [ToolPart]) -> Signal {
        let at = Timestamp(
            milliseconds: ([message.created, message.updated, message.completed] + parts.map(\.updated)).compactMap { $0 }.max()
                ?? 0)
        func stands(_ state: ThreadState, _ detail: String? = nil, _ rule: String, _ matched: String = "", at: Timestamp)
            -> Signal
        {
            Signal(
                .stands(state, detail: detail), rule: rule, matched: ThreadText.match(matched), at: at, isExplicit: !state.isOpen)
        }
        let ended = message.completed.map { Timestamp(milliseconds: $0) } ?? at
        if message.role == "user" {
            return Signal(.prompt, rule: "the newest message is the user's", at: Timestamp(milliseconds: message.created))
        }
        if let error = message.error {
            if error == "MessageAbortedError" { return stands(.interrupted, nil, "message error", error, at: ended) }
            return stands(.error, ThreadText.match(message.errorText ?? error), "message error", error, at: ended)
        }
        if let finish = message.finish, message.completed != nil {
            switch finish {
            case "stop": return stands(.done, nil, "finish", finish, at: ended)
            case "length", "content-filter", "error": return stands(.error, finish, "finish", finish, at: ended)
            default: break
            }
        }
        if parts.contains(where: { $0.name == "question" && $0.status == "running" }) {
            return stands(.waiting, "question", "a question part that runs", "question", at: at)
        }
        if let open = parts.last(where: { $0.status == "pending" || $0.status == "running" }) {
            return stands(.tool, open.name, "a tool part that is \(open.status)", open.name, at: at)
        }
        return stands(.running, nil, "the newest message is not finished", message.finish ?? "", at: at)
    }
}
