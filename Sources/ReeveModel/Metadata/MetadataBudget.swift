/// How much one ticket or session may write: an agent in a loop must not fill the event log, nor ring a person all day.
///
/// A bucket of tokens for each of the two: full at the start, one token back in every interval.
package struct MetadataBudget: Sendable, Hashable {
    package struct Bucket: Sendable, Hashable {
        package var size: Int
        package var interval: Duration
        private var left: Int
        /// When the first of the missing tokens began to come back.
        private var since: Duration

        package init(size: Int, interval: Duration) {
            self.size = size
            self.interval = interval
            left = size
            since = .zero
        }

        /// - Parameter now: monotonic.
        /// - Returns: nil when there was a token, else how long it takes until there is one.
        package mutating func take(at now: Duration) -> Duration? {
            refill(at: now)
            guard left > 0 else { return since + interval - now }
            if left == size { since = now }
            left -= 1
            return nil
        }

        package mutating func isFull(at now: Duration) -> Bool {
            refill(at: now)
            return left == size
        }

        private mutating func refill(at now: Duration) {
            guard left < size, now > since else { return }
            let come = (now - since) / interval
            let whole = Int(come.rounded(.down))
            guard whole > 0 else { return }
            left = min(size, left + whole)
            since += interval * whole
        }
    }

    package static let writesAtOnce = 20
    package static let writesEvery = Duration.seconds(1)
    package static let noticesAtOnce = 5
    package static let noticesEvery = Duration.seconds(10)

    private var writes = Bucket(size: writesAtOnce, interval: writesEvery)
    private var notices = Bucket(size: noticesAtOnce, interval: noticesEvery)

    package init() {}

    /// - Throws: `busy`, which says how long to wait.
    package mutating func spend(isNotice: Bool, at now: Duration) throws(ReeveError) {
        if isNotice, let wait = notices.take(at: now) {
            throw Self.busy("notifications", Self.noticesAtOnce, Self.noticesEvery, wait)
        }
        if let wait = writes.take(at: now) { throw Self.busy("changes", Self.writesAtOnce, Self.writesEvery, wait) }
    }

    /// Nothing is owed: it need not be remembered.
    package mutating func isFull(at now: Duration) -> Bool {
        // Both: a short circuit would leave the second one as it was, which is right too, but costs a thought.
        let isFull = writes.isFull(at: now)
        return notices.isFull(at: now) && isFull
    }

    private static func busy(_ what: String, _ size: Int, _ interval: Duration, _ wait: Duration) -> ReeveError {
        let pause = DurationText.spoken(max(1, wait.milliseconds))
        return ReeveError(
            .busy, "too many \(what): \(size) at once, then one every \(DurationText.spoken(interval.milliseconds))",
            hint: "nothing was changed; try again in \(pause), and only when something is new")
    }
}
