/// How many agents may be in work together. Running and waiting ones count alike.
package struct QueueLimits: Sendable, Hashable {
    package var maxParallel: Int
    package var maxPerProject: Int
    package var maxPerAgent: [String: Int]
    /// False: only an explicit launch starts tickets.
    package var autoLaunch: Bool

    package init(maxParallel: Int = 5, maxPerProject: Int = 1, maxPerAgent: [String: Int] = [:], autoLaunch: Bool = true) {
        self.maxParallel = maxParallel
        self.maxPerProject = maxPerProject
        self.maxPerAgent = maxPerAgent
        self.autoLaunch = autoLaunch
    }
}

/// Further tries after a failed or lost run.
package struct RetryPolicy: Sendable, Hashable {
    package var attempts: Int
    package var backoff: Duration
    /// The doubling stops here.
    package static let longestBackoff: Duration = .seconds(15 * 60)

    package init(attempts: Int = 0, backoff: Duration = .seconds(30)) {
        self.attempts = attempts
        self.backoff = backoff
    }

    /// When a ticket that has been launched `launches` times may be tried again; nil when its budget is spent.
    package func nextTry(launches: Int, now: Timestamp) -> Timestamp? {
        guard launches >= 1, launches <= attempts else { return nil }
        var wait = backoff
        for _ in 1..<launches where wait < Self.longestBackoff { wait *= 2 }
        return now.advanced(by: min(wait, Self.longestBackoff))
    }
}
