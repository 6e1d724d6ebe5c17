package import ReeveModel

extension AgentKind {
    /// Claude Code. After `/exit` or a second Ctrl+C it leaves. A paste wants a pause before Enter: users report 150 ms and more.
    package static let claude = AgentKind(.claude)
}
