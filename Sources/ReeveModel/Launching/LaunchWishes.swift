/// What is asked of a launch beside its prompt: by the ticket's delegator and by its step.
package struct LaunchWishes: Sendable, Hashable {
    package var model: String?
    package var permission: WorkflowStep.PermissionMode
    /// In the words of the agent; empty: the agent's own rules.
    package var tools: [String]
    /// The user's own, each a whole argument.
    package var flags: [String]

    package init(
        model: String? = nil, permission: WorkflowStep.PermissionMode = .standard, tools: [String] = [], flags: [String] = []
    ) {
        self.model = model
        self.permission = permission
        self.tools = tools
        self.flags = flags
    }

    /// What a delegator and a step ask for together. A step that names a permission mode is nearer to the work, so its word
    /// goes first.
    package init(delegator: Delegator?, step: WorkflowStep?) {
        let asked = step?.permissionMode ?? .standard
        self.init(
            model: delegator?.model, permission: asked != .standard ? asked : delegator?.permission ?? .standard,
            tools: step?.allowedTools ?? [], flags: delegator?.flags ?? [])
    }
}
