package import ReeveModel

/// Whose panes they are: what the panes need to know of sessions.
package protocol PaneSessions: Sendable {
    /// The open session of a ticket's agent, or of this name.
    func find(_ wanted: PaneSubject) async throws -> SessionRecord
    /// The command that shows a session. `conflict` while it is still being made.
    func command(_ session: SessionRecord) async throws -> [String]
    func standing(of sessions: Set<SessionID>) async -> [SessionID: PaneStanding]
}

/// What a session does, as far as its pane is concerned.
package struct PaneStanding: Sendable, Hashable {
    package enum Work: Sendable, Hashable {
        case busy, idle
        /// Its program has ended.
        case ended
        /// There is no such session any more.
        case over
    }

    package var work: Work
    package var since: Timestamp?
    package var ticket: TicketID?

    package init(_ work: Work, since: Timestamp? = nil, ticket: TicketID? = nil) {
        self.work = work
        self.since = since
        self.ticket = ticket
    }
}

/// A pane that somebody wants.
package struct PaneWish: Sendable, Hashable {
    package var subject: PaneSubject
    package var host: PaneHost
    /// Those of the settings where nil.
    package var layout: PaneLayout?
    package var isolation: PaneIsolation?
    /// Without room it waits for some.
    package var waits: Bool

    package init(
        _ subject: PaneSubject, host: PaneHost, layout: PaneLayout? = nil, isolation: PaneIsolation? = nil, waits: Bool = true
    ) {
        self.subject = subject
        self.host = host
        self.layout = layout
        self.isolation = isolation
        self.waits = waits
    }
}

/// Those of the engine.
package struct EnginePaneSessions: PaneSessions {
    private let queue: QueueActor
    private let sessions: SessionActor
    private let backends: Backends
    private let board: StatusBoard

    package init(_ engine: Engine) {
        queue = engine.queue
        sessions = engine.sessions
        backends = engine.backends
        board = engine.board
    }

    package func find(_ wanted: PaneSubject) async throws -> SessionRecord {
        switch wanted {
        case .ticket(let ticket): try await queue.session(of: ticket)
        case .session(let name): try await sessions.find(name)
        }
    }

    package func command(_ session: SessionRecord) async throws -> [String] {
        try await backends.attachCommand(session).arguments
    }

    package func standing(of sessions: Set<SessionID>) async -> [SessionID: PaneStanding] {
        let agents = Dictionary(board.agents.map { ($0.sessionID, $0) }) { first, _ in first }
        let others = await self.sessions.standing(of: sessions.filter { agents[$0] == nil })
        return agents.filter { sessions.contains($0.key) }.mapValues { agent in
            PaneStanding(Self.work(agent.state), since: agent.since, ticket: agent.ticket)
        }.merging(others) { agent, _ in agent }
    }

    /// An agent that waits for a person is in the middle of something; one whose state is not known may be.
    private static func work(_ state: AgentState) -> PaneStanding.Work {
        switch state {
        case .launching, .running, .tool, .waiting, .switching, .unknown: .busy
        case .done, .error, .interrupted: .idle
        case .exited, .lost: .ended
        }
    }
}
