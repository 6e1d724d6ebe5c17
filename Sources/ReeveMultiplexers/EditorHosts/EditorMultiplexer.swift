package import ReeveModel
import Synchronization

/// The windows of an editor as one multiplexer: they connect to us, and are asked over that connection to open terminals, type into them,
/// show and close them. There is none as long as no window is open.
package final class EditorMultiplexer: Multiplexer {
    package let name: String
    package let capabilities: Set<MultiplexerCapability> = [
        .exactTarget, .pushExit, .split, .focus, .sendKey, .bracketedPaste, .seen,
    ]
    package let limits: [MultiplexerCapability: String] = [
        .capture: "an editor lets nobody read its terminals", .captureStyled: "an editor lets nobody read its terminals",
        .captureHistory: "an editor lets nobody read its terminals",
        .attach: "its terminal is in the editor; reeve focus shows it there",
        .persistent: "its terminals end with the editor's window", .tag: "an editor keeps nothing with a terminal",
        .bell: "an editor rings no bell on request", .sidebar: "the extension's own tree shows it",
        .headless: "it takes an open window", .adopt: "only terminals that Reeve has opened are its own",
    ]

    private struct State {
        /// The window that was registered or looked at last comes last: new terminals open there.
        var hosts: [any EditorHost] = []
        var report: (@Sendable (MultiplexerEvent) -> Void)?
        var changes: AsyncStream<Void>.Continuation?
    }

    private let state = Mutex(State())
    private let time: any TimeSource
    private let isKeeperAlive: @Sendable (SessionID) async -> Bool
    private let patience: Duration

    /// - Parameters:
    ///   - patience: how long a window may take for an answer.
    ///   - isKeeperAlive: a window that is not there may be one that is being reloaded, or gone with all its terminals.
    package init(
        name: String, time: any TimeSource, patience: Duration = .seconds(10),
        isKeeperAlive: @escaping @Sendable (SessionID) async -> Bool
    ) {
        self.name = name
        self.time = time
        self.patience = patience
        self.isKeeperAlive = isKeeperAlive
    }

    // MARK: The windows

    /// A window has come, or come back.
    package func register(_ host: any EditorHost) {
        state.withLock { state in
            state.hosts.removeAll { $0.window == host.window }
            state.hosts.append(host)
            state.changes?.yield()
        }
    }

    /// A window has gone, unless another connection of the same has come meanwhile.
    package func unregister(_ host: any EditorHost, where isSame: (any EditorHost) -> Bool) {
        state.withLock { state in
            state.hosts.removeAll { $0.window == host.window && isSame($0) }
            state.changes?.yield()
        }
    }

    /// A terminal was closed there, by whomever.
    package func closed(_ terminal: String) { state.withLock { $0.report }?(.paneDied(terminal)) }

    /// A person has turned to this window.
    package func shown(in window: String) {
        state.withLock { state in
            guard let index = state.hosts.firstIndex(where: { $0.window == window }) else { return }
            state.hosts.append(state.hosts.remove(at: index))
        }
    }

    package func run(_ report: @escaping @Sendable (MultiplexerEvent) -> Void) async throws {
        let (changes, change) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        state.withLock { state in
            state.report = report
            state.changes = change
        }
        defer {
            state.withLock { state in
                state.report = nil
                state.changes = nil
            }
        }
        change.yield()
        var hasConnected = false
        for await _ in changes {
            let titles = titles
            if titles.isEmpty {
                if hasConnected { throw Self.closed }
                throw noWindow
            }
            hasConnected = true
            report(.connected(titles.joined(separator: "; ")))
        }
    }

    /// Of the windows that are connected.
    var titles: [String] { state.withLock { $0.hosts.map(\.title) } }

    var noWindow: ReeveError {
        .unavailable("no window of \(name) is connected", hint: "open one with Reeve's extension (contrib/\(name))")
    }
    private static let closed = ReeveError.unavailable("the last window has been closed")

    package func probe() async throws {
        if state.withLock(\.hosts.isEmpty) { throw noWindow }
    }

    // MARK: Sessions

    package func spawn(_ request: SpawnRequest) async throws -> TerminalHandle {
        let hosts = state.withLock(\.hosts)
        guard let newest = hosts.last else { throw noWindow }
        let there = try await everywhere(evenIfOneHangs: true)
        if there.contains(where: { $0.terminal.name == request.name.text && $0.terminal.session != request.id }) {
            throw ReeveError.conflict("a terminal '\(request.name)' exists already")
        }
        let host = there.first { $0.terminal.session == request.id }?.host ?? newest
        let order = EditorTerminalRequest(
            session: request.id, name: request.name, command: request.arguments, ticketType: request.ticketType)
        let terminal = try await bounded { try await host.open(order) }
        return handle(host, terminal)
    }

    private func handle(_ host: any EditorHost, _ terminal: EditorTerminal) -> TerminalHandle {
        TerminalHandle(session: host.window, pane: terminal.terminal, epoch: host.window)
    }

    package func destroy(_ handle: TerminalHandle, id: SessionID) async throws {
        let (host, _) = try await found(handle, id)
        try await bounded { try await host.close(handle.pane) }
    }

    package func life(of handle: TerminalHandle, id: SessionID) async throws -> TerminalLife {
        do {
            _ = try await found(handle, id)
            return await isKeeperAlive(id) ? .alive : .dead
        } catch let error as ReeveError where error.kind == .notFound {
            return .gone
        }
    }

    package func list() async throws -> [TerminalSession] {
        // No window is not a window without terminals; that is told in the moment in which the last one closes, too.
        if state.withLock(\.hosts.isEmpty) { throw noWindow }
        // The terminals are all ours: a window tells of no others.
        return try await everywhere().map { host, terminal in
            TerminalSession(
                id: terminal.session, name: terminal.name, handle: handle(host, terminal), width: 0, height: 0,
                attached: terminal.isVisible ? 1 : 0, panes: 1 + terminal.beside, dead: false, owner: host.instance)
        }
    }

    private func everywhere(
        evenIfOneHangs: Bool = false
    ) async throws -> [(host: any EditorHost, terminal: EditorTerminal)] {
        var all: [(host: any EditorHost, terminal: EditorTerminal)] = []
        for host in state.withLock(\.hosts) {
            do { all += try await bounded { try await host.list() }.map { (host, $0) } } catch let error as ReeveError
                where error.kind == .timeout && evenIfOneHangs
            {}
        }
        return all
    }

    /// - Throws: `not_found` when its window says so, or is gone and so is the keeper; `unavailable` when the window is not there now.
    private func found(_ handle: TerminalHandle, _ id: SessionID) async throws -> (host: any EditorHost, terminal: EditorTerminal)
    {
        guard let host = state.withLock({ $0.hosts.first { $0.window == handle.session } }) else {
            if await !isKeeperAlive(id) { throw gone(id) }
            throw ReeveError.unavailable(
                "the window of \(name) that has this terminal is not connected", hint: "open it again; its terminals live")
        }
        let terminals = try await bounded { try await host.list() }
        guard let terminal = terminals.first(where: { $0.terminal == handle.pane && $0.session == id }) else { throw gone(id) }
        return (host, terminal)
    }

    private func gone(_ id: SessionID) -> ReeveError { ReeveError(.notFound, "the terminal of session '\(id)' is closed") }

    // MARK: Input and people

    /// Several lines are put between the brackets of a paste, always: whether the program has asked for them an editor does not say, and
    /// every agent that Reeve knows does.
    package func send(_ text: String, to handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        guard !text.isEmpty else { return }
        let isPaste = text.utf8.contains(10)
        let words = isPaste ? "\u{1B}[200~" + PasteText.neutralised(text) + "\u{1B}[201~" : text
        let host = try await typist(handle, id)
        try await bounded { try await host.type(words, into: handle.pane) }
    }

    package func press(_ key: Key, in handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        let host = try await typist(handle, id)
        try require(.sendKey, of: host)
        let bytes = String(decoding: KeyBytes.of(key), as: UTF8.self)
        try await bounded { try await host.type(bytes, into: handle.pane) }
    }

    /// The window of a terminal whose program lives: for a moment after its end the editor still shows the terminal.
    private func typist(_ handle: TerminalHandle, _ id: SessionID) async throws -> any EditorHost {
        let (host, _) = try await found(handle, id)
        guard await isKeeperAlive(id) else {
            throw ReeveError.conflict("the terminal's program has ended", hint: "nothing was sent")
        }
        return host
    }

    package func focus(_ handle: TerminalHandle, id: SessionID) async throws {
        let (host, _) = try await found(handle, id)
        try require(.focus, of: host)
        try await bounded { try await host.show(handle.pane, takesFocus: true) }
    }

    /// What an editor can do is what the best of its windows can; each says for itself whether it does.
    private func require(_ capability: MultiplexerCapability, of host: any EditorHost) throws {
        guard !host.capabilities.contains(capability) else { return }
        var error = ReeveError.unsupported(
            backend: name, capability: capability.rawValue, reason: "the window '\(host.title)' did not say that it can")
        error.hint = "host.register has it in capabilities; is the window's extension as new as reeved?"
        throw error
    }

    /// How large it is an editor does not say.
    package func split(_ handle: TerminalHandle, id: SessionID, direction: SplitDirection) async throws -> TerminalPane {
        let (host, _) = try await found(handle, id)
        try require(.split, of: host)
        let terminal = try await bounded { try await host.split(handle.pane, direction: direction) }
        return TerminalPane(id: terminal, width: 0, height: 0, active: false)
    }

    package func seen() async throws -> Set<SessionID> {
        Set(try await everywhere().filter(\.terminal.isVisible).compactMap(\.terminal.session))
    }

    /// A window that does not answer holds up nobody for ever.
    private func bounded<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await body() }
            group.addTask { [time, patience, name] in
                try await time.sleep(for: patience)
                throw ReeveError(.timeout, "the window of \(name) does not answer")
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }
}
