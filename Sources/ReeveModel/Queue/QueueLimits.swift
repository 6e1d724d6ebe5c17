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

/// Further tries after a failed or lost run, and the brake on them.
package struct RetryPolicy: Sendable, Hashable {
    package var attempts: Int
    package var backoff: Duration
    /// An agent that was started this often within `period`, by whomever, is not started again by itself: restart intensity, as
    /// Erlang's supervisors have it.
    package var intensity: Int
    package var period: Duration
    /// The doubling stops here.
    package static let longestBackoff: Duration = .seconds(15 * 60)
    package static let mostIntensity = 100

    package init(
        attempts: Int = 0, backoff: Duration = .seconds(30), intensity: Int = 5, period: Duration = .seconds(600)
    ) {
        self.attempts = attempts
        self.backoff = backoff
        self.intensity = intensity
        self.period = period
    }

    /// How many of `starts` lie within the period. One that lies ahead was written before the clock was put back: its distance counts.
    package func recent(_ starts: [Timestamp], now: Timestamp) -> Int {
        starts.count { abs(now.milliseconds - $0.milliseconds) <= period.milliseconds }
    }

    package func isTooOften(_ starts: [Timestamp], now: Timestamp) -> Bool { recent(starts, now: now) >= intensity }

    /// How long a start is put off that came to nothing for want of the terminal or the multiplexer: it costs no attempt, but neither may
    /// it be tried every moment for a night.
    package static func putOff(_ times: Int) -> Duration { min(.seconds(5 << min(times, 6)), .seconds(300)) }

    /// When a ticket that has been launched `launches` times may be tried again; nil when its budget is spent.
    package func nextTry(launches: Int, now: Timestamp) -> Timestamp? {
        guard launches >= 1, launches <= attempts else { return nil }
        var wait = backoff
        for _ in 1..<launches where wait < Self.longestBackoff { wait *= 2 }
        return now.advanced(by: min(wait, Self.longestBackoff))
    }
}
