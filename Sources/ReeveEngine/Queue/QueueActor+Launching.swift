import Logging
import ReeveModel

/// From the decision to launch to the actor that does it.
extension QueueActor {
    func schedule() {
        guard isRestored, !isStopping else { return }
        retryAdvances()
        while let ticket = policy.nextLaunch(now: time.wall()) {
            reserve(ticket)
            jobLine.yield(.launch(ticket))
        }
        if let moment = policy.nextWakeUp(now: time.wall()), armedWakeUp.map({ moment < $0 }) ?? true {
            armedWakeUp = moment
            jobLine.yield(.wakeUp(at: moment))
        }
    }

    func wokenUp() {
        armedWakeUp = nil
        schedule()
        publish()
    }

    func reserve(_ ticket: Ticket) {
        policy.remove(ticket.id)
        policy.occupy(ticket.id, project: ticket.project, agent: ticket.agent, isPaired: policy.isPaired(ticket))
        policy.breaker.launched(ticket.id, kind: ticket.agent)
        launching.insert(ticket.id)
        publish()
    }

    /// A launch that the queue decided by itself.
    func performLaunch(_ ticket: Ticket) async {
        do { _ = try await commitLaunch(ticket) } catch {
            logger.warning("not launched", metadata: ["ticket": "\(ticket.id)", "error": "\(error)"])
        }
    }

    /// Writes the launch down as intended. On failure the reservation is gone and the ticket is where it belongs.
    func commitLaunch(_ ticket: Ticket) async throws -> (Ticket, Promise<AgentReply>) {
        defer {
            launching.remove(ticket.id)
            wakeWaiters()
        }
        let session: SessionRecord
        let prepared: PreparedLaunch
        do {
            let kind = try settings.current.kind(ticket.agent)
            session = try await openSession(ticket.id)
            prepared = try await preparer.prepareFromQueue(
                ticket, kind: kind, session: session.id, conversation: try await conversation(ticket, kind),
                telling: ticket.progress?.advance == nil ? .stepUnlessResumed : .step)
        } catch let error as LaunchPreparer.DiskFull {
            putBack(ticket)
            throw error.cause
        } catch  where isStopping || Task.isCancelled {
            // What was stopped with us has not failed, and is begun anew.
            putBack(ticket)
            throw error
        } catch {
            agents[ticket.id]?.tell(.released)
            await fail(ticket, error as? ReeveError ?? ReeveError(.internal, "\(error)"))
            throw error
        }
        var running = ticket
        running.state = .running
        running.startedAt = time.wall()
        // The next step of a ticket that goes on is no further attempt at it.
        if ticket.progress?.advance == nil {
            running.attempts += 1
            running.noteStart(time.wall())
        }
        running.reason = nil
        running.notBefore = nil
        do {
            return (running, try await admit(running, prepared, session, from: .queued, switchedFrom: nil))
        } catch {
            // Another launch of it will have a prompt of its own.
            await surroundings.environment.discardPrompt(for: prepared.launch.id)
            putBack(ticket)
            throw error
        }
    }

    /// The pause, the disk or the database, or our own end: nothing is wrong with the ticket, so it waits for them.
    private func putBack(_ ticket: Ticket) {
        agents[ticket.id]?.tell(.released)
        var delayed = ticket
        if !policy.isPaused { delayed.notBefore = time.wall().advanced(by: .seconds(5)) }
        policy.breaker.unjudged(ticket.id)
        policy.release(ticket.id)
        policy.enqueue(delayed, unmet: [])
        publish()
        schedule()
    }

    /// Commits a ticket in work with its launch, and hands it to its actor: whoever asks something of it from now on comes after that.
    func admit(
        _ wanted: Ticket, _ prepared: PreparedLaunch, _ session: SessionRecord, from old: TicketState, switchedFrom: String?
    ) async throws -> Promise<AgentReply> {
        var ticket = wanted
        ticket.progress = prepared.progress ?? wanted.progress
        if let place = prepared.place { ticket.extras.place = place }
        let machine = AgentMachine(
            ticket: ticket, session: session, launch: prepared, settings: settings.current.machine, now: time.wall())
        var shown = machine.agent
        shown.state = .launching
        shown.reason = nil
        // Looked at again, with nothing between this and the commit's place in line: the queue may have been paused while the launch was
        // prepared, and after a pause that is on the disk none must follow.
        if policy.isPaused { throw QueuePolicy.pausedRefusal }
        // The same for a brake that has come meanwhile.
        if old == .queued, let refusal = policy.breaker.refusal(launching: ticket.id, kind: ticket.agent) { throw refusal }
        try await journal.enqueue(
            [
                .putTicket(ticket), .putSession(session), .putLaunch(prepared.launch), .event(.ticketUpdated(ticket)),
                .event(.agentState(shown)),
            ] + AgentMachine.entering(ticket, prepared, at: time.wall())
        ).value()
        move(old, .running)
        staysDown.removeAll { $0 == ticket.id }
        board.show(shown, for: ticket.id)
        let agent: AgentActor
        if let known = agents[ticket.id], known.sessionID == session.id {
            agent = known
        } else {
            agent = AgentActor(machine: machine, surroundings: surroundings)
            agents[ticket.id] = agent
            jobLine.yield(.run(agent))
        }
        publish()
        return agent.begin(ticket, prepared, from: switchedFrom)
    }

    /// The conversation that goes on: of an agent that was lost with its terminal, or that left between two steps of its ticket.
    func conversation(_ ticket: Ticket, _ kind: AgentKind) async throws -> String? {
        guard let last = try await journal.lastWork(of: ticket.id), last.launch.kind == kind.name else { return nil }
        return last.launch.state == .lost || ticket.progress?.advance != nil ? last.launch.conversation : nil
    }

    /// The session of an earlier run if its terminal is still open, else a new one.
    func openSession(_ id: TicketID) async throws -> SessionRecord {
        while let agent = agents[id] {
            if let session = await agent.holdSession() { return session }
            // It is gone; a new one of the same name has to wait until that is written down.
            try await wait { agents[id] === agent }
        }
        guard let name = SessionName(settings.current.sessionPrefix + id.text), let sessionID = SessionID(ids.token(12)) else {
            throw ReeveError.conflict(
                "no session name can be made of '\(settings.current.sessionPrefix)\(id)'", hint: "64 characters is the limit")
        }
        return SessionRecord(
            id: sessionID, name: name, backend: surroundings.backends.primary.name, ticket: id, openedAt: time.wall())
    }

    /// A launch that cannot be made for a reason of its own ends the ticket.
    func fail(_ ticket: Ticket, _ error: ReeveError) async {
        var failed = ticket
        failed.state = .failed
        failed.reason = error.message
        failed.finishedAt = time.wall()
        while true {
            do {
                try await journal.enqueue([.putTicket(failed), .event(.ticketFinished(failed))]).value()
                break
            } catch {
                // Not on the disk: it is still queued there, and the next daemon sees for itself.
                if isStopping { return }
                try? await time.sleep(for: .seconds(1))
            }
        }
        judge(ticket.id, kind: ticket.agent, .failed(error.message))
        policy.release(ticket.id)
        move(.queued, .failed)
        publish()
        schedule()
    }
}
