/// From the terminal's opening to the delivered prompt.
extension AgentMachine {
    mutating func begin(
        _ ticket: Ticket, _ prepared: PreparedLaunch, from: String?, reply: ReplyToken?, at now: Moment
    ) -> [Effect] {
        guard !isInWork, !isGone else {
            return answer(reply, .failure(.conflict("'\(ticket.id)' is already in work")))
        }
        self.ticket = ticket
        inheritsDelivery = false
        wasReviewed = false
        isHeld = false
        start(prepared)
        phase = .opening
        generation += 1
        shown = (.launching, nil)
        since = now.wall
        if let from {
            awaiting = .switch(reply, from: from, rung: .alreadyExited, reports: [])
        } else {
            awaiting = reply.map { .launch($0) }
        }
        return [.openSession(session)]
    }

    mutating func start(_ prepared: PreparedLaunch) {
        launch = prepared.launch
        kind = prepared.kind
        steps = StepMachine(type: prepared.type ?? steps.type, progress: ticket.progress)
        delivery = nil
        attention = nil
        observation = nil
        heldObservation = nil
        heard = nil
        isAdopted = false
        isStopped = false
        earlyEnd = nil
        note = nil
        awaitsQuiet = false
        runningSince = nil
        isJudged = false
    }

    mutating func sessionOpened(_ handle: TerminalHandle, isNew: Bool, at now: Moment) -> [Effect] {
        guard case .opening = phase else { return [] }
        phase = .starting
        session.handle = handle
        session.closedAt = nil
        var changes: [JournalChange] = [.putSession(session)]
        if isNew { changes.append(.event(.sessionOpened(session))) }
        // The launch itself is durable since the queue admitted it; the handle may follow while the keeper starts it.
        return [.run(launch), record(changes, at: now)]
    }

    mutating func sessionFailed(_ error: ReeveError, at now: Moment) -> [Effect] {
        guard case .opening = phase else { return [] }
        if isAdopted, error.kind == .unavailable || error.kind == .timeout {
            isUnconfirmed = true
            return [record([], at: now), .timer(.inspect, .seconds(1))]
        }
        if error.kind == .unavailable || error.kind == .timeout {
            return settle(.queued, launch: .refused(error.message), reason: error.message, failure: error, at: now)
        }
        return settle(.failed, launch: .refused(error.message), reason: error.message, failure: error, at: now)
    }

    mutating func learned(_ fact: LaunchFact, at now: Moment) -> [Effect] {
        switch phase {
        case .settled: return []
        case .leaving:
            isUnconfirmed = false
            if case .ended(let exit) = fact { return left(exit, at: now) }
            return []
        // Also while the order to run it is on its way: a look at the keeper for another reason, its connection that broke, may come first.
        case .opening where fact == .neverStarted, .starting where fact == .neverStarted: return []
        case .opening, .starting, .running: break
        }
        isUnconfirmed = false
        isAdopted = false
        switch fact {
        case .running(let pid, let stopped): return nowRunning(pid, stopped: stopped, at: now)
        case .ended(let exit):
            if launch.startedAt == nil { launch.startedAt = now.wall }
            return ended(exit, at: now)
        case .refused(let reason):
            let error = ReeveError.unavailable(
                "\(launch.kind) could not be started: \(reason)", hint: "reeve doctor shows which agents are installed")
            return settle(.failed, launch: .refused(reason), reason: error.message, failure: error, at: now)
        case .occupied(let reason):
            // A person is in the way: nothing was tried, so it costs no attempt.
            let error = ReeveError.conflict(
                "\(launch.kind) cannot be started: \(reason)",
                hint: "leave the shell there with exit, or reeve cancel \(ticket.id)")
            return settle(.queued, launch: .refused(reason), reason: error.message, failure: error, at: now)
        case .unwritten(let reason):
            // The disk is in the way: neither the ticket nor its agent is at fault.
            let error = ReeveError.unavailable(
                "\(launch.kind) cannot be started: \(reason)", hint: "make room; it is tried again by itself")
            return settle(.queued, launch: .refused(reason), reason: error.message, failure: error, at: now)
        case .lost, .neverStarted:
            return lose("its keeper lost track of it", cause: .unclear, at: now)
        }
    }

