/// The order and the limits of the queue: which ticket starts next, and why another does not. Pure; `QueueActor` owns the one that counts.
///
/// Tickets that could start lie in lanes (same project, same agent kind), so that a decision looks at the head of each lane and not
/// at ten thousand tickets, of which all but one may wait for the same project.
package struct QueuePolicy: Sendable {
    private struct Lane: Hashable { var project: String?, agent: String, isPaired: Bool }
    private struct Slot { var project: String?, agents: Set<String>, isPaired: Bool }

    package var limits: QueueLimits
    package var isPaused: Bool
    /// Why nothing can be launched at the moment whatever the limits say (the multiplexer is down); nil when all is well.
    package var hold: String?
    package var breaker = LaunchBreaker()
    /// Whether a person works on a ticket together with its agent. Of such tickets one at a time is in work: a daemon is one person's.
    package var isPaired: @Sendable (Ticket) -> Bool = { _ in false }

    private var queued: [TicketID: Ticket] = [:]
    private var ready: [Lane: ReadyList] = [:]
    /// Kept, because a type may be defined anew while its tickets wait.
    private var lanes: [TicketID: Lane] = [:]
    private var delayed: [TicketID: Timestamp] = [:]
    private var dependencies = DependencyGraph()
    private var slots: [TicketID: Slot] = [:]
    private var perProject: [String: Int] = [:]
    private var perAgent: [String: Int] = [:]

    package init(limits: QueueLimits, isPaused: Bool = false) {
        self.limits = limits
        self.isPaused = isPaused
    }

    package var queuedCount: Int { queued.count }
    /// Tickets in back-off.
    package var delayedCount: Int { delayed.count }
    package var runningCount: Int { slots.count }
    package var runningIDs: Set<TicketID> { Set(slots.keys) }
    package func queuedTicket(_ id: TicketID) -> Ticket? { queued[id] }

    // MARK: Tickets come and go

    /// - Parameter unmet: those of `ticket.after` that are not done yet.
    package mutating func enqueue(_ ticket: Ticket, unmet: Set<TicketID>) {
        remove(ticket.id)
        queued[ticket.id] = ticket
        dependencies.set(ticket.id, needs: unmet)
        makeReady(ticket)
    }

    /// Takes a queued ticket out: cancelled, launched, or about to be replaced.
    @discardableResult
    package mutating func remove(_ id: TicketID) -> Ticket? {
        guard let ticket = queued.removeValue(forKey: id) else { return nil }
        if let lane = lanes.removeValue(forKey: id) {
            let entry = entry(of: ticket)
            ready[lane]?.remove(entry)
            if ready[lane]?.isEmpty == true { ready[lane] = nil }
        }
        delayed[id] = nil
        dependencies.remove(id)
        return ticket
    }

    /// A ticket is done: what waited for it may start.
    package mutating func satisfy(_ id: TicketID) {
        for freed in dependencies.satisfy(id) { if let ticket = queued[freed] { makeReady(ticket) } }
    }

    /// Keeps the edges of a ticket that is out of the queue for a moment, so that no cycle is closed behind its back.
    package mutating func reserveDependencies(_ id: TicketID, _ unmet: Set<TicketID>) { dependencies.set(id, needs: unmet) }

    /// What a queued ticket still waits for.
    package func unmet(_ id: TicketID) -> Set<TicketID> { dependencies.unmet(id) }

    package func cycle(_ id: TicketID, after: [TicketID]) -> [TicketID]? { dependencies.cycle(id, after: after) }

    // MARK: Slots

    /// Takes the slot of a ticket in work. The caller has asked `refusal` or `nextLaunch` first, or adopts what already runs.
    ///
    /// - Parameters:
    ///   - coming: the kind that a switch leads to. Until it is over the slot counts for both: the one has not left, and the other's
    ///     place must not be given away.
    ///   - isPaired: nil: as it was.
    package mutating func occupy(
        _ id: TicketID, project: String?, agent: String, coming: String? = nil, isPaired: Bool? = nil
    ) {
        let wasPaired = slots[id]?.isPaired ?? false
        release(id)
        let agents = Set([agent, coming].compactMap(\.self))
        slots[id] = Slot(project: project, agents: agents, isPaired: isPaired ?? wasPaired)
        if let project { perProject[project, default: 0] += 1 }
        for agent in agents { perAgent[agent, default: 0] += 1 }
    }

    package mutating func release(_ id: TicketID) {
        guard let slot = slots.removeValue(forKey: id) else { return }
        if let project = slot.project { Self.decrement(&perProject, project) }
        for agent in slot.agents { Self.decrement(&perAgent, agent) }
    }

    // MARK: Decisions

    /// The ticket to launch now, or nil. P0 before P3, then the older; back-off, dependencies, limits and pause respected.
    package mutating func nextLaunch(now: Timestamp) -> Ticket? {
        // Also when nothing may be launched: a moment that has come is no reason to wake up for any more.
        for (id, moment) in delayed where Self.isDue(moment, now) {
            delayed[id] = nil
            queued[id]?.notBefore = nil
            if let ticket = queued[id] { makeReady(ticket) }
        }
        guard !isPaused, hold == nil, limits.autoLaunch, slots.count < limits.maxParallel else { return nil }
        guard breaker.refusal(now: now) == nil else { return nil }
        var best: ReadyList.Entry?
        for (lane, list) in ready
        where limitRefusal(project: lane.project, agent: lane.agent, isPaired: lane.isPaired) == nil {
            guard let head = list.first, breaker.refusal(kind: lane.agent, now: now) == nil else { continue }
            if best.map({ head < $0 }) ?? true { best = head }
        }
        return best.flatMap { queued[$0.id] }
    }

    /// When a ticket in back-off becomes ready; nil when none is.
    package var nextRetry: Timestamp? { delayed.values.min() }

    /// When there may be something to launch that may not be launched now; nil when only events can bring that about.
    package func nextWakeUp(now: Timestamp) -> Timestamp? {
        [nextRetry, ready.isEmpty ? nil : breaker.nextTry(after: now)].compactMap(\.self).min()
    }

    /// Further away than the longest back-off: the clock was put back since, and the ticket must not wait for a day.
    private static func isDue(_ moment: Timestamp, _ now: Timestamp) -> Bool {
        moment <= now || moment.milliseconds - now.milliseconds > RetryPolicy.longestBackoff.milliseconds
    }

    /// Why a launch of `project` by `agent` is not allowed now; nil when it is. `except` is a ticket whose own slot does not count.
    package func refusal(
        project: String?, agent: String, except: TicketID? = nil, isPaired: Bool = false
    ) -> ReeveError? {
        if isPaused { return Self.pausedRefusal }
        if let hold { return .unavailable(hold, hint: "reeve doctor says what is wrong") }
        var others = self
        if let except { others.release(except) }
        if others.slots.count >= limits.maxParallel {
            return .conflict(
                "\(others.slots.count) agents are in work, the limit is \(limits.maxParallel)",
                hint: "wait for one to finish, or raise [queue] max_parallel")
        }
        return others.limitRefusal(project: project, agent: agent, isPaired: isPaired)
    }

    package static let pausedRefusal = ReeveError.conflict(
        "the queue is paused", hint: "reeve queue resume lets it launch again")

    /// Why a queued ticket is not launched by an explicit request; back-off and order do not matter then, all else does.
    package func refusal(launching id: TicketID, now: Timestamp) -> ReeveError? {
        guard let ticket = queued[id] else { return .conflict("'\(id)' is not queued") }
        let unmet = dependencies.unmet(id)
        if !unmet.isEmpty {
            return .conflict(
                "'\(id)' waits for \(Self.list(unmet))",
                hint: "it starts when these are done; reeve edit \(id) --after '' lets it go first")
        }
        return refusal(project: ticket.project, agent: ticket.agent, isPaired: isPaired(ticket))
            ?? breaker.refusal(kind: ticket.agent, now: now)
    }

    /// Why a queued ticket waits, in a few words for people; nil when only the order of the queue holds it back.
    /// - Parameter tried: what was in the way of its last launch, if one was tried.
    package func waitingReason(_ id: TicketID, tried: String? = nil, now: Timestamp) -> String? {
        guard let ticket = queued[id] else { return nil }
        let unmet = dependencies.unmet(id)
        if !unmet.isEmpty { return "after \(Self.list(unmet))" }
        if let moment = delayed[id], !Self.isDue(moment, now) {
            return "next try in \(DurationText.spoken(moment.milliseconds - now.milliseconds))" + (tried.map { ": \($0)" } ?? "")
        }
        if isPaused { return "queue paused" }
        if let hold { return hold }
        if let refusal = breaker.refusal(kind: ticket.agent, now: now) { return refusal.message }
        if let refusal = limitRefusal(project: ticket.project, agent: ticket.agent, isPaired: isPaired(ticket)) {
            return refusal.message
        }
        guard slots.count >= limits.maxParallel else { return nil }
        return "limit: \(slots.count) of \(limits.maxParallel) agents in work"
    }

    private func limitRefusal(project: String?, agent: String, isPaired: Bool) -> ReeveError? {
        if isPaired, let other = slots.first(where: \.value.isPaired)?.key {
            return .conflict(
                "'\(other)' is in work, and of such types a person has one at a time", hint: "docs/workflows.md: paired types")
        }
        if let project, let running = perProject[project], running >= limits.maxPerProject {
            return .conflict("project limit: \(running) of \(limits.maxPerProject) in work", hint: "[queue] max_per_project")
        }
        if let limit = limits.maxPerAgent[agent], perAgent[agent, default: 0] >= limit {
            return .conflict("agent limit: \(limit) of \(agent) in work", hint: "[queue] max_per_agent")
        }
        return nil
    }

    private mutating func makeReady(_ ticket: Ticket) {
        guard dependencies.unmet(ticket.id).isEmpty else { return }
        if let moment = ticket.notBefore {
            delayed[ticket.id] = moment
        } else {
            let lane = lane(of: ticket)
            lanes[ticket.id] = lane
            ready[lane, default: ReadyList()].insert(entry(of: ticket))
        }
    }

    private func lane(of ticket: Ticket) -> Lane {
        Lane(project: ticket.project, agent: ticket.agent, isPaired: isPaired(ticket))
    }
    private func entry(of ticket: Ticket) -> ReadyList.Entry {
        ReadyList.Entry(priority: ticket.priority, sequence: ticket.sequence, id: ticket.id)
    }

    private static func list(_ ids: Set<TicketID>) -> String {
        ids.sorted().prefix(5).map(\.text).joined(separator: ", ") + (ids.count > 5 ? " and \(ids.count - 5) more" : "")
    }

    private static func decrement(_ counts: inout [String: Int], _ key: String) {
        guard let count = counts[key] else { return }
        counts[key] = count > 1 ? count - 1 : nil
    }
}
