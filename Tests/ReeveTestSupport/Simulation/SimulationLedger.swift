package import ReeveModel
import Synchronization

/// What the clients of a simulation were told, and what they have asked for: the other half of every promise.
package final class SimulationLedger: Sendable {
    package struct State: Sendable {
        package var asked: [SimulationAsked] = []
        fileprivate var moment = 0
        /// Grows with each wish for a ticket.
        package var wishesFor: [TicketID: Int] = [:]
        /// Asked to be cancelled or stopped, whatever was answered.
        package var ended: Set<TicketID> = []
        /// Asked to be switched or restarted: what such a wish started may go on while the queue is paused.
        package var led: Set<TicketID> = []
        /// Their step was said to be over by its files.
        package var nudged: Set<TicketID> = []
        /// Agents that were seen to end a turn.
        package var rested: Set<LaunchID> = []
        package var pausedSince: Timestamp?
        /// Which daemon has answered that.
        package var pausedBy = 0
        /// Grows with each wish to pause or resume: a pause counts while nobody has asked for anything since.
        package var wishes = 0
        /// Creates with a key that were answered, by the key.
        package var keyed: [String: TicketID] = [:]
        /// Keys whose request is being worked on, and by which daemon.
        package var underWay: [String: Int] = [:]
        /// The events that the subscriber got, one after another, over all daemons.
        package var events: [Int64] = []
        /// When each event of the log was committed.
        package var moments: [Duration] = []
        /// The clock was put forward or back: what was measured by it is not compared.
        package var clockJumped = false
        /// Broken promises that were seen on the way.
        package var violations: [String] = []
    }

    private let state = Mutex(State())

    package init() {}

    package var current: State { state.withLock { $0 } }
    package func note(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    package func wish(for id: TicketID) { state.withLock { $0.wishesFor[id, default: 0] += 1 } }

    package func wish() -> Int {
        state.withLock { state in
            state.pausedSince = nil
            state.wishes += 1
            return state.wishes
        }
    }

    // MARK: Requests

    /// - Returns: the number under which the answer is noted.
    package func asks(_ wish: SimulationAsked.Wish, of ticket: TicketID?, log: Int) -> Int {
        state.withLock { state in
            state.moment += 1
            state.asked.append(SimulationAsked(wish: wish, ticket: ticket, sent: state.moment, logBefore: log))
            return state.asked.count - 1
        }
    }

    /// What nobody has answered yet is over with the daemon, done or not, unless the next one goes on with it.
    package func daemonWasKilled() {
        state.withLock { state in
            state.moment += 1
            for index in state.asked.indices where state.asked[index].over == nil && !state.asked[index].wish.outlivesDaemons {
                state.asked[index].over = state.moment
            }
        }
    }

    package func answered(
        _ number: Int, _ outcome: SimulationAsked.Outcome, log: Int, launch: LaunchID? = nil, session: SessionID? = nil
    ) {
        state.withLock { state in
            state.moment += 1
            state.asked[number].over = state.moment
            state.asked[number].outcome = outcome
            state.asked[number].logAfter = log
            state.asked[number].launch = launch
            state.asked[number].session = session
        }
    }
}

extension SimulationLedger.State {
    /// Says so when the queue is not paused as its last answered request wants it, where none may have come after that.
    package func brokenPause(isPaused: Bool) -> String? {
        let happened = asked.filter { $0.wish.isPauseOrResume && $0.mayHaveHappened }
        guard let last = happened.last(where: \.isAnswered) else { return nil }
        let others = happened.filter { $0.sent != last.sent && $0.mayComeAfter(last) }
        let wanted = last.wish == .pause
        guard others.allSatisfy({ ($0.wish == .pause) == wanted }), wanted != isPaused else { return nil }
        return "the queue was \(wanted ? "paused" : "resumed"), that was answered, and on the disk it is "
            + (isPaused ? "paused" : "not paused")
    }
}
