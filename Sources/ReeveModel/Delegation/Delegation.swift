/// Who works on which step, by all that may name somebody: the settings' part of the answer.
package struct Delegation: Sendable, Hashable {
    package var delegators: [String: Delegator]
    package var kinds: Set<String>
    package var standard: String

    package init(delegators: [String: Delegator] = [:], kinds: Set<String>, standard: String) {
        self.delegators = delegators
        self.kinds = kinds
        self.standard = standard
    }

    /// - Throws: `not_found` for a name that nobody has, with the nearest one.
    package func choice(
        _ step: String, of type: TicketType, extras: TicketExtras, chosen agent: String?
    ) throws(ReeveError) -> DelegatorChoice {
        try DelegatorQuestion(
            step: step, type: type.name, stepDelegators: extras.stepDelegators, ticketDelegator: extras.delegator,
            ticketAgent: agent, stepAgent: type.step(step)?.agent, typeAgent: type.agent, standard: standard
        ).answer(delegators: delegators, kinds: kinds)
    }

    package func choice(_ step: String, of type: TicketType, for ticket: Ticket) throws(ReeveError) -> DelegatorChoice {
        try choice(step, of: type, extras: ticket.extras, chosen: ticket.isAgentChosen ? ticket.agent : nil)
    }

    /// The type with an agent kind at each step: what machines work by, which know nothing of delegators.
    package func resolved(_ type: TicketType, for ticket: Ticket) throws(ReeveError) -> TicketType {
        var resolved = type
        for index in type.steps.indices {
            resolved.steps[index].agent = try choice(type.steps[index].name, of: type, for: ticket).agent
        }
        return resolved
    }
}
