package import ReeveModel

extension AgentKind {
    /// Aider. `--message` would run one prompt and leave; for a conversation the prompt is pasted.
    package static let aider = AgentKind(
        name: "aider", start: ["aider"], headless: ["aider", "--message", "{prompt}"], prompt: .paste)
}
