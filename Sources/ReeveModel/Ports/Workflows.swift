/// The ticket types and the words of their prompts. Implemented by `ReeveWorkflows`.
package protocol Workflows: Sendable {
    /// The type of this name as it is defined now; one step where nobody has defined it.
    func type(_ name: String) -> TicketType
    /// What the agent of the step that `progress` is in is told.
    ///
    /// Throws `invalid_params` when the step's template cannot be filled, `not_found` when the type has no such step.
    func prompt(_ ticket: Ticket, type: TicketType, progress: StepProgress, directory: String, runs: [StepRun]) throws -> String
}

/// Every type is one step, and its prompt the ticket's own words.
package struct PlainWorkflows: Workflows {
    package init() {}
    package func type(_ name: String) -> TicketType { .single(name) }
    package func prompt(
        _ ticket: Ticket, type: TicketType, progress: StepProgress, directory: String, runs: [StepRun]
    ) throws -> String {
        ticket.prompt
    }
}
