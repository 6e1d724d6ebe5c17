/// One start of one agent, written down before it happens.
package struct Launch: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        /// Committed, perhaps handed to the keeper; what became of it is the keeper's to say.
        case intended
        case running(pid: Int)
        case ended(Exit)
        /// Never started: the keeper refused it, with the reason.
        case refused(String)
        /// Started, and nobody can say any more what became of it.
        case lost
    }

    package enum PromptState: String, Sendable, Hashable {
        /// Nothing to paste, or already part of the argument vector.
        case none
        case pending
        /// Written down just before the paste: after a crash it is not pasted again.
        case delivering
        case delivered
    }

    package var id: LaunchID
    package var ticket: TicketID?
    package var session: SessionID
    package var kind: String
    package var arguments: [String]
    package var directory: String
    /// As in the agent kind: `$NAME` is looked up when it starts, so no secret is stored.
    package var environment: [String: String]
    /// The agent's own conversation id, for resuming.
    package var conversation: String
    package var standardInput: String?
    package var prompt: PromptState
    package var state: State
    package var createdAt: Timestamp
    package var startedAt: Timestamp?
    package var endedAt: Timestamp?

    package init(
        id: LaunchID, ticket: TicketID?, session: SessionID, kind: String, arguments: [String], directory: String,
        environment: [String: String] = [:], conversation: String = "", standardInput: String? = nil,
        prompt: PromptState = .none, state: State = .intended, createdAt: Timestamp, startedAt: Timestamp? = nil,
        endedAt: Timestamp? = nil
    ) {
        self.id = id
        self.ticket = ticket
        self.session = session
        self.kind = kind
        self.arguments = arguments
        self.directory = directory
        self.environment = environment
        self.conversation = conversation
        self.standardInput = standardInput
        self.prompt = prompt
        self.state = state
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.endedAt = endedAt
    }
}
