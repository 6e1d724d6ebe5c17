/// What somebody asked of a running agent. Stored with the ticket until it is finished, so that a restart carries on with it.
package enum AgentIntent: Sendable, Hashable {
    /// Leave the agent and start another in the same terminal.
    case `switch`(to: String, prompt: String?, policy: LastResort)
    /// Leave the agent and start the same kind again, resuming its conversation where it can.
    case restart
    /// Leave the agent; the ticket is cancelled, its terminal stays.
    case stop
    /// Leave the agent, close the terminal; the ticket is cancelled.
    case cancel
    /// The last step is over, or was given up, and the agent still runs: leave it; the ticket ends in this state.
    case finish(TicketState, reason: String)
}

/// What happens below the last rung of the ladder.
package enum LastResort: String, Sendable, Hashable, CaseIterable {
    /// SIGTERM, then SIGKILL, to the launch's process group.
    case signal
    /// The old agent goes on, and the answer says what was tried.
    case giveUp = "give-up"
}

extension AgentIntent {
    /// The reason of a ticket whose last step is over while its agent is still there.
    package static let finishing = "finishing"
}
