package import ReeveModel

/// Tickets come, change and go.
extension QueueActor {
    package func create(_ new: NewTicket, _ context: CommandContext = CommandContext()) async throws -> Ticket {
        let (kind, project) = try check(new)
        let unmet = try await lookUp(new.after, path: "$.after")
        for attempt in 1...5 {
            lastSequence += 1
            let id = try new.id ?? makeID(new.type)
            try checkSessionName(of: id)
            let ticket = Ticket(
                id: id, sequence: lastSequence, title: new.title, body: new.body, type: new.type, project: project,
                agent: kind.name, isAgentChosen: new.agent != nil, priority: new.priority, after: new.after,
                extras: new.extras, createdAt: time.wall())
            do {
                let still = try await whileCommitting(unmet) {
                    try await journal.enqueue([.addTicket(ticket)] + context.changes(ticket) + [.event(.ticketCreated(ticket))])
                        .value()
                }
                policy.enqueue(ticket, unmet: still)
                move(nil, .queued)
                publish()
                schedule()
                return ticket
            } catch let error as ReeveError where error.kind == .conflict && new.id == nil && attempt < 5 {
                continue
            }
        }
        throw ReeveError(.internal, "no free ticket id was found")
    }

    /// What can be refused of a new ticket without looking at others.
    @discardableResult
    package func check(_ new: NewTicket) throws -> (kind: AgentKind, project: String?) {
        let current = settings.current
        let type = try workflows.type(new.type)
        if let agent = new.agent { _ = try current.kind(agent) }
        // All of them: a step that nobody can work on is better known now than in the middle.
        let agents = try type.steps.map { step in
            try current.delegation.choice(step.name, of: type, extras: new.extras, chosen: new.agent).agent
        }
        let kind = try current.kind(agents.first ?? current.defaultAgent)
        if let project = new.project, let reason = surroundings.environment.badDirectory(project) {
            throw ReeveError.invalid(
                "$.project", "\(project): \(reason)", hint: "give a directory that is there and that you may enter")
        }
        if let id = new.id { try checkSessionName(of: id) }
        return (kind, new.project.map(surroundings.environment.canonical))
    }

    /// A ticket that was finished elsewhere: it is there, and others may come after it.
    package func createDone(_ new: NewTicket, id: TicketID, _ context: CommandContext) async throws -> Ticket {
        lastSequence += 1
        let now = time.wall()
        let ticket = Ticket(
            id: id, sequence: lastSequence, title: new.title, body: new.body, type: new.type, project: new.project,
            agent: new.agent ?? settings.current.defaultAgent, isAgentChosen: new.agent != nil, priority: new.priority,
            state: .done, after: [], extras: new.extras, createdAt: now, finishedAt: now, reason: "imported")
        try await journal.enqueue([.addTicket(ticket)] + context.changes(ticket) + [.event(.ticketCreated(ticket))]).value()
        move(nil, .done)
        satisfied(ticket)
        publish()
        schedule()
        return ticket
    }

    /// A queued ticket becomes what its file says now, its id apart.
    package func rewrite(_ id: TicketID, _ new: NewTicket, _ context: CommandContext) async throws -> Ticket {
        let (kind, project) = try check(new)
        return try await change(id, after: new.after, context) { ticket in
            if ticket.type != new.type { ticket.progress = nil }
            ticket.title = new.title
            ticket.body = new.body
            ticket.type = new.type
            ticket.project = project
            ticket.agent = kind.name
            ticket.isAgentChosen = new.agent != nil
            ticket.priority = new.priority
            ticket.extras = new.extras
        }
    }

    package func update(_ id: TicketID, _ change: TicketChange, _ context: CommandContext) async throws -> Ticket {
        if let agent = change.agent { _ = try settings.current.kind(agent) }
        if let project = change.project, let reason = surroundings.environment.badDirectory(project) {
            throw ReeveError.invalid(
                "$.project", "\(project): \(reason)", hint: "give a directory that is there and that you may enter")
        }
        let canonical = change.project.map(surroundings.environment.canonical)
        return try await self.change(id, after: change.after, context) { ticket in
            if let title = change.title { ticket.title = title }
            if let body = change.body { ticket.body = body }
            if let canonical { ticket.project = canonical }
            if let agent = change.agent {
                ticket.agent = agent
                ticket.isAgentChosen = true
            }
            if let priority = change.priority { ticket.priority = priority }
        }
    }

