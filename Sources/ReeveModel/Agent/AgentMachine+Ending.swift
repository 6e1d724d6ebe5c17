/// The end of a launch, and what becomes of its ticket and its terminal.
extension AgentMachine {
    mutating func settle(
        _ state: TicketState, launch launchState: Launch.State, reason: String, failure: ReeveError?,
        cause: LossCause = .terminalGone, at now: Moment
    ) -> [Effect] {
        // Who asked for the end gets it, however the end came: nothing that was cancelled is launched again.
        let wishes = [request?.intent, deferred?.intent].compactMap(\.self)
        let wantsClose = wishes.contains(.cancel)
        let state: TicketState = wantsClose || wishes.contains(.stop) ? .cancelled : state
        let reason = state == .cancelled ? (wantsClose ? "cancelled" : "stopped on request") : reason
        let isFinishing = self.isFinishing
        // Its agent has done its part, and the next step is another launch's.
        let goesOn = if state == .queued, case .ended = launchState { true } else { false }
        let outcome = judge(
            launchState, wanted: state == .cancelled || isFinishing, putOff: state == .queued && !goesOn, at: now)
        let from = ticket.state
        let steps = isFinishing ? [] : stepsOver(state, at: now)
        phase = .settled
        isUnconfirmed = false
        isStopped = false
        note = nil
        generation += 1
        launch.state = launchState
        launch.endedAt = now.wall
        ticket.state = state
        ticket.reason = reason
        ticket.intent = nil
        ticket.finishedAt = state.isFinished ? now.wall : nil
        if goesOn {
            ticket.startedAt = nil
            if let step = self.steps.progress.advance?.step, let agent = self.steps.type.agent(of: step),
                !ticket.isAgentChosen || ticket.extras.stepDelegators[step] != nil
            {
                ticket.agent = agent
            }
        } else if state == .queued {
            // The multiplexer could not be reached: nothing was tried, so it costs no attempt.
            ticket.attempts = max(0, ticket.attempts - 1)
            ticket.starts = ticket.starts.dropLast()
            ticket.notBefore = now.wall.advanced(by: RetryPolicy.putOff(ticket.putOffs))
            ticket.putOffs += 1
            ticket.startedAt = nil
        } else if state == .failed || (state == .lost && cause == .terminalGone),
            let moment = settings.retry.nextTry(launches: ticket.attempts, now: now.wall)
        {
            if settings.retry.isTooOften(ticket.starts, now: now.wall) {
                let often = settings.retry.recent(ticket.starts, now: now.wall)
                let period = DurationText.spoken(settings.retry.period.milliseconds)
                ticket.staysDown = true
                ticket.reason = "\(reason); stays down: started \(often) times within \(period)"
            } else {
                ticket.state = .queued
                ticket.reason = "\(state.rawValue): \(reason); tried \(ticket.attempts) of \(settings.retry.attempts + 1) times"
                ticket.notBefore = moment
                ticket.finishedAt = nil
            }
        }
        ticket.progress = self.steps.progress
        // What is tried again is worked on again, and reviewed then.
        if ticket.state != .review { ticket.progress?.review = nil }
        delivery = nil
        attention = nil
        observation = nil
        heldObservation = nil
        return finish(launchState, failure, cause, wantsClose: wantsClose, outcome: outcome, from: from, steps, at: now)
    }

    /// What is written down of the step, when its ticket comes to `state` by the end of its agent.
    private func stepsOver(_ state: TicketState, at now: Moment) -> [JournalChange] {
        let known = ticket.progress ?? steps.progress
        switch state {
        case .done: return stepOver(.done, nil, at: now)
        // Nothing new if it was in review, or between two steps, before its agent ended.
        case .review: return known.review == nil ? stepOver(.review, nil, at: now) + [openingReview] : []
        case .queued: return known.advance == nil && steps.progress.advance != nil ? stepOver(.done, nil, at: now) : []
        case .failed: return stepOver(.failed, nil, at: now)
        case .lost: return stepOver(.lost, nil, at: now)
        case .cancelled: return stepOver(.cancelled, nil, at: now)
        case .running: return []
        }
    }

    private mutating func finish(
        _ launchState: Launch.State, _ failure: ReeveError?, _ cause: LossCause, wantsClose: Bool, outcome: LaunchOutcome,
        from: TicketState, _ steps: [JournalChange], at now: Moment
    ) -> [Effect] {
        var changes: [JournalChange] = [.putLaunch(launch), .putTicket(ticket)] + steps
        if case .ended = launchState { changes.append(.event(.agentExited(agent))) }
        changes.append(.event(ticket.state.isFinished ? .ticketFinished(ticket) : .ticketUpdated(ticket)))

        var then: [Effect] = [.leaveWork(ticket, from: from, outcome), .forgetLaunch(launch.id)]
        then += answerRequests(failure, at: now) + refuseEarlyReports()
        if case .lost = launchState, cause == .terminalGone {
            session.closedAt = now.wall
            isGone = true
            changes += [.putSession(session), .event(.sessionLost(session))]
            then.append(.finish)
            return [record(changes, then: then, at: now)]
        }
        // The terminal goes after that is written down: with it goes what its keeper knows of the end.
        if wantsClose {
            isClosing = true
            then.append(.closeSession(session, evenIfWatched: true))
        } else {
            then += lingerOn()
        }
        return [record(changes, then: then, at: now)]
    }

    /// What this end says of launches: one that its people wanted, or that came for want of a terminal, says nothing.
    mutating func judge(_ end: Launch.State, wanted: Bool, putOff: Bool, at now: Moment) -> LaunchOutcome {
        guard !isJudged, !wanted, !putOff else { return .unjudged }
        isJudged = true
        switch end {
        case .refused(let reason): return .failed(reason)
        case .ended(let exit) where exit.isSuccess: return .worked
        case .ended(let exit):
            guard let runningSince else {
                // Its start was told together with its end, or it was a daemon before this one that saw it.
                return launch.startedAt.map { abs(now.wall.milliseconds - $0.milliseconds) < settings.early.milliseconds } ?? true
                    ? .failed("\(launch.kind) \(exit.spoken)") : .worked
            }
            return now.uptime - runningSince < settings.early ? .failed("\(launch.kind) \(exit.spoken)") : .worked
        case .intended, .running, .lost: return .unjudged
        }
    }

    /// Everybody who waits for something of this agent is answered: with their wish if the end is what they wished.
    mutating func answerRequests(_ failure: ReeveError?, at now: Moment) -> [Effect] {
        var effects = answerAwaiting(failure.map { .failure($0) } ?? .success(()))
        for waiting in [request, deferred].compactMap(\.self) {
            switch waiting.intent {
            case .cancel: effects += answer(waiting.reply, .success(.ticket(ticket)))
            case .finish: break
            case .stop: effects += answer(waiting.reply, .success(.agent(agent)))
            case .switch, .restart:
                effects += answer(waiting.reply, .failure(failure ?? .conflict("'\(ticket.id)' is \(ticket.state.rawValue)")))
            }
        }
        request = nil
        deferred = nil
        return effects
    }

    mutating func lingerOn(atLeast least: Duration = .zero) -> [Effect] {
        // What is to be reviewed stays to be seen.
        guard !isInWork, !isGone, ticket.state != .review else { return [] }
        return [.timer(.linger(generation: generation), max(settings.linger, least))]
    }

    mutating func sessionClosed(at now: Moment) -> [Effect] {
        guard !isInWork, !isGone else { return [] }
        isGone = true
        session.closedAt = now.wall
        return [record([.putSession(session), .event(.sessionClosed(session))], then: [.finish], at: now)]
    }
}
