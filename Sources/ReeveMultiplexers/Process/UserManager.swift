import Processes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Starting something outside the daemon's own control group, through `systemd-run --user`.
package enum UserManager {
    /// What only the daemon may hold; the manager would not pass it on, but a unit's drop-in might.
    private static let daemonOnly =
        "NOTIFY_SOCKET WATCHDOG_PID WATCHDOG_USEC LISTEN_PID LISTEN_PIDFDID LISTEN_FDS LISTEN_FDNAMES INVOCATION_ID JOURNAL_STREAM "
        + "MANAGERPID MANAGERPIDFDID SYSTEMD_EXEC_PID CREDENTIALS_DIRECTORY MEMORY_PRESSURE_WATCH MEMORY_PRESSURE_WRITE TMUX TMUX_PANE "
        + "ZELLIJ ZELLIJ_SESSION_NAME ZELLIJ_PANE_ID"

    /// A service of its own of type forking (measured with systemd 252 and 257, from a shell and from inside the hardened unit): it
    /// outlives the daemon's stop, its watchdog and its OOM kill, and one agent's OOM kill leaves the others. Not `--scope`: that
    /// forks from the caller and inherits its sandbox, in which tmux cannot fork.
    static func commandLine(
        unit: String, describing what: String = "tmux server of Reeve", forwards names: [String], running command: [String]
    ) -> [String] {
        let properties = [
            "Type=forking", "Before=reeve.service", "OOMPolicy=continue", "ManagedOOMPreference=avoid", "TasksMax=infinity",
            "IgnoreSIGPIPE=no", "StandardOutput=null", "StandardError=journal", "TimeoutStartSec=10", "TimeoutStopSec=5",
            "UnsetEnvironment=\(daemonOnly)",
        ]
        return [
            "systemd-run", "--user", "--quiet", "--collect", "--unit=\(unit)", "--description=\(what) (\(unit))",
            "--slice=app-reeve.slice",
        ] + properties.map { "--property=\($0)" } + names.map { "--setenv=\($0)" } + ["--"]
            // systemd expands dollars in arguments.
            + command.map { $0.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$") }
    }

    /// Whether a user manager can be asked, by the variables of whoever asks.
    package static func isThere(_ environment: [String: String]) -> Bool {
        guard let runtime = environment["XDG_RUNTIME_DIR"] else { return false }
        return access("\(runtime)/systemd/private", F_OK) == 0
    }

    /// The version that `systemd-run --version` names; nil without one.
    static func version(_ environment: [String: String]) async -> Int? {
        guard let output = try? await ProcessRunner.run(["systemd-run", "--version"], environment: environment) else {
            return nil
        }
        return output.text.split(whereSeparator: { $0 == " " || $0.isNewline }).dropFirst().first.flatMap { Int($0) }
    }

    /// The same program in a scope of its own: systemd-run becomes the program, so process id, terminal and exit code stay what they are.
    /// - Parameter version: from 254 on systemd-run expands dollars in a scope's arguments unless told not to, and before does not know
    ///   how to be told.
    static func scope(launch: String, label: String, memoryMax: Int64, version: Int, running command: [String]) -> [String] {
        [
            "systemd-run", "--user", "--scope", "--quiet", "--collect", "--unit=reeve-agent-\(launch).scope",
            "--description=\(label), started by Reeve (\(launch))", "--slice=app-reeve.slice",
            "--property=MemoryMax=\(memoryMax)",
            "--property=MemorySwapMax=0",
        ] + (version >= 254 ? ["--expand-environment=no"] : []) + ["--"] + command
    }

    /// Errors of systemd-run come to us and not to the journal, uncoloured and in English.
    static func environment(_ base: [String: String]) -> [String: String] {
        base.merging(["SYSTEMD_LOG_TARGET": "console", "SYSTEMD_COLORS": "0", "LC_ALL": "C"]) { $1 }
    }
}
