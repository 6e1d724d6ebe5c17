import KeeperLink
package import Logging
package import NIOCore
package import ReeveModel
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// tmux 3.2 to 3.7 through one control-mode client: no process per call, commands pipelined, deaths pushed. Sessions that were taken in on
/// another server are visited there.
///
/// It never resizes, focuses or zooms what a person looks at, never uses `respawn-pane` (crashes servers with a lagging control
/// client) or a global `window-size manual` (crashes 3.3 to 3.6), and acts on a pane only if the ownership tag is there.
package final class TmuxMultiplexer: Multiplexer {
    package let name = "tmux"
    package let capabilities = Set(MultiplexerCapability.allCases).subtracting([.sidebar])
    package let limits: [MultiplexerCapability: String] = [
        .sidebar: "its status line belongs to the person who looks"
    ]

    struct Connection: Sendable {
        var client: any TmuxLine
        var epoch: String
        var socketPath: String
        var version: TmuxVersion

        /// The epoch is the server's pid and its start time.
        var serverPid: pid_t? { epoch.split(separator: ".").first.flatMap { pid_t($0) } }
    }

    let settings: TmuxSettings
    let server: TmuxServer
    let group: any EventLoopGroup
    private let time: any TimeSource
    let logger: Logger
    let connection = Mutex<Connection?>(nil)
    /// Servers of people's that sessions have been taken in on, each with another number whenever somebody comes there.
    let visits = Mutex<[String: Int]>([:])
    private let counter = Mutex(0)
    let patience: Duration = .seconds(5)

    package init(settings: TmuxSettings, group: any EventLoopGroup, time: any TimeSource, logger: Logger) {
        self.settings = settings
        self.server = TmuxServer(settings: settings, time: time)
        self.group = group
        self.time = time
        self.logger = logger
    }

    // MARK: The connection

    func current() throws -> Connection {
        guard let connection = connection.withLock({ $0 }) else {
            throw ReeveError.unavailable("no connection to tmux", hint: "reeve status says why")
        }
        return connection
    }

    package var reservedNames: Set<SessionName> { SessionName(settings.keepSession).map { [$0] } ?? [] }

    package func probe() async throws {
        let connection = try current()
        do { _ = try await connection.client.ask(TmuxCommand("display-message", "-p", "alive"), patience: .seconds(2)) } catch {
            throw ReeveError.unavailable(server.diagnose())
        }
        // A temp cleaner took the socket file: people could not attach any more.
        if access(connection.socketPath, F_OK) != 0, let pid = connection.serverPid { kill(pid, SIGUSR1) }
    }

    // MARK: Sessions

    static let ids = "#{session_id}|#{pane_id}"

    package func spawn(_ request: SpawnRequest) async throws -> TerminalHandle {
        let connection = try current()
        let name = TmuxNames.mapped(request.name.text)
        let create = TmuxCommand(
            words: ["new-session", "-d", "-E", "-P", "-F", Self.ids, "-s", name, "-x", "200", "-y", "50", "--"]
                + request.arguments)
        let target = "=\(name):"
        let marks =
            Self.sizing(target, connection.version) + [
                TmuxCommand("set-option", "-w", "-t", target, "remain-on-exit", "on"),
                TmuxCommand("set-option", "-t", target, TmuxTag.option, TmuxTag(request).text),
            ]
        do {
            // In one line: after an error tmux leaves the rest of a line out, so nobody else's session of this name gets our marks.
            let answer = try await connection.client.askFenced(
                [TmuxCommand.sequence([create] + marks)], fence: "REEVE-FENCE-\(nextNumber())", patience: .seconds(15))
            return try handle(answer.first, connection)
        } catch let error as ReeveError where error.kind == .conflict {
            // Perhaps it is the one we made before a crash or a time-out: its keeper carries our session's id.
            let lines = try await connection.client.ask(
                TmuxCommand("list-panes", "-s", "-t", "=\(name)", "-F", Self.ids + "|\(TmuxTag.format)|#{pane_start_command}"),
                patience: patience)
            guard let ours = lines.first(where: { $0.contains(request.id.text) }) else { throw nameIsTaken(request.name) }
            _ = try await connection.client.ask(marks, patience: patience)
            return try handle(ours, connection)
        }
    }

    /// A person's, or that of an agent which a database that was restored does not know: neither is ended, nor typed into.
    private func nameIsTaken(_ name: SessionName) -> ReeveError {
        let place = "=\(TmuxNames.mapped(name.text))"
        return .conflict(
            "a session '\(name)' exists already in tmux, and is not the one that is meant",
            hint: "tmux -L \(settings.socketName) attach -t \(place) shows it, kill-session -t \(place) ends it")
    }

    /// tmux 3.2 and 3.2a make every detached session 80 by 23, whatever -x and -y say. Nobody looks at this one yet, and the size is not
    /// pinned: whoever attaches gets a window that fits.
    static func sizing(_ target: String, _ version: TmuxVersion) -> [TmuxCommand] {
        guard version < .keepsSize else { return [] }
        return [
            TmuxCommand("resize-window", "-t", target, "-x", "200", "-y", "50"),
            TmuxCommand("set-option", "-w", "-u", "-t", target, "window-size"),
        ]
    }

    func handle(_ line: String?, _ connection: Connection) throws -> TerminalHandle {
        let words = (line ?? "").split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        guard words.count >= 2, words[0].hasPrefix("$"), words[1].hasPrefix("%") else {
            throw ReeveError.unavailable("tmux answered '\(line ?? "")' to a new session")
        }
        return TerminalHandle(session: words[0], pane: words[1], epoch: connection.epoch)
    }

    package func destroy(_ handle: TerminalHandle, id: SessionID) async throws {
        // What is on a person's server was taken in there, and is given back.
        guard !Self.isVisited(handle) else { return try await release(handle, id: id) }
        try await guarded(handle, id, needsLife: false, [], then: TmuxCommand("kill-session", "-t", handle.session))
    }

    package func life(of handle: TerminalHandle, id: SessionID) async throws -> TerminalLife {
        let connection = try place(of: handle)
        guard connection.epoch == handle.epoch else { return .gone }
        do {
            // Half a second: on a machine under load five looks were over before tmux heard the first reminder.
            for _ in 1...25 {
                // `display-message` succeeds for a missing pane, with empty fields.
                let answer = try await connection.client.ask(
                    TmuxCommand(
                        "display-message", "-p", "-t", handle.tmuxTarget, "#{pane_pid}|#{pane_dead}|\(TmuxTag.paneFormat)"),
                    patience: patience)
                let words = (answer.first ?? "").split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false)
                guard words.count == 3, TmuxTag.text(words[2], names: id, in: handle) else { return .gone }
                guard let pid = Int(words[0]) else { return .dead }
                // tmux may not know yet what the kernel does. Also of a pane that it calls dead: it has seen the end of the terminal
                // then, and writes nothing into it before it has seen that of the program.
                switch ProcessTable.state(pid) {
                case "Z": remindOfZombie(connection)
                case "X", nil: return .dead
                default: return words[1] == "1" ? .dead : .alive
                }
                // The reminder may get lost as well.
                try await time.sleep(for: .milliseconds(20))
            }
            return .dead
        } catch let error as ReeveError where error.kind == .notFound {
            return .gone
        }
    }

    /// tmux as Debian 12 builds it (with libutempter) loses the SIGCHLD of about every third pane and then shows neither "Pane is dead" nor
    /// a status until another child ends (tmux issue 311). Another SIGCHLD makes it look.
    private func remindOfZombie(_ connection: Connection) {
        if let server = connection.serverPid { kill(server, SIGCHLD) }
    }

    package func list() async throws -> [TerminalSession] {
        let connection = try current()
        let text = try await connection.client.askText(
            TmuxCommand("list-panes", "-a", "-F", TmuxSessionList.format), patience: .seconds(10))
        return await TmuxSessionList.parse(text, epoch: connection.epoch) + visitedSessions()
    }

    package func split(_ handle: TerminalHandle, id: SessionID, direction: SplitDirection) async throws -> TerminalPane {
        try await check(handle, id)
        let answer = try await place(of: handle).client.ask(
            TmuxCommand(
                "split-window", "-d", direction == .horizontal ? "-h" : "-v", "-P", "-F",
                "#{pane_id}|#{pane_width}|#{pane_height}|#{pane_active}", "-t", handle.tmuxPane), patience: patience)
        let words = (answer.first ?? "").split(separator: "|").map(String.init)
        guard words.count == 4, let width = Int(words[1]), let height = Int(words[2]) else {
            throw ReeveError.unavailable("tmux answered '\(answer.joined())' to a split")
        }
        return TerminalPane(id: words[0], width: width, height: height, active: words[3] == "1")
    }

    // MARK: Input

    package func send(_ text: String, to handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        guard !text.isEmpty else { return }
        let connection = try place(of: handle)
        // On a person's server there may be another daemon's.
        let buffer = "reeve-\(settings.instance)-\(nextNumber())"
        let isMultiline = text.utf8.contains(10)
        // Several lines go in as one paste, if the program has asked for brackets; a single line goes in as if typed.
        let clean = isMultiline ? PasteText.neutralised(text) : text
        let paste = TmuxCommand(
            words: ["paste-buffer"] + (isMultiline ? ["-p"] : []) + ["-r", "-d", "-b", buffer, "-t", handle.tmuxPane])
        do {
            let before = try await connection.client.fill(buffer, with: clean, patience: patience)
            try await guarded(handle, id, needsLife: true, before, then: claimed(paste, handle, claim))
        } catch {
            _ = try? await connection.client.ask(TmuxCommand("delete-buffer", "-b", buffer), patience: patience)
            throw error
        }
    }

    package func press(_ key: Key, in handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        let words: [String] =
            switch key {
            // The byte itself: names with control are subject to the terminal's extended key modes.
            case .control(let character): ["-H", String((character.asciiValue ?? 0) & 0x1F, radix: 16)]
            case .delete: ["DC"]
            default: [key.name]
            }
        let press = TmuxCommand(words: ["send-keys", "-t", handle.tmuxPane] + words)
        try await guarded(handle, id, needsLife: true, [], then: claimed(press, handle, claim))
    }

    package func claim(_ handle: TerminalHandle, id: SessionID) async throws -> String? {
        let lines = try await reading(
            handle, id, TmuxCommand("display-message", "-p", "-t", handle.tmuxTarget, "#{\(Self.claimOption)}"))
        return lines.first.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static let claimOption = "@reeve_claim"

    /// Both in one turn of the server: after a crash of ours the option says whether the input went in.
    private func claimed(_ command: TmuxCommand, _ handle: TerminalHandle, _ claim: String?) -> TmuxCommand {
        guard let claim else { return command }
        return TmuxCommand.sequence([command, TmuxCommand("set-option", "-t", handle.session, Self.claimOption, claim)])
    }

    /// Runs `command` inside the server only if the pane is ours and can take it: one turn of the server, so nothing can change
    /// between the look and the act.
    func guarded(
        _ handle: TerminalHandle, _ id: SessionID, needsLife: Bool, _ before: [TmuxCommand], then command: TmuxCommand
    ) async throws {
        let connection = try place(of: handle)
        try checkEpoch(handle, connection)
        let ours = TmuxTag.condition(id, handle)
        let condition = needsLife ? "#{&&:\(ours),#{==:#{pane_dead}#{pane_in_mode}#{pane_input_off},000}}" : ours
        let refusal = TmuxCommand(
            "display-message", "-p", "-t", handle.tmuxTarget,
            "REEVE-REFUSED #{pane_dead}|#{pane_in_mode}|#{pane_input_off}|\(TmuxTag.paneFormat)")
        let lines = try await connection.client.askFenced(
            before + [TmuxCommand("if-shell", "-F", "-t", handle.tmuxTarget, condition, command.line, refusal.line)],
            fence: "REEVE-FENCE-\(nextNumber())", patience: patience)
        guard let refused = lines.first(where: { $0.hasPrefix("REEVE-REFUSED ") }) else { return }
        let facts = refused.dropFirst(14).split(separator: "|", maxSplits: 3, omittingEmptySubsequences: false)
        guard facts.count == 4, TmuxTag.text(facts[3], names: id, in: handle) else { throw gone(handle) }
        if facts[0] == "1" { throw ReeveError.conflict("the terminal's program has ended", hint: "nothing was sent") }
        // The number of modes on top of each other: copy mode with the clock in front of it is 2.
        if facts[1] != "0" {
            throw ReeveError.conflict(
                "somebody is scrolling in this terminal (copy mode)", hint: "leave copy mode with q; nothing was sent")
        }
        throw ReeveError.conflict(
            "input to this pane is switched off", hint: "tmux select-pane -e switches it on; nothing was sent")
    }

    // MARK: Output

    package func capture(_ handle: TerminalHandle, id: SessionID, lines: Int, styled: Bool) async throws -> String {
        let output = try await reading(
            handle, id,
            TmuxCommand(words: ["capture-pane", "-p"] + (styled ? ["-e"] : []) + ["-S", "-\(lines)", "-t", handle.tmuxPane]))
        // tmux gives N lines of history plus the whole screen, with its blank tail.
        let text = output.dropLast(output.reversed().prefix { $0.allSatisfy { $0 == " " } }.count)
        return text.suffix(lines).joined(separator: "\n")
    }

    package func fingerprint(_ handle: TerminalHandle, id: SessionID) async throws -> String {
        let screen = try await reading(
            handle, id, TmuxCommand("capture-pane", "-p", "-t", handle.tmuxPane),
            TmuxCommand(
                "display-message", "-p", "-t", handle.tmuxTarget, "#{cursor_x},#{cursor_y},#{history_size},#{alternate_on}"))
        return screen.joined(separator: "\n")
    }

    func reading(_ handle: TerminalHandle, _ id: SessionID, _ commands: TmuxCommand...) async throws -> [String] {
        let connection = try place(of: handle)
        try checkEpoch(handle, connection)
        let answers = try await connection.client.ask(
            [TmuxCommand("display-message", "-p", "-t", handle.tmuxTarget, TmuxTag.paneFormat)] + commands, patience: patience)
        guard let tag = answers.first?.first, TmuxTag.text(tag, names: id, in: handle) else { throw gone(handle) }
        return Array(answers.dropFirst().joined())
    }

    func check(_ handle: TerminalHandle, _ id: SessionID) async throws {
        guard try await exists(handle, id: id) else { throw gone(handle) }
    }

    private func checkEpoch(_ handle: TerminalHandle, _ connection: Connection) throws {
        if handle.epoch != connection.epoch { throw gone(handle) }
    }

    private func gone(_ handle: TerminalHandle) -> ReeveError {
        ReeveError(.notFound, "the session is not there any more (\(handle.session) \(handle.pane))")
    }

    func nextNumber() -> Int {
        counter.withLock { counter in
            counter += 1
            return counter
        }
    }
}
