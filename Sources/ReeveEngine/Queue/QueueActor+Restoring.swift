import Logging
import ReeveModel

/// After a start: everything in work gets its actor back.
extension QueueActor {
    /// Takes up what the journal holds. Everything in work gets its actor back, with the limits it already occupies.
    func restore(_ snapshot: JournalSnapshot) async {
        counts = snapshot.counts
        lastSequence = snapshot.lastSequence
        restorePause(snapshot.isPaused)
        restoreBrakes(snapshot)
        for ticket in snapshot.queued { policy.enqueue(ticket, unmet: Set(ticket.after).subtracting(snapshot.done)) }
        for ticket in snapshot.strays { await settleStray(ticket) }
        for work in snapshot.work {
            let current = settings.current
            let kind = current.kinds[work.launch.kind] ?? AgentKind(name: work.launch.kind, start: work.launch.arguments)
            let machine = AgentMachine(
                ticket: work.ticket, session: work.session,
                launch: PreparedLaunch(launch: work.launch, kind: kind, type: type(of: work.ticket)),
                settings: current.machine, now: time.wall())
            let agent = AgentActor(machine: machine, surroundings: surroundings)
            agents[work.ticket.id] = agent
            // In review, an agent that has ended holds no slot.
            if work.isInWork {
                let next = await nextForIntent(work)
                policy.occupy(
                    work.ticket.id, project: work.ticket.project, agent: work.ticket.agent, coming: next?.kind.name,
                    isPaired: policy.isPaired(work.ticket))
                agent.tell(.adopt(next: next))
            } else {
                agent.tell(.adoptFinished)
            }
            jobLine.yield(.run(agent))
        }
        isRestored = true
        publish()
        // The multiplexer may have come up meanwhile.
        schedule()
    }

    /// A type whose file has become wrong has no steps: what the ticket's agent does is seen, and what it reports is refused, until it is mended.
    private func type(of ticket: Ticket) -> TicketType {
        do throws(ReeveError) {
            let type = try workflows.type(ticket.type)
            // A delegator that is gone is told when a step wants it.
            return (try? settings.current.delegation.resolved(type, for: ticket)) ?? type
        } catch {
            logger.error("a ticket's type cannot be used", metadata: ["ticket": "\(ticket.id)", "error": "\(error.message)"])
            return TicketType(name: ticket.type, steps: [])
        }
    }

    /// In work by its row, and no terminal to look for it in: it can only be said to be lost.
    func settleStray(_ ticket: Ticket) async {
        var lost = ticket
        lost.state = .lost
        lost.reason = "its terminal was closed"
        lost.intent = nil
        lost.finishedAt = time.wall()
        do {
            try await journal.enqueue([.putTicket(lost), .event(.ticketFinished(lost))]).value()
            move(.running, .lost)
        } catch {
            logger.error("a stray ticket was not settled", metadata: ["ticket": "\(ticket.id)", "error": "\(error)"])
        }
    }

    /// A switch or restart was under way when the daemon ended: what it was leading to is prepared anew.
    func nextForIntent(_ work: JournalSnapshot.Work) async -> PreparedLaunch? {
        do {
            switch work.ticket.intent {
            case .switch(let to, let prompt, _):
                return try await preparer.prepare(
                    work.ticket, kind: try settings.current.kind(to), session: work.session.id, conversation: nil,
                    telling: prompt.map { .words($0) } ?? .step)
            case .restart:
                return try await preparer.prepare(
                    work.ticket, kind: try settings.current.kind(work.launch.kind), session: work.session.id,
                    conversation: work.launch.conversation, telling: .stepUnlessResumed)
            case .stop, .cancel, .finish, nil: return nil
            }
        } catch {
            logger.warning("an interrupted switch cannot go on", metadata: ["ticket": "\(work.ticket.id)", "error": "\(error)"])
            return nil
        }
    }
}
