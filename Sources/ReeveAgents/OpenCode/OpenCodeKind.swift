package import ReeveModel

extension AgentKind {
    /// OpenCode. Its first positional argument is a directory, so the prompt goes by its option.
    package static let opencode = AgentKind(
        name: "opencode", start: ["opencode", "--prompt={prompt}"], headless: ["opencode", "run", "{prompt}"], prompt: .argument)
}
