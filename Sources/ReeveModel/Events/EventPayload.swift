/// What an event tells, before it is encoded. The shapes are those of the answers, so that a client needs one decoder.
package enum EventPayload: Sendable, Hashable {
    case ticketCreated(Ticket)
    case ticketUpdated(Ticket)
    case ticketFinished(Ticket)
    /// It was finished long ago and is no longer kept.
    case ticketRemoved(TicketID)
    /// Something about a ticket's file that a person should know, or that it is over.
    case ticketFile(FileNews)
    case queuePaused
    case queueResumed
    case queueBraked(LaunchBreaker.Brake)
    case queueUnbraked(LaunchBreaker.Scope)
    case agentState(Agent)
    case agentExited(Agent)
    case agentSwitch(TicketID, from: String, to: String, SwitchLadder.Report)
    /// A step was entered, or is over.
    case agentStep(StepNews)
    /// A review is open, or was decided.
    case agentReview(ReviewNews)
    /// Keys or text were put into a terminal: who asked, what (never the text itself), where.
    case agentInput(TicketID?, session: SessionName, by: String, what: String)
    case sessionOpened(SessionRecord)
    case sessionClosed(SessionRecord)
    case sessionLost(SessionRecord)
    case backendUp(name: String, detail: String)
    case backendDown(name: String, detail: String)
    /// What is told of a ticket or session beside its state.
    case metadata(MetadataNews)
    /// A pane beside a person's own, or a wait for one.
    case pane(PaneNews)
    case systemStarted(version: String)
    case systemStopping

    package var kind: String {
        switch self {
        case .ticketCreated: "ticket.created"
        case .ticketUpdated: "ticket.updated"
        case .ticketFinished: "ticket.finished"
        case .ticketRemoved: "ticket.removed"
        case .ticketFile: "ticket.file"
        case .queuePaused: "queue.paused"
        case .queueResumed: "queue.resumed"
        case .queueBraked: "queue.braked"
        case .queueUnbraked: "queue.unbraked"
        case .agentState: "agent.state"
        case .agentExited: "agent.exited"
        case .agentSwitch: "agent.switch"
        case .agentStep: "agent.step"
        case .agentReview: "agent.review"
        case .agentInput: "agent.input"
        case .sessionOpened: "session.opened"
        case .sessionClosed: "session.closed"
        case .sessionLost: "session.lost"
        case .backendUp: "backend.up"
        case .backendDown: "backend.down"
        case .metadata(let news): news.kind
        case .pane(let news): "pane.\(news.what.rawValue)"
        case .systemStarted: "system.started"
        case .systemStopping: "system.stopping"
        }
    }

    package static let allKinds = [
        "ticket.created", "ticket.updated", "ticket.finished", "ticket.removed", "ticket.file", "queue.paused", "queue.resumed",
        "queue.braked",
        "queue.unbraked",
        "agent.state", "agent.exited",
        "agent.switch", "agent.step", "agent.review", "agent.input", "session.opened", "session.closed", "session.lost",
        "backend.up", "backend.down",
        "metadata.status", "metadata.progress", "metadata.log", "metadata.notify", "metadata.cleared",
        "pane.opened", "pane.closed", "pane.waiting", "pane.refused", "pane.following", "pane.unfollowed",
        "system.started", "system.stopping",
    ]

    package var ticket: TicketID? {
        switch self {
        case .ticketCreated(let ticket), .ticketUpdated(let ticket), .ticketFinished(let ticket): ticket.id
        case .agentState(let agent), .agentExited(let agent): agent.ticket
        case .agentSwitch(let ticket, _, _, _): ticket
        case .agentStep(let news): news.ticket
        case .agentReview(let news): news.ticket
        case .ticketRemoved(let ticket): ticket
        case .ticketFile(let news): news.ticket
        case .metadata(let news): news.owner.ticket
        case .pane(let news): news.ticket
        case .agentInput(let ticket, _, _, _): ticket
        case .sessionOpened(let session), .sessionClosed(let session), .sessionLost(let session): session.ticket
        case .queuePaused, .queueResumed, .queueBraked, .queueUnbraked, .backendUp, .backendDown, .systemStarted, .systemStopping:
            nil
        }
    }
}

/// What was found in the folder of tickets.
package struct FileNews: Sendable, Hashable {
    package var ticket: TicketID?
    /// The word for what it is: `wrong-file`, `moved-by-hand`, …
    package var what: String
    /// Below the folder.
    package var file: String
    package var line: Int?
    package var message: String
    package var hint: String?
    package var isOver: Bool

    package init(
        ticket: TicketID?, what: String, file: String, line: Int? = nil, message: String, hint: String? = nil,
        isOver: Bool = false
    ) {
        self.ticket = ticket
        self.what = what
        self.file = file
        self.line = line
        self.message = message
        self.hint = hint
        self.isOver = isOver
    }
}

package struct StepNews: Sendable, Hashable {
    package var ticket: TicketID
    package var step: String
    package var visit: Int
    package var agent: String
    package var outcome: StepRun.Outcome
    package var summary: String?

    package init(ticket: TicketID, step: String, visit: Int, agent: String, outcome: StepRun.Outcome, summary: String? = nil) {
        self.ticket = ticket
        self.step = step
        self.visit = visit
        self.agent = agent
        self.outcome = outcome
        self.summary = summary
    }
}

package struct ReviewNews: Sendable, Hashable {
    package var ticket: TicketID
    package var step: String
    package var visit: Int
    package var review: WorkflowStep.Review
    /// Nil while it is open.
    package var isApproved: Bool?
    package var text: String?
    package var reviewer: String?

    package init(
        ticket: TicketID, step: String, visit: Int, review: WorkflowStep.Review, isApproved: Bool? = nil, text: String? = nil,
        reviewer: String? = nil
    ) {
        self.ticket = ticket
        self.step = step
        self.visit = visit
        self.review = review
        self.isApproved = isApproved
        self.text = text
        self.reviewer = reviewer
    }
}

/// An event as the log holds it. `data` is the payload's JSON.
package struct StoredEvent: Sendable, Hashable {
    package var seq: Int64
    package var time: Timestamp
    package var kind: String
    package var ticket: TicketID?
    package var data: String

    package init(seq: Int64, time: Timestamp, kind: String, ticket: TicketID?, data: String) {
        self.seq = seq
        self.time = time
        self.kind = kind
        self.ticket = ticket
        self.data = data
    }
}

/// Which events a subscriber wants; nil members mean all.
package struct EventFilter: Sendable, Hashable {
    package var kinds: Set<String>?
    package var tickets: Set<String>?
    /// Agent kinds; an event that names none does not match any.
    package var agents: Set<String>?

    package init(kinds: Set<String>? = nil, tickets: Set<String>? = nil, agents: Set<String>? = nil) {
        self.kinds = kinds
        self.tickets = tickets
        self.agents = agents
    }

    /// A kind matches its name or its noun with a star: `agent.*`.
    /// - Parameter agent: the kind that the event's data names; asked for only where it decides.
    package func accepts(_ event: StoredEvent, agent: @autoclosure () -> String?) -> Bool {
        if let kinds, !kinds.contains(event.kind), !kinds.contains(event.kind.prefix { $0 != "." } + ".*") { return false }
        if let tickets, !(event.ticket.map { tickets.contains($0.text) } ?? false) { return false }
        if let agents, !(agent().map(agents.contains) ?? false) { return false }
        return true
    }
}
