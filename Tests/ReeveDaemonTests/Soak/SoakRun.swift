import Foundation
import ReeveClient
import ReeveModel
import ReeveTestSupport
import ReeveWire

/// The real daemon with fifty agents, a hundred clients and a churn of tickets for a long time: everything is measured now and then, and
/// nothing may grow that has no reason to. The event log has one: it is kept for days, so the database is judged per finished ticket.
enum SoakRun {
    struct Options: Sendable {
        var length = Duration.seconds(10)
        /// Goes on until the churn has had so many turns, however slow the machine is.
        var turns = 2
        /// Kinds of agents that get scopes of their own where there is a user manager.
        var limited: Set<String> = ["worker"]
        var directory: String?
        var programs: String?
        var seed: UInt64 = 1
        /// How long a client of the crowd waits for an answer; nil for as long as `reeve` does.
        var patience: Duration?
        /// From the start on, for READY.
        var readyPatience = Duration.seconds(30)
    }

    struct Report: Sendable {
        /// How long it was to be.
        var length = Duration.zero
        var samples: [SoakSample] = []
        var turns = 0
        var asked = 0
        var followed = 0
        var complaints: [String] = []
        var evidence: String?

        var verdicts: [(quantity: SoakSample.Quantity, flatness: Flatness)] {
            SoakSample.Quantity.allCases.compactMap { quantity in
                let values = samples.compactMap { sample in sample.values[quantity].map { (sample.seconds, $0) } }
                return Flatness(values, quantity.tolerance).map { (quantity, $0) }
            }
        }

        /// Those that this machine has nothing to measure of.
        var unmeasured: [SoakSample.Quantity] {
            SoakSample.Quantity.allCases.filter { quantity in !samples.contains { $0.values[quantity] != nil } }
        }

        /// There is a user manager, and nobody had a scope of its own: what was measured is nothing.
        var hasNoScopes: Bool {
            let scopes = samples.compactMap { $0.values[.scopes] }
            return !scopes.isEmpty && scopes.allSatisfy { $0 == 0 }
        }

        var churn: ChurnRate {
            ChurnRate(
                finished: (samples.last?.finished ?? 0) - (samples.first?.finished ?? 0),
                seconds: (samples.last?.seconds ?? 0) - (samples.first?.seconds ?? 0), length: length)
        }

        var growing: [String] { verdicts.filter(\.flatness.grows).map(\.quantity.rawValue) }

        var lines: [String] {
            var lines = [
                "\(turns) turns, \(asked) questions, \(followed) events followed", churn.line,
                "medians after a warm-up of a quarter of the samples:",
                "                               first third  last third   per hour  allowed",
            ]
            for (quantity, flatness) in verdicts {
                let name = quantity.rawValue + (quantity.unit.isEmpty ? "" : ", \(quantity.unit)")
                lines.append(
                    name.padding(toLength: 34, withPad: " ", startingAt: 0)
                        + String(
                            format: "%8.1f%12.1f%11.1f%9.1f", flatness.first, flatness.last, flatness.slope, flatness.allowed)
                        + (flatness.grows ? " GROWS" : " flat"))
            }
            if unmeasured.contains(.scopes) { lines.append(SoakRun.scopesAreNotMeasured) }
            if hasNoScopes { lines.append("scopes: MISSED, there is a systemd user manager and no agent had one") }
            lines += unmeasured.filter { $0 != .scopes }.map { "\($0.rawValue): not measured" }
            return lines + complaints.prefix(20).map { "  \($0)" }
        }
    }

    static let scopesAreNotMeasured = "scopes: not measured, no systemd user manager here"

    /// - Parameter say: prints a line of progress.
    static func run(_ options: Options, say: @Sendable (String) -> Void) async throws -> Report {
        let daemon = try DaemonUnderLoad(
            "[queue]\nmax_parallel = 100\nmax_per_project = 100\n[breaker]\nfailures = 0", directory: options.directory,
            programs: options.programs, limited: options.limited)
        var report = Report()
        report.length = options.length
        let patience = options.readyPatience
        let isReady = await onOwnThread { (try? daemon.start()) != nil && daemon.untilReady(within: patience) != nil }
        if isReady {
            await measure(daemon, options, &report, say)
        } else {
            report.complaints.append("no READY: \(daemon.lastWords)")
        }
        let isWrong = !report.complaints.isEmpty
        await daemon.tearDown(keeping: isWrong)
        if isWrong {
            report.evidence = daemon.directory
            let text = report.complaints.joined(separator: "\n") + "\n"
            try? text.write(toFile: "\(daemon.directory)/violations", atomically: true, encoding: .utf8)
        }
        return report
    }

    private static func measure(
        _ daemon: DaemonUnderLoad, _ options: Options, _ report: inout Report, _ say: @Sendable (String) -> Void
    ) async {
        let crowd = SoakCrowd(socket: daemon.socket, patience: options.patience)
        let churn = SoakChurn(socket: daemon.socket)
        let begin = ContinuousClock.now
        let every = min(.seconds(10), options.length / 20)
        report.samples = await withTaskGroup(of: Void.self) { group in
            group.addTask { await crowd.run(seed: options.seed) }
            group.addTask { await churn.run(seed: options.seed &+ 1) }
            if !daemon.hasUserManager { say(scopesAreNotMeasured) }
            say(SoakSample.heading)
            var samples: [SoakSample] = []
            while .now - begin < options.length || churn.turns < options.turns, daemon.isRunning, churn.complaints.isEmpty {
                try? await Task.sleep(for: every)
                if let sample = await sample(daemon, since: begin) {
                    samples.append(sample)
                    say(sample.line)
                    // Nobody kills a keeper or a terminal here.
                    if sample.lost > 0 {
                        report.complaints.append("\(sample.lost) tickets are lost")
                        break
                    }
                }
            }
            if !daemon.isRunning { report.complaints.append("the daemon has ended: \(daemon.lastWords)") }
            churn.end()
            crowd.end()
            return samples
        }
        report.turns = churn.turns
        report.asked = crowd.asked
        report.followed = crowd.events
        report.complaints += crowd.complaints + churn.complaints
    }

    private static func sample(_ daemon: DaemonUnderLoad, since begin: ContinuousClock.Instant) async -> SoakSample? {
        let status = await onOwnThread { () -> SystemStatus.Result? in
            try? ControlClient(path: daemon.socket).call(SystemStatus.self, Empty())
        }
        guard let status else { return nil }
        let counts = status.counts
        let passed = (ContinuousClock.now - begin).components
        return await SoakSample.take(
            daemon, at: Double(passed.seconds) + Double(passed.attoseconds) / 1e18, events: status.cursor,
            finished: counts.done + counts.failed + counts.cancelled + counts.lost, lost: counts.lost, running: counts.running)
    }
}
