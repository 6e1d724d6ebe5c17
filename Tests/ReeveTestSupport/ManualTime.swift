package import ReeveModel
import Synchronization

/// Time that moves only when a test moves it. Sleepers wake in the order of their deadlines.
package final class ManualTime: TimeSource {
    private struct State {
        var now: Duration = .zero
        var sleepers: [Int: (deadline: Duration, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var next = 0
        var arrivals: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())
    private let epoch: Int64

    package init(epoch: Int64 = 1_790_000_000_000) { self.epoch = epoch }

    package func wall() -> Timestamp { Timestamp(milliseconds: epoch + state.withLock(\.now).milliseconds) }
    package func uptime() -> Duration { state.withLock(\.now) }

    package func sleep(for duration: Duration) async throws {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let isDue = state.withLock { state in
                    if Task.isCancelled { return true }
                    let deadline = state.now + duration
                    if deadline <= state.now { return true }
                    state.sleepers[number] = (deadline, continuation)
                    return false
                }
                if isDue {
                    if Task.isCancelled { continuation.resume(throwing: CancellationError()) } else { continuation.resume() }
                }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Moves the clock and wakes who is due.
    package func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now += duration
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.sorted { $0.deadline < $1.deadline }.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    /// Somebody sleeps.
    package var hasSleepers: Bool { state.withLock { !$0.sleepers.isEmpty } }
}
