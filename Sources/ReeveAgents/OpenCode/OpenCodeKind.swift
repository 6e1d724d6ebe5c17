package import ReeveModel

extension AgentKind {
    /// OpenCode.
    package static let opencode = AgentKind(.opencode)
}
