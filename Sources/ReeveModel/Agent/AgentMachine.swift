/// The life of one ticket in work: its terminal, its launches, its steps, its switches, its end. Pure; `AgentActor` carries events in and
/// effects out.
///
/// Its transitions lie beside this file, by the part of life that they belong to; its vocabulary is in `AgentMachineTypes.swift`. Members
/// without a modifier are theirs, not for other types of this module.
package struct AgentMachine: Sendable {
    enum Phase: Sendable {
        /// The terminal is being made or found.
        case opening
        /// The keeper was told to run the launch; its word is awaited.
        case starting
        case running
        case leaving(SwitchLadder, begun: Bool)
        case settled
    }

    struct Request: Sendable {
        var intent: AgentIntent
        var next: PreparedLaunch?
        var reply: ReplyToken?
    }

    /// Somebody waits for the launch under way to run.
    enum Awaiting: Sendable {
        case launch(ReplyToken)
        case `switch`(ReplyToken?, from: String, rung: SwitchLadder.Rung, reports: [SwitchLadder.Report])
    }

    package internal(set) var ticket: Ticket
    package internal(set) var session: SessionRecord
    package internal(set) var launch: Launch
    var kind: AgentKind
    package var settings: Settings

    var phase: Phase = .settled
    var isStopped = false
    var isBackendUp = true
    var backendDetail = ""
    /// After a restart, until the keeper has spoken: shown as `unknown`.
    var isUnconfirmed = false
    var request: Request?
    var deferred: Request?
    var awaiting: Awaiting?
    /// The end was told before the answer to `run` was.
    var earlyEnd: Exit?
    var note: String?
    var generation = 0
    var shown: (state: AgentState, reason: String?)
    var since: Timestamp
    var isGone = false
    /// Taken up after a restart and not yet heard of: its launch may be running, so it is never given up for want of an answer.
    var isAdopted = false
    /// The terminal is being closed.
    package internal(set) var isClosing = false
    /// A launch that is being prepared will come into this terminal.
    var isHeld = false
    /// When the launch under way was first seen to run; nil also for one that ran before this daemon did.
    var runningSince: Duration?
    /// The queue has been told what this launch says of launches.
    var isJudged = false
    /// The screen is being watched until the agent is ready for its prompt.
    var awaitsQuiet = false
    var steps: StepMachine
    /// The prompt of the next step, on its way to the agent that runs.
    var delivery: Delivery?
    /// What the agent has said of itself, until it is told or seen to do something else.
    var attention: (state: AgentState, reason: String)?
    var observation: Observation?
    /// Seen while its launch was not known to run yet, or was being made to leave: it counts once the launch runs, or goes on.
    var heldObservation: Observation?
    /// Said before the keeper's word that it runs, or that the prompt of its step has arrived.
    var earlyReports: [(report: StepReport, reply: ReplyToken?)] = []
    /// Taken over from a daemon before this one between two steps: that one may have typed the next prompt.
    var inheritsDelivery = false
    /// The step before ended with a person's word.
    var wasReviewed = false
    /// The report that ended the step before.
    var heard: StepReport?

    package init(
        ticket: Ticket, session: SessionRecord, launch: PreparedLaunch, settings: Settings, now: Timestamp
    ) {
        self.ticket = ticket
        self.session = session
        self.launch = launch.launch
        self.kind = launch.kind
        self.settings = settings
        self.steps = StepMachine(type: launch.type ?? .single(ticket.type), progress: ticket.progress)
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
            sessionID: session.id, isStopped: isInWork && isStopped, dialog: dialog, backend: session.backend,
            pane: session.handle?.pane, launch: launch.id, pid: pid,
            startedAt: launch.startedAt ?? launch.createdAt, exit: exit)
    }

    /// What it asks of a person at its terminal.
    private var dialog: String? {
        guard case .running = phase, let observation, observation.isDialog else { return nil }
        return observation.reason
    }

    /// True while the agent holds a slot of the queue.
    package var isInWork: Bool { if case .settled = phase { false } else { true } }
    package var isRunning: Bool { if case .running = phase { true } else { false } }

    /// The reason of `unknown` between a restart and the keeper's first word.
    package static let askingReason = "asking its keeper"

    var derived: (AgentState, String?) {
        if isInWork, !isBackendUp { return (.unknown, backendDetail) }
        if isInWork, isUnconfirmed { return (.unknown, Self.askingReason) }
        switch phase {
        case .opening, .starting: return (.launching, nil)
        case .running: return derivedWhileRunning
        case .leaving:
            switch request?.intent {
            case .switch, .restart, nil: return (.switching, nil)
            case .stop, .cancel: return (.running, "being stopped")
            case .finish(_, let reason): return (.running, "leaving: \(reason)")
            }
        case .settled:
            if let review = openReview { return (.waiting, review.kind.reason) }
            switch launch.state {
            case .ended(let exit): return (ticket.state == .done ? .done : .exited, exit.spoken)
            case .refused(let reason): return (.error, reason)
            case .intended, .running, .lost: return (.lost, ticket.reason)
            }
        }
    }

    private var derivedWhileRunning: (AgentState, String?) {
        if isStopped { return (.interrupted, "stopped by Ctrl+Z") }
        if let review = openReview { return (.waiting, review.kind.reason) }
        if case .finish(_, let reason) = ticket.intent { return (.running, "finishing: \(reason)") }
        if let attention { return (attention.state, attention.reason) }
        if let observation { return (observation.state, note ?? observation.reason) }
        return (.running, note)
    }

    private var openReview: StepProgress.Review? { ticket.state == .review ? ticket.progress?.review : nil }

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
        case .report(let report, let reply): self.report(report, reply, at: now)
        case .review(let verdict, let reply): review(verdict, reply, at: now)
        case .prompt(let visit, let text): prompt(visit, text, at: now)
        case .promptDelivered(let visit, let error): promptDelivered(visit, error, at: now)
        case .stepRefused(let visit, let error): stepRefused(visit, error, at: now)
        case .reviewed(let ticket): reviewed(ticket)
        case .artifacts(let visit): artifacts(visit, at: now)
        case .observed(let id, let seen): id == launch.id ? observed(seen, at: now) : []
        }
    }

    mutating func closePostponed() -> [Effect] {
        isClosing = false
        // Where terminals do not linger too: what is in the way is looked at again, and not all the time.
        return lingerOn(atLeast: .seconds(1))
    }

    /// Keeps a lingering terminal open for a launch that is being prepared; `.released` gives it up again.
    /// - Returns: nil when the terminal is gone or being closed.
    package mutating func holdSession() -> SessionRecord? {
        guard !isInWork, !isGone, !isClosing else { return nil }
        generation += 1
        isHeld = true
        return session
    }

    mutating func released() -> [Effect] {
        isHeld = false
        return lingerOn()
    }

    // MARK: Helpers

    /// A commit of `changes` and, if what is shown has changed with them, the event that says so.
    mutating func record(_ changes: [JournalChange], then: [Effect] = [], at now: Moment) -> Effect {
        .record(changes + shownChange(at: now), then: then)
    }

    mutating func shownChange(at now: Moment) -> [JournalChange] {
        let (state, reason) = derived
        guard state != shown.state || reason != shown.reason else { return [] }
        shown = (state, reason)
        since = now.wall
        return [.event(.agentState(agent))]
    }

    func answer(_ token: ReplyToken?, _ result: Result<AgentReply, ReeveError>) -> [Effect] {
        token.map { [.reply($0, result)] } ?? []
    }

    mutating func answerAwaiting(_ outcome: Result<Void, ReeveError>) -> [Effect] {
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
