import ReeveModel
import ReeveMultiplexers
import ReeveTOML

/// `[sessions.NAME]` of every multiplexer but tmux, as it is written.
package struct BackendKeys: Sendable, Hashable {
    /// Lines of a built-in terminal that are kept after they have scrolled away.
    package var scrollback = 10_000
    package var detachKey = #"C-\"#
    package var screenBinary = "screen"
    package var zellijBinary = "zellij"
    /// A person's session in which each agent gets a tab; empty: the one that the daemon was started in.
    package var zellijSession = ""
    package var requiresZellij = false
    package var cmuxBinary = CmuxSettings.defaultBinary
    package var requiresCmux = true
    package var placement = CmuxPlacement.auto.rawValue
    package var weztermBinary = "wezterm"
    package var kittyBinary = "kitten"
    /// Empty: `KITTY_LISTEN_ON` of the daemon's environment.
    package var kittyListenOn = ""
    package init() {}

    /// Whoever holds sessions, in the order of `docs/multiplexers.md`.
    static let wrappers = ["auto", "tmux", "reeve", "zellij", "cmux", "vscode", "screen", "wezterm", "kitty"]

    static let keys: [ConfigurationKey] = [
        ConfigurationKey(
            name: "sessions.reeve.scrollback", type: "integer, 0–1000000", fallback: "10000",
            note: "lines of a built-in terminal that are kept after they have scrolled away, at most 4 MiB of them",
            keep: ConfigurationKeys.kept(\.backends.scrollback)
        ) { (configuration, value) throws(Complaint) in
            configuration.backends.scrollback = try Read.integer(value, 0...1_000_000)
        },
        ConfigurationKey(
            name: "sessions.reeve.detach_key", type: "key", fallback: #"C-\"#,
            note: "leaves a built-in terminal that you look at", keep: ConfigurationKeys.kept(\.backends.detachKey)
        ) { (configuration, value) throws(Complaint) in
            let name = try Read.string(value)
            guard case .control? = Key(name: name) else {
                throw Complaint(message: "'\(name)' is not a key with control", hint: #"for example "C-\\" or "C-]""#)
            }
            configuration.backends.detachKey = name
        },
        binary("sessions.zellij.binary_path", "zellij", \.zellijBinary),
        ConfigurationKey(
            name: "sessions.zellij.session", type: "string", fallback: "",
            note:
                "your session in which each agent gets a tab; empty: the one that reeved was started in, else a session for each",
            keep: ConfigurationKeys.kept(\.backends.zellijSession)
        ) { (configuration, value) throws(Complaint) in
            let name = try Read.string(value)
            guard !name.contains("/"), !name.contains(where: \.isNewline), name.utf8.count <= 64, !name.hasPrefix("-") else {
                throw Complaint(message: "'\(name.prefix(64))' is no session's name", hint: "zellij list-sessions shows them")
            }
            configuration.backends.zellijSession = name
        },
        flag(
            "sessions.zellij.require_in_zellij", "false", "refuse to work unless there is such a session", \.requiresZellij),
        binary(
            "sessions.cmux.binary_path", CmuxSettings.defaultBinary, \.cmuxBinary,
            "path to the cmux CLI binary; a name is looked up in the PATH"),
        flag(
            "sessions.cmux.require_in_cmux", "true",
            "require reeved to be running inside cmux (`CMUX_WORKSPACE_ID` is set), else refuse to work", \.requiresCmux),
        ConfigurationKeys.words(
            "sessions.cmux.placement", "auto", CmuxPlacement.allCases.map(\.rawValue),
            "where to place new agent sessions; `auto`: with 0–1 open windows a new workspace in the active window, with more"
                + " than one a new window for each; `workspace`: always a new workspace in the active window; `window`: always"
                + " a new window",
            \.backends.placement),
        binary("sessions.screen.binary_path", "screen", \.screenBinary),
        binary("sessions.wezterm.binary_path", "wezterm", \.weztermBinary),
        binary("sessions.kitty.binary_path", "kitten", \.kittyBinary),
        ConfigurationKey(
            name: "sessions.kitty.listen_on", type: "string", fallback: "",
            note: "the socket that kitty listens on, as in its own `listen_on`; empty: `KITTY_LISTEN_ON` of reeved's environment",
            keep: ConfigurationKeys.kept(\.backends.kittyListenOn)
        ) { (configuration, value) throws(Complaint) in
            let place = try Read.string(value)
            guard place.isEmpty || KittySettings.socketPath(place) != nil else {
                throw Complaint(message: "'\(place)' is no Unix socket's path", hint: "unix:/path/of/the/socket")
            }
            configuration.backends.kittyListenOn = place
        },
    ]

    private static func binary(
        _ name: String, _ fallback: String, _ path: any WritableKeyPath<BackendKeys, String> & Sendable,
        _ note: String = "the program; a name is looked up in the PATH"
    ) -> ConfigurationKey {
        ConfigurationKey(
            name: name, type: "name or path", fallback: fallback, note: note,
            keep: { old, new in new.backends[keyPath: path] = old.backends[keyPath: path] }
        ) { (configuration, value) throws(Complaint) in
            let text = try Read.string(value)
            guard !text.isEmpty else { throw Complaint(message: "an empty name", hint: "the default is \"\(fallback)\"") }
            configuration.backends[keyPath: path] = text.contains("/") ? try Read.path(value) : text
        }
    }

    private static func flag(
        _ name: String, _ fallback: String, _ note: String, _ path: any WritableKeyPath<BackendKeys, Bool> & Sendable
    ) -> ConfigurationKey {
        ConfigurationKey(
            name: name, type: "boolean", fallback: fallback, note: note,
            keep: { old, new in new.backends[keyPath: path] = old.backends[keyPath: path] }
        ) { (configuration, value) throws(Complaint) in configuration.backends[keyPath: path] = try Read.boolean(value) }
    }
}
