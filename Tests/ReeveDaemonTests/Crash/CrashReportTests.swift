import Testing

/// By the clock only long runs with many agents are judged, and those are.
@Suite struct CrashReportTests {
    private func report(rounds: Int, agents: Int, slow: Int, of starts: Int = 100) -> CrashReport {
        var report = CrashReport()
        report.rounds = rounds
        report.recoveries = (0..<starts).map { (agents, $0 < slow ? .milliseconds(501) : .milliseconds(100)) }
        return report
    }

    @Test(arguments: [
        (1000, 40, 6, true), (1000, 40, 5, false), (1000, 39, 100, false), (999, 50, 100, false), (20_000, 50, 100, true),
        (25, 0, 0, false),
    ])
    func `a long run with many agents misses the bar when more than five starts of a hundred are slow`(
        rounds: Int, agents: Int, slow: Int, isMissed: Bool
    ) {
        let report = report(rounds: rounds, agents: agents, slow: slow)
        #expect(report.missesBar == isMissed)
        let line = report.lines.first { $0.hasPrefix("recovery to READY") }
        #expect(line?.hasSuffix("is MISSED") == isMissed)
    }
}
