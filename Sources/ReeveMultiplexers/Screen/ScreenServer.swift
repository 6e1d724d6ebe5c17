import Ownership
import Processes
import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Runs GNU screen as a command. Each session is a server of its own.
struct ScreenServer: Sendable {
    let settings: ScreenSettings
    let time: any TimeSource

    /// How long one call may take. A stopped server takes orders for ever and answers nothing.
    static let patience: Duration = .seconds(5)

    func run(_ arguments: [String]) async throws -> ProcessRunner.Output {
        try await ProcessRunner.run(
            arguments, environment: settings.callEnvironment, timeLimit: .init(Self.patience, time))
    }

    /// Refuses what is too old, with the reason.
    func checkVersion() async throws -> String {
        let output = try await run([settings.binary, "--version"])
        guard let version = ScreenAnswers.version(output.text) else {
            throw ReeveError.unavailable(
                "'\(settings.binary) --version' says '\(InertText.clean(output.text))'", hint: "[sessions.screen] binary_path")
        }
        guard !ScreenAnswers.isTooOld(version) else {
            throw ReeveError.unavailable(
                "screen \(version) is too old; Reeve needs 4.1 or newer",
                hint: "install a newer screen and name it in [sessions.screen] binary_path")
        }
        return version
    }

    /// Directories and configuration are there, and ours alone.
    func prepare() throws {
        do throws(Refusal) {
            try PrivateDirectory.prepare(settings.socketDirectory)
            try PrivateDirectory.prepare(settings.exchangeDirectory)
            try PrivateFile.write(ScreenSettings.ownConfig.utf8, to: settings.configPath)
        } catch { throw ReeveError.unavailable(error.reason, hint: error.mend) }
    }

    func start(name: String, unit: String, owner: String, keeper: [String]) async throws -> ProcessRunner.Output {
        let command = ScreenCommand.start(settings, name: name, owner: owner, running: keeper)
        // Without a time limit: with one the command's process group is killed at its end, and the session is to stay.
        guard settings.hasUserManager else {
            return try await ProcessRunner.run(command, environment: settings.callEnvironment)
        }
        // No plain start as a fallback: what it started would be stopped with us.
        return try await ProcessRunner.run(
            UserManager.commandLine(
                unit: unit, purpose: "screen session", forwards: ["SCREENDIR"], running: command),
            environment: UserManager.environment(settings.callEnvironment))
    }

    /// One order; nothing is known of its effect before a fence.
    func order(_ words: [String], in session: String) async throws {
        _ = try await run(ScreenCommand.order(settings.binary, session, words))
    }

    /// Returns when everything that was ordered before has been carried out.
    func fence(_ session: String) async throws -> ScreenAnswers.Fence {
        let answer = try await ask(ScreenCommand.fence(settings.binary, session), session)
        return ScreenAnswers.fence(answer.text + answer.errors, status: answer.status)
    }

    func info(_ session: String) async throws -> String {
        try await ask(ScreenCommand.info(settings.binary, session), session).text
    }

    func windows(_ session: String) async throws -> Set<Int> {
        ScreenAnswers.windows(try await ask(ScreenCommand.windows(settings.binary, session), session).text)
    }

    private func ask(_ arguments: [String], _ session: String) async throws -> ProcessRunner.Output {
        do { return try await run(arguments) } catch let error as ReeveError where error.kind == .timeout {
            removeQuerySockets(of: session)
            throw ReeveError(.timeout, diagnosis(session), hint: "what was asked may still happen when it wakes")
        }
    }

    /// What is wrong with a session's server that does not answer, for people.
    private func diagnosis(_ session: String) -> String {
        let pid = session.prefix { $0 != "." }
        switch Int(pid).flatMap({ ProcessTable.state($0) }) {
        case "T", "t": return "screen (pid \(pid)) is stopped; kill -CONT \(pid) lets it go on"
        default: return "screen (pid \(pid)) does not answer"
        }
    }

    /// A query that was killed leaves the socket behind on which it waited (`PID.NAME-queryA`).
    private func removeQuerySockets(of session: String) {
        for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" {
            let path = "\(settings.socketDirectory)/\(session)-query\(letter)"
            if access(path, F_OK) == 0, !UnixSocket.answers(at: path) { unlink(path) }
        }
    }

    /// Everything in our directory.
    func list() async throws -> [ScreenAnswers.Entry] {
        let output = try await run(ScreenCommand.list(settings.binary))
        guard let entries = ScreenAnswers.list(output.text + output.errors) else {
            throw ReeveError.unavailable(
                "screen -ls says '\(InertText.clean(output.text + output.errors))'",
                hint: "is \(settings.socketDirectory) yours, with mode 700?")
        }
        return entries
    }

    /// The names in our directory, without asking anybody: `screen -ls` wakes every server.
    func socketNames() throws -> [String] {
        do throws(Refusal) { return try Self.names(in: settings.socketDirectory) } catch {
            throw ReeveError.unavailable(error.reason, hint: error.mend)
        }
    }

    /// What a daemon that was killed has left of what it typed and read.
    func removeExchangeFiles() throws(Refusal) {
        for name in try Self.names(in: settings.exchangeDirectory) { unlink("\(settings.exchangeDirectory)/\(name)") }
    }

    private static func names(in path: String) throws(Refusal) -> [String] {
        guard let directory = opendir(path) else {
            throw Refusal(
                "\(path) cannot be read: \(String(cString: strerror(errno)))", mend: "is it there, and yours?", code: errno)
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    /// The sockets of servers that are gone, in our directory only.
    func removeDeadSockets() async throws {
        for entry in try await list() where entry.isDead {
            guard let pid = entry.pid, ProcessTable.startTime(pid) == nil else { continue }
            unlink(socketPath(entry.session))
        }
    }

    func socketPath(_ session: String) -> String { "\(settings.socketDirectory)/\(session)" }

    /// A temp cleaner took the socket and the server lives on: SIGCHLD makes it create it again (screen(1), "-wipe" and "-r").
    func revive(_ session: String, pid: Int) async throws {
        guard access(socketPath(session), F_OK) != 0 else { return }
        kill(pid_t(pid), SIGCHLD)
        for _ in 1...100 {
            if access(socketPath(session), F_OK) == 0 { return }
            try await time.sleep(for: .milliseconds(10))
        }
        throw ReeveError.unavailable(
            "screen (pid \(pid)) lives but its socket \(session) is gone", hint: "kill -CHLD \(pid) makes it again")
    }

    /// Screen 4.9 makes a FIFO where its socket was. Messages get lost in that (measured: the answer to every fifth question), and an order
    /// that is lost would be taken for one that was carried out.
    func requireSocket(_ session: String) throws {
        var info = stat()
        guard lstat(socketPath(session), &info) == 0, info.st_mode & S_IFMT == S_IFIFO else { return }
        throw ReeveError.unavailable(
            "screen has lost the socket of \(session), and what it has made instead loses messages",
            hint: "nothing was sent; reeve attach still shows the session")
    }

    /// Changes whenever somebody attaches or detaches: screen sets the socket's execute bit for the one and takes it for the other. Nil
    /// when there is no socket.
    func attachment(_ session: String) -> String? {
        var info = stat()
        guard lstat(socketPath(session), &info) == 0 else { return nil }
        #if canImport(Glibc)
        let change = info.st_ctim
        #else
        let change = info.st_ctimespec
        #endif
        return "\(change.tv_sec).\(change.tv_nsec)"
    }
}
