package import ReeveModel

extension AgentKind {
    /// Gemini CLI. A plain prompt argument would run headless; `--prompt-interactive` keeps the session open.
    package static let gemini = AgentKind(
        name: "gemini", start: ["gemini", "--prompt-interactive={prompt}"], headless: ["gemini", "--prompt={prompt}"],
        prompt: .argument, exit: [.text("/quit"), .key(.enter)])
}
