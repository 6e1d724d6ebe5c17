package import Logging
package import ReeveModel

/// The queue: order, capacity, pause, dependencies — the only place where limits are enforced, for every door.
///
/// Commands reserve first, commit, then confirm or roll back; between reading and writing its policy nothing suspends.
/// What its agents do goes on in their own actors; this one hears of it by `workEnded`.
package actor QueueActor {
    /// Work for the engine's task group: an actor must not start tasks of its own.
    enum Job: Sendable {
        case launch(Ticket)
        case run(AgentActor)
        case wakeUp(at: Timestamp)
        case workEnded(Ticket)
        case agentFinished(TicketID, AgentActor)
    }

    let jobs: AsyncStream<Job>
    private let jobLine: AsyncStream<Job>.Continuation
    private let journal: any Journal
    private let settings: LiveSettings
    private let board: StatusBoard
    private let time: any TimeSource
    private let ids: any IDGenerator
    private let preparer: LaunchPreparer
    private let surroundings: AgentSurroundings
    private let logger: Logger

    private var policy: QueuePolicy
    private var agents: [TicketID: AgentActor] = [:]
    private var counts: [TicketState: Int] = [:]
    private var lastSequence: Int64 = 0
    private var armedWakeUp: Timestamp?
    /// Grows with every ticket that is done: what was looked up before an `await` is looked up again if it has.
    private var doneGeneration = 0
    /// The tickets that were done while somebody commits a ticket with dependencies; empty when nobody does.
    private var doneMeanwhile: [TicketID] = []
    private var dependencyCommits = 0
    /// Reserved, and not yet written down as launched.
    private var launching: Set<TicketID> = []
    private var isStopping = false

    package init(
        journal: any Journal, settings: LiveSettings, board: StatusBoard, keepers: any Keepers, backend: BackendActor,
        environment: any LaunchEnvironment, time: any TimeSource, ids: any IDGenerator, logger: Logger
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
        policy.hold = "\(backend.name) is not connected yet"
        preparer = LaunchPreparer(environment: environment, ids: ids, time: time)
        surroundings = AgentSurroundings(
            journal: journal, keepers: keepers, backend: backend, environment: environment, board: board, time: time,
            logger: logger, readyTimeout: settings.current.readyTimeout,
            enterDelay: { settings.current.kinds[$0]?.enterDelay ?? .milliseconds(150) },
            onLeaveWork: { jobLine.yield(.workEnded($0)) }, onFinish: { jobLine.yield(.agentFinished($0, $1)) })
    }

    // MARK: Start and stop

    /// Takes up what the journal holds. Everything in work gets its actor back, with the limits it already occupies.
    func restore(_ snapshot: JournalSnapshot) async {
        counts = snapshot.counts
        lastSequence = snapshot.lastSequence
        policy.isPaused = snapshot.isPaused
        for ticket in snapshot.queued { policy.enqueue(ticket, unmet: Set(ticket.after).subtracting(snapshot.done)) }
        for ticket in snapshot.strays { await settleStray(ticket) }
        for work in snapshot.work {
            let current = settings.current
            let kind = current.kinds[work.launch.kind] ?? AgentKind(name: work.launch.kind, start: work.launch.arguments)
            let machine = AgentMachine(
                ticket: work.ticket, session: work.session, launch: PreparedLaunch(launch: work.launch, kind: kind),
                settings: current.machine, now: time.wall())
            let agent = AgentActor(machine: machine, surroundings: surroundings)
            agents[work.ticket.id] = agent
            if work.ticket.state == .running {
                policy.occupy(work.ticket.id, project: work.ticket.project, agent: work.ticket.agent)
                agent.tell(.adopt(next: await nextForIntent(work)))
            } else {
                agent.tell(.adoptFinished)
            }
            jobLine.yield(.run(agent))
        }
        publish()
    }

    /// In work by its row, and no terminal to look for it in: it can only be said to be lost.
    private func settleStray(_ ticket: Ticket) async {
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
    private func nextForIntent(_ work: JournalSnapshot.Work) async -> PreparedLaunch? {
        do {
            switch work.ticket.intent {
            case .switch(let to, let prompt, _):
                return try await preparer.prepare(
                    work.ticket, kind: try settings.current.kind(to), session: work.session.id, conversation: nil,
                    prompt: prompt ?? work.ticket.prompt)
            case .restart:
                return try await preparer.prepare(
                    work.ticket, kind: try settings.current.kind(work.launch.kind), session: work.session.id,
                    conversation: work.launch.conversation, prompt: work.ticket.prompt)
            case .stop, .cancel, nil: return nil
            }
        } catch {
            logger.warning("an interrupted switch cannot go on", metadata: ["ticket": "\(work.ticket.id)", "error": "\(error)"])
            return nil
        }
    }

    /// Why nothing can be launched, or nil when it can again.
    func hold(_ reason: String?) {
        policy.hold = reason
        schedule()
    }

    func applySettings() {
        policy.limits = settings.current.limits
        publish()
        schedule()
    }

    func stop() {
        isStopping = true
        jobLine.finish()
    }

    /// Answers when the queue does: the watchdog's canary.
    package func probe() {}

    // MARK: Tickets

    package func create(_ new: NewTicket, _ context: CommandContext = CommandContext()) async throws -> Ticket {
        let current = settings.current
        let kind = try current.kind(new.agent ?? current.defaultAgent)
        if let project = new.project, let reason = surroundings.environment.badDirectory(project) {
            throw ReeveError.invalid("$.project", "\(project): \(reason)")
        }
        let unmet = try await lookUp(new.after, path: "$.after")
        for attempt in 1...5 {
            lastSequence += 1
            let id = try new.id ?? makeID(new.type)
            let ticket = Ticket(
                id: id, sequence: lastSequence, title: new.title, body: new.body, type: new.type, project: new.project,
                agent: kind.name, priority: new.priority, after: new.after, createdAt: time.wall())
            do {
                let still = try await whileCommitting(unmet) {
                    try await journal.enqueue([.addTicket(ticket)] + context.changes(ticket) + [.event(.ticketCreated(ticket))])
                        .value()
                }
                policy.enqueue(ticket, unmet: still)
                move(nil, .queued)
                publish()
                schedule()
                return ticket
            } catch let error as ReeveError where error.kind == .conflict && new.id == nil && attempt < 5 {
                continue
            }
        }
        throw ReeveError(.internal, "no free ticket id was found")
    }

    package func update(_ id: TicketID, _ change: TicketChange, _ context: CommandContext) async throws -> Ticket {
        if let agent = change.agent { _ = try settings.current.kind(agent) }
        if let project = change.project, let reason = surroundings.environment.badDirectory(project) {
            throw ReeveError.invalid("$.project", "\(project): \(reason)")
        }
        let after = change.after
        var unmet: Set<TicketID>?
        if let after { unmet = try await lookUp(after, path: "$.after") }
        // Taken out while its new form is committed: it cannot be launched in the old one meanwhile.
        guard var ticket = policy.queuedTicket(id) else { throw try await notQueued(id, "changed") }
        if let after, let cycle = policy.cycle(id, after: after) {
            throw ReeveError.invalid("$.after", "a cycle: \(cycle.map(\.text).joined(separator: " after "))")
        }
        let oldUnmet = policy.unmet(id)
        let old = ticket
        policy.remove(id)
        policy.reserveDependencies(id, unmet ?? oldUnmet)
        if let title = change.title { ticket.title = title }
        if let body = change.body { ticket.body = body }
        if let project = change.project { ticket.project = project }
        if let agent = change.agent { ticket.agent = agent }
        if let priority = change.priority { ticket.priority = priority }
        if let after { ticket.after = after }
        let mark = doneGeneration
        var still = unmet ?? oldUnmet
        do {
            still = try await whileCommitting(still) {
                try await journal.enqueue([.putTicket(ticket)] + context.changes(ticket) + [.event(.ticketUpdated(ticket))])
                    .value()
            }
        } catch {
            // What was done meanwhile is known to the reserved edges, as far as they are the old ones.
            policy.enqueue(old, unmet: mark == doneGeneration ? oldUnmet : oldUnmet.intersection(policy.unmet(id)))
            throw error
        }
        policy.enqueue(ticket, unmet: still)
        schedule()
        return ticket
    }

    package func cancel(_ id: TicketID, _ context: CommandContext) async throws -> Ticket {
        if let queued = policy.queuedTicket(id) {
            let unmet = policy.unmet(id)
            policy.remove(id)
            policy.reserveDependencies(id, unmet)
            var ticket = queued
            ticket.state = .cancelled
            ticket.finishedAt = time.wall()
            ticket.reason = "cancelled before it started"
            do {
                try await journal.enqueue([.putTicket(ticket)] + context.changes(ticket) + [.event(.ticketFinished(ticket))])
                    .value()
            } catch {
                policy.enqueue(queued, unmet: policy.unmet(id))
                throw error
            }
            policy.reserveDependencies(id, [])
            move(.queued, .cancelled)
            publish()
            return ticket
        }
        // Between the decision to launch and its commit there is nobody to ask yet.
        while launching.contains(id) { try await time.sleep(for: .milliseconds(10)) }
        guard let agent = agents[id], policy.runningIDs.contains(id) else { throw try await notQueued(id, "cancelled") }
        guard case .ticket(let ticket) = try await agent.ask(.cancel, next: nil) else {
            throw ReeveError(.internal, "cancelling '\(id)' was answered with something else")
        }
        return ticket
    }

    package func retry(_ id: TicketID, _ context: CommandContext) async throws -> Ticket {
        try await awaitRelease(id)
        guard var ticket = try await journal.ticket(id) else { throw ReeveError.notFound("ticket", id.text) }
        guard ticket.state.isFinished, !policy.runningIDs.contains(id), policy.queuedTicket(id) == nil else {
            throw ReeveError.conflict("'\(id)' is \(ticket.state.rawValue); only a finished ticket is retried")
        }
        let unmet = try await lookUp(ticket.after, path: "$.ticket")
        guard policy.queuedTicket(id) == nil, !policy.runningIDs.contains(id) else {
            throw ReeveError.conflict("'\(id)' is already being retried")
        }
        let old = ticket.state
        ticket.state = .queued
        ticket.finishedAt = nil
        ticket.startedAt = nil
        ticket.reason = nil
        ticket.attempts = 0
        // The place is taken before the commit, but not yet the right to start.
        policy.occupy(id, project: nil, agent: "")
        var still = unmet
        do {
            still = try await whileCommitting(unmet) {
                try await journal.enqueue([.putTicket(ticket)] + context.changes(ticket) + [.event(.ticketUpdated(ticket))])
                    .value()
            }
        } catch {
            policy.release(id)
            throw error
        }
        policy.release(id)
        policy.enqueue(ticket, unmet: still)
        move(old, .queued)
        publish()
        schedule()
        return ticket
    }

    /// Why a queued ticket waits, for people.
    package func waitingReason(_ id: TicketID) -> String? { policy.waitingReason(id, now: time.wall()) }

    /// The prerequisites that are not done. Unknown ids are refused.
    private func lookUp(_ after: [TicketID], path: String) async throws -> Set<TicketID> {
        while true {
            let generation = doneGeneration
            var unmet: Set<TicketID> = []
            for id in Set(after) where policy.queuedTicket(id) != nil || policy.runningIDs.contains(id) { unmet.insert(id) }
            for id in Set(after).subtracting(unmet) {
                guard let ticket = try await journal.ticket(id) else {
                    throw ReeveError.invalid(path, "no ticket '\(id)'", hint: "create the tickets it waits for first")
                }
                if ticket.state != .done { unmet.insert(id) }
            }
            if generation == doneGeneration { return unmet }
        }
    }

    /// Runs a commit, and returns those of `unmet` that were not done meanwhile.
    private func whileCommitting(_ unmet: Set<TicketID>, _ commit: () async throws -> Void) async throws -> Set<TicketID> {
        guard !unmet.isEmpty else {
            try await commit()
            return []
        }
        let mark = doneMeanwhile.count
        dependencyCommits += 1
        defer {
            dependencyCommits -= 1
            if dependencyCommits == 0 { doneMeanwhile = [] }
        }
        try await commit()
        return unmet.subtracting(doneMeanwhile[mark...])
    }

    private func notQueued(_ id: TicketID, _ verb: String) async throws -> ReeveError {
        guard let ticket = try await journal.ticket(id) else { return .notFound("ticket", id.text) }
        return .conflict("'\(id)' is \(ticket.state.rawValue) and cannot be \(verb)")
    }

    private func makeID(_ type: String) throws -> TicketID {
        guard let id = TicketID("\(type.prefix(40))-\(ids.token(5).uppercased())") else {
            throw ReeveError.invalid("$.type", "no id can be made of it")
        }
        return id
    }

    // MARK: The queue as a whole

    package func setPaused(_ paused: Bool) async throws {
        let was = policy.isPaused
        // Pausing counts from this moment, resuming from its commit: in doubt nothing is launched.
        if paused { policy.isPaused = true }
        do {
            let event: [JournalChange] = was == paused ? [] : [.event(paused ? .queuePaused : .queueResumed)]
            try await journal.enqueue([.setMeta(key: "paused", value: paused ? "true" : "false")] + event).value()
        } catch {
            policy.isPaused = was
            throw error
        }
        policy.isPaused = paused
        publish()
        schedule()
    }

    /// Launches a ticket now, or the first one that may; returns when its agent runs.
    package func launch(_ id: TicketID?) async throws -> Ticket {
        let ticket: Ticket
        if let id {
            guard let queued = policy.queuedTicket(id) else { throw try await notQueued(id, "launched") }
            if let refusal = policy.refusal(launching: id) { throw refusal }
            ticket = queued
        } else {
            if let refusal = policy.refusal(project: nil, agent: "") { throw refusal }
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
        _ = try await promise.value()
        return running
    }

    // MARK: Launching

    private func schedule() {
        guard !isStopping else { return }
        while let ticket = policy.nextLaunch(now: time.wall()) {
            reserve(ticket)
            jobLine.yield(.launch(ticket))
        }
        if let moment = policy.nextWakeUp, armedWakeUp.map({ moment < $0 }) ?? true {
            armedWakeUp = moment
            jobLine.yield(.wakeUp(at: moment))
        }
    }

    func wokenUp() {
        armedWakeUp = nil
        schedule()
    }

    private func reserve(_ ticket: Ticket) {
        policy.remove(ticket.id)
        policy.occupy(ticket.id, project: ticket.project, agent: ticket.agent)
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
    private func commitLaunch(_ ticket: Ticket) async throws -> (Ticket, Promise) {
        defer { launching.remove(ticket.id) }
        do {
            let kind = try settings.current.kind(ticket.agent)
            let session = try await openSession(ticket.id)
            let prepared = try await preparer.prepare(
                ticket, kind: kind, session: session.id, conversation: nil, prompt: ticket.prompt)
            var running = ticket
            running.state = .running
            running.startedAt = time.wall()
            running.attempts += 1
            running.reason = nil
            running.notBefore = nil
            return (running, try await admit(running, prepared, session, from: .queued, switchedFrom: nil))
        } catch let error as ReeveError where error.kind == .unavailable && error.message.hasPrefix("the d") {
            // The disk or the database: nothing is wrong with the ticket, so it waits for them.
            agents[ticket.id]?.tell(.released)
            var delayed = ticket
            delayed.notBefore = time.wall().advanced(by: .seconds(5))
            policy.release(ticket.id)
            policy.enqueue(delayed, unmet: [])
            publish()
            schedule()
            throw error
        } catch {
            agents[ticket.id]?.tell(.released)
            await fail(ticket, error as? ReeveError ?? ReeveError(.internal, "\(error)"))
            throw error
        }
    }

    /// Commits a ticket in work with its launch, and hands it to its actor: whoever asks something of it from now on comes after that.
    private func admit(
        _ ticket: Ticket, _ prepared: PreparedLaunch, _ session: SessionRecord, from old: TicketState, switchedFrom: String?
    ) async throws -> Promise {
        let machine = AgentMachine(
            ticket: ticket, session: session, launch: prepared, settings: settings.current.machine, now: time.wall())
        var shown = machine.agent
        shown.state = .launching
        shown.reason = nil
        try await journal.enqueue([
            .putTicket(ticket), .putSession(session), .putLaunch(prepared.launch), .event(.ticketUpdated(ticket)),
            .event(.agentState(shown)),
        ]).value()
        move(old, .running)
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

    /// The session of an earlier run if its terminal is still open, else a new one.
    private func openSession(_ id: TicketID) async throws -> SessionRecord {
        while let agent = agents[id] {
            if let session = await agent.holdSession() { return session }
            // It is just being closed; a new one of the same name has to wait for that.
            if agents[id] === agent { try await time.sleep(for: .milliseconds(10)) }
        }
        guard let name = SessionName(settings.current.sessionPrefix + id.text), let sessionID = SessionID(ids.token(12)) else {
            throw ReeveError.conflict(
                "no session name can be made of '\(settings.current.sessionPrefix)\(id)'", hint: "64 characters is the limit")
        }
        return SessionRecord(id: sessionID, name: name, backend: surroundings.backend.name, ticket: id, openedAt: time.wall())
    }

    /// A launch that cannot be made for a reason of its own ends the ticket.
    private func fail(_ ticket: Ticket, _ error: ReeveError) async {
        var failed = ticket
        failed.state = .failed
        failed.reason = error.message
        failed.finishedAt = time.wall()
        while !isStopping {
            do {
                try await journal.enqueue([.putTicket(failed), .event(.ticketFinished(failed))]).value()
                break
            } catch {
                try? await time.sleep(for: .seconds(1))
            }
        }
        policy.release(ticket.id)
        move(.queued, .failed)
        publish()
        schedule()
    }

    // MARK: Agents

    /// Leaves the ticket's agent and starts another; returns when the new one runs.
    package func switchAgent(
        _ id: TicketID, to name: String, prompt: String?, policy resort: LastResort?
    ) async throws -> SwitchResult {
        let kind = try settings.current.kind(name, path: "$.to")
        try await awaitRelease(id)
        guard let agent = agents[id], policy.runningIDs.contains(id) else { return try await switchFinished(id, kind, prompt) }
        let ticket = await agent.ticket
        if ticket.agent == name {
            throw ReeveError.conflict("'\(id)' is already worked on by \(name)", hint: "reeve restart \(id) starts it anew")
        }
        if let refusal = policy.refusal(project: ticket.project, agent: name, except: id) { throw refusal }
        let next = try await preparer.prepare(
            ticket, kind: kind, session: agent.sessionID, conversation: nil, prompt: prompt ?? ticket.prompt)
        let intent = AgentIntent.switch(to: name, prompt: prompt, policy: resort ?? settings.current.lastResort)
        // Looked at again: the agent may have ended, or another have taken the place, while this was prepared.
        guard agents[id] === agent, policy.runningIDs.contains(id) else {
            throw ReeveError.conflict("the agent of '\(id)' has just ended", hint: "try again")
        }
        if let refusal = policy.refusal(project: ticket.project, agent: name, except: id) { throw refusal }
        policy.occupy(id, project: ticket.project, agent: name)
        do {
            guard case .switched(let result) = try await agent.ask(intent, next: next) else {
                throw ReeveError(.internal, "switching '\(id)' was answered with something else")
            }
            return result
        } catch {
            let now = await agent.ticket
            if agents[id] === agent, now.state == .running, policy.runningIDs.contains(id) {
                policy.occupy(id, project: now.project, agent: now.agent)
            }
            throw error
        }
    }

    /// A ticket is finished on the disk a moment before its slot is free: whoever saw the one may count on the other.
    private func awaitRelease(_ id: TicketID) async throws {
        guard policy.runningIDs.contains(id), let ticket = try await journal.ticket(id), ticket.state.isFinished else { return }
        for _ in 0..<200 where policy.runningIDs.contains(id) { try await time.sleep(for: .milliseconds(5)) }
    }

    /// The agent has already exited: the new one needs a slot like any launch.
    private func switchFinished(_ id: TicketID, _ kind: AgentKind, _ prompt: String?) async throws -> SwitchResult {
        guard var ticket = try await journal.ticket(id) else { throw ReeveError.notFound("ticket", id.text) }
        guard ticket.state.isFinished, let last = try await journal.lastWork(of: id) else {
            throw ReeveError.conflict(
                "'\(id)' is \(ticket.state.rawValue) and has no agent yet", hint: "reeve edit \(id) --agent \(kind.name)")
        }
        guard !policy.runningIDs.contains(id), policy.queuedTicket(id) == nil else {
            throw ReeveError.conflict("'\(id)' is being launched")
        }
        if let refusal = policy.refusal(project: ticket.project, agent: kind.name) { throw refusal }
        policy.occupy(id, project: ticket.project, agent: kind.name)
        var isAdmitted = false
        do {
            let session = try await openSession(id)
            let prepared = try await preparer.prepare(
                ticket, kind: kind, session: session.id, conversation: nil, prompt: prompt ?? ticket.prompt)
            let old = ticket.state
            ticket.agent = kind.name
            ticket.state = .running
            ticket.startedAt = time.wall()
            ticket.finishedAt = nil
            ticket.reason = nil
            let promise = try await admit(ticket, prepared, session, from: old, switchedFrom: last.launch.kind)
            isAdmitted = true
            guard case .switched(let result) = try await promise.value() else {
                throw ReeveError(.internal, "switching '\(id)' was answered with something else")
            }
            return result
        } catch {
            // Once the launch is admitted, the end of its work frees the slot.
            if !isAdmitted {
                agents[id]?.tell(.released)
                policy.release(id)
                publish()
            }
            throw error
        }
    }

    package func restart(_ id: TicketID) async throws -> Agent {
        let agent = try await working(id)
        if let refusal = policy.refusal(project: nil, agent: "", except: id) { throw refusal }
        let ticket = await agent.ticket
        let last = try await journal.lastWork(of: id)
        let next = try await preparer.prepare(
            ticket, kind: try settings.current.kind(ticket.agent), session: agent.sessionID,
            conversation: last?.launch.conversation, prompt: ticket.prompt)
        guard case .agent(let result) = try await agent.ask(.restart, next: next) else {
            throw ReeveError(.internal, "restarting '\(id)' was answered with something else")
        }
        return result
    }

    package func stop(_ id: TicketID) async throws -> Agent {
        guard case .agent(let result) = try await working(id).ask(.stop, next: nil) else {
            throw ReeveError(.internal, "stopping '\(id)' was answered with something else")
        }
        return result
    }

    private func working(_ id: TicketID) async throws -> AgentActor {
        if let agent = agents[id], policy.runningIDs.contains(id) { return agent }
        guard let ticket = try await journal.ticket(id) else { throw ReeveError.notFound("ticket", id.text) }
        throw ReeveError.conflict(
            "'\(id)' is \(ticket.state.rawValue), its agent is not running",
            hint: ticket.state.isFinished ? "reeve retry \(id) puts it back into the queue" : nil)
    }

    // MARK: News from agents

    func workEnded(_ ticket: Ticket) {
        policy.release(ticket.id)
        move(.running, ticket.state)
        if ticket.state == .queued { policy.enqueue(ticket, unmet: []) }
        if ticket.state == .done {
            doneGeneration += 1
            if dependencyCommits > 0 { doneMeanwhile.append(ticket.id) }
            policy.satisfy(ticket.id)
        }
        publish()
        schedule()
    }

    func agentFinished(_ id: TicketID, _ agent: AgentActor) {
        if agents[id] === agent { agents[id] = nil }
    }

    /// The session of a ticket's agent.
    package func session(of id: TicketID) async throws -> SessionRecord {
        if let agent = agents[id] { return await agent.session }
        guard try await journal.ticket(id) != nil else { throw ReeveError.notFound("ticket", id.text) }
        throw ReeveError.conflict("'\(id)' has no open terminal", hint: "reeve show \(id)")
    }

    // MARK: Publishing

    private func move(_ old: TicketState?, _ new: TicketState) {
        if let old { counts[old, default: 0] -= 1 }
        counts[new, default: 0] += 1
    }

    private func publish() {
        board.update { picture in
            picture.isPaused = policy.isPaused
            picture.counts = counts
            picture.queued = policy.queuedCount
            picture.running = policy.runningCount
            picture.limit = policy.limits.maxParallel
        }
    }
}
