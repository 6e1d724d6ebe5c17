package import ReeveModel

extension AgentKind {
    /// Gemini CLI.
    package static let gemini = AgentKind(.gemini, exit: [.text("/quit"), .key(.enter)])
}
