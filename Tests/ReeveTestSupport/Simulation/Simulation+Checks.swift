import ReeveEngine
import ReeveModel

/// The promises: those that are looked at when something happens, and those that are held against the whole run afterwards.
extension Simulation {
    /// Asked by the world at each start.
    func watchStarts() {
        world.watchStarts { [limits, disk, ledger] order, all, daemon in
            guard let launch = disk.launches.first(where: { $0.id == order.id }) else {
                return "\(order.id) was started before it was written down"
            }
            // A session without a ticket needs no slot.
            guard let ticket = launch.ticket else { return nil }
            let running = all.filter { $0.ticket != nil }
            if running.count + 1 > limits.maxParallel {
                return "\(order.id) for \(ticket): \(running.count + 1) run, the limit is \(limits.maxParallel)"
            }
            let tickets = disk.allTickets
            if let project = tickets[ticket]?.project {
                let beside = running.count { $0.ticket != ticket && $0.ticket.flatMap { tickets[$0]?.project } == project }
                if beside + 1 > limits.maxPerProject { return "\(order.id) for \(ticket): \(beside + 1) run in \(project)" }
            }
            let alike = running.filter { $0.kind == order.label }.count + 1
            if let limit = limits.maxPerAgent[order.label], alike > limit {
                return "\(order.id) for \(ticket): \(alike) of \(order.label) run, the limit is \(limit)"
            }
            let state = ledger.current
            // The switch to a step's own agent that a killed daemon has begun goes on with a launch that is made anew, as a person's does.
            let mayGoOn = state.led.contains(ticket) || (SimulatedWorkflows.isStepwise(ticket) && state.pausedBy != daemon)
            if !state.clockJumped, let since = state.pausedSince, launch.createdAt > since, !mayGoOn {
                return "\(order.id) was launched for \(ticket) while the queue was paused"
            }
            return nil
        }
    }

    /// A step that is written down as begun by the agent that runs has got its prompt there. One that begins with a launch has it from that.
    static func watchSteps(
        _ changes: [JournalChange], _ disk: MemoryJournal, _ world: SimulatedWorld, _ ledger: SimulationLedger
    ) {
        let launched = changes.compactMap { change -> TicketID? in
            if case .putLaunch(let launch) = change, launch.state == .intended { launch.ticket } else { nil }
        }
        for case .event(.agentStep(let news)) in changes where news.outcome == .running && !launched.contains(news.ticket) {
            let prompt = PromptName(ticket: news.ticket, visit: news.visit)
            guard let launch = disk.launches.last(where: { $0.ticket == news.ticket }), !world.hasReached(launch.id, prompt)
            else { continue }
            let broken =
                "\(news.ticket)'s step '\(news.step)' was written down as begun, and \(prompt.spoken) has not reached \(launch.id)"
            ledger.note { $0.violations.append(broken) }
        }
    }

    // MARK: In the calm after the faults

    /// A step that was decided on begins, or it waits for a slot; looked at twice, further apart than it takes to make an agent leave and
    /// than a step waits that the disk has not taken.
    func checkSteps() {
        at(Self.troubleEnds + .seconds(10)) { simulation in
            let before = simulation.decidedSteps
            simulation.at(Self.troubleEnds + .seconds(28)) { simulation in
                for (id, visit) in simulation.decidedSteps.sorted(by: { $0.key < $1.key }) where before[id] == visit {
                    let agent = simulation.client?.engine.board.agent(id)
                    let limited = simulation.limits.maxPerAgent
                    let isFull = simulation.world.running.contains { $0.ticket != id && limited[$0.kind] != nil }
                    if isFull { continue }
                    let shown = agent.map { "\($0.kind), \($0.launch), is \($0.state.rawValue) (\($0.reason ?? "-"))" }
                    simulation.report.violations.append(
                        "\(id) has been between two steps for 18 s, visit \(visit) is decided on; its agent: \(shown ?? "none")")
                }
            }
        }
    }

    /// Of the tickets in work: the visits that nobody has the prompt of.
    private var decidedSteps: [TicketID: Int] {
        disk.allTickets.filter { $0.value.state == .running }.compactMapValues { $0.progress?.advance?.visit }
    }

    /// Before the sessions without a ticket are ended: those that were answered for are there, or something has ended them.
    func checkSessions() {
        guard let sessions = client?.engine.sessions else { return }
        let spawned = ledger.current.asked.compactMap { asked -> (name: String, id: SessionID)? in
            guard case .spawn(let name) = asked.wish, asked.isAnswered, let id = asked.session else { return nil }
            return (name.text, id)
        }
        client?.run { [disk, world, ledger] in
            for (name, id) in spawned {
                let isKnown = await sessions.open(id.text) != nil
                let isOver = disk.payloads.contains { $0.endedSession?.id == id }
                let isThere = world.keeperLives(in: id) == true
                let broken: String? =
                    switch (isOver, isKnown, isThere) {
                    case (false, false, _): "nobody has said that it ended, and the daemon does not know it"
                    case (false, true, false): "its terminal or its keeper is gone for long, and nobody has said so"
                    case (true, _, true): "it was said to have ended, and its terminal lives"
                    case (true, true, false): "it was said to have ended, and the daemon has it open"
                    case (false, true, true), (true, false, false): nil
                    }
                guard let broken else { continue }
                ledger.note { $0.violations.append("the session \(name) (\(id)) was acknowledged: \(broken)") }
            }
        }
    }

    // MARK: Afterwards

    func check() {
        let past = ledger.current
        defer {
            if !report.violations.isEmpty {
                report.log = zip(past.moments, disk.payloads).map { moment, payload in "\(moment) \(payload)" }
            }
        }
        report.violations += world.violations + past.violations
        report.launches = world.starts.count
        for running in world.running {
            report.violations.append("\(running.launch) of \(running.ticket?.text ?? "a session") runs at the end")
        }
        for terminal in Set(world.sessionIDs).subtracting(disk.openSessions).sorted(by: { $0.text < $1.text }) {
            report.violations.append("at the end the terminal of \(terminal) is there, and its session is written down as closed")
        }
        if let broken = past.brokenPause(isPaused: disk.isPaused) { report.violations.append("at the end \(broken)") }
        let tickets = disk.allTickets
        report.violations +=
            SimulationPromises(
                limits: limits, retry: retry, log: disk.payloads, launches: disk.launches, tickets: tickets,
                answers: disk.allAnswers, ledger: past, kills: killedAt, records: world.history, starts: world.starts,
                killedSessions: world.killed, terminals: Set(world.sessionIDs)
            ).broken
        let queued = tickets.values.count { $0.state == .queued }
        if let picture = client?.engine.board.picture, picture.running != 0 || picture.queued != queued {
            report.violations.append("at the end \(picture.running) run and \(picture.queued) are queued, on the disk \(queued)")
        }
    }
}

extension EventPayload {
    /// The session without a ticket that this event says is over.
    var endedSession: SessionRecord? {
        switch self {
        case .sessionClosed(let session), .sessionLost(let session): session.ticket == nil ? session : nil
        default: nil
        }
    }

    /// The ticket as this event shows it.
    var shownTicket: Ticket? {
        switch self {
        case .ticketCreated(let ticket), .ticketUpdated(let ticket), .ticketFinished(let ticket): ticket
        default: nil
        }
    }
}
