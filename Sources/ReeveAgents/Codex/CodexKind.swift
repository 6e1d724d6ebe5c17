package import ReeveModel

extension AgentKind {
    /// Codex CLI. An Enter within about 120 ms of a burst of text is taken for a newline.
    package static let codex = AgentKind(.codex, exit: [.text("/quit"), .key(.enter)], enterDelay: .milliseconds(250))
}
