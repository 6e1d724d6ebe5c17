package import ReeveModel

/// What people do with a running agent besides starting and ending it: look, type, interrupt, wait.
package struct AgentDesk: Sendable {
    private let queue: QueueActor
    private let backends: Backends
    private let keepers: any Keepers
    private let journal: any Journal
    private let board: StatusBoard
    private let settings: LiveSettings
    private let time: any TimeSource

    package init(
        queue: QueueActor, backends: Backends, keepers: any Keepers, journal: any Journal, board: StatusBoard,
        settings: LiveSettings, time: any TimeSource
    ) {
        self.queue = queue
        self.backends = backends
        self.keepers = keepers
        self.journal = journal
        self.board = board
        self.settings = settings
        self.time = time
    }

    package func agent(_ ticket: TicketID) async throws -> Agent {
        if let agent = board.agent(ticket) { return agent }
        guard let known = try await journal.ticket(ticket) else { throw ReeveError.notFound("ticket", ticket.text) }
        throw ReeveError(.notFound, "'\(ticket)' has no agent; it is \(known.state.rawValue)")
    }

    package func send(_ ticket: TicketID, _ text: String, enter: Bool, force: Bool) async throws -> BackendActor.Evidence {
        let agent = try await running(ticket)
        // A paused reader: the keeper has the terminal, and what is typed would not reach the agent.
        if agent.isStopped {
            throw ReeveError.conflict("the agent is stopped (Ctrl+Z)", hint: "reeve continue \(ticket)")
        }
        if let dialog = agent.dialog, !force {
            throw ReeveError(.blocked, "the agent waits for an answer (\(dialog))", hint: "answer it, or send with force")
        }
        if agent.state == .switching, !force { throw ReeveError.conflict("the agent is being switched") }
        let evidence = try await backends.deliver(
            text, enter: enter, delay: delay(agent), to: try await queue.session(of: ticket), launch: agent.launch)
        note(agent, "text, \(text.utf8.count) bytes\(enter ? " and Enter" : "")")
        return evidence
    }

    package func interrupt(_ ticket: TicketID) async throws -> Agent {
        let agent = try await running(ticket)
        let keys = settings.current.kinds[agent.kind]?.interrupt ?? [.key(.control("c"))]
        try await backends.press(keys, delay: delay(agent), in: try await queue.session(of: ticket), launch: agent.launch)
        note(agent, "interrupt")
        return board.agent(ticket) ?? agent
    }

    /// Continues an agent stopped by Ctrl+Z; returns when its keeper says so.
    package func resume(_ ticket: TicketID) async throws -> Agent {
        let agent = try await running(ticket)
        guard agent.isStopped else {
            throw ReeveError.conflict("the agent is not stopped; it is \(agent.state.rawValue)")
        }
        try await keepers.signal(agent.launch, .resume, in: agent.sessionID)
        while true {
            let version = board.picture.version
            guard let now = board.agent(ticket), now.isStopped else { break }
            try await change(since: version)
        }
        return try await self.agent(ticket)
    }

    package func capture(_ ticket: TicketID, lines: Int, styled: Bool) async throws -> String {
        try await backends.capture(try await queue.session(of: ticket), lines: lines, styled: styled)
    }

    /// Rings the bell of the terminals that show the ticket's session. Without one, nothing.
    package func ring(_ ticket: TicketID) async throws { try await backends.ring(try await queue.session(of: ticket)) }

    package func focus(_ ticket: TicketID) async throws { try await backends.focus(try await queue.session(of: ticket)) }

    package func attachCommand(_ ticket: TicketID) async throws -> AttachCommand {
        let deadline = time.uptime() + settings.current.panes.readyTimeout
        var session = try await queue.session(of: ticket)
        // A ticket runs from the moment of its launch; its terminal is there in the next.
        while session.handle == nil, time.uptime() < deadline {
            try await time.sleep(for: settings.current.panes.readyPoll)
            session = try await queue.session(of: ticket)
        }
        return try await backends.attachCommand(session)
    }

    /// Waits until the tickets have reached one of the states, agent states and ticket states alike.
    ///
    /// A ticket that is finished in another state can reach nothing any more: `conflict`, at once in mode all.
    package func wait(
        _ tickets: [TicketID], until words: Set<String>, all: Bool, timeout: Duration?
    ) async throws -> (agents: [Agent], tickets: [Ticket]) {
        guard let timeout else { return try await wait(tickets, words, all) }
        return try await withThrowingTaskGroup(of: (agents: [Agent], tickets: [Ticket]).self) { group in
            group.addTask { try await wait(tickets, words, all) }
            group.addTask {
                try await time.sleep(for: timeout)
                throw ReeveError(.timeout, "the state was not reached within \(DurationText.spoken(timeout.milliseconds))")
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw ReeveError(.timeout, "the wait ended") }
            return first
        }
    }

    private func wait(_ ids: [TicketID], _ words: Set<String>, _ all: Bool) async throws -> (agents: [Agent], tickets: [Ticket]) {
        while true {
            let version = board.picture.version
            var tickets: [Ticket] = []
            var met = 0
            var hopeless: Ticket?
            for id in ids {
                guard let ticket = try await journal.ticket(id) else { throw ReeveError.notFound("ticket", id.text) }
                tickets.append(ticket)
                // "running" is about the agent: its ticket is running as soon as the launch is written down.
                let byTicket = ticket.state != .running && words.contains(ticket.state.rawValue)
                // A ticket is finished on the disk a moment before its agent is shown so.
                let byAgent =
                    board.agent(id).map { words.contains($0.state.rawValue) && !(ticket.state.isFinished && $0.state.isInWork) }
                    ?? false
                if byTicket || byAgent {
                    met += 1
                } else if ticket.state.isFinished {
                    hopeless = ticket
                }
            }
            if met == ids.count || (met > 0 && !all) { return (ids.compactMap { board.agent($0) }, tickets) }
            if let hopeless, all || tickets.allSatisfy(\.state.isFinished) {
                throw ReeveError.conflict(
                    "'\(hopeless.id)' is \(hopeless.state.rawValue)\(hopeless.reason.map { " (\($0))" } ?? "") and will not reach \(words.sorted().joined(separator: " or "))"
                )
            }
            try await change(since: version)
        }
    }

    private func change(since version: Int) async throws {
        await board.change(since: version)
        try Task.checkCancellation()
    }

    private func running(_ ticket: TicketID) async throws -> Agent {
        let agent = try await agent(ticket)
        // It runs, whatever it says of its turn.
        if agent.pid != nil, agent.exit == nil { return agent }
        switch agent.state {
        case .done, .exited, .error, .lost:
            throw ReeveError.conflict("the agent of '\(ticket)' is not running (\(agent.reason ?? agent.state.rawValue))")
        case .launching, .running, .tool, .waiting, .interrupted, .switching, .unknown: return agent
        }
    }

    private func delay(_ agent: Agent) -> Duration { settings.current.kinds[agent.kind]?.enterDelay ?? .milliseconds(150) }

    private func note(_ agent: Agent, _ what: String) {
        _ = journal.enqueue([.event(.agentInput(agent.ticket, session: agent.session, by: "client", what: what))])
    }
}
