package import ReeveModel

extension AgentKind {
    /// The demo agent of this package. Its daemon's own folder is the last one in an agent's PATH, so it is always found.
    package static let demo = AgentKind(name: "demo", start: ["reeve-demo-agent", "--", "{prompt}"], prompt: .argument)
}
