import ReeveModel
import ReeveTOML
package import ReeveWorkflows

/// `[workflows]`, as it is written.
package struct WorkflowKeys: Sendable, Hashable {
    package var criteria = PromptCriteria()
    package var openCommand: [String] = []
    package init() {}

    static let keys: [ConfigurationKey] = [
        text("acceptance_criteria", \.criteria.acceptance),
        text("definition_of_done", \.criteria.done),
        text("definition_of_ready", \.criteria.ready),
        ConfigurationKey(
            name: "workflows.open_command", type: "list of strings", fallback: "[]",
            note: "opens the page of a `visual` review: the address is added to it; never through a shell; empty: you open it",
            keep: ConfigurationKeys.kept(\.workflows.openCommand)
        ) { (configuration, value) throws(Complaint) in configuration.workflows.openCommand = try Read.strings(value) },
    ]

    private static func text(
        _ name: String, _ path: any WritableKeyPath<WorkflowKeys, String> & Sendable
    ) -> ConfigurationKey {
        ConfigurationKey(
            name: "workflows.\(name)", type: "string", fallback: "", note: "what `{{ \(name) }}` becomes in prompts", keep: nil
        ) { (configuration, value) throws(Complaint) in configuration.workflows[keyPath: path] = try Read.string(value) }
    }
}
