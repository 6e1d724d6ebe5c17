/// `[sessions.screen]`, and where things are.
package struct ScreenSettings: Sendable, Hashable {
    package var binary: String
    /// Where the sockets of our sessions are (`SCREENDIR`): a directory of ours that nobody else may open, made when it is not there. Its
    /// path is short: a socket's name has the session's in it.
    package var socketDirectory: String
    package var runtimeDirectory: String
    /// What screen is started with; complete, without STY, NOTIFY_SOCKET and the like.
    package var environment: [String: String]
    /// True under a user manager: each session is started in a unit of its own.
    package var hasUserManager: Bool

    package init(
        binary: String, socketDirectory: String, runtimeDirectory: String, environment: [String: String],
        hasUserManager: Bool
    ) {
        self.binary = binary
        self.socketDirectory = socketDirectory
        self.runtimeDirectory = runtimeDirectory
        self.environment = environment
        self.hasUserManager = hasUserManager
    }

    var configPath: String { "\(runtimeDirectory)/screenrc" }
    /// For what goes in and what is read: files that live for one call.
    var exchangeDirectory: String { "\(runtimeDirectory)/screen-files" }

    /// The environment of every call. `STY` would make a plain `screen` talk to the session that it names.
    var callEnvironment: [String: String] {
        var environment = environment.filter { $0.key != "STY" && $0.key != "WINDOW" }
        environment["SCREENDIR"] = socketDirectory
        // Only for the display that we attach ourselves; windows get screen's own.
        environment["TERM"] = "xterm"
        return environment
    }

    static let width = 200
    static let height = 50
    static let scrollback = 10_000

    /// Quiet, and nothing that surprises a person who attaches. The system's `/etc/screenrc` is read before it.
    static let ownConfig = """
        # Written by reeved; changes are overwritten.
        escape ^Aa
        startup_message off
        vbell off
        defutf8 on
        # The window of a program that has ended stays: k closes it, r starts the program again.
        zombie kr
        # A message on somebody's display would hold up every command behind it for a second.
        msgminwait 0
        msgwait 1
        deflogin off
        autodetach on
        hardcopy_append off
        """
}
