/// The keys of a type's file. `docs/workflows.md` has a row for each of ours.
package struct TypeKey: Sendable {
    package var name: String
    package var type: String
    package var fallback: String
    package var note: String

    package static let ofType: [TypeKey] = [
        TypeKey(name: "name", type: "name", fallback: "required", note: "as in ticket ids: `FEAT`"),
        TypeKey(name: "title", type: "string", fallback: "the name", note: "for people"),
        TypeKey(
            name: "mode", type: "`autonomous` or `paired`", fallback: "autonomous",
            note: "`paired`: one at a time for each person"),
        TypeKey(name: "agent", type: "name", fallback: "the ticket's", note: "the agent of steps that name none"),
        TypeKey(
            name: "fields", type: "list of names", fallback: "[]",
            note: "keys of the ticket's front matter that templates may name"),
        TypeKey(name: "steps", type: "list of tables", fallback: "required", note: "`[[steps]]`, at least one, at most 64"),
    ]

    package static let ofStep: [TypeKey] = [
        TypeKey(name: "name", type: "name without dots", fallback: "required", note: "once in a type"),
        TypeKey(name: "title", type: "string", fallback: "the name", note: "for people"),
        TypeKey(name: "prompt", type: "template", fallback: "required", note: "what the agent is told"),
        TypeKey(name: "agent", type: "name", fallback: "the type's", note: "who works on this step"),
        TypeKey(
            name: "review", type: "`none`, `plan`, `visual` or `pr`", fallback: "none",
            note: "who has to agree before the next step begins"),
        TypeKey(
            name: "on_reject", type: "table", fallback: "the same step again",
            note: "`goto_step`: where a rejection leads; `prompt`: a template with `{{ feedback }}`"),
        TypeKey(name: "next_step", type: "step", fallback: "the one below", note: "where it goes on"),
        TypeKey(
            name: "last", type: "boolean", fallback: "false", note: "the ticket is done with this step, whatever stands below"),
        TypeKey(
            name: "outputs", type: "list of words", fallback: "[]",
            note: "`plan`, `code`, `test`, `pr`, `ticket`, `review`, `report`, `documentation`; shown, nothing depends on it"),
        TypeKey(name: "allowed_tools", type: "list of strings", fallback: "[]", note: "in the words of the agent"),
        TypeKey(
            name: "permission_mode", type: "`default`, `plan`, `acceptEdits` or `delegate`", fallback: "default",
            note: "how much the agent may do without asking"),
        TypeKey(
            name: "done_when", type: "word or list of `report`, `exit`, `artifacts`, `idle`", fallback: #"["report", "exit"]"#,
            note: "what ends the step: the first that comes about"),
        TypeKey(
            name: "artifact_patterns", type: "list of templates", fallback: "[]",
            note: "globs below the ticket's directory; all have to exist"),
        TypeKey(
            name: "visual", type: "table", fallback: "",
            note: "needed with `review = \"visual\"`: `url`, a template; `startup_command`; `startup_timeout`, default `30s`"),
    ]

    package static let ofRejection = ["goto_step", "prompt"]
    package static let ofVisual = ["url", "startup_command", "startup_timeout"]
    package static let outputs = ["plan", "code", "test", "pr", "ticket", "review", "report", "documentation"]
}

/// The two forms of a type's file: the same things under different names.
struct TypeDialect: Sendable {
    var name: String
    var title: String
    var stepTitle: String
    var review: String
    var visual: String
    var timeout: String
    var typeKeys: [String]
    var stepKeys: [String]
    var visualKeys: [String]
    /// Keys that are taken without effect.
    var idleTypeKeys: Set<String> = []
    var idleStepKeys: Set<String> = []
    var isOperators: Bool

    static let reeve = TypeDialect(
        name: "name", title: "title", stepTitle: "title", review: "review", visual: "visual", timeout: "startup_timeout",
        typeKeys: TypeKey.ofType.map(\.name), stepKeys: TypeKey.ofStep.map(\.name), visualKeys: TypeKey.ofVisual,
        isOperators: false)

    /// The issue types of untra/operator 0.2.2: `src/schemas/issuetype_schema.json` there, read 2026-11-21.
    static let `operator` = TypeDialect(
        name: "key", title: "name", stepTitle: "display_name", review: "review_type", visual: "visual_config",
        timeout: "startup_timeout_secs", typeKeys: ["key", "name", "mode", "agent", "prompt", "fields", "steps"],
        stepKeys: [
            "name", "display_name", "prompt", "agent", "review_type", "on_reject", "next_step", "outputs", "allowed_tools",
            "permission_mode", "artifact_patterns", "visual_config", "type",
        ],
        visualKeys: ["url", "startup_command", "startup_timeout_secs"],
        idleTypeKeys: ["$schema", "description", "glyph", "color", "project_required", "agent_prompt"],
        idleStepKeys: [
            "permissions", "cli_args", "jsonSchema", "jsonSchemaFile", "json_schema", "json_schema_file", "proof_config",
            "classifier_config", "rag_config", "delegator_config", "mcp_config", "multi_model_config", "multi_prompt_config",
            "matrixed_config", "pipeline_config",
        ],
        isOperators: true)

    /// Of its steps' `type`: only the first is what our steps are.
    static let operatorsStepTypes = [
        "task", "classifier", "rag", "delegator", "mcp", "multi_model", "multi_prompt", "matrixed", "pipeline",
    ]
}