    private func change(
        _ id: TicketID, after: [TicketID]?, _ context: CommandContext, _ rewrite: (inout Ticket) -> Void
    ) async throws -> Ticket {
        var unmet: Set<TicketID>?
        if let after { unmet = try await lookUp(after, path: "$.after") }
        try await awaitItsPlace(id)
        // Taken out while its new form is committed: it cannot be launched in the old one meanwhile.
        guard var ticket = policy.queuedTicket(id) else { throw try await notQueued(id, "changed") }
        if let after, let cycle = policy.cycle(id, after: after) {
            throw ReeveError.invalid(
                "$.after", "a cycle: \(cycle.map(\.text).joined(separator: " after "))", hint: "leave one of them out")
        }
        let oldUnmet = policy.unmet(id)
        let newUnmet = unmet ?? oldUnmet
        let old = ticket
        policy.remove(id)
        startChange(id)
        defer { endChange(id) }
        // Both edges, because either may hold afterwards; the graph drops those that are done meanwhile.
        policy.reserveDependencies(id, oldUnmet.union(newUnmet))
        rewrite(&ticket)
        if let after { ticket.after = after }
        do {
            try await journal.enqueue([.putTicket(ticket)] + context.changes(ticket) + [.event(.ticketUpdated(ticket))])
                .value()
        } catch {
            policy.enqueue(old, unmet: oldUnmet.intersection(policy.unmet(id)))
            throw error
        }
        policy.enqueue(ticket, unmet: newUnmet.intersection(policy.unmet(id)))
        schedule()
        return ticket
    }

    package func cancel(_ id: TicketID, _ context: CommandContext) async throws -> Ticket {
        try await awaitItsPlace(id)
        if let queued = policy.queuedTicket(id) {
            let unmet = policy.unmet(id)
            policy.remove(id)
            startChange(id)
            defer { endChange(id) }
            policy.reserveDependencies(id, unmet)
            var ticket = queued
            ticket.state = .cancelled
            ticket.finishedAt = time.wall()
            ticket.reason = "cancelled before it started"
            do {
                try await journal.enqueue([.putTicket(ticket)] + context.changes(ticket) + [.event(.ticketFinished(ticket))])
                    .value()
            } catch {
                policy.enqueue(queued, unmet: policy.unmet(id))
                throw error
            }
            policy.reserveDependencies(id, [])
            move(.queued, .cancelled)
            publish()
            return ticket
        }
        guard let agent = agents[id], policy.runningIDs.contains(id) else {
            if let ticket = try await cancelReview(id, context) { return ticket }
            throw try await notQueued(id, "cancelled")
        }
        guard case .ticket(let ticket) = try await agent.ask(.cancel, next: nil) else {
            throw ReeveError(.internal, "cancelling '\(id)' was answered with something else")
        }
        return ticket
    }

    package func retry(_ id: TicketID, _ context: CommandContext) async throws -> Ticket {
        try await wait { changing.contains(id) }
        try await awaitRelease(id)
        guard var ticket = try await journal.ticket(id) else { throw ReeveError.notFound("ticket", id.text) }
        guard ticket.state.isFinished, !policy.runningIDs.contains(id), policy.queuedTicket(id) == nil else {
            throw ReeveError.conflict("'\(id)' is \(ticket.state.rawValue); only a finished ticket is retried")
        }
        let unmet = try await lookUp(ticket.after, path: "$.ticket")
        guard policy.queuedTicket(id) == nil, !policy.runningIDs.contains(id) else {
            throw ReeveError.conflict("'\(id)' is already being retried")
        }
        // What was edited while this one was out of the queue may have closed a circle.
        if let cycle = policy.cycle(id, after: ticket.after) {
            throw ReeveError.conflict(
                "'\(id)' would wait for itself: \(cycle.map(\.text).joined(separator: " after "))",
                hint: "reeve edit one of them with another --after first")
        }
        startChange(id)
        defer { endChange(id) }
        policy.reserveDependencies(id, unmet)
        let old = ticket.state
        // Done is done from its first step on; what failed goes on where it did.
        if old == .done {
            ticket.progress = nil
            // The agent of the last step is not that of the first.
            if let type = try? workflows.type(ticket.type), type.steps.count > 1, let first = type.steps.first,
                let choice = try? settings.current.delegation.choice(first.name, of: type, for: ticket)
            {
                ticket.agent = choice.agent
            }
        }
        ticket.state = .queued
        ticket.finishedAt = nil
        ticket.startedAt = nil
        ticket.reason = nil
        ticket.attempts = 0
        ticket.putOffs = 0
        ticket.staysDown = false
        // The place is taken before the commit, but not yet the right to start.
        policy.occupy(id, project: nil, agent: "")
        var still = unmet
        do {
            still = try await whileCommitting(unmet) {
                try await journal.enqueue([.putTicket(ticket)] + context.changes(ticket) + [.event(.ticketUpdated(ticket))])
                    .value()
            }
        } catch {
            policy.release(id)
            policy.reserveDependencies(id, [])
            throw error
        }
        policy.release(id)
        policy.enqueue(ticket, unmet: still)
        staysDown.removeAll { $0 == id }
        move(old, .queued)
        publish()
        schedule()
        return ticket
    }

