import ReeveClient
import ReeveWire

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What can be seen without the daemon.
extension Doctor {
    static func programs() -> Finding {
        let missing = ["reeved", "reeve-keeper", "reeve-terminal"].filter { Files.find($0) == nil }
        guard missing.isEmpty else {
            return Finding(
                name: "programs", isFine: false, detail: "missing: \(missing.joined(separator: ", "))", mend: "make install")
        }
        guard Files.find("reeve", besideThisProgram: false) != nil else {
            return Finding(
                name: "programs", isFine: nil, detail: "reeve is not in the PATH", mend: "export PATH=\"\(Files.programs):$PATH\""
            )
        }
        return Finding(name: "programs", isFine: true, detail: "in \(Files.programs)", mend: nil)
    }

    static func runtimeDirectory() -> Finding {
        guard let path = Environment["REEVE_RUNTIME_DIR"] ?? Environment["XDG_RUNTIME_DIR"] else {
            return Finding(
                name: "runtime directory", isFine: false, detail: "XDG_RUNTIME_DIR is not set",
                mend: "log in by ssh or console, or: export XDG_RUNTIME_DIR=/run/user/$(id -u)")
        }
        var info = stat()
        guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else {
            return Finding(
                name: "runtime directory", isFine: false, detail: "\(path) is no directory",
                mend: "sudo loginctl enable-linger \(user ?? "$USER")")
        }
        guard info.st_uid == getuid(), info.st_mode & 0o077 == 0 else {
            return Finding(
                name: "runtime directory", isFine: false, detail: "\(path) is not private to you",
                mend: "chmod 700 \(Terminal.quoted([path]))")
        }
        return Finding(name: "runtime directory", isFine: true, detail: path, mend: nil)
    }

    static func unit() -> Finding? {
        guard access("/run/systemd/system", F_OK) == 0 else { return nil }
        guard let file = unitFile() else {
            return Finding(name: "unit", isFine: nil, detail: "reeve.service is not installed", mend: "make install")
        }
        let state = ProgramRun.of(["systemctl", "--user", "is-enabled", "reeve.socket"])?.firstLine ?? ""
        return state.hasPrefix("enabled")
            ? Finding(name: "unit", isFine: true, detail: "reeve.socket is enabled, \(file)", mend: nil)
            : Finding(
                name: "unit", isFine: nil, detail: "reeve.socket is not enabled, \(file)",
                mend: "systemctl --user enable --now reeve.socket")
    }

    /// Where systemd has found the unit. Where no user manager answers: the folders that one would look into.
    static func unitFile(_ systemctl: String = "systemctl", folders: [String] = unitFolders) -> String? {
        if let run = ProgramRun.of([systemctl, "--user", "show", "-p", "FragmentPath", "reeve.service"]), run.status == 0,
            run.firstLine.hasPrefix("FragmentPath=")
        {
            let path = run.firstLine.dropFirst("FragmentPath=".count)
            return path.isEmpty ? nil : String(path)
        }
        return folders.map { "\($0)/reeve.service" }.first { access($0, R_OK) == 0 }
    }

    /// systemd.unit(5), "User Unit Search Path".
    static var unitFolders: [String] {
        let home = Environment["HOME"] ?? ""
        let data = (Environment["XDG_DATA_DIRS"] ?? "/usr/local/share:/usr/share").split(separator: ":").map(String.init)
        return [Environment["XDG_CONFIG_HOME"] ?? "\(home)/.config"].map { "\($0)/systemd/user" }
            + ["/etc/systemd/user", "/run/systemd/user"]
            + ([Environment["XDG_DATA_HOME"] ?? "\(home)/.local/share"] + data).map { "\($0)/systemd/user" }
            + ["/usr/local/lib/systemd/user", "/usr/lib/systemd/user", "/lib/systemd/user"]
    }

    /// To read all of it may take minutes; a damaged one is a reason why no daemon runs.
    static let databaseWithoutDaemon = Finding(
        name: "database", isFine: nil, detail: "not looked at while no daemon runs", mend: "reeve db check")

    /// Asked of the daemon; nothing when it does not say.
    static func database(_ socket: String) -> [Finding] {
        guard let client = try? ControlClient(path: socket, patience: .seconds(2)),
            let status = try? client.call(DatabaseStatus.self, Empty())
        else { return [] }
        if let trouble = status.trouble {
            return [Finding(name: "database", isFine: false, detail: trouble, mend: "reeve db check")]
        }
        let backup = status.lastBackupAt.map { "last backup \($0.prefix(10))" } ?? "no backup yet"
        return [
            Finding(
                name: "database", isFine: status.lastBackupAt == nil ? nil : true,
                detail: "\(Database.size(status.bytes)), \(backup)", mend: "reeve db backup FILE")
        ]
    }

    static func linger() -> Finding? {
        guard access("/run/systemd/system", F_OK) == 0, let user else { return nil }
        return access("/var/lib/systemd/linger/\(user)", F_OK) == 0
            ? Finding(name: "linger", isFine: true, detail: "agents go on after you log out", mend: nil)
            : Finding(
                name: "linger", isFine: nil, detail: "agents end when you log out", mend: "sudo loginctl enable-linger \(user)")
    }

    /// By the user database: `$USER` is missing in cron and in services, and says who somebody was before `su`.
    static var user: String? {
        guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return nil }
        return String(validatingCString: name)
    }

    /// What the daemon says of the agents that it can start.
    static func agents(_ kinds: [AgentKindShape]) -> [Finding] {
        let found = kinds.filter { $0.path != nil && $0.fine != nil }.map { kind in
            Finding(
                name: "agent \(kind.name)", isFine: kind.fine == true && kind.remarks != nil ? nil : kind.fine,
                detail: "\(kind.version ?? "an unknown version") at \(kind.path ?? "")"
                    + (kind.remarks.map { "; " + $0.joined(separator: "; ") } ?? ""),
                mend: kind.fine == true
                    ? "docs/agents.md says what is known of it" : "[agents.\(kind.name)] start, see docs/agents.md")
        }
        let missing = kinds.filter { $0.path == nil }.map(\.name)
        if found.isEmpty {
            return [
                Finding(
                    name: "agents", isFine: nil, detail: "the daemon finds no AI coding agent in its PATH",
                    mend: "install one; reeve add --agent demo works without")
            ]
        }
        if missing.isEmpty { return found }
        return found + [
            Finding(
                name: "agents", isFine: nil, detail: "not in the daemon's PATH: \(missing.joined(separator: ", "))",
                mend: "install them, or give the path in [agents.NAME] start")
        ]
    }

    /// Without a daemon.
    static func agentsHere() -> Finding {
        let names = ["claude", "codex", "gemini", "opencode", "amp", "aider", "pi"]
        let found = names.filter { Files.find($0, besideThisProgram: false) != nil }
        return Finding(
            name: "agents", isFine: found.isEmpty ? nil : true,
            detail: (found.isEmpty ? "no AI coding agent" : found.joined(separator: ", "))
                + " in this shell's PATH; the daemon has its own",
            mend: found.isEmpty ? "install one; reeve add --agent demo works without" : nil)
    }
}
