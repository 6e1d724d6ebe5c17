/// The ticket types and the words of their prompts. Implemented by `ReeveWorkflows`.
package protocol Workflows: Sendable {
    /// The type of this name as it is defined now; one step where nobody has defined it.
    /// - Throws: `conflict` when the file that defines it is wrong.
    func type(_ name: String) throws(ReeveError) -> TicketType
    /// What the agent of the step that `progress` is in is told.
    /// - Parameters:
    ///   - directory: where the agent works.
    ///   - file: the ticket's own file, if it has one.
    ///   - runs: the steps that the ticket has entered.
    ///   - isNewcomer: the agent knows nothing of the ticket yet.
    /// - Throws: `conflict` with the template's place when it cannot be filled, or the type has no such step.
    func prompt(
        _ ticket: Ticket, type: TicketType, progress: StepProgress, directory: String, file: String?, runs: [StepRun],
        isNewcomer: Bool
    ) throws(ReeveError) -> String
    /// The globs that end the step that the ticket is in, below its directory; empty where the step ends otherwise.
    func artifacts(_ ticket: Ticket) throws(ReeveError) -> [String]
    /// What the reviewer of the step that the ticket is in is to look at; nil where its review is no look at a page.
    /// - Throws: `conflict` when the address cannot be filled, or is none.
    func page(_ ticket: Ticket, directory: String) throws(ReeveError) -> VisualPage?
}

extension Workflows {
    package func artifacts(_ ticket: Ticket) -> [String] { [] }
    package func page(_ ticket: Ticket, directory: String) -> VisualPage? { nil }
}

/// Every type is one step, and its prompt the ticket's own words.
package struct PlainWorkflows: Workflows {
    package init() {}
    package func type(_ name: String) -> TicketType { .single(name) }
    package func prompt(
        _ ticket: Ticket, type: TicketType, progress: StepProgress, directory: String, file: String?, runs: [StepRun],
        isNewcomer: Bool
    ) -> String {
        ticket.prompt
    }
}
