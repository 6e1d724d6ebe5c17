/// A fault put into the surroundings of the engine on purpose: each must be found, or the simulation proves nothing.
package enum SimulationMutation: String, Sendable, CaseIterable {
    /// A keeper starts a launch anew when it is told of it again.
    case keeperForgetsClaims
    /// The lock of a keeper seems free and its pane dead though both live.
    case terminalSeemsDead
    /// A program that has ended is said to run: what is typed for it reaches what comes after.
    case keeperSaysRunning
    /// The journal loses what it has acknowledged when the daemon is killed.
    case journalLosesAcknowledged
    /// The journal forgets that the queue is paused.
    case journalForgetsPause
    /// The journal forgets which requests have been answered.
    case journalForgetsAnswers
    /// The journal does not give back a ticket in work after a restart.
    case journalForgetsWork
    /// The log leaves out an event when somebody reads what he has missed.
    case logSkips
    /// The engine takes one agent more in a project for allowed.
    case limitsAreLoose
    /// The engine takes one try more for allowed.
    case retriesAreLoose
    /// A keeper's fact is told wrong: an end by a signal is said to have been well.
    case keeperFlatters
}
