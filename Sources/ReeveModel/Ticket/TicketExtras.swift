/// What only some tickets have: what their files say beyond the rest, and where they are worked on.
package struct TicketExtras: Sendable, Hashable, Codable {
    /// Keys of its front matter that mean nothing to Reeve; a type may name them in its `fields`.
    package var fields: [String: String]
    /// The named set of agent, model and flags that works on it.
    package var delegator: String?
    /// The same for single steps.
    package var stepDelegators: [String: String]
    /// The worktree that its agents work in.
    package var place: WorktreePlace?
    /// Why that stays although the ticket is done, and the command that shows it.
    package var kept: String?

    package init(
        fields: [String: String] = [:], delegator: String? = nil, stepDelegators: [String: String] = [:],
        place: WorktreePlace? = nil
    ) {
        self.place = place
        self.fields = fields
        self.delegator = delegator
        self.stepDelegators = stepDelegators
    }

    package var isEmpty: Bool { fields.isEmpty && delegator == nil && stepDelegators.isEmpty && place == nil && kept == nil }
}
