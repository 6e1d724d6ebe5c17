package import ReeveModel
import Synchronization

/// kitty through `kitten @`. Written after its documentation and source (0.26 to 0.39); the real one has not been run.
///
/// A session is a tab with one window, known by the command that the window was started with and by two variables of its environment. Ids
/// of windows count up within one life of kitty, which is told from the next by the process that listens at its socket.
package final class KittyMultiplexer: Multiplexer {
    package let name = "kitty"
    /// What it can do is known once it is connected: newer versions can bracket.
    package var capabilities: Set<MultiplexerCapability> { canBracket ? Self.always.union([.bracketedPaste]) : Self.always }
    package var limits: [MultiplexerCapability: String] {
        guard !canBracket else { return Self.limited }
        let who = version.withLock { $0 }.map { "kitty \($0)" } ?? "an older kitty"
        let reason = "the remote control of \(who) only types; it can bracket from \(KittyVersion.bracketing) on"
        return Self.limited.merging([.bracketedPaste: reason]) { $1 }
    }

    private static let always: Set<MultiplexerCapability> = [
        .capture, .captureStyled, .captureHistory, .exactTarget, .split, .focus, .sendKey, .persistent, .seen,
    ]
    private static let limited: [MultiplexerCapability: String] = [
        .pushExit: "its remote control tells nothing unasked; it is looked at once a second",
        .attach: "it shows its windows on a desktop and not in a terminal",
        .tag: "a window's variables are set by a call of their own, never in the moment of an input",
        .bell: "its remote control has no such command",
        .sidebar: "its tab bar belongs to the person who looks",
        .headless: "it needs a desktop",
        .adopt: "a session is known by the command that started it",
    ]

    let settings: KittySettings
    let program: RemoteProgram
    private let isReady = Mutex(false)
    private let names = Mutex<Set<String>>([])
    /// Of the kitty that was connected to last.
    private let version = Mutex<KittyVersion?>(nil)
    private var canBracket: Bool { version.withLock { $0.map { $0 >= .bracketing } ?? false } }

    package init(settings: KittySettings, time: any TimeSource) {
        self.settings = settings
        program = RemoteProgram(
            name: "kitty", command: KittyCommand.base(settings.binary, settings.socketPath),
            environment: settings.callEnvironment,
            socketPath: settings.socketPath, runtimeDirectory: settings.runtimeDirectory, time: time,
            hint: "kitty.conf needs 'allow_remote_control socket-only' and 'listen_on unix:\(settings.socketPath)'; docs/kitty.md"
        )
    }

    // MARK: The connection

    package func run(_ report: @escaping @Sendable (MultiplexerEvent) -> Void) async throws {
        let version = try await program.version()
        let epoch = try program.epoch()
        var before = Self.ours(try await windows())
        self.version.withLock { $0 = KittyVersion(version) }
        isReady.withLock { $0 = true }
        defer { isReady.withLock { $0 = false } }
        report(.connected(Self.shown(version)))
        while true {
            try await program.time.sleep(for: .seconds(1))
            guard try program.epoch() == epoch else { throw ReeveError.unavailable("kitty has been started anew") }
            let now = Self.ours(try await windows())
            if now != before { report(.changed) }
            before = now
        }
    }

    /// `kitten 0.39.1 created by …`
    static func shown(_ text: String) -> String {
        InertText.clean(text.split(whereSeparator: \.isWhitespace).prefix(2).joined(separator: " "))
    }

    package func probe() async throws { _ = try await windows() }

    private static func ours(_ windows: [KittyWindow]) -> Set<String> { Set(windows.filter { $0.session != nil }.map(\.id)) }

    private func windows() async throws -> [KittyWindow] {
        let text = try await program.run(KittyCommand.list, limit: 16 << 20)
        guard let windows = KittyWindow.list(text) else {
            throw ReeveError.unavailable("kitty answered '\(InertText.clean(String(text.prefix(200))))' to a list")
        }
        return windows
    }

    private func requireReady() throws {
        guard isReady.withLock({ $0 }) else {
            throw ReeveError.unavailable("no connection to kitty", hint: "reeve status says why")
        }
    }

    // MARK: Sessions

    package func spawn(_ request: SpawnRequest) async throws -> TerminalHandle {
        try requireReady()
        let name = request.name.text
        guard names.withLock({ $0.insert(name).inserted }) else {
            throw ReeveError.conflict("a session '\(name)' is being made", hint: "try again in a moment")
        }
        defer { names.withLock { _ = $0.remove(name) } }
        let epoch = try program.epoch()
        for window in try await windows() where window.session != nil && window.name == name {
            // The one that we made before a crash or a time-out.
            if window.session == request.id { return TerminalHandle(session: window.tab, pane: window.id, epoch: epoch) }
            throw ReeveError.conflict(
                "kitty: there is a session '\(name)'", hint: "a session of this name exists and is not ours")
        }
        let answer = try await program.run(KittyCommand.launch(request))
        let id = answer.filter { !$0.isWhitespace }
        guard let window = try await windows().first(where: { $0.id == id }) else {
            throw ReeveError.unavailable("kitty answered '\(InertText.clean(answer))' to a new session")
        }
        return TerminalHandle(session: window.tab, pane: window.id, epoch: epoch)
    }

    package func destroy(_ handle: TerminalHandle, id: SessionID) async throws {
        let window = try await require(handle, id)
        _ = try await program.run(KittyCommand.close(window.id))
        let deadline = program.time.uptime() + RemoteProgram.patience
        while program.time.uptime() < deadline {
            if try await !windows().contains(where: { isSame($0, handle, id) }) { return }
            try await program.time.sleep(for: .milliseconds(20))
        }
        throw ReeveError(.timeout, "kitty was told to close the window \(window.id), and it is still there")
    }

    package func life(of handle: TerminalHandle, id: SessionID) async throws -> TerminalLife {
        guard try program.epoch() == handle.epoch, try await windows().contains(where: { isSame($0, handle, id) }) else {
            return .gone
        }
        return program.keeperLives(id) ? .alive : .dead
    }

    private func isSame(_ window: KittyWindow, _ handle: TerminalHandle, _ id: SessionID) -> Bool {
        window.id == handle.pane && window.session == id
    }

    private func require(_ handle: TerminalHandle, _ id: SessionID, alive: Bool = false) async throws -> KittyWindow {
        try requireReady()
        guard try program.epoch() == handle.epoch, let window = try await windows().first(where: { isSame($0, handle, id) })
        else {
            throw gone(handle)
        }
        guard !alive || program.keeperLives(id) else {
            throw ReeveError.conflict("the terminal's program has ended", hint: "nothing was sent")
        }
        return window
    }

    private func gone(_ handle: TerminalHandle) -> ReeveError {
        ReeveError(.notFound, "the session is not there any more (kitty window \(handle.pane))")
    }

    package func list() async throws -> [TerminalSession] {
        try requireReady()
        let epoch = try program.epoch()
        let all = try await windows()
        return all.compactMap { window in
            guard let id = window.session else { return nil }
            return TerminalSession(
                id: id, name: window.name ?? "", handle: TerminalHandle(session: window.tab, pane: window.id, epoch: epoch),
                width: window.width, height: window.height, attached: window.isSeen ? 1 : 0,
                panes: all.filter { $0.tab == window.tab }.count, dead: !program.keeperLives(id), owner: window.owner)
        }
    }

    package func seen() async throws -> Set<SessionID> {
        try requireReady()
        return Set(try await windows().filter(\.isSeen).compactMap(\.session))
    }

    package func split(_ handle: TerminalHandle, id: SessionID, direction: SplitDirection) async throws -> TerminalPane {
        let window = try await require(handle, id)
        let answer = try await program.run(KittyCommand.split(window.id, direction))
        let made = answer.filter { !$0.isWhitespace }
        guard let new = try await windows().first(where: { $0.id == made }) else {
            throw ReeveError.unavailable("kitty answered '\(InertText.clean(answer))' to a split")
        }
        return TerminalPane(id: new.id, width: new.width, height: new.height, active: new.isActive)
    }

    package func focus(_ handle: TerminalHandle, id: SessionID) async throws {
        let window = try await require(handle, id)
        _ = try await program.run(KittyCommand.focus(window.id))
    }

    // MARK: Input and output

    /// A single line goes in as if typed; several as a paste where kitty can do that, a long text as several pastes.
    package func send(_ text: String, to handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        guard !text.isEmpty else { return }
        guard text.utf8.contains(10), canBracket else { return try await type([Array(text.utf8)], handle, id) }
        let clean = Array(PasteText.neutralised(text).utf8)[...]
        let pieces = PasteText.pieces(clean, longest: KittyCommand.longestPaste, atLines: true)
        try await type(pieces.map { Array($0.utf8) }, asPaste: true, handle, id)
    }

    package func press(_ key: Key, in handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        try await type([KeyBytes.of(key)], handle, id)
    }

    /// kitty answers nothing to `send-text`, whether there is such a window or not: looked at before, and after, which also is the proof
    /// that it has taken what came before.
    private func type(_ pieces: [[UInt8]], asPaste: Bool = false, _ handle: TerminalHandle, _ id: SessionID) async throws {
        let window = try await require(handle, id, alive: true)
        // Each piece takes a process of its own, and all together longer than a keeper hears nothing after its program's end.
        // What came then would open a shell and be carried out there, line by line.
        let reader = pieces.count > 1 ? program.programs(in: id) : []
        for (number, bytes) in pieces.enumerated() {
            guard pieces.count == 1 || !reader.isEmpty && program.programs(in: id) == reader else {
                throw ReeveError.conflict(
                    "the terminal's program has ended", hint: number == 0 ? "nothing was sent" : "a part of the text was sent")
            }
            _ = try await program.run(KittyCommand.send(window.id, asPaste: asPaste), input: bytes)
        }
        guard try await windows().contains(where: { isSame($0, handle, id) }) else { throw gone(handle) }
    }

    package func capture(_ handle: TerminalHandle, id: SessionID, lines: Int, styled: Bool) async throws -> String {
        let window = try await require(handle, id)
        let text = try await program.run(KittyCommand.text(window.id, history: true, styled: styled), limit: 64 << 20)
        return RemoteProgram.tail(text, lines)
    }

    package func fingerprint(_ handle: TerminalHandle, id: SessionID) async throws -> String {
        let window = try await require(handle, id)
        return try await program.run(KittyCommand.fingerprint(window.id))
    }
}
