package import ReeveModel

/// What comes with a command besides its parameters: the key under which its answer is to be remembered, in the very commit that
/// carries out the command.
package struct CommandContext: Sendable {
    package var answer: (@Sendable (Ticket) -> RecordedAnswer)?
    /// What is to be kept of the ticket's file, in the same commit.
    package var file: (@Sendable (Ticket) -> TicketFileRecord)?

    package init(
        answer: (@Sendable (Ticket) -> RecordedAnswer)? = nil, file: (@Sendable (Ticket) -> TicketFileRecord)? = nil
    ) {
        self.answer = answer
        self.file = file
    }

    func changes(_ ticket: Ticket) -> [JournalChange] {
        (answer.map { [.recordAnswer($0(ticket))] } ?? []) + (file.map { [.putTicketFile($0(ticket))] } ?? [])
    }
}

/// A ticket that somebody wants.
package struct NewTicket: Sendable {
    package var id: TicketID?
    package var title: String
    package var body: String?
    package var type: String
    package var project: String?
    package var agent: String?
    package var priority: Priority
    package var after: [TicketID]
    package var extras: TicketExtras

    package init(
        id: TicketID? = nil, title: String, body: String? = nil, type: String = "TASK", project: String? = nil,
        agent: String? = nil, priority: Priority = .p2, after: [TicketID] = [], extras: TicketExtras = TicketExtras()
    ) {
        self.extras = extras
        self.id = id
        self.title = title
        self.body = body
        self.type = type
        self.project = project
        self.agent = agent
        self.priority = priority
        self.after = after
    }
}

/// What is to change of a queued ticket; nil stays.
package struct TicketChange: Sendable {
    package var title: String?
    package var body: String?
    package var project: String?
    package var agent: String?
    package var priority: Priority?
    package var after: [TicketID]?

    package init(
        title: String? = nil, body: String? = nil, project: String? = nil, agent: String? = nil, priority: Priority? = nil,
        after: [TicketID]? = nil
    ) {
        self.title = title
        self.body = body
        self.project = project
        self.agent = agent
        self.priority = priority
        self.after = after
    }
}
