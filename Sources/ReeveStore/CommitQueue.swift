import Dispatch
import ReeveModel
import Synchronization

/// Group commit: change sets wait in line, and everything that has arrived when a commit begins is committed together.
///
/// One fsync then serves the whole batch. Order is the order of `enqueue`; the writer is one serial Dispatch queue, because
/// GRDB's connection is one and blocking on an fsync does not belong on the cooperative pool.
final class CommitQueue: Sendable {
    struct Entry: Sendable {
        var changes: [JournalChange]
        var outcome: Promise<Void>
    }

    private struct State {
        var waiting: [Entry] = []
        var isDraining = false
    }

    private let state = Mutex(State())
    private let writer = DispatchQueue(label: "reeve.journal", qos: .userInitiated)
    private let commit: @Sendable ([Entry]) -> Void
    /// A batch is bounded so that the first in it does not wait for the last of a flood.
    private static let largestBatch = 256

    init(commit: @escaping @Sendable ([Entry]) -> Void) { self.commit = commit }

    func enqueue(_ changes: [JournalChange]) -> PendingCommit {
        let outcome = Promise<Void>()
        let mustWake = state.withLock { state in
            state.waiting.append(Entry(changes: changes, outcome: outcome))
            defer { state.isDraining = true }
            return !state.isDraining
        }
        if mustWake { writer.async { self.drain() } }
        return PendingCommit { try await outcome.value() }
    }

    private func drain() {
        while true {
            let batch = state.withLock { state -> [Entry] in
                let batch = Array(state.waiting.prefix(Self.largestBatch))
                state.waiting.removeFirst(batch.count)
                if batch.isEmpty { state.isDraining = false }
                return batch
            }
            if batch.isEmpty { return }
            commit(batch)
        }
    }
}
