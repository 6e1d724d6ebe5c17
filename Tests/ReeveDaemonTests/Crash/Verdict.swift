import ReeveModel
import ReeveWire

/// Decides whether what can be seen is explained by what was asked and answered. Pure: every promise of a crash run is a rule in here.
enum Verdict {
    /// One ticket and everything that is known of it, at one moment when nobody asks for anything.
    struct Case: Sendable {
        var id: String
        var asked: [Asked] = []
        /// As `ticket.list` shows it.
        var ticket: TicketShape?
        /// As `agent.list` shows it.
        var agent: AgentShape?
        /// As the event log tells it.
        var past: EventHistory.TicketPast?
        var launches: [String: EventHistory.LaunchPast] = [:]
        var ledger: [LedgerLine] = []
        var alive: Set<LedgerLine> = []

        /// What changes when something happens to it; not the words with it, which may count seconds.
        var facts: Facts {
            var facts = Facts(ticket: ticket, agent: agent, told: past?.shape, launches: launches, ledger: ledger, alive: alive)
            facts.ticket?.reason = nil
            facts.ticket?.metadata = nil
            facts.agent?.reason = nil
            return facts
        }
    }

    struct Facts: Sendable, Equatable {
        var ticket: TicketShape?
        var agent: AgentShape?
        /// As its last event shows it.
        var told: TicketShape?
        var launches: [String: EventHistory.LaunchPast]
        var ledger: [LedgerLine]
        var alive: Set<LedgerLine>
    }

    /// Kinds of agents that end by themselves, with their exit status.
    static let endings = ["worker": 0, "failer": 3]

    static func violations(of c: Case) -> [Violation] {
        (existence(c) + acknowledged(c) + state(c) + processes(c)).map {
            Violation($0.promise, "\(c.id): \($0.text)", of: c.id)
        }
    }

    /// Whether the queue is paused as its last answered request wants it.
    static func pause(_ asked: [Asked], isPaused: Bool) -> [Violation] {
        let happened = asked.filter(\.mayHaveHappened)
        guard let last = happened.last(where: { $0.outcome == .answered }) else { return [] }
        let others = happened.filter { $0.sent != last.sent && $0.mayComeAfter(last) }
        let wanted = last.wish == .pause
        guard others.allSatisfy({ ($0.wish == .pause) == wanted }), wanted != isPaused else { return [] }
        return [
            Violation(.commands, "the queue was \(wanted ? "paused" : "resumed") and is \(isPaused ? "paused" : "not paused")")
        ]
    }

    // MARK: Rules

    private static func existence(_ c: Case) -> [Violation] {
        let create = c.asked.first { if case .create = $0.wish { $0.mayHaveHappened } else { false } }
        guard let ticket = c.ticket else {
            if create?.outcome == .answered { return [Violation(.commands, "its creation was acknowledged and it is not there")] }
            return c.alive.isEmpty ? [] : [Violation(.agents, "an agent works on it and it is not there")]
        }
        if create == nil { return [Violation(.states, "it is there and nobody asked for it")] }
        guard let past = c.past else { return [Violation(.states, "it is there and no event tells of it")] }
        var found: [Violation] = []
        if past.created != 1 { found.append(Violation(.commands, "it was created \(past.created) times")) }
        if past.shape.state != ticket.state {
            found.append(
                Violation(.states, "it is \(ticket.state.rawValue) and its last event says \(past.shape.state.rawValue)"))
        }
        return found
    }

