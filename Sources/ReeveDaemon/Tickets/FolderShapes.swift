import ReeveEngine
import ReeveModel
import ReeveTickets
import ReeveWire

/// Between a ticket and its file.
extension NewTicket {
    /// What a file asks for.
    /// - Parameter projects: the directory that projects are named in.
    init(_ file: TicketFile, below projects: String) {
        self.init(
            id: file.id, title: file.title, body: file.body.isEmpty ? nil : file.body, type: file.type,
            project: file.directory(below: projects), agent: file.agent, priority: file.priority, after: file.after,
            extras: file.extras)
    }
}

extension TicketFile {
    /// What it says beyond what every ticket has.
    var extras: TicketExtras {
        var fields = fields
        for (key, value) in [
            ("external_id", externalID), ("external_url", externalURL), ("external_provider", externalProvider),
        ] {
            if let value { fields[key] = value }
        }
        return TicketExtras(fields: fields, delegator: delegator, stepDelegators: stepDelegators)
    }
}

extension TicketDraft {
    init(_ ticket: Ticket, below projects: String) {
        let project = ticket.project.map { path in
            path == projects
                ? "global"
                : path.hasPrefix(projects + "/") && !path.dropFirst(projects.count + 1).contains("/")
                    ? String(path.dropFirst(projects.count + 1)) : path
        }
        self.init(
            id: ticket.id, title: ticket.title, body: ticket.body ?? "", type: ticket.type, priority: ticket.priority,
            project: project, agent: ticket.isAgentChosen ? ticket.agent : nil,
            after: ticket.after, state: ticket.state, createdAt: ticket.createdAt)
    }
}

extension FileMemory {
    init?(_ record: TicketFileRecord) {
        guard !record.isWanted, let place = TicketPlace(rawValue: record.place), let mark = ContentMark(record.mark),
            let sense = ContentMark(record.sense)
        else { return nil }
        self.init(place: place, name: record.name, mark: mark, sense: sense, isMissing: record.isMissing)
    }

    func record(_ ticket: TicketID) -> TicketFileRecord {
        TicketFileRecord(
            ticket: ticket, place: place.rawValue, name: name, mark: mark.text, sense: sense.text, isMissing: isMissing)
    }
}

extension FolderReport {
    /// What the queue says to a file that can be read.
    init(refusing error: any Error, ticket: TicketID?, _ file: TicketFile, _ memory: FileMemory) {
        let error = error as? ReeveError ?? ReeveError(.internal, "\(error)")
        let key = error.path.map { String($0.dropFirst(2)) }
        self.init(
            TicketFault(file: memory.path, line: key.flatMap { file.lines[$0] }, error.message, hint: error.hint), ticket: nil)
        self.ticket = ticket
    }

    /// For people: the file, and the line.
    var place: String { line.map { "\(file):\($0)" } ?? file }

    func news(isOver: Bool) -> FileNews {
        FileNews(ticket: ticket, what: kind.rawValue, file: file, line: line, message: message, hint: hint, isOver: isOver)
    }
}

extension FolderReportShape {
    init(_ report: FolderReport) {
        self.init()
        file = report.file
        line = report.line
        what = report.kind.rawValue
        ticket = report.ticket?.text
        message = report.message
        hint = report.hint
    }
}

extension KnownTicket {
    init(_ ticket: Ticket, _ memory: FileMemory?) {
        self.init(
            id: ticket.id, state: ticket.state, file: memory, priority: ticket.priority,
            step: ticket.progress == nil ? nil : ticket.step, branch: ticket.extras.place?.branch.text,
            worktreePath: ticket.extras.place?.root)
    }
}

extension FileMemory {
    /// Nil when it is not this ticket's.
    init?(_ found: FoundFile, of ticket: TicketID) {
        guard case .ticket(let file, let mark) = found.content, file.id == ticket else { return nil }
        self.init(place: found.place, name: found.name, mark: mark, sense: file.sense)
    }
}
