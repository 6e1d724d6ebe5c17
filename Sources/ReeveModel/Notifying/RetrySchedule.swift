/// When something that failed is tried again: back-off with jitter, bounded in length and in all.
package struct RetrySchedule: Sendable, Hashable {
    /// Before the second try; doubles with each.
    package var first: Duration
    package var longest: Duration
    /// Nothing is tried later than this after the first try.
    package var limit: Duration

    package init(first: Duration = .seconds(1), longest: Duration = .seconds(300), limit: Duration = .seconds(6 * 3600)) {
        self.first = first
        self.longest = longest
        self.limit = limit
    }

    /// - Parameters:
    ///   - failures: so many have failed, 1 or more.
    ///   - spent: since the first try began.
    ///   - random: 0 to 1. The delay is between half of the step and all of it, so that many senders do not come back together.
    ///   - wish: how long the other side wants to be left alone; honoured up to an hour.
    /// - Returns: nil when it is given up.
    package func delay(failures: Int, spent: Duration, random: Double, wish: Duration? = nil) -> Duration? {
        // 2^30 of the shortest step is over any `longest`.
        let doubled = first * (1 << min(max(failures - 1, 0), 30))
        let step = min(doubled, longest)
        let share = min(max(random, 0), 1) / 2 + 0.5
        let delay = max(.milliseconds(Int64(Double(step.milliseconds) * share)), min(wish ?? .zero, .seconds(3600)))
        return spent + delay > limit ? nil : delay
    }
}
