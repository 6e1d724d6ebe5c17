import Foundation
import ReeveTestSupport

#if canImport(Glibc)
import Glibc
#endif

/// The real daemon with a real tmux and real agents, asked for everything by several clients at once, ended with SIGKILL or SIGTERM at
/// bad moments, told to reload between, and started again: so many rounds, and after each of them every promise is checked.
final class CrashRun {
    struct Options: Sendable {
        var rounds = 25
        var seed: UInt64 = 1
        /// Where everything is; a new directory when nil.
        var directory: String?
        /// The folder of the programs; this build's when nil.
        var programs: String?
        /// From READY on, for every state to be right.
        var patience = Duration.seconds(2)
        /// From SIGTERM on, for the daemon to end, and from SIGHUP on, to reload: `TimeoutStopSec` of our unit.
        var stopPatience = Duration.seconds(15)
        /// From the start on, for READY.
        var readyPatience = Duration.seconds(30)
        /// A line for every so many rounds.
        var linesEvery = 25
    }

    private static let limits = EventHistory.Limits(parallel: 60, perProject: 2, perKind: ["few": 4])
    private static let clients = 6
    /// Everything, also what is finished for long, is looked at after so many rounds.
    private static let wholeEvery = 25

    private let options: Options
    private let daemon: DaemonUnderLoad
    private let diary = Diary()
    private let trigger = KillTrigger()
    private let subscribers: Subscribers
    private let observer: CrashObserver
    private let clients: [CrashClient]
    private let queueClient: CrashClient
    private var generator: SeededGenerator
    private var plans: RoundPlans
    private var readyAt = ContinuousClock.now
    private var report = CrashReport()

    private init(_ options: Options) throws {
        self.options = options
        generator = SeededGenerator(seed: options.seed)
        plans = RoundPlans(seed: generator.next(), mostParallel: Self.limits.parallel)
        daemon = try DaemonUnderLoad(
            Self.configuration(parallel: Self.limits.parallel), directory: options.directory, programs: options.programs)
        subscribers = Subscribers(socket: daemon.socket, limits: Self.limits, diary: diary, trigger: trigger)
        observer = CrashObserver(daemon: daemon, diary: diary, subscribers: subscribers)
        var made: [CrashClient] = []
        for name in 0...Self.clients {
            made.append(
                CrashClient(
                    name: name, socket: daemon.socket, diary: diary, subscribers: subscribers, trigger: trigger,
                    project: "\(daemon.directory)/p", generator: SeededGenerator(seed: generator.next())))
        }
        queueClient = made[0]
        clients = Array(made.dropFirst())
    }

    private static func configuration(parallel: Int) -> String {
        """
        [queue]
        max_parallel = \(parallel)
        max_per_project = \(limits.perProject)
        max_per_agent = { few = \(limits.perKind["few"] ?? 0) }
        [retry]
        attempts = 1
        backoff = "50ms"
        intensity = 100
        [breaker]
        failures = 0
        """
    }

    /// - Parameter say: prints a line of progress.
    static func run(_ options: Options, say: (String) -> Void) async throws -> CrashReport {
        let run = try CrashRun(options)
        await run.play(say)
        return run.report
    }

    private func play(_ say: (String) -> Void) async {
        report.patience = options.patience
        await start()
        while report.violations.isEmpty, report.rounds < options.rounds {
            report.rounds += 1
            let moment = await live()
            guard report.violations.isEmpty else { break }
            await recover()
            if report.rounds % options.linesEvery == 0 { say(line(moment)) }
        }
        if report.violations.isEmpty { await rest() }
        report.acknowledged = diary.acknowledged
        report.starts = observer.starts
        report.events = subscribers.cursor
        let words = daemon.lastWords
        await daemon.tearDown(keeping: !report.violations.isEmpty)
        guard !report.violations.isEmpty else { return }
        report.evidence = daemon.directory
        let text = report.violations.map(\.description).joined(separator: "\n") + "\n\nThe daemon's last words:\n\(words)\n"
        try? text.write(toFile: "\(daemon.directory)/violations", atomically: true, encoding: .utf8)
    }

    // MARK: A round

