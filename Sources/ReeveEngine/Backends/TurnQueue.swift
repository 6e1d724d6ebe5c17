import ReeveModel

/// One at a time per session, or whatever else has turns: the text of one sender and its Enter are not mixed with another's.
package struct TurnQueue<Key: Hashable> {
    private var waiting: [Key: [CheckedContinuation<Void, Never>]] = [:]

    package init() {}

    /// True when the turn is the caller's at once.
    package mutating func tryTake(_ session: Key) -> Bool {
        guard waiting[session] == nil else { return false }
        waiting[session] = []
        return true
    }

    package mutating func wait(_ session: Key, _ continuation: CheckedContinuation<Void, Never>) {
        waiting[session]?.append(continuation)
    }

    package mutating func give(_ session: Key) {
        if waiting[session]?.isEmpty != false { waiting[session] = nil } else { waiting[session]?.removeFirst().resume() }
    }
}
