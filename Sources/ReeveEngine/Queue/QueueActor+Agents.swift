package import ReeveModel

/// What is asked of running agents where the limits of the queue have a say.
extension QueueActor {
    /// Leaves the ticket's agent and starts another; returns when the new one runs.
    package func switchAgent(
        _ id: TicketID, to name: String, prompt: String?, policy resort: LastResort?, force: Bool = false
    ) async throws -> SwitchResult {
        // A step that was to begin meanwhile was put off for this: refused, it would be nobody's.
        defer { jobLine.yield(.advance(id)) }
        return try await exchange(id, for: name, prompt: prompt, policy: resort, force: force)
    }

    /// The same for the next step's agent: who asks looks after that step.
    func exchange(
        _ id: TicketID, for name: String, prompt: String?, policy resort: LastResort?, force: Bool = false
    ) async throws -> SwitchResult {
        let kind = try settings.current.kind(name, path: "$.to")
        if !force, let dialog = board.agent(id)?.dialog {
            throw ReeveError(
                .blocked, "the agent of '\(id)' waits for an answer (\(dialog))", hint: "answer it, or switch with force")
        }
        guard switching.insert(id).inserted else {
            throw ReeveError.conflict("'\(id)' is already being switched", hint: "reeve wait \(id)")
        }
        defer { switching.remove(id) }
        try await awaitRelease(id)
        guard let agent = agents[id], policy.runningIDs.contains(id) else { return try await switchFinished(id, kind, prompt) }
        let ticket = await agent.ticket
        if ticket.agent == name {
            throw ReeveError.conflict("'\(id)' is already worked on by \(name)", hint: "reeve restart \(id) starts it anew")
        }
        if let refusal = policy.refusal(project: ticket.project, agent: name, except: id) { throw refusal }
        let next = try await preparer.prepare(
            ticket, kind: kind, session: agent.sessionID, conversation: nil, telling: prompt.map { .words($0) } ?? .step)
        let intent = AgentIntent.switch(to: name, prompt: prompt, policy: resort ?? settings.current.lastResort)
        do {
            // Looked at again: the agent may have ended, or another have taken the place, while this was prepared.
            guard agents[id] === agent, policy.runningIDs.contains(id) else {
                throw ReeveError.conflict("the agent of '\(id)' has just ended", hint: "try again")
            }
            try await refuseStale(ticket, agent)
            if let refusal = policy.refusal(project: ticket.project, agent: name, except: id) { throw refusal }
        } catch {
            await discard(next)
            throw error
        }
        policy.occupy(id, project: ticket.project, agent: ticket.agent, coming: name)
        let outcome: Result<AgentReply, any Error>
        do { outcome = .success(try await agent.ask(intent, next: next)) } catch {
            outcome = .failure(error)
            await discard(next, unlessItIsOf: agent)
        }
        // Whatever came of it, from here on one agent works there.
        let now = await agent.ticket
        if agents[id] === agent, now.state == .running, policy.runningIDs.contains(id) {
            policy.occupy(id, project: now.project, agent: now.agent)
            schedule()
        }
        guard case .switched(let result) = try outcome.get() else {
            throw ReeveError(.internal, "switching '\(id)' was answered with something else")
        }
        return result
    }

    /// A ticket is finished on the disk a moment before its slot is free: whoever saw the one may count on the other.
    func awaitRelease(_ id: TicketID) async throws {
        guard policy.runningIDs.contains(id), let ticket = try await journal.ticket(id), ticket.state.isFinished else { return }
        try await wait { policy.runningIDs.contains(id) && agents[id] != nil }
    }

