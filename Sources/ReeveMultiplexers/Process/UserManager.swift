/// Starting something outside the daemon's own control group, through `systemd-run --user`.
enum UserManager {
    /// What only the daemon may hold; the manager would not pass it on, but a unit's drop-in might.
    private static let daemonOnly =
        "NOTIFY_SOCKET WATCHDOG_PID WATCHDOG_USEC LISTEN_PID LISTEN_PIDFDID LISTEN_FDS LISTEN_FDNAMES INVOCATION_ID JOURNAL_STREAM "
        + "MANAGERPID MANAGERPIDFDID SYSTEMD_EXEC_PID CREDENTIALS_DIRECTORY MEMORY_PRESSURE_WATCH MEMORY_PRESSURE_WRITE TMUX TMUX_PANE"

    /// A service of its own of type forking (measured with systemd 252 and 257, from a shell and from inside the hardened unit): it
    /// outlives the daemon's stop, its watchdog and its OOM kill, and one agent's OOM kill leaves the others. Not `--scope`: that
    /// forks from the caller and inherits its sandbox, in which tmux cannot fork.
    static func commandLine(unit: String, forwards names: [String], running command: [String]) -> [String] {
        let properties = [
            "Type=forking", "Before=reeve.service", "OOMPolicy=continue", "ManagedOOMPreference=avoid", "TasksMax=infinity",
            "IgnoreSIGPIPE=no", "StandardOutput=null", "StandardError=journal", "TimeoutStartSec=10", "TimeoutStopSec=5",
            "UnsetEnvironment=\(daemonOnly)",
        ]
        return [
            "systemd-run", "--user", "--quiet", "--collect", "--unit=\(unit)", "--description=tmux server of Reeve (\(unit))",
            "--slice=app-reeve.slice",
        ] + properties.map { "--property=\($0)" } + names.map { "--setenv=\($0)" } + ["--"]
            // systemd expands dollars in arguments.
            + command.map { $0.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$") }
    }

    /// Errors of systemd-run come to us and not to the journal, uncoloured and in English.
    static func environment(_ base: [String: String]) -> [String: String] {
        base.merging(["SYSTEMD_LOG_TARGET": "console", "SYSTEMD_COLORS": "0", "LC_ALL": "C"]) { $1 }
    }
}
