/// The steps of the ticket's type: reports, reviews, and the way of the next prompt to its agent.
extension AgentMachine {
    /// A prompt on its way into the terminal.
    struct Delivery: Sendable {
        var visit: Int
        var text: String
        /// The terminal has been asked to take it and has not answered.
        var isUnderWay = false
        /// It has been asked so once: whatever it answered, the prompt may be there.
        var wasTyped = false
        /// Since then the agent has been seen to begin work from rest: that is this prompt's.
        var isWorkedOn = false
        /// And to have ended that turn.
        var isTurnOver = false

        mutating func beginTyping() {
            isUnderWay = true
            wasTyped = true
            // Whatever it has worked on since a first try, a person may have asked for.
            isWorkedOn = false
            isTurnOver = false
        }

        mutating func note(_ seen: Observation, after before: Observation?) {
            guard wasTyped else { return }
            if seen.isAtWork, let before, !before.isAtWork { isWorkedOn = true }
            if isWorkedOn, seen.endedTurn { isTurnOver = true }
        }
    }

    // MARK: What the agent says

    mutating func report(_ report: StepReport, _ reply: ReplyToken?, at now: Moment) -> [Effect] {
        switch phase {
        case .opening, .starting:
            // It speaks, so it runs; the keeper's word is on its way.
            earlyReports.append((report, reply))
            return []
        case .leaving: return answer(reply, .failure(.conflict("the agent of '\(ticket.id)' is leaving")))
        case .settled:
            return answer(reply, .failure(.conflict("'\(ticket.id)' is \(ticket.state.rawValue): no agent works on it")))
        case .running: break
        }
        if isBeforeItsPrompt(report) {
            // Of a step whose prompt is in the terminal and not seen there yet: quick agents are done before that.
            earlyReports.append((report, reply))
            return []
        }
        if isFinishing { return answer(reply, .success(.agent(agent))) }
        let decision = steps.handle(.reported(report), now: now.wall)
        if decision == .nothing, report.status == .blocked {
            attention = (.waiting, report.summary.isEmpty ? "question" : "question: \(InertText.clean(report.summary))")
            return [record([], then: answer(reply, .success(.agent(agent))), at: now)]
        }
        return carryOut(decision, report, reply, at: now)
    }

    /// Whether a report may be of the step whose prompt has been typed, as far as is known.
    private func isBeforeItsPrompt(_ report: StepReport) -> Bool {
        guard steps.progress.advance != nil else { return false }
        // Of an adopted agent nobody remembers: what was typed before is asked of its terminal first.
        if inheritsDelivery { return true }
        // A step that has just ended by its files or its turn may still be reported; that is no news of the next one. After a review
        // nothing more is to come of it.
        guard delivery?.wasTyped == true, heard != nil || wasReviewed else { return false }
        return report != heard
    }

    mutating func observed(_ seen: Observation, at now: Moment) -> [Effect] {
        guard case .running = phase else {
            hold(seen)
            return []
        }
        delivery?.note(seen, after: observation)
        let hadDialog = observation?.isDialog == true
        observation = seen
        // What it said itself holds until it works again: it ends its turn to wait for the answer.
        if seen.state == .running || seen.state == .tool { attention = nil }
        var learned: [JournalChange] = []
        if launch.conversation.isEmpty, let talk = seen.conversation {
            launch.conversation = talk
            learned = [.putLaunch(launch)]
        }
        var effects = [record(learned, at: now)]
        if !seen.isDialog, delivery?.isUnderWay == false { effects += deliver(at: now) }
        // The step of another agent, who was not to take this one's place while it asked something.
        if hadDialog, !seen.isDialog { effects += nextStep() }
        return seen.endedTurn ? effects + turnEnded(at: now) : effects
    }

    private mutating func turnEnded(at now: Moment) -> [Effect] {
        guard attention == nil else { return [] }
        if isFinishing { return beginFarewell(at: now) }
        return carryOut(steps.handle(.idle, now: now.wall), nil, nil, at: now)
    }

    /// It speaks, so it runs: the keeper's word, or the end of the attempt to make it leave, is on its way.
    private mutating func hold(_ seen: Observation) {
        guard isInWork else { return }
        let before = heldObservation
        heldObservation = seen
        if before?.endedTurn == true { heldObservation?.endedTurn = true }
        if seen.conversation == nil { heldObservation?.conversation = before?.conversation }
    }

    mutating func takeHeldObservation(at now: Moment) -> [Effect] {
        guard let seen = heldObservation else { return [] }
        heldObservation = nil
        return observed(seen, at: now)
    }

    mutating func artifacts(_ visit: Int, at now: Moment) -> [Effect] {
        guard case .running = phase, ticket.intent == nil, steps.progress.visit == visit, steps.progress.advance == nil else {
            return []
        }
        return carryOut(steps.handle(.artifacts, now: now.wall), nil, nil, at: now)
    }

