package import ReeveModel

extension AgentKind {
    /// Claude Code. `--session-id` names a new conversation and is refused together with `--resume` (2.1); after `/exit` or a second
    /// Ctrl+C it leaves. A paste wants a pause before Enter: users report 150 ms and more.
    package static let claude = AgentKind(
        name: "claude", start: ["claude", "--session-id", "{session_id}"], resume: ["claude", "--resume", "{session_id}"],
        headless: ["claude", "--print", "{prompt}"], prompt: .argument)
}
