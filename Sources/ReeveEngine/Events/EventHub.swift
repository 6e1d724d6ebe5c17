package import ReeveModel

/// The durable event sequence and its subscribers.
///
/// Subscribers pull at their own pace: from the ring of recent events, from the journal when they have fallen behind it. So a slow one
/// costs a cursor and nothing else, and never delays another.
package actor EventHub {
    package struct Batch: Sendable {
        package var events: [StoredEvent]
        /// The reader had fallen out of the ring and reads from the log.
        package var isLagging: Bool
    }

    private static let ringSize = 4096

    private let journal: any Journal
    private var ring: [StoredEvent] = []
    private var newest: Int64
    private var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    private var nextWaiter = 0
    private let inbox: AsyncStream<[StoredEvent]>

    /// - Parameter incoming: the journal's commits, in order.
    package init(journal: any Journal, incoming: AsyncStream<[StoredEvent]>, cursor: Int64) {
        self.journal = journal
        inbox = incoming
        newest = cursor
    }

    package var cursor: Int64 { newest }

    /// Takes commits off the line until it ends or this task is cancelled.
    package func run() async {
        for await events in inbox { publish(events) }
        wakeAll()
    }

    private func publish(_ events: [StoredEvent]) {
        guard let last = events.last else { return }
        newest = last.seq
        ring.append(contentsOf: events)
        // Cut in strides: shifting four thousand elements for each event would cost more than the event.
        if ring.count > Self.ringSize * 2 { ring.removeFirst(ring.count - Self.ringSize) }
        wakeAll()
    }

    private func wakeAll() {
        let woken = waiters
        waiters = [:]
        for waiter in woken.values { waiter.resume() }
    }

    /// The events after `cursor`, at most `limit`; waits while there is none. Empty only when this task is cancelled.
    package func next(after cursor: Int64, limit: Int) async throws -> Batch {
        while cursor >= newest {
            if Task.isCancelled { return Batch(events: [], isLagging: false) }
            await news()
        }
        if let first = ring.first, cursor >= first.seq - 1 {
            let start = Int(cursor + 1 - first.seq)
            return Batch(events: Array(ring[start..<min(ring.count, start + limit)]), isLagging: false)
        }
        return Batch(events: try await journal.events(after: cursor, limit: limit), isLagging: true)
    }

    private func news() async {
        nextWaiter += 1
        let number = nextWaiter
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled { continuation.resume() } else { waiters[number] = continuation }
            }
        } onCancel: {
            // A bridge: cancellation handlers are synchronous, and the waiter is the actor's.
            Task { await self.wake(number) }
        }
    }

    private func wake(_ number: Int) { waiters.removeValue(forKey: number)?.resume() }
}
