/// `[sessions.tmux]`, and where things are.
package struct TmuxSettings: Sendable, Hashable {
    package var binary: String
    package var socketName: String
    /// Empty: our own file, written at each start of the server.
    package var configFile: String
    /// Name of the session that keeps the server alive.
    package var keepSession: String
    package var instance: String
    package var runtimeDirectory: String
    /// What the tmux server and its clients are started with; complete, without TMUX, NOTIFY_SOCKET and the like.
    package var environment: [String: String]
    /// True under a user manager: the server is started in a unit of its own.
    package var hasUserManager: Bool

    package init(
        binary: String, socketName: String, configFile: String, keepSession: String, instance: String, runtimeDirectory: String,
        environment: [String: String], hasUserManager: Bool
    ) {
        self.binary = binary
        self.socketName = socketName
        self.configFile = configFile
        self.keepSession = keepSession
        self.instance = instance
        self.runtimeDirectory = runtimeDirectory
        self.environment = environment
        self.hasUserManager = hasUserManager
    }

    var ownConfigPath: String { "\(runtimeDirectory)/tmux.conf" }

    /// `tmux -u -L NAME -f FILE`: always UTF-8 (formats lose tabs and non-ASCII otherwise), always our server.
    var command: [String] {
        [binary, "-u", "-L", socketName, "-f", configFile.isEmpty ? ownConfigPath : configFile]
    }

    /// Our server's configuration: quiet, safe against what programs print, and nothing that surprises a person who attaches.
    static let ownConfig = """
        # Written by reeved; changes are overwritten. [sessions.tmux] config_file names a file of your own.
        set -g default-terminal "screen-256color"
        set -g default-size 200x50
        set -g history-limit 20000
        set -g mouse off
        set -g exit-empty off
        set -g destroy-unattached off
        set -g detach-on-destroy on
        set -g update-environment ""
        # The log of "show-messages" has every command, and with it every text that is pasted.
        set -g message-limit 0
        set -g set-clipboard off
        set -g set-titles off
        set -g status-left "[reeve] "
        set -g status-left-length 20
        set -g escape-time 20
        setw -g remain-on-exit on
        setw -g allow-rename off
        setw -g automatic-rename off
        set -gq allow-passthrough off
        """
}
