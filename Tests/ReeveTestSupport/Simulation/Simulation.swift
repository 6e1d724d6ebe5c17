import Logging
import ReeveEngine
import ReeveModel
import Synchronization

/// One run of a whole engine in a world that fails, on virtual time, in an order that the seed decides: clients ask for things, the daemon
/// is killed and started again, and afterwards every promise is checked.
package final class Simulation {
    package struct Report: Sendable {
        package var seed: UInt64
        package var violations: [String]
        package var launches = 0
        package var kills = 0
        package var steps = 0
        /// All events, for whoever looks for the reason.
        package var log: [String] = []
    }

    private static let troubleEnds = Duration.seconds(60)
    private static let end = Duration.seconds(900)
    private static let tickets = 6

    private let seed: UInt64
    private let mutation: SimulationMutation?
    private var generator: SeededGenerator
    private let clock = SimulationClock()
    private let disk = MemoryJournal()
    private let world: SimulatedWorld
    private let ledger = SimulationLedger()
    private let condition = DiskCondition()
    private let limits: QueueLimits
    private let retry: RetryPolicy
    private let breaker: LaunchBreaker.Settings
    private var number = 0
    /// How long the log was at each kill.
    private var killedAt: [Int] = []
    private var executor = SimulationExecutor()
    private var journal: SimulatedJournal?
    private var engine: Engine?
    private var killsAt: [Int]
    private var report: Report

    private init(seed: UInt64, mutation: SimulationMutation?) {
        self.seed = seed
        self.mutation = mutation
        var generator = SeededGenerator(seed: seed)
        world = SimulatedWorld(
            seed: generator.next(), clock: clock,
            faults: .init(
                unavailable: generator.pick([0, 30, 200]), lostAnswer: generator.pick([0, 20, 100]),
                slow: generator.pick([0, 20, 100]), lostNews: generator.pick([0, 3, 10])),
            mutation: mutation)
        limits = QueueLimits(
            maxParallel: Int.random(in: 1...3, using: &generator), maxPerProject: generator.pick([1, 2]),
            maxPerAgent: generator.oneIn(2) ? ["codex": 1] : [:])
        retry = RetryPolicy(
            attempts: generator.pick([0, 2, 6]), backoff: .seconds(2), intensity: generator.pick([2, 5]), period: .seconds(600))
        breaker = LaunchBreaker.Settings(failures: generator.pick([0, 2, 5]), cooldown: .seconds(10))
        killsAt = (0..<Int.random(in: 0...5, using: &generator)).map { _ in Int.random(in: 1...4000, using: &generator) }.sorted()
        self.generator = generator
        report = Report(seed: seed, violations: [])
    }

    package static func run(seed: UInt64, mutation: SimulationMutation? = nil) -> Report {
        let simulation = Simulation(seed: seed, mutation: mutation)
        simulation.play()
        return simulation.report
    }

    // MARK: The run

    private func play() {
        watchStarts()
        start()
        plan()
        pump(until: Self.troubleEnds)
        // With faults over, everything converges.
        killsAt = []
        world.set(faults: .init())
        condition.set(isFull: false, isSlow: false)
        let queue = engine?.queue
        _ = ledger.wish()
        ask { _ = try await queue?.setPaused(false) }
        for second in 1...120 {
            clock.after(.seconds(second * 5), owner: SimulatedWorld.owner) { [world] in world.endAll(.code(0)) }
        }
        pump(until: Self.end)
        check()
        clock.forget(owner: number)
    }

    private func start() {
        number += 1
        executor = SimulationExecutor()
        world.serve(daemon: number)
        let journal = SimulatedJournal(
            disk: disk, condition: condition, clock: clock, owner: number, seed: generator.next(), mutation: mutation)
        self.journal = journal
        let (incoming, line) = AsyncStream<[StoredEvent]>.makeStream()
        disk.onCommit { line.yield($0) }
        let kinds = ["claude", "codex", "gemini"].map { name in
            (
                name,
                AgentKind(name: name, start: [name], exit: [.text("/exit-\(name)"), .key(.enter)], enterDelay: .milliseconds(20))
            )
        }
        let settings = EngineSettings(
            limits: mutation == .limitsAreLoose ? loose : limits, retry: mutation == .retriesAreLoose ? looseRetry : retry,
            breaker: breaker, early: .seconds(3), defaultAgent: "claude", sessionPrefix: "op-",
            linger: .seconds(30), rungTimeout: .seconds(1), lastResort: .signal, readyTimeout: .seconds(2),
            kinds: Dictionary(uniqueKeysWithValues: kinds))
        let engine = Engine(
            journal: journal, incoming: incoming, cursor: disk.cursor, multiplexer: world, keepers: world, environment: world,
            settings: LiveSettings(settings), instance: "inst", time: SimulationTime(clock: clock, owner: number),
            ids: CountingIDs(prefix: "d\(number)n"), logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() },
            onRecovered: {})
        self.engine = engine
        // A bridge into the simulated daemon: its tasks are this executor's jobs.
        Task(executorPreference: executor) { try? await engine.run() }
        subscribe()
    }

    private var loose: QueueLimits {
        QueueLimits(maxParallel: limits.maxParallel, maxPerProject: limits.maxPerProject + 1, maxPerAgent: limits.maxPerAgent)
    }

    private var looseRetry: RetryPolicy {
        RetryPolicy(attempts: retry.attempts + 1, backoff: retry.backoff, intensity: retry.intensity + 1, period: retry.period)
    }

    /// A client that follows the events over all daemons and resumes at its cursor.
    private func subscribe() {
        guard let hub = engine?.hub else { return }
        ask { [ledger] in
            while true {
                let batch = try await hub.next(after: ledger.current.events.last ?? 0, limit: 7)
                ledger.note { $0.events += batch.events.map(\.seq) }
            }
        }
    }

    /// SIGKILL: not one job of it is run any more.
    private func kill() {
        report.kills += 1
        killedAt.append(disk.payloads.count)
        clock.forget(owner: number)
        start()
    }

    private func pump(until limit: Duration) {
        while true {
            if executor.step(&generator) {
                report.steps += 1
                if let next = killsAt.first, report.steps >= next {
                    killsAt.removeFirst()
                    kill()
                }
            } else if !clock.advance(to: limit) {
                return
            }
            if report.steps > 400_000 {
                report.violations.append("no rest within 400 000 steps")
                return
            }
        }
    }

    private func ask(_ body: @escaping @Sendable () async throws -> Void) {
        Task(executorPreference: executor) { try? await body() }
    }

    // MARK: What happens

    private func plan() {
        for index in 1...Self.tickets { at(0...8_000) { $0.create(Samples.id("T\(index)"), index) } }
        for index in 0..<Int.random(in: 0...2, using: &generator) {
            // Said twice by a client that got no answer.
            for _ in 1...2 { at(0...20_000) { $0.createOnce("key-\(index)") } }
        }
        for _ in 0..<Int.random(in: 3...14, using: &generator) { at(500...50_000) { $0.act() } }
        for _ in 0..<Int.random(in: 0...8, using: &generator) { at(1_000...50_000) { $0.hurt() } }
    }

    /// At a random moment, by whoever runs then.
    private func at(_ moments: ClosedRange<Int>, _ body: @escaping (Simulation) -> Void) {
        nonisolated(unsafe) let simulation = self  // the clock's actions run on the one thread that pumps
        nonisolated(unsafe) let body = body
        clock.after(generator.milliseconds(moments), owner: SimulatedWorld.owner) { body(simulation) }
    }

    private func create(_ id: TicketID, _ index: Int) {
        guard let queue = engine?.queue else { return }
        let earlier = index > 1 && generator.oneIn(3) ? [Samples.id("T\(Int.random(in: 1..<index, using: &generator))")] : []
        let new = NewTicket(
            id: id, title: "x", project: generator.oneIn(2) ? "/p" : nil, agent: generator.pick(["claude", "codex", "gemini"]),
            after: earlier)
        // Who thinks better of it at once: the pause meets the launch half-way.
        let thenPauses = generator.oneIn(6)
        let time = SimulationTime(clock: clock, owner: number)
        ask { [ledger] in
            _ = try await queue.create(new)
            ledger.note { $0.created.insert(id) }
            guard thenPauses else { return }
            let wish = ledger.wish()
            try await queue.setPaused(true)
            ledger.note { if $0.wishes == wish { $0.pausedSince = time.wall() } }
        }
    }

    /// With an idempotency key, as the control door does it: who has been answered is answered the same.
    private func createOnce(_ key: String) {
        guard let queue = engine?.queue, let journal else { return }
        let daemon = number
        ask { [ledger] in
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
            let ticket = try await queue.create(NewTicket(title: key), context)
            ledger.note { $0.keyed[key] = ticket.id }
        }
    }

    private func act() {
        guard let engine else { return }
        let queue = engine.queue
        let id = Samples.id("T\(Int.random(in: 1...Self.tickets, using: &generator))")
        let kind = generator.pick(["claude", "codex", "gemini"])
        let ledger = ledger
        switch Int.random(in: 0..<12, using: &generator) {
        case 0, 1, 2:
            _ = ledger.wish(for: id)
            ledger.note { $0.led.insert(id) }
            ask { _ = try await queue.switchAgent(id, to: kind, prompt: nil, policy: nil) }
        case 3:
            let wish = ledger.wish(for: id)
            ledger.note { $0.ended.insert(id) }
            ask {
                _ = try await queue.cancel(id, CommandContext())
                ledger.note { if $0.wishesFor[id] == wish { $0.cancelled.insert(id) } }
            }
        case 4:
            _ = ledger.wish(for: id)
            ask { _ = try await queue.retry(id, CommandContext()) }
        case 5:
            ledger.note { $0.led.insert(id) }
            ask { _ = try await queue.restart(id) }
        case 6:
            let time = SimulationTime(clock: clock, owner: number)
            let wish = ledger.wish()
            ask {
                try await queue.setPaused(true)
                ledger.note { if $0.wishes == wish { $0.pausedSince = time.wall() } }
            }
        case 7:
            ledger.note { state in
                state.led.insert(id)
                state.ended.insert(id)
            }
            ask { _ = try await queue.stop(id) }
        case 8:
            ask { _ = try await engine.desk.send(id, "hello", enter: true, force: false) }
        case 9:
            // What was edited is followed by a change of agent and of what comes first.
            ledger.note { $0.led.insert(id) }
            let after = generator.oneIn(2) ? [Samples.id("T\(Int.random(in: 1...Self.tickets, using: &generator))")] : []
            ask { _ = try await queue.update(id, TicketChange(agent: kind, after: after), CommandContext()) }
        case 10:
            ledger.note { $0.led.insert(id) }
            ask { _ = try await queue.launch(id) }
        default:
            _ = ledger.wish()
            ask { try await queue.setPaused(false) }
        }
    }

    private func hurt() {
        let session = world.sessionIDs.randomElement(using: &generator)
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: if let session { world.killKeeper(session, terminal: true) }
        case 1: if let session { world.killKeeper(session, terminal: false) }
        case 2: world.goAway(for: generator.milliseconds(100...8000))
        case 3: world.hang(for: generator.milliseconds(100...8000))
        case 4: if let session { world.rename(session) }
        case 5: if let session { world.personTypes(in: session, for: generator.milliseconds(100...20_000)) }
        case 6: if let session { world.dropKeeper(session) }
        case 7:
            ledger.note { $0.clockJumped = true }
            clock.putWall(by: generator.oneIn(2) ? .seconds(86_400) : .seconds(-86_400))
        case 8:
            condition.set(isSlow: true)
            clock.after(generator.milliseconds(1000...15_000), owner: SimulatedWorld.owner) { [condition] in
                condition.set(isSlow: false)
            }
        default:
            condition.set(isFull: true)
            clock.after(generator.milliseconds(10...5000), owner: SimulatedWorld.owner) { [condition] in
                condition.set(isFull: false)
            }
        }
    }

    // MARK: The promises

    /// Asked by the world at each start.
    private func watchStarts() {
        world.watchStarts { [limits, disk, ledger] order, running in
            if running.count + 1 > limits.maxParallel {
                return "\(order.id): \(running.count + 1) run, the limit is \(limits.maxParallel)"
            }
            let tickets = disk.allTickets
            let ticket = order.environment["TICKET"].flatMap { TicketID($0) }
            if let project = ticket.flatMap({ tickets[$0]?.project }) {
                let beside = running.count { $0.ticket != ticket && $0.ticket.flatMap { tickets[$0]?.project } == project }
                if beside + 1 > limits.maxPerProject { return "\(order.id): \(beside + 1) run in \(project)" }
            }
            let alike = running.filter { $0.kind == order.label }.count + 1
            if let limit = limits.maxPerAgent[order.label], alike > limit { return "\(order.id): \(alike) of \(order.label) run" }
            guard let launch = disk.launches.first(where: { $0.id == order.id }) else {
                return "\(order.id) was started before it was written down"
            }
            let state = ledger.current
            if !state.clockJumped, let since = state.pausedSince, launch.createdAt > since, let ticket = launch.ticket,
                !state.led.contains(ticket)
            {
                return "\(order.id) was launched while the queue was paused"
            }
            return nil
        }
    }

    private func check() {
        defer {
            if !report.violations.isEmpty {
                report.log = zip(disk.allEvents, disk.payloads).map { event, payload in
                    "\(event.time.milliseconds - Samples.now.milliseconds) ms \(payload)"
                }
            }
        }
        report.violations += world.violations
        report.launches = world.starts.count
        for running in world.running {
            report.violations.append("\(running.launch) of \(running.ticket?.text ?? "?") runs at the end")
        }
        let tickets = disk.allTickets
        report.violations +=
            SimulationPromises(
                limits: limits, retry: retry, log: disk.payloads, launches: disk.launches, tickets: tickets,
                answers: disk.allAnswers, ledger: ledger.current, kills: killedAt, records: world.history, starts: world.starts
            ).broken
        let queued = tickets.values.count { $0.state == .queued }
        if let picture = engine?.board.picture, picture.running != 0 || picture.queued != queued {
            report.violations.append("at the end \(picture.running) run and \(picture.queued) are queued, on the disk \(queued)")
        }
    }
}
