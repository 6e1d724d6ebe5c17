package import ReeveModel

extension AgentKind {
    /// Amp. It has no word for leaving; two presses of Ctrl+C do it. Interactive mode takes no prompt on the command line.
    package static let amp = AgentKind(
        name: "amp", start: ["amp"], headless: ["amp", "--execute", "{prompt}"], prompt: .paste, exit: [])
}
