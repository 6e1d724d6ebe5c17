/// Which events of an agent Reeve wants to be told.
package enum HookEvents {
    package struct Event: Sendable, Hashable {
        package var name: String
        /// The first version that is known to take it; nil: all that are supported.
        package var since: ProgramVersion?

        init(_ name: String, since: ProgramVersion? = nil) {
            self.name = name
            self.since = since
        }
    }

    /// Before 2.1.101 Claude Code leaves out a whole settings file, with all that the person has in it, for one event that it does not know
    /// (stablyai/orca 10191, farouqaldori/vibe-notch 85). So an event is asked for only where the version is known to take it: `StopFailure`
    /// came with 2.1.78 (its change log), the others without a sure date wait for the tolerance.
    package static let claude = [
        Event("SessionStart"), Event("UserPromptSubmit"), Event("PreToolUse"), Event("PostToolUse"), Event("Notification"),
        Event("Stop"), Event("SubagentStop"), Event("PreCompact"), Event("SessionEnd"),
        Event("PermissionRequest", since: ProgramVersion(2, 1, 0)), Event("SubagentStart", since: ProgramVersion(2, 1, 0)),
        Event("StopFailure", since: ProgramVersion(2, 1, 78)),
        Event("PostToolUseFailure", since: ProgramVersion(2, 1, 101)),
        Event("PermissionDenied", since: ProgramVersion(2, 1, 101)),
        Event("PostCompact", since: ProgramVersion(2, 1, 101)),
    ]

    /// Codex reads the events it knows and passes over the others (`codex-rs/config/src/hook_config.rs`), so all are asked for and the
    /// text that a person has trusted stays the same.
    package static let codex = [
        Event("SessionStart"), Event("UserPromptSubmit"), Event("PreToolUse"), Event("PermissionRequest"), Event("PostToolUse"),
        Event("Stop"), Event("StopFailure"), Event("Interrupt"), Event("SessionEnd"), Event("SubagentStart"),
        Event("SubagentStop"),
        Event("PreCompact"), Event("PostCompact"),
    ]

    /// Seconds. `reeve hook` takes 0.1; the rest is for a machine that is out of breath.
    package static let claudeTimeout: Int64 = 5
    /// What Codex allows at most for SessionEnd and Interrupt; the others are written alike.
    package static let codexTimeout: Int64 = 3

    /// The first Codex with hooks, behind `features.codex_hooks`; and the first in which they are on by default.
    package static let codexFirst = ProgramVersion(0, 114, 0)
    package static let codexByDefault = ProgramVersion(0, 124, 0)

    static func names(_ kind: HookKind, _ version: ProgramVersion?) -> [String] {
        let events: [Event] =
            switch kind {
            case .claude: claude
            case .codex: codex
            case .opencode, .amp, .pi: []
            }
        return events.filter { event in event.since.map { since in version.map { $0 >= since } ?? false } ?? true }.map(\.name)
    }
}
