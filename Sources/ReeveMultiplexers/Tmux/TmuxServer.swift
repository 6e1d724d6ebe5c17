import Ownership
import Processes
import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Finds, revives or starts the tmux server. This and `TmuxVisit` run tmux as a command.
struct TmuxServer: Sendable {
    let settings: TmuxSettings
    let time: any TimeSource

    /// The path that tmux computes for `-L`: `tmux-UID/NAME` below `TMUX_TMPDIR`, or below `/tmp` when that is unset, empty or not there
    /// (tmux 3.0 and later, `make_label` in tmux.c).
    var socketPath: String {
        let wanted = settings.environment["TMUX_TMPDIR"] ?? ""
        let folder = wanted.isEmpty || access(wanted, F_OK) != 0 ? "/tmp" : wanted
        return "\(folder)/tmux-\(getuid())/\(settings.socketName)"
    }

    private var pidPath: String { "\(settings.runtimeDirectory)/tmux-\(settings.socketName).pid" }

    /// Refuses what is too old, with the reason.
    func checkVersion() async throws -> TmuxVersion {
        let output = try await ProcessRunner.run(
            [settings.binary, "-V"], environment: settings.environment, timeLimit: .init(.seconds(15), time))
        guard let version = TmuxVersion(output.text) else {
            throw ReeveError.unavailable(
                "'\(settings.binary) -V' says '\(InertText.clean(String(output.text.trimmed.prefix(80))))'",
                hint: "[sessions.tmux] binary_path")
        }
        guard version >= .oldest else {
            throw ReeveError.unavailable(
                "tmux \(version) is too old; Reeve needs \(TmuxVersion.oldest) or newer",
                hint: "install a newer tmux and name it in [sessions.tmux] binary_path")
        }
        return version
    }

    /// Returns once a server listens: the one that is there, the one that lost its socket file, or a new one.
    func ensure() async throws {
        if isListening { return }
        if try await revive() { return }
        try writeOwnConfig()
        var lastError = ""
        // A server that is just exiting refuses ("server exited unexpectedly"): the next try meets none.
        for attempt in 1...5 {
            let output = try await start()
            if isListening { return }
            lastError = output.errors
            try await time.sleep(for: .milliseconds(50 * attempt))
        }
        throw ReeveError.unavailable("tmux could not be started: \(lastError.trimmed)", hint: "reeve doctor")
    }

    /// Asks it something harmless, as a client that shows nothing. Two control clients that came while it did not answer end it with all its
    /// sessions once it goes on, whether they still wait or not (NULL in `control_write`, measured with 3.3a: 20 of 20 times with two,
    /// never with one, never with plain clients). So none is made before it answers.
    func awaitAnswer() async throws {
        do {
            _ = try await ProcessRunner.run(
                settings.command + ["list-sessions", "-F", ""], environment: settings.environment,
                timeLimit: .init(.seconds(5), time))
        } catch let error as ReeveError where error.kind == .timeout { throw ReeveError(.timeout, diagnose(), hint: error.hint) }
    }

    /// Remembers which process the server is, so that it can be found again when its socket file is gone.
    func remember(pid: Int) {
        // Without it a server that has lost its socket's file is not found again; nothing else is lost.
        try? PrivateFile.write("\(pid) \(ProcessTable.startTime(pid) ?? "")".utf8, to: pidPath)
    }

    /// What is wrong with a server that does not answer, for people.
    func diagnose() -> String {
        guard let pid = rememberedPid else { return "the tmux server does not answer" }
        switch ProcessTable.state(pid) {
        case "T", "t": return "the tmux server (pid \(pid)) is stopped; kill -CONT \(pid) lets it go on"
        case "Z", "X", nil: return "the tmux server (pid \(pid)) is gone"
        default: return "the tmux server (pid \(pid)) does not answer"
        }
    }

    private var isListening: Bool { UnixSocket.answers(at: socketPath) }

    /// A temp cleaner took the socket file and the server lives on: SIGUSR1 makes it create the file again. Starting another one
    /// would leave two servers, one of them unreachable.
    private func revive() async throws -> Bool {
        guard access(socketPath, F_OK) != 0, let pid = rememberedPid else { return false }
        mkdir((socketPath as String).droppingLastComponent, 0o700)
        kill(pid_t(pid), SIGUSR1)
        for _ in 1...100 {
            if isListening { return true }
            try await time.sleep(for: .milliseconds(10))
        }
        throw ReeveError.unavailable(
            "the tmux server (pid \(pid)) lives but its socket \(socketPath) is gone", hint: "kill -USR1 \(pid) makes it again")
    }

    private var rememberedPid: Int? {
        guard let bytes = try? PrivateFile.read(pidPath) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        guard words.count == 2, let pid = Int(words[0]), ProcessTable.startTime(pid) == String(words[1]) else { return nil }
        return pid
    }

    private func start() async throws -> ProcessRunner.Output {
        let server =
            settings.command + ["new-session", "-d", "-s", settings.keepSession, "--", "tail", "-f", "/dev/null"]
        guard settings.hasUserManager else {
            return try await ProcessRunner.run(server, environment: settings.environment)
        }
        // No plain start as a fallback: inside the hardened unit it fails, and what it started would be stopped with us.
        return try await ProcessRunner.run(
            UserManager.commandLine(
                unit: "reeve-tmux-\(settings.socketName)", purpose: "tmux server",
                forwards: settings.environment["TMUX_TMPDIR"] == nil ? [] : ["TMUX_TMPDIR"],
                running: server),
            environment: UserManager.environment(settings.environment))
    }

    private func writeOwnConfig() throws {
        guard settings.configFile.isEmpty else { return }
        do throws(Refusal) { try PrivateFile.write(TmuxSettings.ownConfig.utf8, to: settings.ownConfigPath) } catch {
            throw ReeveError.unavailable(error.reason, hint: error.mend)
        }
    }
}

extension String {
    fileprivate var trimmed: String { String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()) }
    fileprivate var droppingLastComponent: String { String(self[..<(lastIndex(of: "/") ?? startIndex)]) }
}
