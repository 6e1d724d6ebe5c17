package import ReeveModel

/// A new ticket, as it is written into a file.
package struct TicketDraft: Sendable, Hashable {
    package var id: TicketID
    package var title: String
    package var body: String
    package var type: String
    package var priority: Priority
    /// As for `TicketFile.project`: a directory's name, `global`, or an absolute path.
    package var project: String?
    package var agent: String?
    package var step: String?
    package var after: [TicketID]
    package var state: TicketState
    package var createdAt: Timestamp

    package init(
        id: TicketID, title: String, body: String = "", type: String = "TASK", priority: Priority = .p2, project: String? = nil,
        agent: String? = nil, step: String? = nil, after: [TicketID] = [], state: TicketState = .queued, createdAt: Timestamp
    ) {
        self.id = id
        self.title = title
        self.body = body
        self.type = type
        self.priority = priority
        self.project = project
        self.agent = agent
        self.step = step
        self.after = after
        self.state = state
        self.createdAt = createdAt
    }

    package var fileName: String {
        TicketFileName.make(id: id, title: title, type: type, project: project, createdAt: createdAt)
    }

    /// Front matter, a heading with the title, the body: what `TicketFile.parse` reads back as the same.
    package var text: String {
        var lines = ["---", "id: \(YAMLScalar.write(id.text))", "type: \(YAMLScalar.write(type))", "status: \(state.fileStatus)"]
        lines.append("priority: \(priority.fileWord)")
        for (key, value) in [("project", project), ("agent", agent), ("step", step)] {
            if let value { lines.append("\(key): \(YAMLScalar.write(value))") }
        }
        if !after.isEmpty { lines.append("after: [\(after.map { YAMLScalar.write($0.text) }.joined(separator: ", "))]") }
        lines += ["---", "", "# \(Self.headings[type] ?? "Task"): \(TicketSummary.shown(title) ?? id.text)", ""]
        if !body.isEmpty { lines += [body] }
        let text = lines.joined(separator: "\n")
        return text.utf8.last == 0x0A ? text : text + "\n"
    }

    private static let headings = ["FEAT": "Feature", "FIX": "Fix", "SPIKE": "Spike", "INV": "Investigation"]
}

extension Priority {
    /// As files have it: `P0-critical`.
    var fileWord: String { "\(word)-\(["critical", "high", "medium", "low"][rawValue])" }
}
