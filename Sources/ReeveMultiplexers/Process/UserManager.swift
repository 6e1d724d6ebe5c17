/// Starting something outside the daemon's own control group, through `systemd-run --user`.
enum UserManager {
    /// A service of its own of type forking: it outlives the daemon's stop, its watchdog and its OOM kill, and its own OOM kill takes
    /// one process and not all.
    static func commandLine(unit: String, environment: [String: String], running command: [String]) -> [String] {
        let assignments = environment.sorted { $0.key < $1.key }.map { "--setenv=\($0.key)=\($0.value)" }
        return [
            "systemd-run", "--user", "--quiet", "--collect", "--unit=\(unit)", "--property=Type=forking",
            "--property=KillMode=mixed", "--property=OOMPolicy=continue", "--description=tmux server of Reeve's agents",
        ] + assignments + ["--"] + command
    }
}
