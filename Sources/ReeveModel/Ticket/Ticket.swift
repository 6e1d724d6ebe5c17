/// A piece of work for one agent at a time. What is stored; what is shown is derived from it.
package struct Ticket: Sendable, Hashable {
    package var id: TicketID
    /// Order of creation, gap-free per daemon: the tie-break of equal priorities.
    package var sequence: Int64
    package var title: String
    package var body: String?
    package var type: String
    /// Absolute path of the directory that the agent works in; tickets without one do not count to a project's limit.
    package var project: String?
    /// The agent kind that works on it, or is to.
    package var agent: String
    /// Whoever made the ticket named its agent: steps and types have no say then.
    package var isAgentChosen: Bool
    package var priority: Priority
    package var state: TicketState
    /// Ids of tickets that must be `done` before this one starts.
    package var after: [TicketID]
    /// What whoever made the ticket said beyond that.
    package var extras: TicketExtras
    /// How far it has come in the steps of its type; nil before its first start.
    package var progress: StepProgress?
    package var createdAt: Timestamp
    package var startedAt: Timestamp?
    package var finishedAt: Timestamp?
    /// Launches begun by the queue, the first one included; a switch is not an attempt.
    package var attempts: Int
    /// The moments of its latest starts, by whomever: what the restart intensity is judged by.
    package var starts: [Timestamp]
    /// Starts in a row that came to nothing for want of its terminal or the multiplexer.
    package var putOffs: Int
    /// It was started too often and is not started again by itself.
    package var staysDown: Bool
    /// Not launched before this moment: the back-off of a retry.
    package var notBefore: Timestamp?
    /// Why it is in its state, in a few words.
    package var reason: String?
    /// What has been asked of the running agent and is not finished; survives a crash.
    package var intent: AgentIntent?

    package init(
        id: TicketID, sequence: Int64, title: String, body: String? = nil, type: String = "TASK", project: String? = nil,
        agent: String, isAgentChosen: Bool = true, priority: Priority = .p2, state: TicketState = .queued,
        after: [TicketID] = [], extras: TicketExtras = TicketExtras(), progress: StepProgress? = nil,
        createdAt: Timestamp, startedAt: Timestamp? = nil, finishedAt: Timestamp? = nil, attempts: Int = 0,
        starts: [Timestamp] = [], putOffs: Int = 0, staysDown: Bool = false, notBefore: Timestamp? = nil, reason: String? = nil,
        intent: AgentIntent? = nil
    ) {
        self.id = id
        self.sequence = sequence
        self.title = title
        self.body = body
        self.type = type
        self.project = project
        self.agent = agent
        self.isAgentChosen = isAgentChosen
        self.priority = priority
        self.state = state
        self.after = after
        self.extras = extras
        self.progress = progress
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.attempts = attempts
        self.starts = starts
        self.putOffs = putOffs
        self.staysDown = staysDown
        self.notBefore = notBefore
        self.reason = reason
        self.intent = intent
    }

    package mutating func noteStart(_ moment: Timestamp) {
        starts = starts.suffix(RetryPolicy.mostIntensity - 1) + [moment]
        staysDown = false
    }

    /// The step that it is in, or that it enters next.
    package var step: String? { progress?.advance?.step ?? progress?.step }

    /// What the agent is told: the title, and the body below it.
    package var prompt: String {
        guard let body, !body.isEmpty else { return title }
        return title + "\n\n" + body
    }
}

/// P0 is the most urgent.
package enum Priority: Int, Sendable, Hashable, Comparable, CaseIterable {
    case p0, p1, p2, p3

    package var word: String { "P\(rawValue)" }
    package init?(word: String) {
        guard let match = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = match
    }
    package static func < (a: Priority, b: Priority) -> Bool { a.rawValue < b.rawValue }
}

/// Where a ticket stands.
package enum TicketState: String, Sendable, Hashable, CaseIterable {
    case queued, running, review, done, failed, cancelled, lost

    /// Nothing more happens to it unless somebody asks.
    package var isFinished: Bool {
        switch self {
        case .queued, .running, .review: false
        case .done, .failed, .cancelled, .lost: true
        }
    }
}
