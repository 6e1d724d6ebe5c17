/// A name for "this agent, with this model, these flags and this much freedom": what tickets and steps may ask for in place of
/// an agent kind. `[delegators.NAME]` in the configuration.
package struct Delegator: Sendable, Hashable {
    package var name: String
    /// The agent kind.
    package var agent: String
    package var model: String?
    /// Each a whole argument.
    package var flags: [String]
    /// Counts where the step says nothing.
    package var permission: WorkflowStep.PermissionMode

    package init(
        name: String, agent: String, model: String? = nil, flags: [String] = [],
        permission: WorkflowStep.PermissionMode = .standard
    ) {
        self.name = name
        self.agent = agent
        self.model = model
        self.flags = flags
        self.permission = permission
    }
}
