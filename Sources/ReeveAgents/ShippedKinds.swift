package import ReeveModel

/// The agent kinds that come with Reeve. The configuration changes them key by key and adds others.
package enum ShippedKinds {
    package static let all: [AgentKind] = [.claude, .codex, .gemini, .opencode, .amp, .aider, .pi, .shell, .demo]
}
