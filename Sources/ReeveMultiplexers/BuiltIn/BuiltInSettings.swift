/// `[sessions.reeve]`, and where things are.
package struct BuiltInSettings: Sendable, Hashable {
    /// Absolute path of `reeve-terminal`.
    package var program: String
    /// Lines of each terminal that are kept after they have scrolled away.
    package var scrollback: Int
    /// The key with which a person leaves a terminal that they look at: `C-\`.
    package var detachKey: String
    package var runtimeDirectory: String
    /// What the terminals are started with; complete.
    package var environment: [String: String]
    /// True under a user manager: each terminal is started in a unit of its own.
    package var hasUserManager: Bool

    package init(
        program: String, scrollback: Int, detachKey: String, runtimeDirectory: String, environment: [String: String],
        hasUserManager: Bool
    ) {
        self.program = program
        self.scrollback = scrollback
        self.detachKey = detachKey
        self.runtimeDirectory = runtimeDirectory
        self.environment = environment
        self.hasUserManager = hasUserManager
    }
}
