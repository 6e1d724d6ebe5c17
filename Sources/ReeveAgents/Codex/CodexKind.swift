package import ReeveModel

extension AgentKind {
    /// Codex CLI. It names its conversations itself, so none can be resumed by an id of ours. An Enter within about 120 ms of a burst
    /// of text is taken for a newline.
    package static let codex = AgentKind(
        name: "codex", start: ["codex"], headless: ["codex", "exec", "{prompt}"], prompt: .argument,
        exit: [.text("/quit"), .key(.enter)], enterDelay: .milliseconds(250))
}
