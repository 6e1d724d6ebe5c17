package import ReeveModel

extension AgentKind {
    /// A plain shell, for a person or a script that types into it. It gets no prompt: a title is no command.
    package static let shell = AgentKind(
        name: "shell", start: ["/bin/sh"], prompt: .none, exit: [.text("exit"), .key(.enter)], interruptRepeat: 1)
}
