package import ReeveModel

extension AgentKind {
    /// Aider.
    package static let aider = AgentKind(.aider)
}
