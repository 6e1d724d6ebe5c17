import ReeveTestSupport

/// What a seed decides of a round before it begins: how the daemon ends, and whether it is told to reload before that. Pure.
struct RoundPlan: Sendable, Hashable {
    enum End: String, Sendable, CaseIterable {
        case killed = "SIGKILL"
        case terminated = "SIGTERM"
    }

    struct Reload: Sendable, Hashable {
        /// The daemon's end waits for it. Else it comes right before the end, which may be in the middle of it.
        var isWaitedFor: Bool
        /// Microseconds from the beginning of the clients' work, or else to the end.
        var delay: UInt32
        /// The new `max_parallel`; another one than at the reload before.
        var parallel: Int
    }

    var end: End
    var reload: Reload?
}

/// Deals plans out: of each four rounds one ends with SIGTERM, of each three one has a reload, and every other reload is waited for.
/// Which round it is decides the seed, so a short run has some of each too.
struct RoundPlans: Sendable {
    static let terminatedOneIn = 4
    static let reloadedOneIn = 3
    /// So many limits in turn, the highest of which is the run's own.
    private static let limits = 7

    private let mostParallel: Int
    private var generator: SeededGenerator
    private var rounds = 0
    private var terminated = 0
    private var reloaded = 0
    private var reloads = 0

    init(seed: UInt64, mostParallel: Int) {
        self.mostParallel = mostParallel
        generator = SeededGenerator(seed: seed)
    }

    mutating func next() -> RoundPlan {
        if rounds % Self.terminatedOneIn == 0 { terminated = Int.random(in: 0..<Self.terminatedOneIn, using: &generator) }
        if rounds % Self.reloadedOneIn == 0 { reloaded = Int.random(in: 0..<Self.reloadedOneIn, using: &generator) }
        defer { rounds += 1 }
        var plan = RoundPlan(end: rounds % Self.terminatedOneIn == terminated ? .terminated : .killed)
        if rounds % Self.reloadedOneIn == reloaded {
            reloads += 1
            let isWaitedFor = reloads % 2 == 1
            plan.reload = RoundPlan.Reload(
                isWaitedFor: isWaitedFor, delay: UInt32.random(in: 0...(isWaitedFor ? 200_000 : 20_000), using: &generator),
                parallel: mostParallel - reloads % Self.limits)
        }
        return plan
    }
}

extension RoundPlan.End {
    /// What is wrong with how a daemon ended that was to end like this. It stays until then, whatever it is asked and told.
    ///
    /// - Parameters:
    ///   - end: nil when it had not ended within `patience`.
    ///   - isEarly: it had ended before it was told to.
    func violation(_ end: SpawnedProgram.End?, isEarly: Bool = false, within patience: Duration) -> Violation? {
        let wanted: SpawnedProgram.End = self == .killed ? .signalled(9) : .exited(0)
        guard let end else { return Violation(.ends, "it had not ended \(patience) after \(rawValue)") }
        if isEarly { return Violation(.ends, "it ended by itself before \(rawValue): \(end)") }
        return end == wanted ? nil : Violation(.ends, "it ended otherwise than by \(rawValue): \(end)")
    }
}
