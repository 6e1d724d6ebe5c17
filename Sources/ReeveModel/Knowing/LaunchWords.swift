/// What agents tell, by the launch that each word names: it counts for that launch, as soon as it is known to run, and for no other.
///
/// An agent can speak before its start is known: its keeper starts it and answers then, and the answer is committed before anybody
/// sees it. Such a word is kept until then. A word of a launch that is over says nothing any more, least of all of the next one.
///
/// Pure: the daemon's actor says which launches there are, and takes the words that are handed back in their order.
package struct LaunchWords<Word: Sendable>: Sendable {
    package enum Standing: Sendable, Hashable {
        /// Its launch runs: to be taken now.
        case own
        /// Its launch is not known to run yet: kept, and handed back by `meet`.
        case early
        /// Its launch is over: to be dropped.
        case late
    }

    /// Beyond these the oldest words go: what an agent said last tells most of it. Sessions without a ticket have launches too,
    /// which are never met.
    package static var mostKept: Int { 256 }
    package static var mostBytes: Int { 1 << 20 }
    /// Launches that are over and remembered as such.
    private static var mostOver: Int { 1000 }

    private struct Kept: Sendable {
        var launch: LaunchID
        var word: Word
        var bytes: Int
    }

    private var running: Set<LaunchID> = []
    private var over: Set<LaunchID> = []
    /// As in `over`, in the order of their ends.
    private var overInOrder: [LaunchID] = []
    private var kept: [Kept] = []
    private var keptBytes = 0

    package init() {}

    /// Whether a word of this launch can be told from an early one without looking again.
    package func knows(_ launch: LaunchID) -> Bool { running.contains(launch) || over.contains(launch) }

    /// - Parameter bytes: what the word takes while it is kept.
    package mutating func hear(_ word: Word, bytes: Int, of launch: LaunchID) -> Standing {
        if running.contains(launch) { return .own }
        if over.contains(launch) { return .late }
        kept.append(Kept(launch: launch, word: word, bytes: bytes))
        keptBytes += bytes
        while kept.count > Self.mostKept || keptBytes > Self.mostBytes { keptBytes -= kept.removeFirst().bytes }
        return .early
    }

    /// All launches that run now, and those that have ended as far as that is still shown.
    /// - Returns: the words that were kept for launches that run, in the order in which they came.
    package mutating func meet(running now: Set<LaunchID>, ended: Set<LaunchID>) -> [Word] {
        for launch in running.union(ended).subtracting(now) where over.insert(launch).inserted { overInOrder.append(launch) }
        // What runs is not over, whatever was thought of it.
        if !over.isDisjoint(with: now) {
            over.subtract(now)
            overInOrder.removeAll { now.contains($0) }
        }
        if overInOrder.count > Self.mostOver {
            let surplus = overInOrder.count - Self.mostOver
            over.subtract(overInOrder.prefix(surplus))
            overInOrder.removeFirst(surplus)
        }
        running = now
        guard !kept.isEmpty else { return [] }
        let due = kept.filter { now.contains($0.launch) }
        kept.removeAll { now.contains($0.launch) || over.contains($0.launch) }
        keptBytes = kept.reduce(0) { $0 + $1.bytes }
        return due.map(\.word)
    }
}
