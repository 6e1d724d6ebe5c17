import ReeveModel
import Synchronization

/// An answer that comes later: kept by whoever gives it, awaited by at most one, settled once.
final class Promise: Sendable {
    private enum State {
        case open(CheckedContinuation<AgentReply, any Error>?)
        case settled(Result<AgentReply, ReeveError>)
    }

    private let state = Mutex(State.open(nil))

    func settle(_ result: Result<AgentReply, ReeveError>) {
        let waiter = state.withLock { state -> CheckedContinuation<AgentReply, any Error>? in
            guard case .open(let waiter) = state else { return nil }
            state = .settled(result)
            return waiter
        }
        waiter?.resume(with: result.mapError { $0 as any Error })
    }

    func value() async throws -> AgentReply {
        try await withCheckedThrowingContinuation { continuation in
            let settled = state.withLock { state -> Result<AgentReply, ReeveError>? in
                if case .settled(let result) = state { return result }
                state = .open(continuation)
                return nil
            }
            if let settled { continuation.resume(with: settled.mapError { $0 as any Error }) }
        }
    }
}
