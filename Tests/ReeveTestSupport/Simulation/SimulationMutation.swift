/// A fault put into the surroundings of the engine on purpose: each must be found, or the simulation proves nothing.
package enum SimulationMutation: String, Sendable, CaseIterable {
    /// A keeper starts a launch anew when it is told of it again.
    case keeperForgetsClaims
    /// The lock of a keeper seems free and its pane dead though both live.
    case terminalSeemsDead
    /// A program that has ended is said to run: what is typed for it reaches what comes after.
    case keeperSaysRunning
    /// The same, but only once its end has been told: keys go on their way after that.
    case keeperTakesBackEnds
    /// The journal loses what it has acknowledged when the daemon is killed.
    case journalLosesAcknowledged
    /// The journal forgets that the queue is paused.
    case journalForgetsPause
    /// The journal forgets which requests have been answered.
    case journalForgetsAnswers
    /// The journal does not give back a ticket in work after a restart.
    case journalForgetsWork
    /// The journal keeps a ticket's title as it was made, whatever it is changed to.
    case journalForgetsTitles
    /// The journal writes down that a review was decided, and not what its ticket has become by that: it is decided again.
    case journalForgetsDecisions
    /// The journal does not know after a restart that a prompt has been pasted.
    case journalForgetsPaste
    /// The journal does not give back the sessions without a ticket after a restart.
    case journalForgetsSessions
    /// The multiplexer does not know what has been typed: the prompt of a step goes in again.
    case terminalForgetsClaims
    /// The log leaves out an event when somebody reads what he has missed.
    case logSkips
    /// The engine takes one agent more in a project for allowed.
    case limitsAreLoose
    /// The engine takes one try more for allowed.
    case retriesAreLoose
    /// A keeper's fact is told wrong: an end by a signal is said to have been well.
    case keeperFlatters
}
