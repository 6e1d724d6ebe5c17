import ReeveModel

/// The words after `zellij`, for everything that we ask of it. Always with a session, always with the id of a pane or tab:
/// without them Zellij takes the only session there is, and the pane that somebody looks at.
///
/// Forms are those of Zellij 0.44.1 to 0.45.0 (zellij.dev, "CLI Actions", "Zellij Subscribe", and the source of both).
enum ZellijCommand {
    static let version = ["--version"]
    /// Not `--short`: that hides which sessions are dead.
    static let sessions = ["list-sessions", "--no-formatting"]

    static func create(_ session: String, layout: String) -> [String] {
        // Not serialized: a session that came to life again would start its keeper again. And a person whose terminal is closed
        // leaves it, whatever their configuration says of that.
        ["attach", "--create-background", session, "options", "--default-layout", layout, "--session-serialization", "false"]
            + ["--on-force-close", "detach", "--show-startup-tips", "false", "--show-release-notes", "false"]
    }

    static func kill(_ session: String) -> [String] { ["kill-session", session] }
    static func delete(_ session: String) -> [String] { ["delete-session", "--force", session] }
    static func attach(_ session: String) -> [String] { ["attach", session] }

    static func panes(_ session: String) -> [String] { action(session, "list-panes", "--json", "--all") }
    static func tabs(_ session: String) -> [String] { action(session, "list-tabs", "--json", "--all") }
    static func clients(_ session: String) -> [String] { action(session, "list-clients") }

    static func newTab(_ session: String, name: String, command: [String], keepsFocus: Bool) -> [String] {
        action(session, "new-tab", "--name", name) + (keepsFocus ? ["--no-focus"] : []) + ["--"] + command
    }

    /// A pane with the person's shell beside what is in the tab. How a tab that nobody looks at is divided is up to Zellij.
    static func newPane(_ session: String, tab: Int, _ direction: SplitDirection, keepsFocus: Bool) -> [String] {
        action(
            session, "new-pane", "--tab-id", String(tab), "--direction", direction == .horizontal ? "right" : "down")
            + (keepsFocus ? ["--no-focus"] : [])
    }

    /// Also goes to the pane's tab.
    static func focusPane(_ session: String, _ pane: String) -> [String] { action(session, "focus-pane-id", pane) }

    static func goToTab(_ session: String, _ tab: Int) -> [String] { action(session, "go-to-tab-by-id", String(tab)) }
    static func closeTab(_ session: String, _ tab: Int) -> [String] { action(session, "close-tab-by-id", String(tab)) }

    static func input(_ session: String, _ pane: String, _ input: ZellijInput) -> [String] {
        // After `--` nothing is an option, whatever it begins with.
        switch input {
        case .typed(let text): action(session, "write-chars", "--pane-id", pane, "--", text)
        case .pasted(let text): action(session, "paste", "--pane-id", pane, "--", text)
        case .bytes(let bytes): action(session, "write", "--pane-id", pane, "--") + bytes.map { String($0) }
        case .key(let name): action(session, "send-keys", "--pane-id", pane, "--", name)
        }
    }

    static func screen(_ session: String, _ pane: String, full: Bool, styled: Bool) -> [String] {
        action(session, "dump-screen", "--pane-id", pane) + (full ? ["--full"] : []) + (styled ? ["--ansi"] : [])
    }

    static func subscribe(_ session: String, _ panes: [String]) -> [String] {
        ["--session", session, "subscribe"] + panes.flatMap { ["--pane-id", $0] } + ["--format", "json"]
    }

    private static func action(_ session: String, _ words: String...) -> [String] { ["--session", session, "action"] + words }
}
