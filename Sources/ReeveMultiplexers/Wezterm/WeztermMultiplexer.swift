package import Logging
package import ReeveModel
import Synchronization

/// WezTerm through `wezterm cli`. Written after its documentation and source (20240203); the real one has not been run.
///
/// A session is a window with one pane in a workspace of its own, whose name is the mark of ownership. Ids of panes count up within one
/// life of the server, which is told from the next by the process that listens at its socket.
package final class WeztermMultiplexer: Multiplexer {
    package let name = "wezterm"
    package let capabilities: Set<MultiplexerCapability> = [
        .capture, .captureStyled, .captureHistory, .exactTarget, .split, .sendKey, .bracketedPaste, .persistent, .seen, .headless,
    ]
    package let limits: [MultiplexerCapability: String] = [
        .pushExit: "its command line tells nothing unasked; it is looked at once a second",
        .focus: "its command line moves within the window that is shown, and shows no other window or workspace",
        .attach: "it shows its panes in windows of its own and not in a terminal",
        .tag: "a pane holds no values that its command line could set",
        .bell: "its command line has no such command",
        .sidebar: "its tab bar belongs to the person who looks",
        .adopt: "a session is known by the workspace that it was made in",
    ]

    let settings: WeztermSettings
    let program: RemoteProgram
    private let logger: Logger
    private let isReady = Mutex(false)
    private let names = Mutex<Set<String>>([])

    package init(settings: WeztermSettings, time: any TimeSource, logger: Logger) {
        self.settings = settings
        self.logger = logger
        program = RemoteProgram(
            name: "wezterm", command: WeztermCommand.base(settings.binary), environment: settings.callEnvironment,
            socketPath: settings.socketPath, runtimeDirectory: settings.runtimeDirectory, time: time,
            hint: "wezterm-mux-server --daemonize starts one; docs/wezterm.md")
    }

    // MARK: The connection

    package func run(_ report: @escaping @Sendable (MultiplexerEvent) -> Void) async throws {
        let version = try await checkVersion()
        let epoch = try program.epoch()
        var before = try await ours(try await panes())
        isReady.withLock { $0 = true }
        defer { isReady.withLock { $0 = false } }
        report(.connected("wezterm \(version)"))
        while true {
            try await program.time.sleep(for: .seconds(1))
            guard try program.epoch() == epoch else { throw ReeveError.unavailable("wezterm has been started anew") }
            let now = try await ours(try await panes())
            if now != before { report(.changed) }
            before = now
        }
    }

    package func probe() async throws { _ = try await panes() }

    private func ours(_ panes: [WeztermPane]) async throws -> Set<String> { Set(panes.filter { $0.tag != nil }.map(\.id)) }

    private func panes() async throws -> [WeztermPane] {
        let text = try await program.run(WeztermCommand.list)
        guard let panes = WeztermPane.list(text) else {
            throw ReeveError.unavailable("wezterm answered '\(InertText.clean(String(text.prefix(200))))' to a list")
        }
        return panes
    }

    private func requireReady() throws {
        guard isReady.withLock({ $0 }) else {
            throw ReeveError.unavailable("no connection to wezterm", hint: "reeve status says why")
        }
    }

    // MARK: Sessions

    package func spawn(_ request: SpawnRequest) async throws -> TerminalHandle {
        try requireReady()
        let tag = WeztermTag(request)
        guard names.withLock({ $0.insert(tag.name).inserted }) else {
            throw ReeveError.conflict("a session '\(tag.name)' is being made", hint: "try again in a moment")
        }
        defer { names.withLock { _ = $0.remove(tag.name) } }
        let epoch = try program.epoch()
        for pane in try await panes() {
            guard let other = pane.tag, other.name == tag.name else { continue }
            // The one that we made before a crash or a time-out.
            if other.id == tag.id { return TerminalHandle(session: other.text, pane: pane.id, epoch: epoch) }
            throw ReeveError.conflict(
                "wezterm: there is a session '\(tag.name)'", hint: "a session of this name exists and is not ours")
        }
        let answer = try await program.run(WeztermCommand.spawn(tag, running: request.arguments))
        guard let pane = Int(answer.filter { !$0.isWhitespace }) else {
            throw ReeveError.unavailable("wezterm answered '\(InertText.clean(answer))' to a new session")
        }
        // For people; the session is there without it.
        do { _ = try await program.run(WeztermCommand.title(String(pane), tag.name)) } catch {
            logger.notice("a session has no title in wezterm", metadata: ["session": "\(tag.name)", "reason": "\(error)"])
        }
        return TerminalHandle(session: tag.text, pane: String(pane), epoch: epoch)
    }

    package func destroy(_ handle: TerminalHandle, id: SessionID) async throws {
        let pane = try await require(handle, id)
        _ = try await program.run(WeztermCommand.kill(pane.id))
        // The panes that somebody has split off stay in the window, and the session with them.
        for other in try await panes() where other.tag?.id == id {
            _ = try await program.run(WeztermCommand.kill(other.id))
        }
        let deadline = program.time.uptime() + RemoteProgram.patience
        while program.time.uptime() < deadline {
            if try await !panes().contains(where: { $0.tag?.id == id }) { return }
            try await program.time.sleep(for: .milliseconds(20))
        }
        throw ReeveError(.timeout, "wezterm was told to end the pane \(pane.id), and it is still there")
    }

    package func life(of handle: TerminalHandle, id: SessionID) async throws -> TerminalLife {
        guard try program.epoch() == handle.epoch, try await panes().contains(where: { isSame($0, handle, id) }) else {
            return .gone
        }
        // A pane whose program has ended stays where the person's `exit_behavior` says so, and nothing in the list tells.
        return program.keeperLives(id) ? .alive : .dead
    }

    private func isSame(_ pane: WeztermPane, _ handle: TerminalHandle, _ id: SessionID) -> Bool {
        pane.id == handle.pane && pane.tag?.id == id
    }

    private func require(_ handle: TerminalHandle, _ id: SessionID, alive: Bool = false) async throws -> WeztermPane {
        try requireReady()
        guard try program.epoch() == handle.epoch, let pane = try await panes().first(where: { isSame($0, handle, id) }) else {
            throw ReeveError(.notFound, "the session is not there any more (wezterm pane \(handle.pane))")
        }
        guard !alive || program.keeperLives(id) else {
            throw ReeveError.conflict("the terminal's program has ended", hint: "nothing was sent")
        }
        return pane
    }

    package func list() async throws -> [TerminalSession] {
        try requireReady()
        let epoch = try program.epoch()
        var sessions: [TerminalSession] = []
        let looking = try await lookedAt()
        for pane in try await panes() {
            guard let tag = pane.tag else { continue }
            let people = looking.count { $0 == pane.id }
            if let known = sessions.firstIndex(where: { $0.id == tag.id }) {
                sessions[known].panes += 1
                sessions[known].attached += people
                continue
            }
            sessions.append(
                TerminalSession(
                    id: tag.id, name: tag.name, handle: TerminalHandle(session: tag.text, pane: pane.id, epoch: epoch),
                    width: pane.width, height: pane.height, attached: people, panes: 1, dead: !program.keeperLives(tag.id),
                    owner: tag.owner))
        }
        return sessions
    }

    /// A pane that stands beside an agent's counts as well: it is in the same window.
    package func seen() async throws -> Set<SessionID> {
        try requireReady()
        let looking = Set(try await lookedAt())
        return Set(try await panes().filter { looking.contains($0.id) }.compactMap { $0.tag?.id })
    }

    /// The panes in front of people.
    private func lookedAt() async throws -> [String] {
        let text = try await program.run(WeztermCommand.clients)
        guard let panes = WeztermClients.panes(text) else {
            throw ReeveError.unavailable("wezterm answered '\(InertText.clean(String(text.prefix(200))))' to who is connected")
        }
        return panes
    }

    package func split(_ handle: TerminalHandle, id: SessionID, direction: SplitDirection) async throws -> TerminalPane {
        let pane = try await require(handle, id)
        let answer = try await program.run(WeztermCommand.split(pane.id, direction))
        let made = answer.filter { !$0.isWhitespace }
        guard let new = try await panes().first(where: { $0.id == made }) else {
            throw ReeveError.unavailable("wezterm answered '\(InertText.clean(answer))' to a split")
        }
        return TerminalPane(id: new.id, width: new.width, height: new.height, active: new.isActive)
    }

    // MARK: Input and output

    /// Several lines go in as one paste, which WezTerm brackets if the program has asked for it; a single line goes in as if typed.
    package func send(_ text: String, to handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        guard !text.isEmpty else { return }
        let pane = try await require(handle, id, alive: true)
        let isMultiline = text.utf8.contains(10)
        let clean = isMultiline ? PasteText.neutralised(text) : text
        _ = try await program.run(WeztermCommand.send(pane.id, asPaste: isMultiline), input: Array(clean.utf8))
    }

    package func press(_ key: Key, in handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        let pane = try await require(handle, id, alive: true)
        _ = try await program.run(WeztermCommand.send(pane.id, asPaste: false), input: KeyBytes.of(key))
    }

    package func capture(_ handle: TerminalHandle, id: SessionID, lines: Int, styled: Bool) async throws -> String {
        let pane = try await require(handle, id)
        let text = try await program.run(
            WeztermCommand.text(pane.id, history: lines, styled: styled), limit: 16 << 20)
        return RemoteProgram.tail(text, lines)
    }

    package func fingerprint(_ handle: TerminalHandle, id: SessionID) async throws -> String {
        let pane = try await require(handle, id)
        return try await program.run(WeztermCommand.text(pane.id, history: 0, styled: false)) + pane.cursor
    }
}
