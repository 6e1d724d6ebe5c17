/// `[sessions.wezterm]`, and where things are.
package struct WeztermSettings: Sendable, Hashable {
    package var binary: String
    /// Where the mux server, or a window's process, listens.
    package var socketPath: String
    package var runtimeDirectory: String
    /// What the command line is started with; complete.
    package var environment: [String: String]

    package init(binary: String, socketPath: String, runtimeDirectory: String, environment: [String: String]) {
        self.binary = binary
        self.socketPath = socketPath
        self.runtimeDirectory = runtimeDirectory
        self.environment = environment
    }

    /// Where WezTerm's own tools look: `WEZTERM_UNIX_SOCKET`, else `wezterm/sock` in the runtime directory, else in the home directory
    /// (`RUNTIME_DIR` in its `config` crate, 20240203).
    package static func usualSocket(_ environment: [String: String]) -> String {
        if let named = environment["WEZTERM_UNIX_SOCKET"], !named.isEmpty { return named }
        if let runtime = environment["XDG_RUNTIME_DIR"], !runtime.isEmpty { return "\(runtime)/wezterm/sock" }
        return "\(environment["HOME"] ?? "")/.local/share/wezterm/sock"
    }

    /// `WEZTERM_PANE` would be the pane that is meant wherever none is named.
    var callEnvironment: [String: String] {
        var environment = environment.filter { $0.key != "WEZTERM_PANE" }
        environment["WEZTERM_UNIX_SOCKET"] = socketPath
        return environment
    }
}
