package import ReeveModel

extension AgentKind {
    /// Pi. A second Ctrl+C must come within half a second of the first.
    package static let pi = AgentKind(.pi, exit: [.text("/quit"), .key(.enter)])
}