    /// From READY to the next end: everything is checked while nobody asks for anything, and then everybody does.
    /// - Returns: how and at which moment it ended.
    private func live() async -> String {
        let (start, patience) = (readyAt, options.patience)
        let isWhole = report.rounds % Self.wholeEvery == 0
        let aim = SeededGenerator(seed: generator.next())
        let plan = plans.next()
        let (found, blow) = await followed { [self] () async -> ([Violation], Strike?) in
            var found = await onOwnThread { [observer] in observer.check(from: start, patience: patience, everything: false) }
            report.take(rightAfter: observer.rightAfter, quietAfter: observer.quietAfter, lateFor: observer.lateFor)
            // All that have ever been takes longer than a state may be wrong.
            if found.isEmpty, isWhole {
                found = await onOwnThread { [observer] in observer.check(from: .now, patience: patience, everything: true) }
            }
            return found.isEmpty ? ([], await strike(plan, aim)) : (found, nil)
        }
        report.violations += found
        guard let blow else { return "" }
        report.take(blow, plan, patience: options.stopPatience)
        return "\(plan.end.rawValue) at \(blow.moment)"
    }

    /// Everybody works until the daemon is ended.
    private func strike(_ plan: RoundPlan, _ aim: SeededGenerator) async -> Strike {
        let patience = options.stopPatience
        let reload = plan.reload.map {
            ReloadTurn(
                daemon: daemon, plan: $0, configuration: Self.configuration(parallel: $0.parallel), patience: patience)
        }
        let (first, last) = plan.reload?.isWaitedFor == true ? (reload, nil) : (nil, reload)
        let isTime = DispatchSemaphore(value: 0)
        async let raced = onOwnThread { () -> ReloadTurn.Outcome? in
            guard let last else { return nil }
            isTime.wait()
            return last.play()
        }
        var strike = await withTaskGroup(of: Void.self) { group in
            for client in clients { group.addTask { await onOwnThread { client.play() } } }
            group.addTask { [queueClient] in await onOwnThread { queueClient.playQueue() } }
            return await onOwnThread { [trigger, daemon] in
                var aim = aim
                usleep(first?.plan.delay ?? 0)
                let outcome = first?.play()
                let moment = trigger.await(&aim)
                isTime.signal()
                usleep(last?.plan.delay ?? 0)
                let isEarly = !daemon.isRunning
                let begin = ContinuousClock.now
                let end = plan.end == .killed ? daemon.kill() : daemon.terminate(within: patience)
                let took = ContinuousClock.now - begin
                daemon.kill()
                return Strike(moment: moment, isEarly: isEarly, end: end, took: took, reload: outcome)
            }
        }
        if let outcome = await raced { strike.reload = outcome }
        return strike
    }

    /// Both subscribers follow meanwhile; they end with the daemon.
    private func followed<Result: Sendable>(_ body: () async -> Result) async -> Result {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [subscribers] in await onOwnThread { subscribers.followAll() } }
            group.addTask { [subscribers] in await onOwnThread { subscribers.followTickets() } }
            let result = await body()
            await onOwnThread { [daemon] in _ = daemon.kill() }
            return result
        }
    }

    /// Starts it again, and now and then kills it before it has recovered.
    private func recover() async {
        while generator.oneIn(4) {
            let delay = UInt32.random(in: 0...150_000, using: &generator)
            let violation = await onOwnThread { [daemon] () -> Violation? in
                do { try daemon.start() } catch { return Violation(.recovery, "it cannot be started: \(error)") }
                usleep(delay)
                let isEarly = !daemon.isRunning
                return RoundPlan.End.killed.violation(daemon.kill(), isEarly: isEarly, within: .zero)
            }
            report.killsInRecovery += 1
            if let violation { report.violations.append(violation) }
        }
        await start()
    }

    private func start() async {
        let took = await onOwnThread { [daemon, options] () -> Duration? in
            do { try daemon.start() } catch { return nil }
            return daemon.untilReady(within: options.readyPatience)
        }
        readyAt = .now
        if let took {
            report.recoveries.append((observer.running, took))
        } else {
            report.violations.append(Violation(.recovery, "no READY within \(options.readyPatience)"))
        }
    }

    /// With the queue running and nobody asking for anything, everything comes to rest, and is looked at once more as a whole.
    private func rest() async {
        report.violations += await followed { [self] in
            await onOwnThread { [queueClient] in queueClient.resumeQueue() }
            let deadline = ContinuousClock.now + max(.seconds(30), options.patience * 3)
            let patience = options.patience
            var found: [Violation] = []
            repeat {
                found = await onOwnThread { [observer] in observer.check(from: .now, patience: patience, everything: true) }
            } while found.isEmpty && !observer.unrest.isEmpty && .now < deadline
            if found.isEmpty, !observer.unrest.isEmpty {
                found.append(Violation(.states, "no rest: \(observer.unrest)"))
            }
            return found
        }
    }

    private func line(_ moment: String) -> String {
        let took = report.recoveries.last?.took ?? .zero
        return
            "round \(report.rounds): \(observer.running) agents live, \(observer.starts) started, \(report.violations.count) wrong; "
            + "\(moment), back in \(CrashReport.milliseconds(took)) ms"
    }
}
