/// What a ticket's file may say beyond what every ticket has.
package struct TicketExtras: Sendable, Hashable, Codable {
    /// Keys of its front matter that mean nothing to Reeve; a type may name them in its `fields`.
    package var fields: [String: String]
    /// The named set of agent, model and flags that works on it.
    package var delegator: String?
    /// The same for single steps.
    package var stepDelegators: [String: String]

    package init(fields: [String: String] = [:], delegator: String? = nil, stepDelegators: [String: String] = [:]) {
        self.fields = fields
        self.delegator = delegator
        self.stepDelegators = stepDelegators
    }

    package var isEmpty: Bool { fields.isEmpty && delegator == nil && stepDelegators.isEmpty }
}
