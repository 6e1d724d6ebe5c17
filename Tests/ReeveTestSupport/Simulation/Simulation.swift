import Logging
import ReeveEngine
import ReeveModel

/// One run of a whole engine in a world that fails, on virtual time, in an order that the seed decides: clients ask for things, the daemon
/// is killed and started again, and afterwards every promise is checked.
///
/// Beside this file: `+Clients` (what is asked for, and what goes wrong), `+Checks` (the promises).
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

    static let troubleEnds = Duration.seconds(60)
    private static let end = Duration.seconds(900)

    private let seed: UInt64
    let mutation: SimulationMutation?
    var generator: SeededGenerator
    let clock = SimulationClock()
    let disk = MemoryJournal()
    let world: SimulatedWorld
    let ledger = SimulationLedger()
    let condition = DiskCondition()
    let limits: QueueLimits
    let retry: RetryPolicy
    private let breaker: LaunchBreaker.Settings
    /// The tickets that are made under an id.
    let ids: [TicketID]
    /// How many reviewers and editors have spoken: each has a name of its own.
    var speakers = 0
    private var number = 0
    /// How long the log was at each kill.
    private(set) var killedAt: [Int] = []
    private var executor = SimulationExecutor()
    /// Who asks the daemon that runs.
    private(set) var client: SimulationClient?
    private var killsAt: [Int]
    var report: Report

    private init(seed: UInt64, mutation: SimulationMutation?) {
        self.seed = seed
        self.mutation = mutation
        var generator = SeededGenerator(seed: seed)
        world = SimulatedWorld(
            seed: generator.next(), clock: clock,
            faults: .init(
                unavailable: generator.pick([0, 30, 200]), lostAnswer: generator.pick([0, 20, 100]),
                slow: generator.pick([0, 20, 100]), lostNews: generator.pick([0, 3, 10]), deaf: generator.pick([0, 6, 30])),
            mutation: mutation)
        limits = QueueLimits(
            maxParallel: Int.random(in: 1...3, using: &generator), maxPerProject: generator.pick([1, 2]),
            maxPerAgent: generator.oneIn(2) ? ["codex": 1] : [:])
        retry = RetryPolicy(
            attempts: generator.pick([0, 2, 6]), backoff: .seconds(2), intensity: generator.pick([2, 5]), period: .seconds(600))
        breaker = LaunchBreaker.Settings(failures: generator.pick([0, 2, 5]), cooldown: .seconds(10))
        killsAt = (0..<Int.random(in: 0...5, using: &generator)).map { _ in Int.random(in: 1...6000, using: &generator) }.sorted()
        ids = (1...6).map { Samples.id("\(generator.oneIn(3) ? "F" : "T")\($0)") }
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
        client?.pause(false)
        planEnds()
        pump(until: Self.end)
        check()
        world.serve(daemon: number)
        clock.forget(owner: number)
    }

    private func start() {
        number += 1
        executor = SimulationExecutor()
        world.serve(daemon: number)
        let journal = SimulatedJournal(
            disk: disk, condition: condition, clock: clock, owner: number, seed: generator.next(), mutation: mutation,
            onCommit: { [disk, world, ledger] in Self.watchSteps($0, disk, world, ledger) })
        let (incoming, line) = AsyncStream<[StoredEvent]>.makeStream()
        disk.onCommit { [clock, ledger] events in
            ledger.note { $0.moments += events.map { _ in clock.now } }
            line.yield(events)
        }
        let time = SimulationTime(clock: clock, owner: number)
        let door = SimulationClient.Door()
        let engine = Engine(
            journal: journal, incoming: incoming, cursor: disk.cursor, multiplexer: world, keepers: world, environment: world,
            workflows: SimulatedWorkflows(), settings: LiveSettings(settings), instance: "inst", time: time,
            ids: CountingIDs(prefix: "d\(number)n"), logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() },
            onRecovered: { door.open() })
        let client = SimulationClient(
            engine: engine, door: door, journal: journal, ledger: ledger, disk: disk, executor: executor, time: time,
            daemon: number)
        self.client = client
        client.run { try await engine.run() }
        world.listen { client.hear($0, $1, $2) }
        subscribe(client)
    }

    private var settings: EngineSettings {
        let kinds = Self.kinds.map { name in
            (
                name,
                AgentKind(
                    name: name, start: [name], prompt: name == "gemini" ? .paste : .argument,
                    exit: [.text("/exit-\(name)"), .key(.enter)], enterDelay: .milliseconds(20))
            )
        }
        return EngineSettings(
            limits: mutation == .limitsAreLoose ? loose : limits, retry: mutation == .retriesAreLoose ? looseRetry : retry,
            breaker: breaker, early: .seconds(3), defaultAgent: "claude", sessionPrefix: "op-",
            linger: .seconds(30), rungTimeout: .seconds(1), lastResort: .signal, readyTimeout: .seconds(2),
            kinds: Dictionary(uniqueKeysWithValues: kinds))
    }

    static let kinds = ["claude", "codex", "gemini"]

    private var loose: QueueLimits {
        QueueLimits(maxParallel: limits.maxParallel, maxPerProject: limits.maxPerProject + 1, maxPerAgent: limits.maxPerAgent)
    }

    private var looseRetry: RetryPolicy {
        RetryPolicy(attempts: retry.attempts + 1, backoff: retry.backoff, intensity: retry.intensity + 1, period: retry.period)
    }

    /// A client that follows the events over all daemons and resumes at its cursor.
    private func subscribe(_ client: SimulationClient) {
        client.run { [ledger, hub = client.engine.hub] in
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
        ledger.daemonWasKilled()
        if let broken = ledger.current.brokenPause(isPaused: disk.isPaused) {
            report.violations.append("killed at \(clock.now): \(broken)")
        }
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

    /// At a moment, by whoever runs then.
    func at(_ moment: Duration, _ body: @escaping (Simulation) -> Void) {
        nonisolated(unsafe) let simulation = self  // the clock's actions run on the one thread that pumps
        nonisolated(unsafe) let body = body
        clock.after(moment - clock.now, owner: SimulatedWorld.owner) { body(simulation) }
    }
}
