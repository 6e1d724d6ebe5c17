package import ReeveModel
import Synchronization

/// What the clients of a simulation were told, and what they have asked for: the other half of every promise.
package final class SimulationLedger: Sendable {
    package struct State: Sendable {
        package var created: Set<TicketID> = []
        package var cancelled: Set<TicketID> = []
        /// Grows with each wish for a ticket: a cancel counts while nobody has asked for anything since.
        package var wishesFor: [TicketID: Int] = [:]
        /// Asked to be cancelled or stopped, whatever was answered.
        package var ended: Set<TicketID> = []
        /// Asked to be switched or restarted: what such a wish started may go on while the queue is paused.
        package var led: Set<TicketID> = []
        package var pausedSince: Timestamp?
        /// Grows with each wish to pause or resume: a pause counts while nobody has asked for anything since.
        package var wishes = 0
        /// Creates with a key that were answered, by the key.
        package var keyed: [String: TicketID] = [:]
        /// Keys whose request is being worked on, and by which daemon.
        package var underWay: [String: Int] = [:]
        /// The events that the subscriber got, one after another, over all daemons.
        package var events: [Int64] = []
        /// The clock was put forward or back: what was measured by it is not compared.
        package var clockJumped = false
    }

    private let state = Mutex(State())

    package init() {}

    package var current: State { state.withLock { $0 } }
    package func note(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    package func wish(for id: TicketID) -> Int {
        state.withLock { state in
            state.cancelled.remove(id)
            state.wishesFor[id, default: 0] += 1
            return state.wishesFor[id] ?? 0
        }
    }

    package func wish() -> Int {
        state.withLock { state in
            state.pausedSince = nil
            state.wishes += 1
            return state.wishes
        }
    }
}
