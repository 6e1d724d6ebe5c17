package import ReeveModel
import Synchronization

/// Time that belongs to a simulation: it stands still while anything can run, and then jumps to the next thing that is due.
///
/// What is due belongs to an owner, so that a killed daemon's timers die with it and the world's do not.
package final class SimulationClock: Sendable {
    private struct Timer {
        var deadline: Duration
        var number: Int
        var owner: Int
        var action: @Sendable () -> Void
    }

    private struct State {
        var now: Duration = .zero
        /// What somebody has put the wall clock forward, or back.
        var wallOffset: Duration = .zero
        var timers: [Int: Timer] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    package init() {}

    package var now: Duration { state.withLock(\.now) }
    package var wall: Timestamp { state.withLock { Samples.now.advanced(by: $0.now + $0.wallOffset) } }
    package func putWall(by jump: Duration) { state.withLock { $0.wallOffset += jump } }

    @discardableResult
    package func after(_ delay: Duration, owner: Int, _ action: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.next += 1
            state.timers[state.next] = Timer(
                deadline: state.now + max(delay, .zero), number: state.next, owner: owner, action: action)
            return state.next
        }
    }

    package func cancel(_ number: Int) -> Bool { state.withLock { $0.timers.removeValue(forKey: number) != nil } }

    /// Nothing of this owner will ever happen.
    package func forget(owner: Int) { state.withLock { state in state.timers = state.timers.filter { $0.value.owner != owner } } }

    /// Jumps to what is due next and does it. False when nothing is, or only after `limit`.
    package func advance(to limit: Duration) -> Bool {
        let due = state.withLock { state -> Timer? in
            guard let first = state.timers.values.min(by: { ($0.deadline, $0.number) < ($1.deadline, $1.number) }),
                first.deadline <= limit
            else {
                state.now = max(state.now, limit)
                return nil
            }
            state.timers[first.number] = nil
            state.now = max(state.now, first.deadline)
            return first
        }
        due?.action()
        return due != nil
    }
}

/// The clocks as one daemon of a simulation sees them.
package struct SimulationTime: TimeSource {
    private let clock: SimulationClock
    private let owner: Int

    package init(clock: SimulationClock, owner: Int) {
        self.clock = clock
        self.owner = owner
    }

    package func wall() -> Timestamp { clock.wall }
    package func uptime() -> Duration { clock.now }

    package func sleep(for duration: Duration) async throws {
        let waiting = SleepBox()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                guard !Task.isCancelled else { return continuation.resume(throwing: CancellationError()) }
                waiting.set(continuation)
                clock.after(duration, owner: owner) { waiting.take()?.resume() }
            }
        } onCancel: {
            waiting.take()?.resume(throwing: CancellationError())
        }
    }
}

/// A sleeper's continuation, resumed once: by its time or by its cancellation.
private final class SleepBox: Sendable {
    private let continuation = Mutex<CheckedContinuation<Void, any Error>?>(nil)

    func set(_ new: CheckedContinuation<Void, any Error>) { continuation.withLock { $0 = new } }
    func take() -> CheckedContinuation<Void, any Error>? {
        continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
    }
}
