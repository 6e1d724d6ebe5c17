import ReeveJSON
import ReeveModel
import ReeveWire

/// What the event log tells, taken in event by event, and what it tells that must not be: a gap, a launch in a paused queue, a limit exceeded.
struct EventHistory: Sendable {
    struct Limits: Sendable {
        var parallel: Int
        var perProject: Int
        var perKind: [String: Int]
    }

    struct TicketPast: Sendable {
        var shape: TicketShape
        /// The kind that works on it or did last; a switch changes it before the ticket's own events tell.
        var kind: String
        var created = 0
        /// Times that it was put back into the queue out of a final state.
        var requeued = 0
        var titles: Set<String>
        /// At any time: a retry does not take back what that has set free.
        var wasDone = false
    }

    struct LaunchPast: Sendable, Equatable {
        var ticket: String
        var kind: String
        var pid: Int?
        var exit: ExitShape?
    }

    private let limits: Limits
    private(set) var cursor: Int64 = 0
    private(set) var isPaused = false
    private(set) var tickets: [String: TicketPast] = [:]
    private(set) var launches: [String: LaunchPast] = [:]
    /// Tickets in work.
    private(set) var running: Set<String> = []
    private(set) var violations: [Violation] = []

    init(limits: Limits) { self.limits = limits }

    mutating func take(_ event: EventShape) {
        guard event.seq == cursor + 1 else {
            violations.append(Violation(.cursors, "after event \(cursor) came \(event.seq)"))
            cursor = max(cursor, event.seq)
            return
        }
        cursor = event.seq
        guard let data = try? JSONDocument(Array(event.data.text.utf8)).root else {
            violations.append(Violation(.states, "event \(event.seq) has unreadable data"))
            return
        }
        switch event.kind {
        case "queue.paused": isPaused = true
        case "queue.resumed": isPaused = false
        case "ticket.created", "ticket.updated", "ticket.finished":
            if let shape = data.member("ticket"), let ticket = try? TicketShape(reading: shape) {
                take(ticket, isNew: event.kind == "ticket.created", seq: event.seq)
            }
        case "agent.state", "agent.exited":
            if let shape = data.member("agent"), let agent = try? AgentShape(reading: shape) { take(agent, seq: event.seq) }
        default: break
        }
    }

    private mutating func take(_ ticket: TicketShape, isNew: Bool, seq: Int64) {
        var past = tickets[ticket.id] ?? TicketPast(shape: ticket, kind: ticket.agent, titles: [])
        let before = past.created > 0 ? past.shape.state : nil
        if isNew { past.created += 1 }
        if before?.isFinished == true, ticket.state == .queued { past.requeued += 1 }
        past.titles.insert(ticket.title)
        if ticket.state == .done { past.wasDone = true }
        past.shape = ticket
        past.kind = ticket.agent
        tickets[ticket.id] = past
        guard ticket.state == .running else {
            running.remove(ticket.id)
            return
        }
        guard running.insert(ticket.id).inserted else { return }
        if isPaused { violations.append(Violation(.pause, "event \(seq): \(ticket.id) was launched in a paused queue")) }
        for id in ticket.after ?? [] where before == .queued && tickets[id]?.wasDone != true {
            violations.append(Violation(.order, "event \(seq): \(ticket.id) was launched before \(id) was done"))
        }
        count(seq)
    }

    private mutating func take(_ agent: AgentShape, seq: Int64) {
        var launch = launches[agent.launch] ?? LaunchPast(ticket: agent.ticket, kind: agent.kind)
        if let pid = agent.pid {
            if let known = launch.pid, known != pid {
                violations.append(Violation(.launches, "event \(seq): launch \(agent.launch) has pid \(pid) and had \(known)"))
            }
            launch.pid = pid
        }
        if let exit = agent.exit { launch.exit = exit }
        launches[agent.launch] = launch
        if tickets[agent.ticket]?.kind != agent.kind {
            tickets[agent.ticket]?.kind = agent.kind
            count(seq)
        }
    }

    private mutating func count(_ seq: Int64) {
        if running.count > limits.parallel {
            violations.append(Violation(.limits, "event \(seq): \(running.count) in work, the limit is \(limits.parallel)"))
        }
        var kinds: [String: Int] = [:]
        var projects: [String: Int] = [:]
        for id in running {
            guard let past = tickets[id] else { continue }
            kinds[past.kind, default: 0] += 1
            if let project = past.shape.project { projects[project, default: 0] += 1 }
        }
        for (kind, limit) in limits.perKind where kinds[kind, default: 0] > limit {
            violations.append(
                Violation(.limits, "event \(seq): \(kinds[kind, default: 0]) of \(kind) in work, the limit is \(limit)"))
        }
        for (project, number) in projects where number > limits.perProject {
            violations.append(
                Violation(.limits, "event \(seq): \(number) in work in \(project), the limit is \(limits.perProject)"))
        }
    }
}