    private static func acknowledged(_ c: Case) -> [Violation] {
        guard let ticket = c.ticket else { return [] }
        var found: [Violation] = []
        let happened = c.asked.filter(\.mayHaveHappened)
        for wish in happened where wish.outcome == .answered {
            let later = happened.filter { $0.sent != wish.sent && $0.mayComeAfter(wish) }
            switch wish.wish {
            case .cancel, .stop:
                if !later.contains(where: \.wish.revives), ticket.state != .cancelled {
                    found.append(Violation(.commands, "\(wish.wish) was acknowledged and it is \(ticket.state.rawValue)"))
                }
            case .update(let title):
                if c.past?.titles.contains(title) != true {
                    found.append(Violation(.commands, "the change to '\(title)' left no event"))
                }
                let isLast = !later.contains { if case .update = $0.wish { true } else { false } }
                if isLast, ticket.title != title {
                    found.append(Violation(.commands, "it was called '\(title)' and is '\(ticket.title)'"))
                }
            case .change(let kind):
                let isLast = !later.contains { if case .change = $0.wish { true } else { false } }
                if isLast, ticket.agent != kind {
                    found.append(Violation(.commands, "it was switched to \(kind) and has \(ticket.agent)"))
                }
            case .create, .retry, .restart, .send, .pause, .resume: break
            }
        }
        let retries = happened.filter { $0.wish == .retry }
        let requeued = c.past?.requeued ?? 0
        if requeued > retries.count {
            found.append(Violation(.commands, "it was retried \(requeued) times and asked to \(retries.count) times"))
        }
        let promised = retries.count { $0.outcome == .answered }
        if requeued < promised {
            found.append(Violation(.commands, "\(promised) retries were acknowledged and \(requeued) happened"))
        }
        return found
    }

    private static func state(_ c: Case) -> [Violation] {
        guard let ticket = c.ticket else { return [] }
        let happened = c.asked.filter(\.mayHaveHappened)
        let why = "(\(ticket.reason ?? "-"))"
        switch ticket.state {
        case .cancelled:
            return happened.contains { $0.wish == .cancel || $0.wish == .stop }
                ? [] : [Violation(.states, "it is cancelled and nobody asked for that")]
        case .done, .failed:
            let wanted = ticket.state == .done ? 0 : 3
            return endings[ticket.agent] == wanted
                ? [] : [Violation(.states, "it is \(ticket.state.rawValue) and \(ticket.agent) never ends so \(why)")]
        case .lost: return [Violation(.agents, "it is lost \(why)")]
        case .review: return [Violation(.states, "it is in review")]
        case .queued: return []
        case .running:
            guard let agent = c.agent else { return [Violation(.states, "it is running and has no agent")] }
            switch agent.state {
            case .launching, .switching, .running: return []
            case .unknown, .lost, .error, .exited, .done, .interrupted, .waiting, .tool:
                return [Violation(.states, "it is running and its agent is \(agent.state.rawValue) (\(agent.reason ?? "-"))")]
            }
        }
    }

    private static func processes(_ c: Case) -> [Violation] {
        var found: [Violation] = []
        var seen: Set<String> = []
        for line in c.ledger {
            if !seen.insert(line.launch).inserted {
                found.append(Violation(.launches, "launch \(line.launch) was started twice"))
            }
            guard let launch = c.launches[line.launch] else {
                found.append(Violation(.launches, "launch \(line.launch) was started and no event tells of it"))
                continue
            }
            if let pid = launch.pid, pid != line.pid {
                found.append(Violation(.launches, "launch \(line.launch) has pid \(line.pid), events say \(pid)"))
            }
            let mayLeave = c.asked.contains { $0.wish.endsAgents && $0.mayHaveHappened } || endings[launch.kind] != nil
            if !mayLeave, !c.alive.contains(line) {
                found.append(Violation(.agents, "\(launch.kind) of launch \(line.launch) died and nobody asked it to"))
            }
        }
        if c.alive.count > 1 { found.append(Violation(.agents, "\(c.alive.count) agents work on it")) }
        for line in c.alive {
            if c.ticket?.state != .running {
                found.append(
                    Violation(
                        .agents,
                        "it is \(c.ticket?.state.rawValue ?? "not there") and process \(line.pid) of launch \(line.launch) lives")
                )
            } else if c.agent?.launch != line.launch {
                found.append(
                    Violation(
                        .agents,
                        "process \(line.pid) of launch \(line.launch) lives, the agent's launch is \(c.agent?.launch ?? "none")"))
            }
        }
        if let agent = c.agent, let pid = agent.pid, agent.exit == nil,
            !c.alive.contains(LedgerLine(ticket: c.id, pid: pid, launch: agent.launch))
        {
            found.append(Violation(.agents, "its agent runs with pid \(pid) and no such process of launch \(agent.launch) lives"))
        }
        return found
    }
}
