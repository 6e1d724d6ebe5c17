/// What an agent is doing, as shown to people. The words are the protocol's.
package enum AgentState: String, Sendable, Hashable, CaseIterable {
    case launching, running, tool, waiting, done, error, interrupted, switching, exited, lost, unknown

    /// Urgency for groupings: the lowest number wins. `unknown` has no rank: it is shown as such.
    package var urgency: Int? {
        switch self {
        case .waiting: 0
        case .error: 1
        case .lost: 2
        case .switching: 3
        case .launching: 4
        case .tool: 5
        case .running: 6
        case .interrupted: 7
        case .done: 8
        case .exited: 9
        case .unknown: nil
        }
    }

    /// The agent's program runs, or is about to.
    package var isInWork: Bool {
        switch self {
        case .launching, .running, .tool, .waiting, .interrupted, .switching: true
        case .done, .error, .exited, .lost, .unknown: false
        }
    }

    /// The state that stands for a group: the most urgent one, `unknown` only if nothing else is known.
    package static func mostUrgent(_ states: some Sequence<AgentState>) -> AgentState? {
        var best: AgentState?
        for state in states {
            guard let current = best else {
                best = state
                continue
            }
            if let rank = state.urgency, rank < (current.urgency ?? .max) { best = state }
        }
        return best
    }
}

/// How a program ended.
package enum Exit: Sendable, Hashable {
    case code(Int)
    case signal(Int)

    package var isSuccess: Bool { self == .code(0) }

    package var spoken: String {
        switch self {
        case .code(let code): "exited \(code)"
        case .signal(let number): "killed by signal \(number)"
        }
    }
}

/// A running (or just ended) agent as shown to people.
package struct Agent: Sendable, Hashable {
    package var ticket: TicketID
    package var kind: String
    package var state: AgentState
    package var since: Timestamp
    package var reason: String?
    package var session: SessionName
    package var sessionID: SessionID
    /// By Ctrl+Z: the keeper has the terminal, and what is typed does not reach the agent.
    package var isStopped: Bool
    /// What it asks of a person at its terminal; whatever is typed would be taken for the answer.
    package var dialog: String?
    package var backend: String
    package var pane: String?
    package var launch: LaunchID
    package var pid: Int?
    package var startedAt: Timestamp
    package var exit: Exit?

    package init(
        ticket: TicketID, kind: String, state: AgentState, since: Timestamp, reason: String? = nil, session: SessionName,
        sessionID: SessionID, isStopped: Bool = false, dialog: String? = nil, backend: String, pane: String? = nil,
        launch: LaunchID, pid: Int? = nil, startedAt: Timestamp,
        exit: Exit? = nil
    ) {
        self.ticket = ticket
        self.kind = kind
        self.state = state
        self.since = since
        self.reason = reason
        self.session = session
        self.sessionID = sessionID
        self.isStopped = isStopped
        self.dialog = dialog
        self.backend = backend
        self.pane = pane
        self.launch = launch
        self.pid = pid
        self.startedAt = startedAt
        self.exit = exit
    }
}
