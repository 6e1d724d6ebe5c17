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
    private let ledger = Ledger()
    private let limits: QueueLimits
    private var number = 0
    private var executor = SimulationExecutor()
    private var journal: SimulatedJournal?
    private var engine: Engine?
    private var killsAt: [Int]
    private var report: Report

    /// What clients were told.
    private final class Ledger: Sendable {
        struct State {
            var created: Set<TicketID> = []
            var cancelled: Set<TicketID> = []
            /// Grows with each wish for a ticket: a cancel counts while nobody has asked for anything since.
            var wishesFor: [TicketID: Int] = [:]
            /// Asked to be switched or restarted: what such a wish started may go on while the queue is paused.
            var led: Set<TicketID> = []
            var pausedSince: Timestamp?
            /// Grows with each wish to pause or resume: a pause counts while nobody has asked for anything since.
            var wishes = 0
        }
        let state = Mutex(State())

        func wish(for id: TicketID) -> Int {
            state.withLock { state in
                state.cancelled.remove(id)
                state.wishesFor[id, default: 0] += 1
                return state.wishesFor[id] ?? 0
            }
        }

        func wish() -> Int {
            state.withLock { state in
                state.pausedSince = nil
                state.wishes += 1
                return state.wishes
            }
        }
    }

    private init(seed: UInt64, mutation: SimulationMutation?) {
        self.seed = seed
        self.mutation = mutation
        var generator = SeededGenerator(seed: seed)
        world = SimulatedWorld(
            seed: generator.next(), clock: clock,
            faults: .init(
                unavailable: generator.pick([0, 30, 200]), lostAnswer: generator.pick([0, 20, 100]),
                slow: generator.pick([0, 20, 100])),
            mutation: mutation)
        limits = QueueLimits(
            maxParallel: Int.random(in: 1...3, using: &generator), maxPerProject: 2,
            maxPerAgent: generator.oneIn(2) ? ["codex": 1] : [:])
        killsAt = (0..<Int.random(in: 0...3, using: &generator)).map { _ in Int.random(in: 1...3000, using: &generator) }.sorted()
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
        journal?.fillDisk(false)
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
        let journal = SimulatedJournal(disk: disk, clock: clock, owner: number, seed: generator.next(), mutation: mutation)
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
            limits: limits, retry: RetryPolicy(attempts: 2, backoff: .seconds(2)), defaultAgent: "claude", sessionPrefix: "op-",
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
    }

    /// SIGKILL: not one job of it is run any more.
    private func kill() {
        report.kills += 1
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
        for index in 1...Self.tickets { at(0...8_000) { $0.create(Samples.id("T\(index)")) } }
        for _ in 0..<Int.random(in: 3...12, using: &generator) { at(500...50_000) { $0.act() } }
        for _ in 0..<Int.random(in: 0...3, using: &generator) { at(1_000...50_000) { $0.hurt() } }
    }

    /// At a random moment, by whoever runs then.
    private func at(_ moments: ClosedRange<Int>, _ body: @escaping (Simulation) -> Void) {
        nonisolated(unsafe) let simulation = self  // the clock's actions run on the one thread that pumps
        nonisolated(unsafe) let body = body
        clock.after(generator.milliseconds(moments), owner: SimulatedWorld.owner) { body(simulation) }
    }

    private func create(_ id: TicketID) {
        guard let queue = engine?.queue else { return }
        let new = NewTicket(
            id: id, title: "x", project: generator.oneIn(2) ? "/p" : nil, agent: generator.pick(["claude", "codex", "gemini"]))
        // Who thinks better of it at once: the pause meets the launch half-way.
        let thenPauses = generator.oneIn(6)
        let time = SimulationTime(clock: clock, owner: number)
        ask { [ledger] in
            _ = try await queue.create(new)
            ledger.state.withLock { _ = $0.created.insert(id) }
            guard thenPauses else { return }
            let wish = ledger.wish()
            try await queue.setPaused(true)
            ledger.state.withLock { if $0.wishes == wish { $0.pausedSince = time.wall() } }
        }
    }

    private func act() {
        guard let queue = engine?.queue else { return }
        let id = Samples.id("T\(Int.random(in: 1...Self.tickets, using: &generator))")
        let kind = generator.pick(["claude", "codex", "gemini"])
        let ledger = ledger
        switch Int.random(in: 0..<8, using: &generator) {
        case 0, 1, 2:
            _ = ledger.wish(for: id)
            ledger.state.withLock { _ = $0.led.insert(id) }
            ask { _ = try await queue.switchAgent(id, to: kind, prompt: nil, policy: nil) }
        case 3:
            let wish = ledger.wish(for: id)
            ask {
                _ = try await queue.cancel(id, CommandContext())
                ledger.state.withLock { if $0.wishesFor[id] == wish { $0.cancelled.insert(id) } }
            }
        case 4:
            _ = ledger.wish(for: id)
            ask { _ = try await queue.retry(id, CommandContext()) }
        case 5:
            ledger.state.withLock { _ = $0.led.insert(id) }
            ask { _ = try await queue.restart(id) }
        case 6:
            let time = SimulationTime(clock: clock, owner: number)
            let wish = ledger.wish()
            ask {
                try await queue.setPaused(true)
                ledger.state.withLock { if $0.wishes == wish { $0.pausedSince = time.wall() } }
            }
        default:
            _ = ledger.wish()
            ask { try await queue.setPaused(false) }
        }
    }

    private func hurt() {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: if let id = world.sessionIDs.randomElement(using: &generator) { world.killKeeper(id, terminal: true) }
        case 1: if let id = world.sessionIDs.randomElement(using: &generator) { world.killKeeper(id, terminal: false) }
        case 2: world.hang(for: generator.milliseconds(100...8000))
        default:
            let journal = journal
            journal?.fillDisk(true)
            clock.after(generator.milliseconds(10...5000), owner: SimulatedWorld.owner) { journal?.fillDisk(false) }
        }
    }

    // MARK: The promises

    private func watchStarts() {
        world.watchStarts { [limits, disk, ledger] order, running in
            if running.count + 1 > limits.maxParallel {
                return "\(order.id): \(running.count + 1) run, the limit is \(limits.maxParallel)"
            }
            let alike = running.filter { $0.kind == order.label }.count + 1
            if let limit = limits.maxPerAgent[order.label], alike > limit { return "\(order.id): \(alike) of \(order.label) run" }
            guard let launch = disk.launches.first(where: { $0.id == order.id }) else {
                return "\(order.id) was started before it was written down"
            }
            let state = ledger.state.withLock { $0 }
            if let since = state.pausedSince, launch.createdAt > since, let ticket = launch.ticket, !state.led.contains(ticket) {
                return "\(order.id) was launched while the queue was paused"
            }
            return nil
        }
    }

    /// By the order of the log, which is finer than the clock: what comes after a pause was not launched.
    private static func launchesWhilePaused(in log: [EventPayload]) -> [String] {
        var isPaused = false
        var states: [TicketID: TicketState] = [:]
        var found: [String] = []
        for payload in log {
            switch payload {
            case .queuePaused: isPaused = true
            case .queueResumed: isPaused = false
            case .ticketCreated(let ticket), .ticketUpdated(let ticket), .ticketFinished(let ticket):
                if isPaused, ticket.state == .running, states[ticket.id] != .running {
                    found.append("\(ticket.id) was launched after a pause that was in the log")
                }
                states[ticket.id] = ticket.state
            default: break
            }
        }
        return found
    }

    private func check() {
        report.violations += world.violations
        report.launches = world.starts.count
        report.violations += Self.launchesWhilePaused(in: disk.payloads)
        let state = ledger.state.withLock { $0 }
        let board = engine?.board
        let tickets = disk.allTickets
        for id in state.created where tickets[id] == nil { report.violations.append("\(id) was acknowledged and is not there") }
        for id in state.cancelled where tickets[id]?.state != .cancelled {
            report.violations.append("\(id) was cancelled and is \(tickets[id]?.state.rawValue ?? "not there")")
        }
        for running in world.running {
            report.violations.append("\(running.launch) of \(running.ticket?.text ?? "?") runs at the end")
        }
        for ticket in tickets.values {
            let last = disk.launches.last { $0.ticket == ticket.id }
            let isExplained =
                switch (ticket.state, last?.state) {
                case (.done, .ended(let exit)?): exit.isSuccess
                case (.failed, .ended(let exit)?): !exit.isSuccess
                case (.failed, .refused?), (.lost, .lost?), (.cancelled, _): true
                case (.lost, .intended?), (.lost, .running?): false
                default: false
                }
            if !isExplained {
                report.violations.append(
                    "\(ticket.id) is \(ticket.state.rawValue) (\(ticket.reason ?? "-")), its last launch \(last.map { "\($0.state)" } ?? "none")"
                )
            }
        }
        if let picture = board?.picture, picture.running != 0 || picture.queued != 0 {
            report.violations.append("at the end \(picture.running) run and \(picture.queued) are queued")
        }
    }
}