    /// While a change of a ticket is committed it is in nobody's list: whoever asks for it meanwhile waits for the end of that.
    func startChange(_ id: TicketID) { changing.insert(id) }

    /// Neither while it is changed nor between the decision to launch it and the commit of that is a ticket in the queue or with an agent.
    func awaitItsPlace(_ id: TicketID) async throws { try await wait { changing.contains(id) || launching.contains(id) } }

    func endChange(_ id: TicketID) {
        changing.remove(id)
        wakeWaiters()
    }

    /// Refuses an id for whose session there can be no name, before anything is promised.
    func checkSessionName(of id: TicketID) throws {
        let prefix = settings.current.sessionPrefix
        guard let name = SessionName(prefix + id.text) else {
            throw ReeveError.invalid(
                "$.id", "no session can be named '\(prefix)\(id)': \(SafeName.rule)", hint: "choose a shorter id")
        }
        let backend = surroundings.backends.primary
        if backend.reservedNames.contains(name) {
            throw ReeveError.invalid(
                "$.id", "the session '\(name)' is \(backend.name)'s own", hint: "choose another id")
        }
    }

    /// Why a queued ticket waits, for people.
    package func waitingReason(_ id: TicketID, tried: String? = nil) -> String? {
        policy.waitingReason(id, tried: tried, now: time.wall())
    }

    /// The prerequisites that are not done. Unknown ids are refused.
    func lookUp(_ after: [TicketID], path: String) async throws -> Set<TicketID> {
        while true {
            let generation = doneGeneration
            var unmet: Set<TicketID> = []
            for id in Set(after) where policy.queuedTicket(id) != nil || policy.runningIDs.contains(id) { unmet.insert(id) }
            for id in Set(after).subtracting(unmet) {
                guard let ticket = try await journal.ticket(id) else {
                    throw ReeveError.invalid(path, "no ticket '\(id)'", hint: "create the tickets it waits for first")
                }
                if ticket.state != .done { unmet.insert(id) }
            }
            if generation == doneGeneration { return unmet }
        }
    }

    /// Runs a commit, and returns those of `unmet` that were not done meanwhile.
    func whileCommitting(_ unmet: Set<TicketID>, _ commit: () async throws -> Void) async throws -> Set<TicketID> {
        guard !unmet.isEmpty else {
            try await commit()
            return []
        }
        let mark = doneMeanwhile.count
        dependencyCommits += 1
        defer {
            dependencyCommits -= 1
            if dependencyCommits == 0 { doneMeanwhile = [] }
        }
        try await commit()
        return unmet.subtracting(doneMeanwhile[mark...])
    }

    func notQueued(_ id: TicketID, _ verb: String) async throws -> ReeveError {
        guard let ticket = try await journal.ticket(id) else { return .notFound("ticket", id.text) }
        return .conflict("'\(id)' is \(ticket.state.rawValue) and cannot be \(verb)")
    }

    func makeID(_ type: String) throws -> TicketID {
        guard let id = TicketID("\(type.prefix(40))-\(ids.token(5).uppercased())") else {
            throw ReeveError.invalid("$.type", "no id can be made of it", hint: "letters and digits: FEAT, FIX, TASK")
        }
        return id
    }
}
