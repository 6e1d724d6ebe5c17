import ReeveTestSupport
import Testing

/// By the clock only long runs are judged, and those have to have had many agents. What a round came to is counted.
@Suite struct CrashReportTests {
    private func report(rounds: Int, agents: Int, slow: Int, of starts: Int = 100, idle: Int = 0) -> CrashReport {
        var report = CrashReport()
        report.rounds = rounds
        report.recoveries = (0..<starts).map { (agents, $0 < slow ? .milliseconds(501) : .milliseconds(100)) }
        report.recoveries += Array(repeating: (0, .milliseconds(10)), count: idle)
        return report
    }

    private func line(_ report: CrashReport, _ beginning: String) -> String? {
        report.lines.first { $0.hasPrefix(beginning) }
    }

    @Test(arguments: [
        (1000, 40, 6, true), (1000, 40, 5, false), (999, 50, 100, false), (20_000, 50, 100, true), (25, 0, 0, false),
    ])
    func `a long run with many agents misses the bar when more than five starts of a hundred are slow`(
        rounds: Int, agents: Int, slow: Int, isMissed: Bool
    ) {
        let report = report(rounds: rounds, agents: agents, slow: slow)
        #expect(report.missesBar == isMissed)
        let line = line(report, "recovery to READY")
        #expect(line?.contains("MISSED") == (isMissed || rounds < 1000), "\(line ?? "-")")
        #expect(line?.contains("judged from 1000 rounds on") == (rounds < 1000), "\(line ?? "-")")
    }

    @Test(arguments: [
        // None at all, one agent too few, half of them, one less than half, and slow beside.
        (1000, 0, 0, 0, true), (1000, 39, 100, 0, true), (1000, 50, 100, 100, false), (1000, 50, 100, 101, true),
        (20_000, 50, 1, 19_999, true), (999, 39, 100, 0, false), (999, 50, 100, 101, false),
    ])
    func `a long run that hardly had many agents has measured nothing and misses the bar`(
        rounds: Int, agents: Int, starts: Int, idle: Int, isMissed: Bool
    ) {
        let report = report(rounds: rounds, agents: agents, slow: 0, of: starts, idle: idle)
        #expect(report.missesBar == isMissed)
        let isFew = agents < 40 || starts < idle
        #expect(line(report, "recovery to READY")?.contains("MISSED, not measured") == isFew)
    }

    @Test func `it tells how long states took to be right, and which were late`() {
        let wrong = Violation(.agents, "one is missing")
        func take(_ report: inout CrashReport, _ took: Int?, quiet: Duration? = .seconds(10), _ found: [Violation] = []) {
            report.take(rightAfter: took.map { .milliseconds($0) }, quietAfter: quiet, lateFor: found)
        }
        var report = CrashReport()
        for took in [100, 200, 2000, 2001] { take(&report, took) }
        take(&report, 9000, [wrong])
        take(&report, nil, quiet: nil, [wrong])
        #expect(
            line(report, "READY to every state seen right")
                == "READY to every state seen right, 5 times: p50 2000 ms, p95 9000 ms, max 9000 ms; 2 took longer than 2000 ms; "
                + "nothing wrong in one look: p50 10000 ms, p95 10000 ms, max 10000 ms")
        let late = report.lines.filter { $0.hasPrefix("  late: ") }
        #expect(late == ["  late: round 0: nothing: one look took longer", "  late: round 0: \(wrong)"])
        #expect(!report.missesBar)
        var long = self.report(rounds: 1000, agents: 50, slow: 0)
        #expect(!long.missesBar)
        take(&long, 2001, [wrong])
        #expect(long.missesBar)
    }

    @Test func `kills, ends by SIGTERM and reloads are counted, and what is wrong with one is a violation`() {
        var report = CrashReport()
        func take(
            _ wanted: RoundPlan.End, _ end: SpawnedProgram.End?, _ reload: ReloadTurn.Outcome? = nil, isEarly: Bool = false
        ) {
            report.rounds += 1
            report.take(
                Strike(moment: "idle", isEarly: isEarly, end: end, took: .seconds(1), reload: reload), RoundPlan(end: wanted),
                patience: .seconds(15))
        }
        take(.killed, .signalled(9))
        take(.killed, .signalled(9), .counts)
        take(.terminated, .exited(0), .overtaken)
        #expect(report.violations.isEmpty)
        let told = line(report, "3 rounds: ") ?? "-"
        #expect(told.contains("2 kills and 1 ends by SIGTERM at work, 0 kills during recovery"), "\(told)")
        #expect(told.contains("1 reloads at work (1 more overtaken by the end)"), "\(told)")
        #expect(line(report, "SIGTERM to the end") == "SIGTERM to the end, 1 times: p50 1000 ms, p95 1000 ms, max 1000 ms")
        take(.terminated, .exited(1))
        take(.terminated, nil)
        take(.killed, .signalled(1), isEarly: true)
        take(.killed, .signalled(9), .wrong("its limit is 60, not 59"))
        #expect(report.violations.map(\.promise) == [.ends, .ends, .ends, .reloads])
    }
}
