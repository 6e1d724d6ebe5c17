package import ReeveModel

/// Where subscriptions get their events.
package protocol EventFeed: Sendable {
    /// The newest event's number.
    func newest() async -> Int64
    /// Events after `cursor`; waits while there are none. `isLagging` when they had to be read from the log.
    func next(after cursor: Int64, limit: Int) async throws -> (events: [StoredEvent], isLagging: Bool)
}
