/// `[sessions.zellij]`, and where things are.
package struct ZellijSettings: Sendable, Hashable {
    package var binary: String
    /// The session of a person in which each agent gets a tab; nil: each agent gets a session of its own, which needs nobody.
    package var session: String?
    /// Refuses to work without `session`.
    package var requireInZellij: Bool
    /// What the names of our sessions begin with: others are looked into only for panes that were made there under another
    /// setting.
    package var prefix: String
    package var instance: String
    package var runtimeDirectory: String
    /// What every call is made with; complete. Of a Zellij around us only `ZELLIJ_SOCKET_DIR`, `ZELLIJ_CONFIG_DIR` and
    /// `ZELLIJ_CONFIG_FILE` are passed on.
    package var environment: [String: String]
    /// True under a user manager: a session's server is started in a unit of its own.
    package var hasUserManager: Bool

    package init(
        binary: String, session: String?, requireInZellij: Bool, prefix: String, instance: String, runtimeDirectory: String,
        environment: [String: String], hasUserManager: Bool
    ) {
        self.binary = binary
        self.session = session
        self.requireInZellij = requireInZellij
        self.prefix = prefix
        self.instance = instance
        self.runtimeDirectory = runtimeDirectory
        self.environment = environment
        self.hasUserManager = hasUserManager
    }

    /// Zellij's variables that say where its things are. All others say in which terminal somebody is, and are not ours.
    static let places = ["ZELLIJ_SOCKET_DIR", "ZELLIJ_CONFIG_DIR", "ZELLIJ_CONFIG_FILE"]

    var callEnvironment: [String: String] {
        environment.filter { !$0.key.hasPrefix("ZELLIJ") || Self.places.contains($0.key) }
    }

    /// Where the layout of a new session is, for the moment in which Zellij reads it.
    func layoutPath(_ id: String) -> String { "\(runtimeDirectory)/zellij-\(id).kdl" }
}
