package import ReeveModel
import Synchronization

/// What the actors last said, for everybody to read without a hop: counts, agents, backends.
///
/// Written by the actors after their commits, so what stands here is durable; read by status requests on any thread.
package final class StatusBoard: Sendable {
    package struct Backend: Sendable, Hashable {
        package var name: String
        /// Nil: not known yet.
        package var isUp: Bool?
        package var detail: String
    }

    package struct Picture: Sendable {
        package var isPaused = false
        /// Why nothing is launched though the queue is open.
        package var hold: String?
        package var counts: [TicketState: Int] = [:]
        package var queued = 0
        package var running = 0
        package var limit = 0
        /// What is not launched because launches failed one after another.
        package var brakes: [LaunchBreaker.Brake] = []
        /// Tickets in back-off, and when the first of them is tried again.
        package var retrying = 0
        package var nextRetry: Timestamp?
        /// Tickets that were started too often, the latest last.
        package var staysDown: [TicketID] = []
        package var backends: [Backend] = []
        package var cursor: Int64 = 0
        /// Grows with every change: a reader that has rendered this version need not do so again.
        package var version = 0
    }

    private struct State {
        var picture = Picture()
        var agents: [TicketID: Agent] = [:]
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0

        mutating func takeWaiters() -> [CheckedContinuation<Void, Never>] {
            defer { waiters = [:] }
            return Array(waiters.values)
        }
    }

    private let state = Mutex(State())

    package init() {}

    package var version: Int { state.withLock(\.picture.version) }
    package var picture: Picture { state.withLock(\.picture) }
    package func agent(_ ticket: TicketID) -> Agent? { state.withLock { $0.agents[ticket] } }
    package var agents: [Agent] { state.withLock { Array($0.agents.values) } }

    /// Whose agent works where.
    package var ticketsBySession: [SessionID: TicketID] {
        let agents = state.withLock(\.agents)
        return Dictionary(agents.values.map { ($0.sessionID, $0.ticket) }) { first, _ in first }
    }

    package func update(_ change: (inout Picture) -> Void) {
        let woken = state.withLock { state in
            change(&state.picture)
            state.picture.version += 1
            return state.takeWaiters()
        }
        for waiter in woken { waiter.resume() }
    }

    /// Nil takes the agent off the board.
    package func show(_ agent: Agent?, for ticket: TicketID) {
        let woken = state.withLock { state in
            state.agents[ticket] = agent
            state.picture.version += 1
            return state.takeWaiters()
        }
        for waiter in woken { waiter.resume() }
    }

    /// What is told of tickets beside their state has changed. It is in the journal, not here; who shows it looks there.
    package func noteMetadata() { update { _ in } }

    /// Returns when something has changed since `version`, or this task is cancelled. What stands here is durable, so whoever reads the
    /// version, looks, and then waits misses nothing.
    package func change(since version: Int) async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.picture.version > version || Task.isCancelled { return true }
                    state.waiters[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
    }

    /// Agents that wait for a person.
    package var waiting: Int { state.withLock { $0.agents.values.count { $0.state == .waiting } } }
}