    /// The agent has already exited: the new one needs a slot like any launch.
    func switchFinished(_ id: TicketID, _ kind: AgentKind, _ prompt: String?) async throws -> SwitchResult {
        guard var ticket = try await journal.ticket(id) else { throw ReeveError.notFound("ticket", id.text) }
        guard ticket.state.isFinished, let last = try await journal.lastWork(of: id) else {
            throw ReeveError.conflict(
                "'\(id)' is \(ticket.state.rawValue) and has no agent yet", hint: "reeve edit \(id) --agent \(kind.name)")
        }
        guard !policy.runningIDs.contains(id), policy.queuedTicket(id) == nil else {
            throw ReeveError.conflict("'\(id)' is being launched")
        }
        if let refusal = policy.refusal(project: ticket.project, agent: kind.name) { throw refusal }
        policy.occupy(id, project: ticket.project, agent: kind.name)
        var isAdmitted = false
        var waiting: PreparedLaunch?
        do {
            let session = try await openSession(id)
            let prepared = try await preparer.prepare(
                ticket, kind: kind, session: session.id, conversation: nil, telling: prompt.map { .words($0) } ?? .step)
            waiting = prepared
            let old = ticket.state
            ticket.agent = kind.name
            ticket.state = .running
            ticket.startedAt = time.wall()
            ticket.noteStart(time.wall())
            ticket.finishedAt = nil
            ticket.reason = nil
            let promise = try await admit(ticket, prepared, session, from: old, switchedFrom: last.launch.kind)
            isAdmitted = true
            guard case .switched(let result) = try await promise.valueUnlessStopped() else {
                throw ReeveError(.internal, "switching '\(id)' was answered with something else")
            }
            return result
        } catch {
            // Once the launch is admitted, the end of its work frees the slot.
            if !isAdmitted {
                agents[id]?.tell(.released)
                policy.release(id)
                publish()
                if let waiting { await discard(waiting) }
            }
            throw error
        }
    }

    package func restart(_ id: TicketID) async throws -> Agent {
        let agent = try await working(id)
        if let refusal = policy.refusal(project: nil, agent: "", except: id) { throw refusal }
        let ticket = await agent.ticket
        let last = try await journal.lastWork(of: id)
        let next = try await preparer.prepare(
            ticket, kind: try settings.current.kind(ticket.agent), session: agent.sessionID,
            conversation: last?.launch.conversation, telling: .stepUnlessResumed)
        do { try await refuseStale(ticket, agent) } catch {
            await discard(next)
            throw error
        }
        let reply: AgentReply
        do { reply = try await agent.ask(.restart, next: next) } catch {
            await discard(next, unlessItIsOf: agent)
            throw error
        }
        guard case .agent(let result) = reply else {
            throw ReeveError(.internal, "restarting '\(id)' was answered with something else")
        }
        return result
    }

    /// Of a launch that does not come: nobody else knows of its prompt.
    private func discard(_ launch: PreparedLaunch) async { await surroundings.environment.discardPrompt(for: launch.launch.id) }

    private func discard(_ launch: PreparedLaunch, unlessItIsOf agent: AgentActor) async {
        // Stopped, nobody knows what becomes of it; the next daemon may start it.
        if isStopping || Task.isCancelled { return }
        if await agent.launch.id != launch.launch.id { await discard(launch) }
    }

    /// A launch takes its time to be prepared: asked for its version, a program may be silent for seconds.
    private func refuseStale(_ ticket: Ticket, _ agent: AgentActor) async throws {
        guard await agent.ticket.progress == ticket.progress else {
            throw ReeveError.conflict(
                "'\(ticket.id)' has come to another step meanwhile", hint: "say it again if it is still meant")
        }
    }

    package func stop(_ id: TicketID) async throws -> Agent {
        guard case .agent(let result) = try await working(id).ask(.stop, next: nil) else {
            throw ReeveError(.internal, "stopping '\(id)' was answered with something else")
        }
        return result
    }

    func working(_ id: TicketID) async throws -> AgentActor {
        if let agent = agents[id], policy.runningIDs.contains(id) { return agent }
        guard let ticket = try await journal.ticket(id) else { throw ReeveError.notFound("ticket", id.text) }
        throw ReeveError.conflict(
            "'\(id)' is \(ticket.state.rawValue), its agent is not running",
            hint: ticket.state.isFinished ? "reeve retry \(id) puts it back into the queue" : nil)
    }
}
