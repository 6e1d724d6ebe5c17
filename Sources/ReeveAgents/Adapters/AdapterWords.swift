package import ReeveModel

/// Words that the adapters share.
extension AdapterForm {
    /// Where flags go: behind what Reeve says itself, before the prompt.
    static let options = LaunchLine.placeholders.map { "{\($0)}" }
}

/// The adapters that ship.
package enum ShippedAdapters {
    package static let all: [LaunchAdapter] = [.claude, .codex, .gemini, .opencode, .amp, .aider, .pi]
}

extension AgentKind {
    /// An agent that is what the adapter says: its own words are those of the newest range. Without knowing its ids, only a
    /// program that takes ours can continue a conversation.
    init(
        _ adapter: LaunchAdapter, exit: [KeyInput] = [.text("/exit"), .key(.enter)], enterDelay: Duration = .milliseconds(150)
    ) {
        let newest = adapter.ranges.last
        self.init(
            name: adapter.name, start: newest?.start.words ?? [adapter.program],
            resume: newest?.naming == .ours ? newest?.resume?.words ?? [] : [],
            headless: newest?.headless?.words ?? [], prompt: newest?.start.prompt ?? .paste, exit: exit, enterDelay: enterDelay,
            adapter: adapter)
    }
}
