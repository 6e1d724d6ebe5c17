package import Logging
package import ReeveModel

/// The queue: order, capacity, pause, dependencies — the only place where limits are enforced, for every door.
///
/// Its parts lie beside this file: `+Tickets` (create to retry), `+Launching`, `+Agents` (switch, restart, stop), `+Restoring`. Members without
/// a modifier are theirs, not for other types of this target.
///
/// Commands reserve first, commit, then confirm or roll back; between reading and writing its policy nothing suspends.
/// What its agents do goes on in their own actors; this one hears of it by `workEnded`.
package actor QueueActor {
    /// Work for the engine's task group: an actor must not start tasks of its own.
    enum Job: Sendable {
        case launch(Ticket)
        case run(AgentActor)
        case wakeUp(at: Timestamp)
        case workEnded(Ticket, from: TicketState, LaunchOutcome)
        case moved(from: TicketState, to: TicketState)
        case advance(TicketID)
        case judged(TicketID, kind: String, LaunchOutcome)
        case keepsKind(TicketID, String)
        case agentFinished(TicketID, AgentActor)
    }

    let jobs: AsyncStream<Job>
    let jobLine: AsyncStream<Job>.Continuation
    let journal: any Journal
    let settings: LiveSettings
    let board: StatusBoard
    let time: any TimeSource
    let ids: any IDGenerator
    let workflows: any Workflows
    let preparer: LaunchPreparer
    let surroundings: AgentSurroundings
    let logger: Logger

    var policy: QueuePolicy
    var agents: [TicketID: AgentActor] = [:]
    var counts: [TicketState: Int] = [:]
    var lastSequence: Int64 = 0
    var armedWakeUp: Timestamp?
    /// Grows with every ticket that is done: what was looked up before an `await` is looked up again if it has.
    var doneGeneration = 0
    /// The tickets that were done while somebody commits a ticket with dependencies; empty when nobody does.
    var doneMeanwhile: [TicketID] = []
    var dependencyCommits = 0
    /// Reserved, and not yet written down as launched.
    var launching: Set<TicketID> = []
    /// Out of the queue while a change of them is committed.
    var changing: Set<TicketID> = []
    /// Tickets whose next step waits for its agent to be free.
    var advancing: Set<TicketID> = []
    /// Tickets with a switch under way, which has taken their slot for the agent that is to come.
    var switching: Set<TicketID> = []
    /// Who waits for a ticket to be out of one of these, or out of its slot.
    private var waiters: [CheckedContinuation<Void, Never>] = []
    var isStopping = false
    /// What is in work by the journal has its slots and its actors. Before that nothing is launched: there would seem to be room.
    var isRestored = false
    /// Finished tickets that were started too often, the latest last.
    var staysDown: [TicketID] = []
    /// What the journal has, or will have, of the breaker.
    var writtenBreaker = ""
    /// The brakes that an event has told of.
    var toldBrakes: Set<LaunchBreaker.Scope> = []
    /// What was asked for last, and what the journal has of it.
    private var pauseWish: (number: Int, isPaused: Bool) = (0, false)
    private var pauseOnDisk: (number: Int, isPaused: Bool) = (0, false)

    package init(
        journal: any Journal, settings: LiveSettings, board: StatusBoard, keepers: any Keepers, backends: Backends,
        environment: any LaunchEnvironment, workflows: any Workflows, worktrees: (any Worktrees)?, time: any TimeSource,
        ids: any IDGenerator, logger: Logger
    ) {
        let (jobs, jobLine) = AsyncStream<Job>.makeStream()
        self.jobs = jobs
        self.jobLine = jobLine
        self.journal = journal
        self.settings = settings
        self.board = board
        self.time = time
        self.ids = ids
        self.logger = logger
        policy = QueuePolicy(limits: settings.current.limits)
        policy.breaker = LaunchBreaker(settings.current.breaker)
        policy.hold = "\(backends.primary.name) is not connected yet"
        policy.isPaired = { ticket in (try? workflows.type(ticket.type).mode) == .paired }
        self.workflows = workflows
        preparer = LaunchPreparer(
            journal: journal, workflows: workflows, environment: environment, settings: settings, worktrees: worktrees, ids: ids,
            time: time)
        surroundings = AgentSurroundings(
            journal: journal, keepers: keepers, backends: backends, environment: environment, board: board, time: time,
            logger: logger, readyTimeout: settings.current.readyTimeout,
            kind: { settings.current.kinds[$0] },
            onLeaveWork: { jobLine.yield(.workEnded($0, from: $1, $2)) },
            onMoved: { jobLine.yield(.moved(from: $0, to: $1)) }, onAdvance: { jobLine.yield(.advance($0)) },
            onJudged: { jobLine.yield(.judged($0, kind: $1, $2)) }, onKeepsKind: { jobLine.yield(.keepsKind($0, $1)) },
            onFinish: { jobLine.yield(.agentFinished($0, $1)) })
    }

    // MARK: The queue as a whole

    /// Why nothing can be launched, or nil when it can again.
    func hold(_ reason: String?) {
        policy.hold = reason
        publish()
        schedule()
    }

    func applySettings() {
        policy.limits = settings.current.limits
        policy.breaker.settings = settings.current.breaker
        publish()
        schedule()
    }

    func stop() {
        isStopping = true
        jobLine.finish()
        wakeWaiters()
    }

    /// Returns when `condition` no longer holds; it is looked at whenever a ticket has moved.
    func wait(while condition: () -> Bool) async throws {
        while condition() {
            if isStopping { throw ReeveError(.shuttingDown, "the daemon is stopping") }
            await withCheckedContinuation { waiters.append($0) }
        }
    }

    func wakeWaiters() {
        let woken = waiters
        waiters = []
        for waiter in woken { waiter.resume() }
    }

    /// Answers when the queue does: the watchdog's canary.
    package func probe() {}

    package func setPaused(_ paused: Bool) async throws {
        let isNews = pauseWish.isPaused != paused
        pauseWish = (pauseWish.number + 1, paused)
        let number = pauseWish.number
        // Pausing counts from this moment, resuming from its commit: in doubt nothing is launched.
        if paused { policy.isPaused = true }
        defer { settlePause(number) }
        var changes: [JournalChange] = [.setMeta(key: "paused", value: paused ? "true" : "false")]
        if isNews { changes.append(.event(paused ? .queuePaused : .queueResumed)) }
        if !paused { changes += releaseBrakes() }
        try await journal.enqueue(changes).value()
        if number > pauseOnDisk.number { pauseOnDisk = (number, paused) }
    }

    /// Several may be asked for at once, and their commits are told of in any order: the last one decides, as on the disk.
    private func settlePause(_ number: Int) {
        guard number == pauseWish.number else { return }
        pauseWish.isPaused = pauseOnDisk.isPaused
        policy.isPaused = pauseOnDisk.isPaused
        publish()
        schedule()
    }

    func restorePause(_ isPaused: Bool) {
        pauseWish.isPaused = isPaused
        pauseOnDisk.isPaused = isPaused
        policy.isPaused = isPaused
    }

    /// Launches a ticket now, or the first one that may; returns when its agent runs.
    package func launch(_ id: TicketID?) async throws -> Ticket {
        let ticket: Ticket
        if let id {
            try await awaitItsPlace(id)
            guard let queued = policy.queuedTicket(id) else { throw try await notQueued(id, "launched") }
            if let refusal = policy.refusal(launching: id, now: time.wall()) { throw refusal }
            ticket = queued
        } else {
            if let refusal = policy.refusal(project: nil, agent: "") ?? policy.breaker.refusal(now: time.wall()) { throw refusal }
            let automatic = policy.limits.autoLaunch
            policy.limits.autoLaunch = true
            defer { policy.limits.autoLaunch = automatic }
            guard let first = policy.nextLaunch(now: time.wall()) else {
                throw ReeveError.conflict("no queued ticket can start now", hint: "reeve list shows what each waits for")
            }
            ticket = first
        }
        reserve(ticket)
        let (running, promise) = try await commitLaunch(ticket)
        _ = try await promise.valueUnlessStopped()
        return running
    }

    // MARK: News from agents

    func workEnded(_ ticket: Ticket, from: TicketState, _ outcome: LaunchOutcome) {
        judge(ticket.id, kind: ticket.agent, outcome)
        if ticket.staysDown { staysDown.append(ticket.id) }
        policy.release(ticket.id)
        advancing.remove(ticket.id)
        move(from, ticket.state)
        if ticket.state == .queued { policy.enqueue(ticket, unmet: []) }
        satisfied(ticket)
        wakeWaiters()
        publish()
        schedule()
    }

    /// Who waits for a ticket that is done need not any more.
    func satisfied(_ ticket: Ticket) {
        guard ticket.state == .done else { return }
        doneGeneration += 1
        if dependencyCommits > 0 { doneMeanwhile.append(ticket.id) }
        policy.satisfy(ticket.id)
    }

    /// A switch that a restart interrupted is over: the slot counts for the agent that is there now.
    func keepsKind(_ id: TicketID, _ kind: String) async {
        guard let agent = agents[id], policy.runningIDs.contains(id) else { return }
        let ticket = await agent.ticket
        guard agents[id] === agent, policy.runningIDs.contains(id), !switching.contains(id), ticket.agent == kind else { return }
        policy.occupy(id, project: ticket.project, agent: kind)
        schedule()
    }

    func agentFinished(_ id: TicketID, _ agent: AgentActor) {
        if agents[id] === agent { agents[id] = nil }
        wakeWaiters()
    }

    /// Whether somebody looks after the ticket's terminal.
    func hasAgent(_ id: TicketID) -> Bool { agents[id] != nil }

    /// The session of a ticket's agent.
    package func session(of id: TicketID) async throws -> SessionRecord {
        if let agent = agents[id] { return await agent.session }
        guard try await journal.ticket(id) != nil else { throw ReeveError.notFound("ticket", id.text) }
        throw ReeveError.conflict("'\(id)' has no open terminal", hint: "reeve show \(id)")
    }

    // MARK: Publishing

    func move(_ old: TicketState?, _ new: TicketState) {
        if let old { counts[old, default: 0] -= 1 }
        counts[new, default: 0] += 1
    }

    func publish() {
        board.update { picture in
            picture.isPaused = policy.isPaused
            picture.hold = policy.hold
            picture.counts = counts
            picture.queued = policy.queuedCount
            picture.running = policy.runningCount
            picture.limit = policy.limits.maxParallel
            picture.brakes = policy.breaker.brakes
            picture.retrying = policy.delayedCount
            picture.nextRetry = policy.nextRetry
            picture.staysDown = staysDown
        }
    }
}
