/// The life of one ticket in work: its terminal, its launches, its switches, its end. Pure; `AgentActor` carries events in and effects out.
///
/// Longer than other files because it is one state machine: every transition of a ticket in work is here,
/// and nowhere else; its vocabulary is in `AgentMachineTypes.swift`.
package struct AgentMachine: Sendable {
    private enum Phase: Sendable {
        /// The terminal is being made or found.
        case opening
        /// The keeper was told to run the launch; its word is awaited.
        case starting
        case running
        case leaving(SwitchLadder, begun: Bool)
        case settled
    }

    private struct Request: Sendable {
        var intent: AgentIntent
        var next: PreparedLaunch?
        var reply: ReplyToken?
    }

    /// Somebody waits for the launch under way to run.
    private enum Awaiting: Sendable {
        case launch(ReplyToken)
        case `switch`(ReplyToken?, from: String, rung: SwitchLadder.Rung, reports: [SwitchLadder.Report])
    }

    package private(set) var ticket: Ticket
    package private(set) var session: SessionRecord
    package private(set) var launch: Launch
    private var kind: AgentKind
    package var settings: Settings

    private var phase: Phase = .settled
    private var isStopped = false
    private var isBackendUp = true
    private var backendDetail = ""
    /// After a restart, until the keeper has spoken: shown as `unknown`.
    private var isUnconfirmed = false
    private var request: Request?
    private var deferred: Request?
    private var awaiting: Awaiting?
    /// The end was told before the answer to `run` was.
    private var earlyEnd: Exit?
    private var note: String?
    private var generation = 0
    private var shown: (state: AgentState, reason: String?)
    private var since: Timestamp
    private var isGone = false
    /// Taken up after a restart and not yet heard of: its launch may be running, so it is never given up for want of an answer.
    private var isAdopted = false
    /// The terminal is being closed.
    private var isClosing = false
    /// A launch that is being prepared will come into this terminal.
    private var isHeld = false
    /// When the launch under way was first seen to run; nil also for one that ran before this daemon did.
    private var runningSince: Duration?
    /// The queue has been told what this launch says of launches.
    private var isJudged = false
    /// The screen is being watched until the agent is ready for its prompt.
    private var awaitsQuiet = false

    package init(
        ticket: Ticket, session: SessionRecord, launch: PreparedLaunch, settings: Settings, now: Timestamp
    ) {
        self.ticket = ticket
        self.session = session
        self.launch = launch.launch
        self.kind = launch.kind
        self.settings = settings
        self.shown = (.launching, nil)
        self.since = ticket.finishedAt ?? launch.launch.startedAt ?? now
    }

    // MARK: What is shown

    package var agent: Agent {
        var exit: Exit?
        if case .ended(let value) = launch.state { exit = value }
        var pid: Int?
        if case .running(let value) = launch.state { pid = value }
        let (state, reason) = derived
        return Agent(
            ticket: ticket.id, kind: launch.kind, state: state, since: since, reason: reason, session: session.name,
            sessionID: session.id, backend: session.backend, pane: session.handle?.pane, launch: launch.id, pid: pid,
            startedAt: launch.startedAt ?? launch.createdAt, exit: exit)
    }

    /// True while the agent holds a slot of the queue.
    package var isInWork: Bool { if case .settled = phase { false } else { true } }
    package var isRunning: Bool { if case .running = phase { true } else { false } }

    /// The reason of `unknown` between a restart and the keeper's first word.
    package static let askingReason = "asking its keeper"

    private var derived: (AgentState, String?) {
        if isInWork, !isBackendUp { return (.unknown, backendDetail) }
        if isInWork, isUnconfirmed { return (.unknown, Self.askingReason) }
        switch phase {
        case .opening, .starting: return (.launching, nil)
        case .running: return isStopped ? (.interrupted, "stopped by Ctrl+Z") : (.running, note)
        case .leaving:
            switch request?.intent {
            case .switch, .restart, nil: return (.switching, nil)
            case .stop, .cancel: return (.running, "being stopped")
            }
        case .settled:
            switch launch.state {
            case .ended(let exit): return (ticket.state == .done ? .done : .exited, exit.spoken)
            case .refused(let reason): return (.error, reason)
            case .intended, .running, .lost: return (.lost, ticket.reason)
            }
        }
    }

    // MARK: Events

    package mutating func handle(_ event: Event, at now: Moment) -> [Effect] {
        switch event {
        case .begin(let ticket, let prepared, let from, let reply): begin(ticket, prepared, from: from, reply: reply, at: now)
        case .adopt(let next): adopt(next, at: now)
        case .adoptFinished: adoptFinished(at: now)
        case .sessionOpened(let handle, let isNew): sessionOpened(handle, isNew: isNew, at: now)
        case .sessionFailed(let error): sessionFailed(error, at: now)
        case .fact(let id, let fact): id == launch.id ? learned(fact, at: now) : []
        case .factUnavailable(let id, let error): id == launch.id ? factUnavailable(error, at: now) : []
        case .keeper(let news): self.keeper(news, at: now)
        case .keeperLost(let id, let cause, let fact): id == launch.id ? keeperLost(cause, fact, at: now) : []
        case .request(let intent, let next, let reply): request(Request(intent: intent, next: next, reply: reply), at: now)
        case .intentDurable: beginLadder(at: now)
        case .intentRefused(let error): intentRefused(error, at: now)
        case .ladder(let step): self.ladder(step, at: now)
        case .timer(let due): self.timer(due, at: now)
        case .backend(let isUp, let detail): backend(isUp, detail, at: now)
        case .sessionMissing: sessionMissing(at: now)
        case .screenQuiet(let id, let error): id == launch.id ? screenQuiet(error, at: now) : []
        case .pasted(let id, let error): id == launch.id ? pasted(error, at: now) : []
        case .sessionClosed: sessionClosed(at: now)
        case .closePostponed: closePostponed()
        case .released: released()
        }
    }

    private mutating func closePostponed() -> [Effect] {
        isClosing = false
        return lingerOn()
    }

    /// Keeps a lingering terminal open for a launch that is being prepared; `.released` gives it up again.
    /// - Returns: nil when the terminal is gone or being closed.
    package mutating func holdSession() -> SessionRecord? {
        guard !isInWork, !isGone, !isClosing else { return nil }
        generation += 1
        isHeld = true
        return session
    }

    private mutating func released() -> [Effect] {
        isHeld = false
        return lingerOn()
    }

    // MARK: Launching

    private mutating func begin(
        _ ticket: Ticket, _ prepared: PreparedLaunch, from: String?, reply: ReplyToken?, at now: Moment
    ) -> [Effect] {
        guard !isInWork, !isGone else {
            return answer(reply, .failure(.conflict("'\(ticket.id)' is already in work")))
        }
        self.ticket = ticket
        isAdopted = false
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

    private mutating func start(_ prepared: PreparedLaunch) {
        launch = prepared.launch
        kind = prepared.kind
        isStopped = false
        earlyEnd = nil
        note = nil
        awaitsQuiet = false
        runningSince = nil
        isJudged = false
    }

    private mutating func sessionOpened(_ handle: TerminalHandle, isNew: Bool, at now: Moment) -> [Effect] {
        guard case .opening = phase else { return [] }
        phase = .starting
        session.handle = handle
        session.closedAt = nil
        var changes: [JournalChange] = [.putSession(session)]
        if isNew { changes.append(.event(.sessionOpened(session))) }
        // The launch itself is durable since the queue admitted it; the handle may follow while the keeper starts it.
        return [.run(launch), record(changes, at: now)]
    }

    private mutating func sessionFailed(_ error: ReeveError, at now: Moment) -> [Effect] {
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

    private mutating func learned(_ fact: LaunchFact, at now: Moment) -> [Effect] {
        switch phase {
        case .settled: return []
        case .leaving:
            isUnconfirmed = false
            if case .ended(let exit) = fact { return left(exit, at: now) }
            return []
        case .opening where fact == .neverStarted: return []
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
        case .lost, .neverStarted:
            return lose("its keeper lost track of it", cause: .unclear, at: now)
        }
    }

    private mutating func nowRunning(_ pid: Int, stopped: Bool, at now: Moment) -> [Effect] {
        let isFirst = launch.startedAt == nil
        launch.state = .running(pid: pid)
        if isFirst { launch.startedAt = now.wall }
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
        if let exit = earlyEnd { return effects + ended(exit, at: now) }
        if let waiting = deferred {
            deferred = nil
            switch waiting.intent {
            case .switch where waiting.next == nil, .restart where waiting.next == nil:
                // Its successor cannot be started any more: the agent that runs goes on.
                ticket.intent = nil
                note = "an interrupted switch could not go on"
                effects.append(record([.putTicket(ticket)], then: [.keepsKind(launch.kind)], at: now))
            case .switch, .restart, .stop, .cancel: effects += request(waiting, at: now)
            }
        }
        return effects
    }

    /// A prompt that is to be pasted waits until the agent reads its terminal. It stays `pending` meanwhile: a daemon that is restarted
    /// begins anew, since nothing has been typed.
    private mutating func awaitReadiness() -> [Effect] {
        guard launch.prompt == .pending, earlyEnd == nil, !awaitsQuiet else { return [] }
        awaitsQuiet = true
        return [.awaitQuiet(launch.id)]
    }

    private mutating func screenQuiet(_ error: ReeveError?, at now: Moment) -> [Effect] {
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

    private mutating func pasted(_ error: ReeveError?, at now: Moment) -> [Effect] {
        guard launch.prompt == .delivering, isInWork else { return [] }
        if let error { note = "prompt not delivered: \(error.message)" } else { launch.prompt = .delivered }
        return [record([.putLaunch(launch)], at: now)]
    }

    private mutating func factUnavailable(_ error: ReeveError, at now: Moment) -> [Effect] {
        switch phase {
        case .starting, .running, .leaving:
            isUnconfirmed = true
            return [record([], at: now), .timer(.inspect, .seconds(1))]
        case .opening, .settled: return []
        }
    }

    // MARK: The keeper speaks

    private mutating func keeper(_ event: KeeperEvent, at now: Moment) -> [Effect] {
        switch event {
        case .ended(let id, let exit):
            guard id == launch.id else { return [] }
            switch phase {
            case .running: return ended(exit, at: now)
            case .leaving: return left(exit, at: now)
            case .opening, .starting:
                earlyEnd = exit
                return []
            case .settled: return []
            }
        case .stopped(let id), .continued(let id):
            guard id == launch.id, isInWork else { return [] }
            if case .stopped = event { isStopped = true } else { isStopped = false }
            return [record([], at: now)]
        case .gone:
            if isInWork { isUnconfirmed = true }
            return [.diagnoseLoss]
        }
    }

    private mutating func keeperLost(_ cause: LossCause, _ fact: LaunchFact, at now: Moment) -> [Effect] {
        guard isInWork else {
            // Promised to a launch that is on its way: that makes it anew.
            if isHeld { return [] }
            // A terminal that a person closed after its ticket was finished.
            return cause == .terminalGone ? sessionClosed(at: now) : lingerOn()
        }
        if case .ended(let exit) = fact {
            isUnconfirmed = false
            if case .leaving = phase { return left(exit, at: now) }
            return ended(exit, at: now)
        }
        // The terminal is being made, or asked for again until it is there.
        if case .opening = phase { return [] }
        isUnconfirmed = false
        let reason =
            switch cause {
            case .terminalGone: "its terminal is gone"
            case .keeperDied: "its keeper was killed"
            case .unclear: "its keeper is gone and \(session.backend) does not answer"
            }
        return lose(reason, cause: cause, at: now)
    }

    private mutating func ended(_ exit: Exit, at now: Moment) -> [Effect] {
        if ticket.intent != nil, let wish = deferred {
            // Asked before a restart, and the agent left while no daemon was there: the wish goes on from here.
            deferred = nil
            request = wish
            phase = .leaving(SwitchLadder(kind: kind, rungTimeout: settings.rungTimeout, policy: .signal), begun: false)
            return left(exit, at: now)
        }
        var reason = "\(launch.kind) \(exit.spoken)"
        // The kernel's way to end what takes too much; who else sent SIGKILL cannot be told.
        if exit == .signal(9), let limit = kind.memoryMax {
            reason += ", perhaps for its memory_max of \(DurationText.formatSize(limit))"
        }
        return settle(
            exit.isSuccess ? .done : .failed, launch: .ended(exit), reason: reason, failure: .conflict(reason), at: now)
    }

    private mutating func lose(_ reason: String, cause: LossCause, at now: Moment) -> [Effect] {
        settle(
            .lost, launch: .lost, reason: reason, failure: .conflict("'\(ticket.id)' is lost: \(reason)"), cause: cause, at: now)
    }

    // MARK: Leaving

    private mutating func request(_ new: Request, at now: Moment) -> [Effect] {
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
            request = new
            ticket.intent = new.intent
            let policy: LastResort = if case .switch(_, _, let policy) = new.intent { policy } else { settings.lastResort }
            let resort: LastResort = new.intent == .cancel ? .signal : policy
            phase = .leaving(SwitchLadder(kind: kind, rungTimeout: settings.rungTimeout, policy: resort), begun: false)
            return [.intend([.putTicket(ticket)] + shownChange(at: now))]
        }
    }

    private func busy(_ refused: Request) -> [Effect] {
        let doing =
            switch (request ?? deferred)?.intent {
            case .switch(let to, _, _): "being switched to \(to)"
            case .restart: "being restarted"
            case .stop, .cancel, nil: "being stopped"
            }
        return answer(refused.reply, .failure(.conflict("'\(ticket.id)' is already \(doing)", hint: "reeve wait \(ticket.id)")))
    }

    private mutating func beginLadder(at now: Moment) -> [Effect] {
        guard case .leaving(var ladder, begun: false) = phase else { return [] }
        generation += 1
        let actions = ladder.begin(at: now.uptime)
        phase = .leaving(ladder, begun: true)
        // A stopped program would read none of the keys.
        let resume: [Effect] = isStopped ? [.signal(launch.id, .resume)] : []
        return resume + perform(actions, at: now)
    }

    private mutating func intentRefused(_ error: ReeveError, at now: Moment) -> [Effect] {
        guard case .leaving(_, begun: false) = phase else { return [] }
        phase = .running
        ticket.intent = nil
        let refused = request
        request = nil
        return answer(refused?.reply, .failure(error)) + [.keepsKind(launch.kind)] + awaitReadiness()
    }

    private mutating func ladder(_ event: SwitchLadder.Event, at now: Moment) -> [Effect] {
        guard case .leaving(var ladder, let begun) = phase else { return [] }
        let actions = ladder.handle(event, at: now.uptime)
        phase = .leaving(ladder, begun: begun)
        return perform(actions, at: now)
    }

    private mutating func perform(_ actions: [SwitchLadder.Action], at now: Moment) -> [Effect] {
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

    private mutating func gaveUp(at now: Moment) -> [Effect] {
        guard case .leaving(let ladder, _) = phase, let request else { return [] }
        let tried = ladder.reports.map { report in
            "\(report.rung.rawValue) \(report.milliseconds) ms" + (report.note.map { ": \($0)" } ?? "")
        }.joined(separator: ", ")
        phase = .running
        note = "switch_failed: \(launch.kind) did not leave (\(tried))"
        ticket.intent = nil
        self.request = nil
        let error = ReeveError.conflict(
            "\(launch.kind) did not leave; it goes on (tried \(tried))",
            hint: "policy \"signal\" ends it with SIGTERM and SIGKILL")
        let then = answer(request.reply, .failure(error)) + [.keepsKind(launch.kind)] + awaitReadiness()
        return [record([.putTicket(ticket)], then: then, at: now)]
    }

    /// The agent that was to leave has left.
    private mutating func left(_ exit: Exit, at now: Moment) -> [Effect] {
        guard case .leaving(var ladder, _) = phase, let request else { return [] }
        let actions = ladder.handle(.ended, at: now.uptime)
        phase = .leaving(ladder, begun: true)
        let effects = perform(actions, at: now)
        let rung = ladder.reports.last?.rung ?? .alreadyExited
        switch request.intent {
        case .stop, .cancel:
            let why = request.intent == .cancel ? "cancelled" : "stopped on request"
            return effects + settle(.cancelled, launch: .ended(exit), reason: why, failure: nil, at: now)
        case .switch, .restart:
            guard let next = request.next else {
                return effects + settle(.failed, launch: .ended(exit), reason: "nothing to start next", failure: nil, at: now)
            }
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
            start(next)
            self.request = nil
            awaiting =
                request.intent == .restart
                ? request.reply.map { .launch($0) }
                : .switch(request.reply, from: from, rung: rung, reports: ladder.reports)
            phase = .starting
            return effects + [
                record(
                    old + [.putTicket(ticket), .putLaunch(launch)],
                    then: [.run(launch), .forgetLaunch(over), .keepsKind(next.kind.name)], at: now)
            ]
        }
    }

    // MARK: The end

    private mutating func settle(
        _ state: TicketState, launch launchState: Launch.State, reason: String, failure: ReeveError?,
        cause: LossCause = .terminalGone, at now: Moment
    ) -> [Effect] {
        // Who asked for the end gets it, however the end came: nothing that was cancelled is launched again.
        let wishes = [request?.intent, deferred?.intent].compactMap(\.self)
        let wantsClose = wishes.contains(.cancel)
        let state: TicketState = wantsClose || wishes.contains(.stop) ? .cancelled : state
        let reason = state == .cancelled ? (wantsClose ? "cancelled" : "stopped on request") : reason
        let outcome = judge(launchState, wanted: state == .cancelled, putOff: state == .queued, at: now)
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
        if state == .queued {
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
        return finish(launchState, failure, cause, wantsClose: wantsClose, outcome: outcome, at: now)
    }

    private mutating func finish(
        _ launchState: Launch.State, _ failure: ReeveError?, _ cause: LossCause, wantsClose: Bool, outcome: LaunchOutcome,
        at now: Moment
    ) -> [Effect] {
        var changes: [JournalChange] = [.putLaunch(launch), .putTicket(ticket)]
        if case .ended = launchState { changes.append(.event(.agentExited(agent))) }
        changes.append(.event(ticket.state.isFinished ? .ticketFinished(ticket) : .ticketUpdated(ticket)))

        var then: [Effect] = [.leaveWork(ticket, outcome), .forgetLaunch(launch.id)]
        then += answerRequests(failure, at: now)
        if case .lost = launchState, cause == .terminalGone {
            session.closedAt = now.wall
            isGone = true
            changes += [.putSession(session), .event(.sessionLost(session))]
            then.append(.finish)
            return [record(changes, then: then, at: now)]
        }
        let recorded = record(changes, then: then, at: now)
        guard wantsClose else { return [recorded] + lingerOn() }
        isClosing = true
        return [recorded, .closeSession(session, evenIfWatched: true)]
    }

    /// What this end says of launches: one that its people wanted, or that came for want of a terminal, says nothing.
    private mutating func judge(_ end: Launch.State, wanted: Bool, putOff: Bool, at now: Moment) -> LaunchOutcome {
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
    private mutating func answerRequests(_ failure: ReeveError?, at now: Moment) -> [Effect] {
        var effects = answerAwaiting(failure.map { .failure($0) } ?? .success(()))
        for waiting in [request, deferred].compactMap(\.self) {
            switch waiting.intent {
            case .cancel: effects += answer(waiting.reply, .success(.ticket(ticket)))
            case .stop: effects += answer(waiting.reply, .success(.agent(agent)))
            case .switch, .restart:
                effects += answer(waiting.reply, .failure(failure ?? .conflict("'\(ticket.id)' is \(ticket.state.rawValue)")))
            }
        }
        request = nil
        deferred = nil
        return effects
    }

    private mutating func lingerOn() -> [Effect] {
        guard !isInWork, !isGone else { return [] }
        return [.timer(.linger(generation: generation), settings.linger)]
    }

    private mutating func sessionClosed(at now: Moment) -> [Effect] {
        guard !isInWork, !isGone else { return [] }
        isGone = true
        session.closedAt = now.wall
        return [record([.putSession(session), .event(.sessionClosed(session))], then: [.finish], at: now)]
    }

    // MARK: Restarts, timers, backends

    private mutating func adopt(_ next: PreparedLaunch?, at now: Moment) -> [Effect] {
        isAdopted = true
        if let intent = ticket.intent { deferred = Request(intent: intent, next: next, reply: nil) }
        guard case .running = launch.state else {
            phase = .opening
            return [.openSession(session)]
        }
        phase = .running
        isUnconfirmed = true
        shown = (.running, nil)
        if launch.prompt == .delivering {
            note = "its prompt may not have arrived: the daemon ended while it was typed"
            shown = (.running, note)
        }
        return [.inspect(launch)]
    }

    private mutating func adoptFinished(at now: Moment) -> [Effect] {
        phase = .settled
        shown = derived
        let open = now.wall.milliseconds - (ticket.finishedAt ?? now.wall).milliseconds
        // Between none and all of it, wherever the clock has been put meanwhile.
        let left = min(max(0, settings.linger.milliseconds - open), settings.linger.milliseconds)
        return [.timer(.linger(generation: generation), .milliseconds(left))]
    }

    private mutating func timer(_ timer: Timer, at now: Moment) -> [Effect] {
        switch timer {
        case .ladder(let generation, let step):
            return generation == self.generation ? ladder(.timer(step: step), at: now) : []
        case .linger(let generation):
            guard generation == self.generation, !isInWork, !isGone, !isClosing else { return [] }
            isClosing = true
            return [.closeSession(session, evenIfWatched: false)]
        case .proven(let id):
            guard id == launch.id, isInWork, launch.startedAt != nil, !isJudged else { return [] }
            isJudged = true
            return [.judged(kind: launch.kind, .worked)]
        case .inspect:
            guard isUnconfirmed, isInWork else { return [] }
            if case .opening = phase { return [.openSession(session)] }
            return [.inspect(launch)]
        }
    }

    /// The multiplexer lists its sessions, and this one is not among them.
    private mutating func sessionMissing(at now: Moment) -> [Effect] {
        guard !isGone, !isClosing, session.handle != nil else { return [] }
        switch phase {
        // Perhaps it was listed a moment before it was made.
        case .opening, .starting: return []
        // The keeper has the last word: if it lives, the list was made before the session was.
        case .running, .leaving, .settled: return [.diagnoseLoss]
        }
    }

    private mutating func backend(_ isUp: Bool, _ detail: String, at now: Moment) -> [Effect] {
        guard isUp != isBackendUp || detail != backendDetail else { return [] }
        isBackendUp = isUp
        backendDetail = detail
        return isInWork ? [record([], at: now)] : []
    }

    // MARK: Helpers

    /// A commit of `changes` and, if what is shown has changed with them, the event that says so.
    private mutating func record(_ changes: [JournalChange], then: [Effect] = [], at now: Moment) -> Effect {
        .record(changes + shownChange(at: now), then: then)
    }

    private mutating func shownChange(at now: Moment) -> [JournalChange] {
        let (state, reason) = derived
        guard state != shown.state || reason != shown.reason else { return [] }
        shown = (state, reason)
        since = now.wall
        return [.event(.agentState(agent))]
    }

    private func answer(_ token: ReplyToken?, _ result: Result<AgentReply, ReeveError>) -> [Effect] {
        token.map { [.reply($0, result)] } ?? []
    }

    private mutating func answerAwaiting(_ outcome: Result<Void, ReeveError>) -> [Effect] {
        guard let waiting = awaiting else { return [] }
        awaiting = nil
        switch waiting {
        case .launch(let token):
            return answer(token, outcome.map { .agent(agent) })
        case .switch(let token, let from, let rung, let reports):
            let result = SwitchResult(ticket: ticket.id, from: from, to: launch.kind, rung: rung, rungs: reports, agent: agent)
            return answer(token, outcome.map { .switched(result) })
        }
    }
}
