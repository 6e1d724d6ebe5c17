import Logging
package import ReeveModel

/// From one step of a ticket to the next, and what reviewers say.
extension QueueActor {
    /// How long a step waits that could not begin for want of the disk or the multiplexer.
    private static let refusedStepPause: Duration = .seconds(5)

    /// Words the next step's prompt for the agent that runs, or has another agent take its place.
    ///
    /// Called whenever the step may begin: decided on, taken up after a restart, a slot has become free. What cannot begin for want of a
    /// slot waits in `advancing`.
    func advance(_ id: TicketID) async {
        advancing.remove(id)
        guard let agent = agents[id], policy.runningIDs.contains(id), !switching.contains(id) else { return }
        let ticket = await agent.ticket
        guard ticket.state == .running, let next = ticket.progress?.advance else { return }
        var name = ticket.agent
        do {
            let type = try workflows.type(ticket.type)
            name = try settings.current.delegation.choice(next.step, of: type, for: ticket).agent
            if name == ticket.agent, let entered = ticket.progress?.entered {
                agent.tell(.prompt(visit: next.visit, try await preparer.prompt(ticket, type, entered, isNewcomer: false)))
            } else {
                _ = try await exchange(id, for: name, prompt: nil, policy: nil)
            }
        } catch {
            let error = error as? ReeveError ?? ReeveError(.internal, "\(error)")
            // Its slot is another's for now.
            let waitsForQueue = policy.refusal(project: ticket.project, agent: name, except: id) != nil
            if waitsForQueue { advancing.insert(id) }
            logger.notice(
                "the next step waits", metadata: ["ticket": "\(id)", "step": "\(next.step)", "error": "\(error.message)"])
            agent.tell(.stepRefused(visit: next.visit, error))
            // The disk, or the multiplexer: no slot that becomes free would ask again.
            guard !waitsForQueue, error.kind == .unavailable || error.kind == .timeout else { return }
            do { try await time.sleep(for: Self.refusedStepPause) } catch { return }
            jobLine.yield(.advance(id))
        }
    }

    /// Slots have become free, or the settings are others.
    func retryAdvances() {
        for id in advancing { jobLine.yield(.advance(id)) }
        advancing = []
    }

    func moved(from: TicketState, to: TicketState) {
        move(from, to)
        publish()
    }

    /// What an agent's own signals say of it.
    package func observe(_ id: TicketID, _ launch: LaunchID, _ seen: Observation) { agents[id]?.tell(.observed(launch, seen)) }

    /// The tickets in work whose step ends with files, with the globs and where they count from.
    package func awaitedArtifacts() async -> [(ticket: TicketID, visit: Int, directory: String, globs: [String])] {
        var awaited: [(ticket: TicketID, visit: Int, directory: String, globs: [String])] = []
        for (id, agent) in agents where policy.runningIDs.contains(id) {
            let ticket = await agent.ticket
            guard ticket.state == .running, let progress = ticket.progress, let globs = try? workflows.artifacts(ticket),
                !globs.isEmpty
            else { continue }
            awaited.append((id, progress.visit, preparer.directory(of: ticket), globs))
        }
        return awaited
    }

    /// Where the agents of a ticket work.
    package nonisolated func directory(of ticket: Ticket) -> String { preparer.directory(of: ticket) }

    package func artifactsAreThere(_ id: TicketID, visit: Int) { agents[id]?.tell(.artifacts(visit: visit)) }

    /// An agent, or somebody for it, says how its step stands.
    package func report(_ id: TicketID, launch: LaunchID?, _ report: StepReport) async throws -> Agent {
        let agent = try await working(id)
        let current = await agent.launch
        if let launch, launch != current.id {
            throw ReeveError.conflict("that agent no longer works on '\(id)'; \(current.kind) does")
        }
        guard case .agent(let result) = try await agent.report(report) else {
            throw ReeveError(.internal, "reporting on '\(id)' was answered with something else")
        }
        return result
    }

    /// The step that a ticket is in, or begins with, and its prompt as it would be worded now.
    package func currentStep(of id: TicketID) async throws -> (
        step: WorkflowStep, progress: StepProgress, prompt: String, next: String?
    ) {
        guard let ticket = try await journal.ticket(id) else { throw ReeveError.notFound("ticket", id.text) }
        let type = try workflows.type(ticket.type)
        let progress = StepMachine(type: type, progress: ticket.progress).progress.entered
        guard let step = type.step(progress.step) else {
            throw ReeveError.conflict("the type \(ticket.type) has no step '\(progress.step)' any more", hint: "reeve show \(id)")
        }
        let prompt = try await preparer.prompt(ticket, type, progress, isNewcomer: true)
        return (step, progress, prompt, type.following(step)?.name)
    }

    /// Approves or rejects what is to be reviewed; returns once that is on the disk.
    package func review(_ id: TicketID, _ verdict: ReviewVerdict, _ context: CommandContext) async throws -> Ticket {
        while true {
            // One of those who wait goes on from here, the others look again.
            try await awaitItsPlace(id)
            guard let agent = agents[id], policy.runningIDs.contains(id) else { break }
            switch try await agent.review(verdict) {
            case .ticket(let ticket): return ticket
            case .over:
                // Over on the disk a moment before its slot is free. The next step may have the same actor, so it is asked again each time
                // that something has happened.
                var hasWaited = false
                try await wait {
                    defer { hasWaited = true }
                    return !hasWaited && policy.runningIDs.contains(id) && agents[id] === agent
                }
            case .agent, .switched: throw ReeveError(.internal, "the review of '\(id)' was answered with something else")
            }
        }
        startChange(id)
        defer { endChange(id) }
        guard let ticket = try await journal.ticket(id) else { throw ReeveError.notFound("ticket", id.text) }
        let steps = StepMachine(type: try workflows.type(ticket.type), progress: ticket.progress)
        let outcome = try ReviewOutcome.decide(ticket: ticket, steps: steps, verdict: verdict, now: time.wall()).get()
        var decided = outcome.ticket
        var changes = outcome.changes
        if case .finish(let state, let reason) = decided.intent {
            decided.intent = nil
            decided.state = state
            decided.reason = reason
            decided.finishedAt = time.wall()
            changes.append(.event(.ticketFinished(decided)))
        } else {
            decided.state = .queued
            if let step = decided.step {
                decided.agent = try settings.current.delegation.choice(step, of: steps.type, for: decided).agent
            }
            changes.append(.event(.ticketUpdated(decided)))
        }
        try await journal.enqueue([.putTicket(decided)] + changes + context.changes(decided)).value()
        agents[id]?.tell(.reviewed(decided))
        move(.review, decided.state)
        if decided.state == .queued { policy.enqueue(decided, unmet: []) } else { satisfied(decided) }
        publish()
        schedule()
        return decided
    }

    /// A ticket in review for which no agent runs any more.
    func cancelReview(_ id: TicketID, _ context: CommandContext) async throws -> Ticket? {
        startChange(id)
        defer { endChange(id) }
        guard var ticket = try await journal.ticket(id), ticket.state == .review else { return nil }
        ticket.state = .cancelled
        ticket.reason = "cancelled in review"
        ticket.progress?.review = nil
        ticket.finishedAt = time.wall()
        try await journal.enqueue([.putTicket(ticket)] + context.changes(ticket) + [.event(.ticketFinished(ticket))]).value()
        agents[id]?.tell(.reviewed(ticket))
        move(.review, .cancelled)
        publish()
        return ticket
    }
}
