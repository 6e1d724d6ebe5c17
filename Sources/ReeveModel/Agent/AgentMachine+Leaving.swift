/// Making an agent leave: switches, restarts, stops.
extension AgentMachine {
    mutating func request(_ new: Request, at now: Moment) -> [Effect] {
        switch phase {
        case .opening, .starting:
            guard let waiting = deferred else {
                deferred = new
                return []
            }
            guard new.intent == .cancel, waiting.intent != .cancel else { return busy(new) }
            deferred = new
            return answer(waiting.reply, .failure(.conflict("'\(ticket.id)' was cancelled meanwhile")))
        case .leaving(let ladder, let begun):
            // Cancelling is always possible; whoever waited for the other thing is told.
            guard new.intent == .cancel, request?.intent != .cancel else { return busy(new) }
            let overtaken = answer(request?.reply, .failure(.conflict("'\(ticket.id)' was cancelled meanwhile")))
            request = new
            ticket.intent = .cancel
            var ladder = ladder
            ladder.forbidGivingUp(patience: settings.rungTimeout)
            phase = .leaving(ladder, begun: begun)
            return overtaken + [record([.putTicket(ticket)], at: now)]
        case .settled:
            return answer(
                new.reply,
                .failure(.conflict("the agent of '\(ticket.id)' is not running; the ticket is \(ticket.state.rawValue)")))
        case .running:
            if isFinishing, new.intent != .cancel, new.intent != .stop { return busy(new) }
            if isOutdated(new.next) { return refuseOutdated(new, at: now) }
            request = new
            ticket.intent = new.intent
            let policy: LastResort = if case .switch(_, _, let policy) = new.intent { policy } else { settings.lastResort }
            let resort: LastResort = new.intent == .cancel ? .signal : policy
            phase = .leaving(SwitchLadder(kind: kind, rungTimeout: settings.rungTimeout, policy: resort), begun: false)
            return [.intend([.putTicket(ticket)] + shownChange(at: now))]
        }
    }

    /// It would be told of a step that is over since, and take the ticket back there.
    private func isOutdated(_ next: PreparedLaunch?) -> Bool {
        guard let known = ticket.progress, let progress = next?.progress else { return false }
        return progress != known.entered
    }

    private var outdated: ReeveError {
        .conflict("'\(ticket.id)' has come to another step meanwhile", hint: "say it again if it is still meant")
    }

    private mutating func refuseOutdated(_ refused: Request, at now: Moment) -> [Effect] {
        let refusal = answer(refused.reply, .failure(outdated))
        guard ticket.intent != nil else { return refusal + nextStep(unless: refused) }
        // Begun by a daemon before this one.
        ticket.intent = nil
        note = "an interrupted switch could not go on"
        return refusal + [record([.putTicket(ticket)], then: [.keepsKind(launch.kind)] + nextStep(), at: now)]
    }

    func busy(_ refused: Request) -> [Effect] {
        let doing =
            switch (request ?? deferred)?.intent {
            case .switch(let to, _, _): "being switched to \(to)"
            case .restart: "being restarted"
            case .finish: "finishing"
            case .stop, .cancel, nil: ticket.intent == nil ? "being stopped" : "finishing"
            }
        return answer(refused.reply, .failure(.conflict("'\(ticket.id)' is already \(doing)", hint: "reeve wait \(ticket.id)")))
    }

    mutating func beginLadder(at now: Moment) -> [Effect] {
        guard case .leaving(var ladder, begun: false) = phase else { return [] }
        generation += 1
        let actions = ladder.begin(at: now.uptime)
        phase = .leaving(ladder, begun: true)
        // A stopped program would read none of the keys.
        let resume: [Effect] = isStopped ? [.signal(launch.id, .resume)] : []
        return refuseEarlyReports() + resume + perform(actions, at: now)
    }

    mutating func intentRefused(_ error: ReeveError, at now: Moment) -> [Effect] {
        guard case .leaving(_, begun: false) = phase else { return [] }
        phase = .running
        let goesOn = dropIntent()
        let refused = request
        request = nil
        return answer(refused?.reply, .failure(error)) + [.keepsKind(launch.kind)] + awaitReadiness()
            + goesOn + nextStep(unless: refused) + takeHeldObservation(at: now)
    }

    mutating func ladder(_ event: SwitchLadder.Event, at now: Moment) -> [Effect] {
        guard case .leaving(var ladder, let begun) = phase else { return [] }
        let actions = ladder.handle(event, at: now.uptime)
        phase = .leaving(ladder, begun: begun)
        return perform(actions, at: now)
    }

