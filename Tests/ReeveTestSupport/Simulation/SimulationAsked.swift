package import ReeveModel

/// A request that a client of a simulation has made, and what it was told.
package struct SimulationAsked: Sendable {
    package enum Wish: Sendable, Hashable {
        case create
        case update(title: String?, agent: String, after: [TicketID])
        case retry, cancel, stop, restart, launch
        case change(to: String)
        case pause, resume
        /// Each reviewer speaks once, so that one decision is known from another.
        case review(by: String, isApproval: Bool)
        case report(LaunchID, StepReport.Status)
        case spawn(SessionName)
        case destroy(SessionName)

        /// A ticket that is out of work may come to work again because of it.
        var revives: Bool {
            switch self {
            case .retry, .restart, .change: true
            default: false
            }
        }

        var isPauseOrResume: Bool { self == .pause || self == .resume }

        /// Refused, it may have happened by half: the agent before has left, and the one after could not be started.
        var leavesSomething: Bool {
            switch self {
            case .change, .restart, .launch: true
            default: false
            }
        }

        /// Written down as an intent, it is carried out by whichever daemon comes next.
        var outlivesDaemons: Bool {
            switch self {
            case .cancel, .stop: true
            default: leavesSomething
            }
        }
    }

    package enum Outcome: Sendable, Hashable {
        /// The daemon was killed first, or the run has ended; it may or may not have happened.
        case unanswered
        case answered
        case refused(String)
    }

    package var wish: Wish
    /// Nil for the queue as a whole, and for sessions.
    package var ticket: TicketID?
    /// Moments are numbers that grow with each request and each answer, over all clients.
    package var sent: Int
    package var over: Int?
    package var outcome = Outcome.unanswered
    /// How long the log was when it was asked, and when it was answered: what it did is told in between.
    package var logBefore: Int
    package var logAfter: Int?
    /// What the answer named.
    package var launch: LaunchID?
    package var session: SessionID?

    package var isAnswered: Bool { outcome == .answered }
    var isRefused: Bool { if case .refused = outcome { true } else { false } }
    package var mayHaveHappened: Bool { !isRefused || wish.leavesSomething }

    /// Not over before `other` was sent: it may have taken effect after it.
    func mayComeAfter(_ other: SimulationAsked) -> Bool { over.map { $0 > other.sent } ?? true }
}
