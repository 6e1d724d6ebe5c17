import ReeveEngine
import ReeveModel
import Synchronization

/// Who asks one simulated daemon for things, and notes down what was asked and what was answered.
struct SimulationClient: Sendable {
    /// What an answer names.
    enum Named: Sendable { case nothing, launch(LaunchID), session(SessionID?) }

    /// Opened when the daemon has recovered; a real one answers nobody before. The queue has to be right before that too, since what happens
    /// by itself reaches it; sessions without a ticket are only ever asked for.
    final class Door: Sendable {
        private let state = Mutex(false)
        var isOpen: Bool { state.withLock { $0 } }
        func open() { state.withLock { $0 = true } }
    }

    let engine: Engine
    let door: Door
    let journal: SimulatedJournal
    let ledger: SimulationLedger
    let disk: MemoryJournal
    let executor: SimulationExecutor
    let time: SimulationTime
    let daemon: Int

    /// A bridge into the simulated daemon: the task is its executor's job. A daemon that is killed answers nothing.
    func run(_ body: @escaping @Sendable () async throws -> Void) { Task(executorPreference: executor) { try? await body() } }

    private func ask(
        _ wish: SimulationAsked.Wish, of ticket: TicketID? = nil, _ body: @escaping @Sendable () async throws -> Named
    ) {
        let number = ledger.asks(wish, of: ticket, log: Int(disk.cursor))
        run { [ledger, disk] in
            do {
                let named = try await body()
                var launch: LaunchID?
                var session: SessionID?
                switch named {
                case .nothing: break
                case .launch(let id): launch = id
                case .session(let id): session = id
                }
                ledger.answered(number, .answered, log: Int(disk.cursor), launch: launch, session: session)
            } catch {
                ledger.answered(number, .refused("\(error)"), log: Int(disk.cursor))
            }
        }
    }

    // MARK: Tickets

    func create(_ new: NewTicket, id: TicketID, thenPauses: Bool) {
        ask(.create, of: id) { [self] in
            _ = try await engine.queue.create(new)
            // Who thinks better of it at once: the pause meets the launch half-way.
            if thenPauses { pause(true) }
            return .nothing
        }
    }

    /// With an idempotency key, as the control door does it: who has been answered is answered the same.
    func createOnce(_ key: String) {
        run { [self] in
            // As the control door has it: a repeat that comes while the first is worked on is not another request.
            var isUnderWay = false
            ledger.note { state in
                isUnderWay = state.underWay[key] == daemon
                state.underWay[key] = daemon
            }
            guard !isUnderWay else { return }
            defer { ledger.note { $0.underWay[key] = nil } }
            if let known = try await journal.answer(to: key)?.result.flatMap({ TicketID($0) }) {
                return ledger.note { $0.keyed[key] = known }
            }
            let context = CommandContext { ticket in
                RecordedAnswer(key: key, method: "ticket.create", fingerprint: key, result: ticket.id.text)
            }
            let ticket = try await engine.queue.create(NewTicket(title: key), context)
            ledger.note { $0.keyed[key] = ticket.id }
        }
    }

    /// What was edited is followed by a change of agent and of what comes first.
    func update(_ id: TicketID, title: String?, agent: String, after: [TicketID]) {
        ledger.note { $0.led.insert(id) }
        ask(.update(title: title, agent: agent, after: after), of: id) { [queue = engine.queue] in
            _ = try await queue.update(id, TicketChange(title: title, agent: agent, after: after), CommandContext())
            return .nothing
        }
    }

    func cancel(_ id: TicketID) {
        ledger.wish(for: id)
        ledger.note { $0.ended.insert(id) }
        ask(.cancel, of: id) { [queue = engine.queue] in
            _ = try await queue.cancel(id, CommandContext())
            return .nothing
        }
    }

    func retry(_ id: TicketID) {
        ledger.wish(for: id)
        ask(.retry, of: id) { [queue = engine.queue] in
            _ = try await queue.retry(id, CommandContext())
            return .nothing
        }
    }

    func launch(_ id: TicketID) {
        ledger.note { $0.led.insert(id) }
        ask(.launch, of: id) { [queue = engine.queue] in
            _ = try await queue.launch(id)
            return .nothing
        }
    }

    func pause(_ paused: Bool) {
        let wish = ledger.wish()
        ask(paused ? .pause : .resume) { [self] in
            try await engine.queue.setPaused(paused)
            guard paused else { return .nothing }
            let now = time.wall()
            ledger.note { if $0.wishes == wish { ($0.pausedSince, $0.pausedBy) = (now, daemon) } }
            return .nothing
        }
    }

    // MARK: Agents

    func change(_ id: TicketID, to kind: String) {
        ledger.wish(for: id)
        ledger.note { $0.led.insert(id) }
        ask(.change(to: kind), of: id) { [queue = engine.queue] in
            .launch(try await queue.switchAgent(id, to: kind, prompt: nil, policy: nil).agent.launch)
        }
    }

    func restart(_ id: TicketID) {
        ledger.note { $0.led.insert(id) }
        ask(.restart, of: id) { [queue = engine.queue] in .launch(try await queue.restart(id).launch) }
    }

    func stop(_ id: TicketID) {
        ledger.note { state in
            state.led.insert(id)
            state.ended.insert(id)
        }
        ask(.stop, of: id) { [queue = engine.queue] in
            _ = try await queue.stop(id)
            return .nothing
        }
    }

    func send(_ id: TicketID) { run { [desk = engine.desk] in _ = try await desk.send(id, "hello", enter: true, force: false) } }

    // MARK: Steps

    func review(_ id: TicketID, isApproval: Bool, visit: Int?, by reviewer: String) {
        ask(.review(by: reviewer, isApproval: isApproval), of: id) { [queue = engine.queue] in
            let verdict = ReviewVerdict(
                isApproval: isApproval, text: isApproval ? nil : "not yet", reviewer: reviewer, visit: visit)
            _ = try await queue.review(id, verdict, CommandContext())
            return .nothing
        }
    }

    func artifactsAreThere(_ id: TicketID, visit: Int) {
        ledger.note { $0.nudged.insert(id) }
        run { [queue = engine.queue] in await queue.artifactsAreThere(id, visit: visit) }
    }

    /// An agent says something of itself: its hook tells what it does, `reeve step done` how its step stands.
    func hear(_ id: TicketID, _ launch: LaunchID, _ word: SimulatedWorld.Word) {
        let queue = engine.queue
        switch word {
        case .works: run { await queue.observe(id, launch, Observation(state: .running, endedTurn: false)) }
        case .rests:
            ledger.note { $0.rested.insert(launch) }
            run { await queue.observe(id, launch, Observation(state: .waiting, reason: Observation.idlePrompt, endedTurn: true)) }
        case .done, .givesUp:
            let status: StepReport.Status = word == .done ? .complete : .failed
            ask(.report(launch, status), of: id) {
                _ = try await queue.report(id, launch: launch, StepReport(status: status, summary: "by \(launch)"))
                return .nothing
            }
        }
    }

    // MARK: Sessions without a ticket

    func spawn(_ name: SessionName) {
        guard door.isOpen else { return }
        ask(.spawn(name)) { [sessions = engine.sessions] in
            .session(try await sessions.spawn(name, command: ["tool"], directory: nil, environment: [:]).id)
        }
    }

    func destroy(_ name: SessionName) {
        ask(.destroy(name)) { [sessions = engine.sessions] in
            try await sessions.destroy(name)
            return .nothing
        }
    }

    func type(into name: SessionName) {
        run { [sessions = engine.sessions] in try await sessions.send(name, text: "hello", enter: true) }
    }
}
