/// Sessions that wait for room in a window. Pure, on virtual time: moments are durations since any beginning, of a clock that never goes
/// back.
///
/// Whoever carries it out calls `take` at `nextLook`, and earlier whenever a pane has gone or a window has another size. Nobody waits
/// behind somebody else: every entry is looked at, in the order of arrival, and each that fits is taken.
package struct DeferredPanes: Sendable, Hashable {
    package struct Settings: Sendable, Hashable {
        package var capacity: Int
        package var retry: Duration
        /// How long a session waits at most.
        package var lifetime: Duration

        package init(capacity: Int = 20, retry: Duration = .seconds(5), lifetime: Duration = .seconds(300)) {
            self.capacity = capacity
            self.retry = retry
            self.lifetime = lifetime
        }
    }

    package struct Entry: Sendable, Hashable {
        package var session: String
        package var since: Duration
        /// It waits for as long as nobody takes it out.
        package var isEndless = false
        /// So often it was looked at without room.
        package var looks = 0
    }

    package enum Arrival: Sendable, Hashable {
        /// `position`: 1 is the first.
        case waits(position: Int)
        /// It keeps its place and its time.
        case waitsAlready(position: Int)
        /// The queue is full; this session is not in it. Somebody must be told.
        case overflow(waiting: Int, oldest: String?)
    }

    package struct Outcome: Sendable, Hashable {
        package var taken: [Entry] = []
        package var expired: [Entry] = []
    }

    package var settings: Settings
    package private(set) var entries: [Entry] = []
    private var lastLook: Duration?

    package init(settings: Settings = Settings()) { self.settings = settings }

    /// - Parameters:
    ///   - since: when it began to wait; nil: now.
    ///   - isEndless: it has no lifetime.
    package mutating func add(
        _ session: String, at now: Duration, since: Duration? = nil, isEndless: Bool = false
    ) -> Arrival {
        if let place = entries.firstIndex(where: { $0.session == session }) { return .waitsAlready(position: place + 1) }
        guard entries.count < settings.capacity else { return .overflow(waiting: entries.count, oldest: entries.first?.session) }
        if entries.isEmpty { lastLook = now }
        entries.append(Entry(session: session, since: since ?? now, isEndless: isEndless))
        return .waits(position: entries.count)
    }

    /// The session is over, or has its pane. - Returns: whether it was waiting.
    @discardableResult
    package mutating func remove(_ session: String) -> Bool {
        guard let place = entries.firstIndex(where: { $0.session == session }) else { return false }
        entries.remove(at: place)
        return true
    }

    /// It has waited its lifetime.
    package func isOver(_ entry: Entry, at now: Duration) -> Bool {
        !entry.isEndless && now - entry.since >= settings.lifetime
    }

    /// Looks at every entry once: what has waited its lifetime goes, what fits is taken, the rest stays.
    ///
    /// - Parameter fits: asked in the order of arrival. It must count those that it has said yes to before.
    package mutating func take(at now: Duration, where fits: (Entry) -> Bool) -> Outcome {
        var outcome = Outcome()
        var rest: [Entry] = []
        for var entry in entries {
            if isOver(entry, at: now) {
                outcome.expired.append(entry)
            } else if fits(entry) {
                outcome.taken.append(entry)
            } else {
                entry.looks += 1
                rest.append(entry)
            }
        }
        entries = rest
        lastLook = now
        return outcome
    }

    /// When `take` has something to do again; nil when nobody waits. An entry that runs out before the next try is not kept longer.
    package var nextLook: Duration? {
        guard let oldest = entries.map(\.since).min() else { return nil }
        let retry = (lastLook ?? oldest) + settings.retry
        let end = entries.filter { !$0.isEndless }.map(\.since).min().map { $0 + settings.lifetime }
        return min(retry, end ?? retry)
    }
}
