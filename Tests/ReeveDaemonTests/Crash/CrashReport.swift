/// What a crash run came to.
struct CrashReport: Sendable {
    var rounds = 0
    var kills = 0
    var killsInRecovery = 0
    /// Per method.
    var acknowledged: [String: Int] = [:]
    var starts = 0
    var events: Int64 = 0
    /// From the exec to READY, with how many agents were alive.
    var recoveries: [(agents: Int, took: Duration)] = []
    var violations: [Violation] = []
    /// The directory with everything, kept when something is wrong.
    var evidence: String?

    /// The 95th percentile of a release daemon's recoveries has to stay within this.
    private static let bar = Duration.milliseconds(500)
    /// Fewer rounds are no measurement, and their times are only told.
    private static let judgedRounds = 1000
    /// Starts with fewer agents than that say little of a recovery.
    private static let manyAgents = 40

    private var full: [(agents: Int, took: Duration)] { recoveries.filter { $0.agents >= Self.manyAgents } }
    private var isWithinBar: Bool { Percentiles.of(full.map(\.took), 95) <= Self.bar }

    /// Whether it was long enough to be judged by the clock, and was too slow.
    var missesBar: Bool { rounds >= Self.judgedRounds && !isWithinBar }

    var lines: [String] {
        let commands = acknowledged.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        let full = full
        let took = full.map(\.took)
        let agents = Percentiles.of(full.map(\.agents), 50)
        var lines = [
            "\(rounds) rounds: \(kills) kills at work, \(killsInRecovery) during recovery, \(starts) agents started, \(events) events",
            "answered: " + commands.joined(separator: ", "),
        ]
        for promise in Violation.Promise.allCases {
            lines.append("\(violations.count { $0.promise == promise }) \(promise.rawValue)")
        }
        lines.append(
            full.isEmpty
                ? "recovery to READY: never with \(Self.manyAgents) live agents or more"
                : "recovery to READY with \(agents) live agents (median), \(full.count) times: "
                    + [50, 95, 100].map { "\($0 == 100 ? "max" : "p\($0)") \(Self.milliseconds(Percentiles.of(took, $0))) ms" }
                    .joined(separator: ", ")
                    + "; the bar of \(Self.milliseconds(Self.bar)) ms at p95 is \(isWithinBar ? "met" : "MISSED")"
                    + (rounds >= Self.judgedRounds ? "" : " (judged from \(Self.judgedRounds) rounds on)")
        )
        lines += violations.prefix(20).map { "  \($0)" }
        if let evidence { lines.append("everything is kept in \(evidence)") }
        return lines
    }

    static func milliseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    }
}
