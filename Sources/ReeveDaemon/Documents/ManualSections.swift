/// What the man pages have besides the options, which come from the command lines themselves. One section a `# NAME`, one entry a line:
/// term, tabulator, meaning. `scripts/man-page` sets it.
extension Documents {
    package static func manualOfClient() -> String { "# ENVIRONMENT\n" + entries(clientVariables) }

    package static func manualOfDaemon() -> String {
        "# ENVIRONMENT\n" + entries(daemonVariables) + "# EXIT STATUS\n"
            + entries(ExitStatus.allCases.map { ("\($0.rawValue)", $0.meaning.filter { $0 != "`" }) })
    }

    /// What `reeve` reads of its environment.
    package static let clientVariables: [(name: String, meaning: String)] = [
        ("REEVE_SOCKET", "The daemon's control socket. --socket beats it."),
        ("REEVE_RUNTIME_DIR", "Without REEVE_SOCKET: control.sock in this directory."),
        ("XDG_RUNTIME_DIR", "Without both: reeve/control.sock in this directory."),
        ("REEVE_CONFIG", "The file of reeve config show, check and path. --config beats it."),
        ("XDG_CONFIG_HOME", "Without REEVE_CONFIG: reeve/reeve.toml in this directory, by default in ~/.config."),
        ("HOME", "The ~ in that."),
        ("PATH", "Where reeved is looked for if it is not beside reeve, and what reeve doctor looks through."),
        (
            "ZELLIJ_SESSION_NAME",
            "Set inside Zellij: reeve attach goes to the agent's tab then, if it is one of this session."
        ),
        (
            "TMUX",
            """
            Set inside tmux: reeve attach and reeve focus then switch this client if it is one of Reeve's server; reeve session adopt looks \
            on its server.
            """
        ),
        ("TMUX_PANE", "The pane that reeve panes and reeve session run put others beside."),
        (
            "REEVE_TICKET",
            "The ticket of reeve step, which agents have in their environment; reeve session run closes with it."
        ),
        ("REEVE_SESSION", "Without a ticket: the session that reeve meta is about, and that reeve session run closes with."),
        ("REEVE_LAUNCH", "The launch that reeve step speaks for; agents have it too."),
        ("REEVE_SPOOL", "Where reeve hook keeps what no daemon has heard; agents have it in their environment."),
        ("REEVE_STATE_DIR", "Without REEVE_SPOOL: spool in this directory."),
        ("XDG_STATE_HOME", "Without both: reeve/spool in this directory, by default in ~/.local/state."),
        ("XDG_DATA_HOME", "Where reeve doctor looks for the units, besides systemd's own folders."),
        ("XDG_DATA_DIRS", "The same."),
    ]

    /// What `reeved` reads for itself; what agents get of it is in docs/configuration.md.
    package static let daemonVariables: [(name: String, meaning: String)] = [
        ("REEVE_CONFIG", "The configuration file, which must exist then. --config beats it."),
        ("REEVE_RUNTIME_DIR", "Where sockets are; by default reeve in XDG_RUNTIME_DIR. --runtime-dir beats it."),
        ("REEVE_STATE_DIR", "Where the database is; by default reeve in XDG_STATE_HOME or ~/.local/state. --state-dir beats it."),
        ("REEVE_LOG_LEVEL", "As --log-level, which beats it."),
        ("XDG_RUNTIME_DIR, XDG_STATE_HOME, XDG_CONFIG_HOME, HOME", "Where these are by default."),
        ("TMUX_TMPDIR", "Where tmux keeps its sockets; by default /tmp."),
        ("SHELL", "The shell of a session without a command, by default /bin/sh."),
    ]

    private static func entries(_ list: [(name: String, meaning: String)]) -> String {
        list.map { "\($0.name)\t\($0.meaning)\n" }.joined()
    }
}