    /// Carries out what the steps have decided while the agent runs.
    mutating func carryOut(
        _ decision: StepMachine.Decision, _ report: StepReport?, _ reply: ReplyToken?, at now: Moment
    ) -> [Effect] {
        switch decision {
        case .nothing: return answer(reply, .success(.agent(agent)))
        case .refuse(let error): return answer(reply, .failure(error))
        case .advance:
            heard = report
            let done = stepOver(.done, report, at: now)
            ticket.progress = steps.progress
            return [
                record(
                    [.putTicket(ticket)] + done + [.event(.ticketUpdated(ticket))],
                    then: answer(reply, .success(.agent(agent))) + [.advance(ticket)], at: now)
            ]
        case .review(let kind):
            heard = report
            let from = ticket.state
            let over = stepOver(.review, report, at: now)
            ticket.progress = steps.progress
            ticket.state = .review
            ticket.reason = kind.reason
            return [
                record(
                    [.putTicket(ticket)] + over + [.event(.ticketUpdated(ticket)), openingReview],
                    then: answer(reply, .success(.agent(agent))) + [.moved(from: from, to: .review)], at: now)
            ]
        case .finish: return finishSteps(.done, "step '\(steps.progress.step)' was reported done", report, reply, at: now)
        case .fail(let reason): return finishSteps(.failed, reason, report, reply, at: now)
        }
    }

    /// Nothing is left to do, and the agent still runs: it may finish its sentence, then it is made to leave.
    private mutating func finishSteps(
        _ state: TicketState, _ reason: String, _ report: StepReport?, _ reply: ReplyToken?, at now: Moment
    ) -> [Effect] {
        let over = stepOver(state == .done ? .done : .failed, report, at: now)
        ticket.intent = .finish(state, reason: reason)
        return [
            record(
                [.putTicket(ticket)] + over,
                then: answer(reply, .success(.agent(agent))) + [.timer(.farewell(launch.id), settings.farewell)], at: now)
        ]
    }

    /// The wish is on the disk already; the ladder needs no further commit.
    mutating func beginFarewell(at now: Moment) -> [Effect] {
        guard case .running = phase, case .finish? = ticket.intent, let intent = ticket.intent else { return [] }
        request = Request(intent: intent, next: nil, reply: nil)
        phase = .leaving(SwitchLadder(kind: kind, rungTimeout: settings.rungTimeout, policy: .signal), begun: false)
        return [record([], at: now)] + beginLadder(at: now)
    }

    /// What is written down of a step that is over.
    func stepOver(_ outcome: StepRun.Outcome, _ report: StepReport?, at now: Moment) -> [JournalChange] {
        let progress = steps.progress
        let change = StepRunChange(
            ticket: ticket.id, visit: progress.visit, outcome: outcome, summary: report?.summary, files: report?.files,
            endedAt: now.wall)
        guard steps.type.steps.count > 1 else { return [.updateStepRun(change)] }
        let news = StepNews(
            ticket: ticket.id, step: progress.step, visit: progress.visit, agent: launch.kind, outcome: outcome,
            summary: report?.summary)
        return [.updateStepRun(change), .event(.agentStep(news))]
    }

    var openingReview: JournalChange {
        .event(
            .agentReview(
                ReviewNews(
                    ticket: ticket.id, step: steps.progress.step, visit: steps.progress.visit,
                    review: steps.progress.review?.kind ?? .none)))
    }

    /// Where the ticket stands once `prepared` has been made, and what is written down of that.
    mutating func enter(_ prepared: PreparedLaunch, at now: Moment) -> [JournalChange] {
        guard let progress = prepared.progress else { return [] }
        ticket.progress = progress
        return Self.entering(ticket, prepared, at: now.wall)
    }

    // MARK: What a reviewer says

    mutating func review(_ verdict: ReviewVerdict, _ reply: ReplyToken?, at now: Moment) -> [Effect] {
        guard ticket.state == .review else {
            return answer(reply, .failure(.conflict("nothing to review: '\(ticket.id)' is \(ticket.state.rawValue)")))
        }
        // It has ended a moment ago: put to work again here, the ticket would be in work with nobody who works on it.
        guard isInWork else { return answer(reply, .success(.over)) }
        let outcome = ReviewOutcome.decide(ticket: ticket, steps: steps, verdict: verdict, now: now.wall)
        switch outcome {
        case .failure(let error): return answer(reply, .failure(error))
        case .success(let outcome):
            steps = outcome.steps
            ticket = outcome.ticket
            wasReviewed = true
            note = nil
            attention = nil
            var then = [Effect.moved(from: .review, to: .running)] + answer(reply, .success(.ticket(ticket)))
            if ticket.intent == nil { then.append(.advance(ticket)) } else { then.append(.timer(.farewell(launch.id), .zero)) }
            return [record([.putTicket(ticket)] + outcome.changes, then: then, at: now)]
        }
    }

    /// Decided by the queue; the terminal may close once nothing is to be reviewed in it.
    mutating func reviewed(_ ticket: Ticket) -> [Effect] {
        guard !isInWork else { return [] }
        self.ticket = ticket
        return lingerOn()
    }

    // MARK: The next prompt

