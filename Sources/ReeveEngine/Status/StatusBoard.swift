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
        package var counts: [TicketState: Int] = [:]
        package var queued = 0
        package var running = 0
        package var limit = 0
        package var backends: [Backend] = []
        package var cursor: Int64 = 0
        /// Grows with every change: a reader that has rendered this version need not do so again.
        package var version = 0
    }

    private struct State {
        var picture = Picture()
        var agents: [TicketID: Agent] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package var picture: Picture { state.withLock(\.picture) }
    package func agent(_ ticket: TicketID) -> Agent? { state.withLock { $0.agents[ticket] } }
    package var agents: [Agent] { state.withLock { Array($0.agents.values) } }

    package func ticket(inSession id: SessionID?) -> TicketID? {
        guard let id else { return nil }
        return state.withLock { $0.agents.values.first { $0.sessionID == id }?.ticket }
    }

    package func update(_ change: (inout Picture) -> Void) {
        state.withLock { state in
            change(&state.picture)
            state.picture.version += 1
        }
    }

    /// Nil takes the agent off the board.
    package func show(_ agent: Agent?, for ticket: TicketID) {
        state.withLock { state in
            state.agents[ticket] = agent
            state.picture.version += 1
        }
    }

    /// Agents that wait for a person.
    package var waiting: Int { state.withLock { $0.agents.values.count { $0.state == .waiting } } }
}
