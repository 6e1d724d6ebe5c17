import ReeveEngine
import ReeveModel

/// The event log from a cursor on, until its reader is cancelled. Where the log no longer reaches back it goes on from its oldest event;
/// what cannot be read now is asked for again.
struct EventLog: AsyncSequence, Sendable {
    typealias Element = StoredEvent
    typealias Failure = Never
    let hub: EventHub
    let cursor: Int64
    let time: any TimeSource

    private static let pause = Duration.seconds(1)

    struct Iterator: AsyncIteratorProtocol {
        let hub: EventHub
        let time: any TimeSource
        var cursor: Int64
        private var batch: [StoredEvent] = []

        init(hub: EventHub, time: any TimeSource, cursor: Int64) {
            self.hub = hub
            self.time = time
            self.cursor = cursor
        }

        mutating func next() async -> StoredEvent? {
            while batch.isEmpty {
                if Task.isCancelled { return nil }
                do {
                    batch = try await hub.next(after: cursor, limit: 256).events.reversed()
                } catch let error as ReeveError where error.kind == .cursorExpired {
                    cursor = (error.oldest ?? 1) - 1
                } catch {
                    try? await time.sleep(for: EventLog.pause)
                }
            }
            let event = batch.removeLast()
            cursor = event.seq
            return event
        }

        mutating func next(isolation actor: isolated (any Actor)?) async -> StoredEvent? { await next() }
    }

    func makeAsyncIterator() -> Iterator { Iterator(hub: hub, time: time, cursor: cursor) }
}