    /// Of an agent that was to leave and stays: a prompt that came meanwhile was dropped.
    /// - Parameter switched: after a switch whoever has asked for that looks after it. A daemon that takes it up has nobody who asked.
    func nextStep(unless switched: Request? = nil) -> [Effect] {
        if case .switch = switched?.intent, switched?.reply != nil { return [] }
        guard case .running = phase, ticket.progress?.advance != nil, ticket.intent == nil, delivery == nil else { return [] }
        return [.advance(ticket)]
    }

    mutating func stepRefused(_ visit: Int, _ error: ReeveError, at now: Moment) -> [Effect] {
        guard case .running = phase, ticket.progress?.advance?.visit == visit, delivery == nil else { return [] }
        attention = (.error, "the step '\(ticket.step ?? "")' cannot begin: \(error.message)")
        return [record([], at: now)]
    }

    mutating func prompt(_ visit: Int, _ text: String, at now: Moment) -> [Effect] {
        guard case .running = phase, ticket.progress?.advance?.visit == visit, delivery == nil else { return [] }
        delivery = Delivery(visit: visit, text: text)
        return deliver(at: now)
    }

    mutating func deliver(at now: Moment) -> [Effect] {
        guard case .running = phase, let waiting = delivery, !waiting.isUnderWay, !isUnconfirmed, isBackendUp else {
            return retryDelivery()
        }
        if let obstacle {
            note = "the prompt of '\(ticket.step ?? "")' waits: \(obstacle)"
            return [record([], at: now)] + retryDelivery()
        }
        delivery?.beginTyping()
        return [.deliver(visit: waiting.visit, text: waiting.text, claim: Self.claim(launch.id, waiting.visit))]
    }

    /// A prompt's name in its terminal: one for each entry into a step, the same after a restart. Not the ticket's: done and tried again it
    /// counts its visits anew, perhaps in the same terminal.
    package static func claim(_ launch: LaunchID, _ visit: Int) -> String { "\(launch).\(visit)" }

    /// Why nothing may be typed now.
    private var obstacle: String? {
        if isStopped { return "the agent is stopped (Ctrl+Z)" }
        if let observation, observation.isDialog {
            return "the agent shows a dialog (\(observation.reason ?? "it waits"))"
        }
        return nil
    }

    private func retryDelivery() -> [Effect] {
        guard let delivery, case .running = phase else { return [] }
        return [.timer(.deliver(visit: delivery.visit), .seconds(2))]
    }

    mutating func promptDelivered(_ visit: Int, _ error: ReeveError?, at now: Moment) -> [Effect] {
        guard delivery?.visit == visit else { return [] }
        delivery?.isUnderWay = false
        if let error, case .running = phase {
            if let exit = earlyEnd {
                earlyEnd = nil
                delivery = nil
                return ended(exit, at: now)
            }
            note = "the prompt of '\(ticket.step ?? "")' waits: \(error.message)"
            return [record([], at: now)] + retryDelivery()
        }
        let answered = delivery
        delivery = nil
        guard error == nil else { return [] }
        note = nil
        attention = nil
        // What it did before is no news of this step; what it began upon the prompt is, and nobody would tell it again.
        if answered?.isWorkedOn != true, observation?.isDialog != true { observation = nil }
        inheritsDelivery = false
        wasReviewed = false
        steps.delivered(visit)
        ticket.progress = steps.progress
        ticket.reason = nil
        let entered = record(
            Self.entering(ticket, steps.type, agent: launch.kind, at: now.wall) + [.putTicket(ticket)], at: now)
        var said = hearEarlyReports(at: now)
        if answered?.isTurnOver == true { said += turnEnded(at: now) }
        guard let exit = earlyEnd else { return [entered] + said }
        earlyEnd = nil
        return [entered] + said + ended(exit, at: now)
    }

    /// In their order, now that it is known what they speak of.
    mutating func hearEarlyReports(at now: Moment) -> [Effect] {
        let reports = earlyReports
        earlyReports = []
        return reports.flatMap { report($0.report, $0.reply, at: now) }
    }

    /// Nobody works on what they speak of any more.
    mutating func refuseEarlyReports() -> [Effect] {
        let reports = earlyReports
        earlyReports = []
        return reports.flatMap { answer($0.reply, .failure(.conflict("the agent of '\(ticket.id)' is leaving"))) }
    }

    /// What is written down when a step's prompt goes to its agent with a launch.
    package static func entering(_ ticket: Ticket, _ prepared: PreparedLaunch, at now: Timestamp) -> [JournalChange] {
        entering(ticket, prepared.type ?? .single(ticket.type), agent: prepared.kind.name, at: now)
    }

    /// What is written down when the prompt of the step that `ticket` is in has reached its agent.
    private static func entering(_ ticket: Ticket, _ type: TicketType, agent: String, at now: Timestamp) -> [JournalChange] {
        guard let progress = ticket.progress else { return [] }
        let run = StepRun(ticket: ticket.id, visit: progress.visit, step: progress.step, agent: agent, startedAt: now)
        guard type.steps.count > 1 else { return [.putStepRun(run)] }
        let news = StepNews(ticket: ticket.id, step: run.step, visit: run.visit, agent: agent, outcome: .running)
        return [.putStepRun(run), .event(.agentStep(news))]
    }
}
