package import ReeveModel

extension AgentKind {
    /// Amp. It has no word for leaving; two presses of Ctrl+C do it.
    package static let amp = AgentKind(.amp, exit: [])
}
