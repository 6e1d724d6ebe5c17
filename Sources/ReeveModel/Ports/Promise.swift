import Synchronization

/// An answer that comes later: kept by whoever gives it, awaited by at most one, settled once.
package final class Promise<Value: Sendable>: Sendable {
    private enum State {
        case open(CheckedContinuation<Value, any Error>?)
        case settled(Result<Value, ReeveError>)
    }

    private let state = Mutex(State.open(nil))

    package init() {}

    package func settle(_ result: Result<Value, ReeveError>) {
        let waiter = state.withLock { state -> CheckedContinuation<Value, any Error>? in
            guard case .open(let waiter) = state else { return nil }
            state = .settled(result)
            return waiter
        }
        waiter?.resume(with: result.mapError { $0 as any Error })
    }

    /// The value for who need not have it: cancelled, it is an error that says that the daemon stops, and what comes later goes nowhere.
    package func valueUnlessStopped() async throws -> Value {
        try await withTaskCancellationHandler {
            try await value()
        } onCancel: {
            settle(.failure(ReeveError(.shuttingDown, "the daemon is stopping")))
        }
    }

    package func value() async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let settled = state.withLock { state -> Result<Value, ReeveError>? in
                if case .settled(let result) = state { return result }
                state = .open(continuation)
                return nil
            }
            if let settled { continuation.resume(with: settled.mapError { $0 as any Error }) }
        }
    }
}
