import ReeveTestSupport

/// What a crash run came to.
struct CrashReport: Sendable {
    var rounds = 0
    /// By SIGKILL and by SIGTERM, with everybody at work.
    var kills = 0
    var terminations = 0
    var killsInRecovery = 0
    /// By SIGHUP, with everybody at work: those that were seen to count, and those that the daemon's end came before.
    var reloads = 0
    var reloadsOvertaken = 0
    /// Per method.
    var acknowledged: [String: Int] = [:]
    var starts = 0
    var events: Int64 = 0
    /// From the exec to READY, with how many agents were alive.
    var recoveries: [(agents: Int, took: Duration)] = []
    /// From READY until every state had been seen right.
    var rightAfter: [Duration] = []
    /// From READY until a look found nothing at all.
    var quietAfter: [Duration] = []
    /// What was not right yet when the patience with each of the late ones ended.
    var lateFor: [String] = []
    /// How long a state may be wrong while nothing moves.
    var patience = Duration.seconds(2)
    /// From SIGTERM to the end.
    var stops: [Duration] = []
    var violations: [Violation] = []
    /// The directory with everything, kept when something is wrong.
    var evidence: String?

    /// The 95th percentile of a release daemon's recoveries has to stay within this.
    private static let bar = Duration.milliseconds(500)
    /// Fewer rounds are no measurement, and their times are only told.
    private static let judgedRounds = 1000
    /// Starts with fewer agents than that say little of a recovery; at least half of all have to have them.
    private static let manyAgents = 40

    private var full: [(agents: Int, took: Duration)] { recoveries.filter { $0.agents >= Self.manyAgents } }
    private var isMeasured: Bool { !full.isEmpty && full.count * 2 >= recoveries.count }
    private var isWithinBar: Bool { isMeasured && Percentiles.of(full.map(\.took), 95) <= Self.bar }

    /// Whether it was long enough to be judged by the clock, and was too slow or hardly measured, or a state was late to be right.
    var missesBar: Bool { rounds >= Self.judgedRounds && (!isWithinBar || !lateFor.isEmpty) }

    // MARK: Taking in

    /// A check after a start; nil for what did not come about in it.
    mutating func take(rightAfter took: Duration?, quietAfter: Duration?, lateFor found: [Violation]) {
        if let quietAfter { self.quietAfter.append(quietAfter) }
        guard let took else { return }
        rightAfter.append(took)
        if took > patience { lateFor.append("round \(rounds): " + (found.first?.description ?? "nothing: one look took longer")) }
    }

    /// How a round ended.
    mutating func take(_ strike: Strike, _ plan: RoundPlan, patience: Duration) {
        switch plan.end {
        case .killed: kills += 1
        case .terminated:
            terminations += 1
            stops.append(strike.took)
        }
        let wrong = plan.end.violation(strike.end, isEarly: strike.isEarly, within: patience)
        if let wrong { violations.append(wrong) }
        switch strike.reload {
        case nil: break
        case .counts: reloads += 1
        case .overtaken: reloadsOvertaken += 1
        case .wrong(let text): violations.append(Violation(.reloads, text))
        }
    }

    // MARK: As text

    var lines: [String] {
        let commands = acknowledged.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        var lines = [
            "\(rounds) rounds: \(kills) kills and \(terminations) ends by SIGTERM at work, \(killsInRecovery) kills during recovery, "
                + "\(reloads) reloads at work (\(reloadsOvertaken) more overtaken by the end), \(starts) agents started, "
                + "\(events) events",
            "answered: " + commands.joined(separator: ", "),
        ]
        for promise in Violation.Promise.allCases {
            lines.append("\(violations.count { $0.promise == promise }) \(promise.rawValue)")
        }
        lines += [recoveryLine, rightLine, "SIGTERM to the end, \(stops.count) times: \(Self.percentiles(stops))"]
        lines += lateFor.prefix(20).map { "  late: \($0)" }
        lines += violations.prefix(20).map { "  \($0)" }
        if let evidence { lines.append("everything is kept in \(evidence)") }
        return lines
    }

    private var recoveryLine: String {
        let full = full
        let agents = Percentiles.of(full.map(\.agents), 50)
        let judged = rounds >= Self.judgedRounds ? "" : " (judged from \(Self.judgedRounds) rounds on)"
        let bar = "the bar of \(Self.milliseconds(Self.bar)) ms at p95 is \(isWithinBar ? "met" : "MISSED")"
        let told =
            full.isEmpty
            ? "recovery to READY: never with \(Self.manyAgents) live agents or more"
            : "recovery to READY with \(agents) live agents (median), \(full.count) times: \(Self.percentiles(full.map(\.took)))"
        let few =
            ", not measured: \(full.count) of \(recoveries.count) starts had \(Self.manyAgents) live agents, half is demanded"
        return "\(told); \(bar)\(isMeasured ? "" : few)\(judged)"
    }

    private var rightLine: String {
        "READY to every state seen right, \(rightAfter.count) times: \(Self.percentiles(rightAfter)); \(lateFor.count) took longer than "
            + "\(Self.milliseconds(patience)) ms; nothing wrong in one look: \(Self.percentiles(quietAfter))"
    }

    private static func percentiles(_ times: [Duration]) -> String {
        [50, 95, 100].map { "\($0 == 100 ? "max" : "p\($0)") \(milliseconds(Percentiles.of(times, $0))) ms" }
            .joined(separator: ", ")
    }

    static func milliseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    }
}