    mutating func nowRunning(_ pid: Int, stopped: Bool, at now: Moment) -> [Effect] {
        let isFirst = launch.startedAt == nil
        launch.state = .running(pid: pid)
        if isFirst { launch.startedAt = now.wall }
        // Approved to the end while it was being started.
        let isApproved = isFinishing && !isRunning
        isStopped = stopped
        phase = .running
        var changes: [JournalChange] = [.putLaunch(launch)]
        if ticket.putOffs > 0 {
            ticket.putOffs = 0
            changes.append(.putTicket(ticket))
        }
        var then = answerAwaiting(.success(())) + awaitReadiness()
        if isFirst {
            runningSince = now.uptime
            then.append(.timer(.proven(launch.id), settings.early))
        }
        var effects = [record(changes, then: then, at: now)]
        let isBetweenSteps = ticket.progress?.advance != nil
        if steps.progress.advance == nil { effects += hearEarlyReports(at: now) }
        effects += takeHeldObservation(at: now)
        if let exit = earlyEnd { return effects + ended(exit, at: now) }
        if let waiting = deferred {
            deferred = nil
            switch waiting.intent {
            case .switch where waiting.next == nil, .restart where waiting.next == nil:
                // Its successor cannot be started any more: the agent that runs goes on.
                // What was decided on meanwhile is not taken back with it.
                let goesOn = isApproved ? [] : dropIntent()
                note = "an interrupted switch could not go on"
                effects.append(
                    record([.putTicket(ticket)], then: [.keepsKind(launch.kind)] + goesOn + nextStep(), at: now))
            case .switch, .restart, .stop, .cancel: effects += request(waiting, at: now)
            case .finish: effects += beginFarewell(at: now)
            }
        } else if ticket.state == .running, isBetweenSteps, delivery == nil {
            // Decided on before a restart, and perhaps delivered: the terminal knows.
            effects.append(.advance(ticket))
        }
        if isApproved, isRunning { effects.append(.timer(.farewell(launch.id), .zero)) }
        return effects
    }

    /// A prompt that is to be pasted waits until the agent reads its terminal. It stays `pending` meanwhile: a daemon that is restarted
    /// begins anew, since nothing has been typed.
    mutating func awaitReadiness() -> [Effect] {
        guard launch.prompt == .pending, earlyEnd == nil, !awaitsQuiet else { return [] }
        awaitsQuiet = true
        return [.awaitQuiet(launch.id)]
    }

    mutating func screenQuiet(_ error: ReeveError?, at now: Moment) -> [Effect] {
        guard launch.prompt == .pending, awaitsQuiet else { return [] }
        awaitsQuiet = false
        guard isRunning else { return [] }
        if let error {
            note = "prompt not delivered: \(error.message)"
            return [record([], at: now)]
        }
        launch.prompt = .delivering
        return [record([.putLaunch(launch)], then: [.paste(launch.id)], at: now)]
    }

    mutating func pasted(_ error: ReeveError?, at now: Moment) -> [Effect] {
        guard launch.prompt == .delivering, isInWork else { return [] }
        if let error { note = "prompt not delivered: \(error.message)" } else { launch.prompt = .delivered }
        return [record([.putLaunch(launch)], at: now)]
    }

    mutating func factUnavailable(_ error: ReeveError, at now: Moment) -> [Effect] {
        switch phase {
        case .starting, .running, .leaving:
            isUnconfirmed = true
            return [record([], at: now), .timer(.inspect, .seconds(1))]
        case .opening, .settled: return []
        }
    }
}