    mutating func perform(_ actions: [SwitchLadder.Action], at now: Moment) -> [Effect] {
        var effects: [Effect] = []
        for action in actions {
            switch action {
            case .send(let step, let keys): effects.append(.sendKeys(step: step, keys))
            case .signal(_, .terminate): effects.append(.signal(launch.id, .terminate))
            case .signal(_, .kill): effects.append(.signal(launch.id, .kill))
            case .wait(let step, let duration): effects.append(.timer(.ladder(generation: generation, step: step), duration))
            case .report(let report):
                if case .switch(let to, _, _) = request?.intent {
                    effects.append(record([.event(.agentSwitch(ticket.id, from: launch.kind, to: to, report))], at: now))
                }
            case .left: break  // `left(_:)` goes on from here; it has the exit.
            case .gaveUp: effects += gaveUp(at: now)
            }
        }
        return effects
    }

    /// The last step has been decided on.
    var isFinishing: Bool { if case .finish = ticket.intent { true } else { false } }

    /// It stays, unless the last step was decided on while it was to leave: then it goes for that.
    mutating func dropIntent() -> [Effect] {
        if isFinishing { return [.timer(.farewell(launch.id), .zero)] }
        ticket.intent = nil
        return []
    }

    mutating func gaveUp(at now: Moment) -> [Effect] {
        guard case .leaving(let ladder, _) = phase, let request else { return [] }
        let tried = ladder.reports.map { report in
            "\(report.rung.rawValue) \(report.milliseconds) ms" + (report.note.map { ": \($0)" } ?? "")
        }.joined(separator: ", ")
        phase = .running
        note = "switch_failed: \(launch.kind) did not leave (\(tried))"
        let goesOn = dropIntent()
        self.request = nil
        let error = ReeveError.conflict(
            "\(launch.kind) did not leave; it goes on (tried \(tried))",
            hint: "policy \"signal\" ends it with SIGTERM and SIGKILL")
        let then =
            answer(request.reply, .failure(error)) + [.keepsKind(launch.kind)] + awaitReadiness()
            + goesOn + nextStep(unless: request)
        return [record([.putTicket(ticket)], then: then, at: now)] + takeHeldObservation(at: now)
    }

    /// The agent that was to leave has left.
    mutating func left(_ exit: Exit, at now: Moment) -> [Effect] {
        guard case .leaving(var ladder, _) = phase, let request else { return [] }
        let actions = ladder.handle(.ended, at: now.uptime)
        phase = .leaving(ladder, begun: true)
        let effects = perform(actions, at: now)
        let rung = ladder.reports.last?.rung ?? .alreadyExited
        switch request.intent {
        case .stop, .cancel:
            let why = request.intent == .cancel ? "cancelled" : "stopped on request"
            return effects + settle(.cancelled, launch: .ended(exit), reason: why, failure: nil, at: now)
        case .finish(let state, let reason):
            return effects + settle(state, launch: .ended(exit), reason: reason, failure: nil, at: now)
        case .switch, .restart:
            guard let next = request.next else {
                if isFinishing || ticket.progress?.advance != nil { return effects + leftToNextStep(exit, at: now) }
                return effects + settle(.failed, launch: .ended(exit), reason: "nothing to start next", failure: nil, at: now)
            }
            if isOutdated(next) { return effects + leftToNextStep(exit, at: now) }
            let from = launch.kind
            launch.state = .ended(exit)
            launch.endedAt = now.wall
            var gone = agent
            gone.state = .exited
            gone.reason = exit.spoken
            let old = [JournalChange.putLaunch(launch), .event(.agentExited(gone))]
            let over = launch.id
            ticket.intent = nil
            ticket.agent = next.kind.name
            ticket.noteStart(now.wall)
            let entered = enter(next, at: now)
            start(next)
            self.request = nil
            awaiting =
                request.intent == .restart
                ? request.reply.map { .launch($0) }
                : .switch(request.reply, from: from, rung: rung, reports: ladder.reports)
            phase = .starting
            return effects + [
                record(
                    old + entered + [.putTicket(ticket), .putLaunch(launch)],
                    then: [.run(launch), .forgetLaunch(over), .keepsKind(next.kind.name)], at: now)
            ]
        }
    }

    /// Its step was decided on while it was made to leave: the next one is another launch's, as after an end of its own.
    private mutating func leftToNextStep(_ exit: Exit, at now: Moment) -> [Effect] {
        // Its end was wanted, and says nothing of launches.
        isJudged = true
        let error = outdated
        if case .finish(let state, let reason) = ticket.intent {
            return settle(state, launch: .ended(exit), reason: reason, failure: error, at: now)
        }
        return settle(.queued, launch: .ended(exit), reason: "\(launch.kind) \(exit.spoken)", failure: error, at: now)
    }
}
