package import Logging
import Ownership
import Processes
package import ReeveModel
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// GNU screen, one server for each session, below a directory of our own. Measured with 4.09.00 (Debian 12).
///
/// Screen gives nothing back for what it is told to do, so every order is followed by a question: its answer means that the order has been
/// carried out. A session is ours by the command line of its server's process, which nobody can change afterwards, and it is addressed as
/// `PID.NAME` with the start time of that process: names alone match by prefix and may be there twice.
package final class ScreenMultiplexer: Multiplexer {
    package let name = "screen"
    package let capabilities: Set<MultiplexerCapability> = [
        .capture, .captureHistory, .exactTarget, .split, .attach, .sendKey, .persistent, .seen, .headless,
    ]
    package let limits: [MultiplexerCapability: String] = [
        .captureStyled: "what it copies is plain text",
        .pushExit: "it tells nobody of an end; it is looked at once a second",
        .focus: "each session is a screen of its own, and a display cannot be moved from one to another",
        .bracketedPaste: "it does not tell whether a program has asked for brackets",
        .tag: "a session holds no values",
        .bell: "it has no command that rings a display's bell",
        .sidebar: "its status line belongs to the person who looks",
        .adopt: "a session is known by the command line that started it",
    ]

    private struct State {
        var number = 0
        /// Names that are being made: two sessions of one name would both be made.
        var names: Set<String> = []
        /// How a session's socket was when nobody was in copy mode for certain.
        var calm: [String: String] = [:]
        /// Our own displays, so that they do not count as people.
        var visits: [String: Int] = [:]
        var isReady = false
        var isSwept = false
    }

    let server: ScreenServer
    private let logger: Logger
    private let state = Mutex(State())
    private var settings: ScreenSettings { server.settings }

    package init(settings: ScreenSettings, time: any TimeSource, logger: Logger) {
        server = ScreenServer(settings: settings, time: time)
        self.logger = logger
    }

    // MARK: The connection

    package func run(_ report: @escaping @Sendable (MultiplexerEvent) -> Void) async throws {
        let version = try await server.checkVersion()
        try server.prepare()
        // Once: later there may be a text on its way.
        if state.withLock({ state in
            defer { state.isSwept = true }
            return !state.isSwept
        }) {
            do { try server.removeExchangeFiles() } catch { logger.notice("\(error.reason)") }
        }
        try await server.removeDeadSockets()
        state.withLock { $0.isReady = true }
        defer { state.withLock { $0.isReady = false } }
        report(.connected("GNU screen \(version)"))
        var before: [String: TerminalLife] = [:]
        while true {
            let now = lives(try server.socketNames())
            if now != before { report(.changed) }
            before = now
            try await server.time.sleep(for: .seconds(1))
        }
    }

    package func probe() async throws {
        try requireReady()
        let ours = try await server.list().compactMap { entry in
            entry.pid.flatMap { ProcessTable.arguments($0).flatMap(ScreenAnswers.ownership) == nil ? nil : $0 }
        }
        // Each session is a server of its own: one that is stopped says nothing of the others.
        guard let pid = ours.first, ours.allSatisfy({ ["T", "t"].contains(ProcessTable.state($0)) }) else { return }
        throw ReeveError.unavailable("screen (pid \(pid)) is stopped; kill -CONT \(pid) lets it go on")
    }

    private func requireReady() throws {
        guard state.withLock(\.isReady) else {
            throw ReeveError.unavailable("screen has not been looked at yet", hint: "reeve status says why")
        }
    }

    private func lives(_ sockets: [String]) -> [String: TerminalLife] {
        var lives: [String: TerminalLife] = [:]
        for session in sockets {
            guard let pid = Int(session.prefix { $0 != "." }),
                let ours = ProcessTable.arguments(pid).flatMap(ScreenAnswers.ownership)
            else { continue }
            lives[session] = keeper(of: pid, ours.id) == nil ? .dead : .alive
        }
        return lives
    }

    /// The keeper that lives in a session.
    private func keeper(of server: Int, _ id: SessionID) -> Int? {
        ProcessTable.children(server).first { child in
            guard let state = ProcessTable.state(child), state != "Z", state != "X" else { return false }
            return ProcessTable.arguments(child)?.contains(id.text) == true
        }
    }

    // MARK: Sessions

    package func spawn(_ request: SpawnRequest) async throws -> TerminalHandle {
        try requireReady()
        let name = request.name.text
        // 7 digits, a dot, and what a query's own socket adds.
        let longest = "\(settings.socketDirectory)/".utf8.count + 8 + name.utf8.count + 7
        guard longest <= 103 else {
            throw ReeveError(
                .invalidParams, "the name '\(name)' is too long for a socket below \(settings.socketDirectory)",
                hint: "a shorter name, or a shorter --runtime-dir")
        }
        guard state.withLock({ $0.names.insert(name).inserted }) else {
            throw ReeveError.conflict("a session '\(name)' is being made", hint: "try again in a moment")
        }
        defer { state.withLock { _ = $0.names.remove(name) } }
        // Perhaps it is the one that we made before a crash or a time-out.
        if let ours = try await find(request, takesConflict: true) { return ours }
        let output = try await server.start(
            name: name, unit: "reeve-screen-\(request.id)", owner: request.owner, keeper: request.arguments)
        for _ in 1...100 {
            if let handle = try await find(request, takesConflict: false) {
                await makeLarge(handle.session)
                return handle
            }
            try await server.time.sleep(for: .milliseconds(20))
        }
        throw ReeveError.unavailable(
            "screen did not start the session: '\(InertText.clean(output.text + output.errors))'", hint: "reeve doctor")
    }

    private func find(_ request: SpawnRequest, takesConflict: Bool) async throws -> TerminalHandle? {
        for entry in try await server.list() where entry.name == request.name.text && !entry.isDead {
            guard let pid = entry.pid, let start = ProcessTable.startTime(pid), ProcessTable.state(pid) != "Z" else { continue }
            let owner = ProcessTable.arguments(pid).flatMap(ScreenAnswers.ownership)
            if owner?.id == request.id { return TerminalHandle(session: entry.session, pane: Self.pane, epoch: start) }
            if takesConflict {
                throw ReeveError.conflict(
                    "screen: there is a session '\(entry.session)'", hint: "a session of this name exists and is not ours")
            }
        }
        return nil
    }

    private static let pane = "0"

    /// A detached session's window has 80 columns and 24 lines until a display has shown it.
    private func makeLarge(_ session: String) async {
        do {
            let isLarge = try await visit(session) { [server] in
                // The display is there before the window has its size.
                for _ in 1...50 {
                    if ScreenAnswers.size(try await server.info(session))?.width == ScreenSettings.width { return true }
                    try await server.time.sleep(for: .milliseconds(10))
                }
                return false
            }
            guard !isLarge else { return }
            logger.notice("a screen session stays small", metadata: ["session": "\(session)"])
        } catch {
            logger.notice("a screen session stays small", metadata: ["session": "\(session)", "reason": "\(error)"])
        }
    }

    package func destroy(_ handle: TerminalHandle, id: SessionID) async throws {
        let pid = try await require(handle, id)
        let deadline = server.time.uptime() + ScreenServer.patience
        while server.time.uptime() < deadline {
            // Again and again: it means nothing to a server that is quitting, and an order may get lost.
            try await server.order(["quit"], in: handle.session)
            for _ in 1...50 {
                guard isThere(pid, handle) else {
                    state.withLock { _ = $0.calm.removeValue(forKey: handle.session) }
                    // Of a server that was killed meanwhile its socket is left.
                    unlink(server.socketPath(handle.session))
                    return
                }
                try await server.time.sleep(for: .milliseconds(10))
            }
        }
        throw ReeveError(
            .timeout, "screen (pid \(pid)) was told to quit and is still there", hint: "it may still happen when it wakes")
    }

    private func isThere(_ pid: Int, _ handle: TerminalHandle) -> Bool {
        ProcessTable.startTime(pid) == handle.epoch && !["Z", "X"].contains(ProcessTable.state(pid))
    }

    package func life(of handle: TerminalHandle, id: SessionID) async throws -> TerminalLife {
        guard let pid = Int(handle.session.prefix { $0 != "." }), isThere(pid, handle),
            let ours = ProcessTable.arguments(pid).flatMap(ScreenAnswers.ownership), ours.id == id
        else { return .gone }
        return keeper(of: pid, id) == nil ? .dead : .alive
    }

    /// The session is there and ours, and can be reached.
    func require(_ handle: TerminalHandle, _ id: SessionID, alive: Bool = false) async throws -> Int {
        try requireReady()
        switch try await life(of: handle, id: id) {
        case .gone: throw gone(handle)
        case .dead where alive: throw ReeveError.conflict("the terminal's program has ended", hint: "nothing was sent")
        case .dead, .alive: break
        }
        guard let pid = Int(handle.session.prefix { $0 != "." }) else { throw gone(handle) }
        try await server.revive(handle.session, pid: pid)
        return pid
    }

    private func gone(_ handle: TerminalHandle) -> ReeveError {
        ReeveError(.notFound, "the session is not there any more (screen \(handle.session))")
    }

    package func list() async throws -> [TerminalSession] {
        try requireReady()
        return try await server.list().compactMap { entry in
            guard let pid = entry.pid, !entry.isDead, let start = ProcessTable.startTime(pid),
                let ours = ProcessTable.arguments(pid).flatMap(ScreenAnswers.ownership)
            else { return nil }
            let keeper = keeper(of: pid, ours.id)
            let size = keeper.flatMap { ProcessTable.terminalSize($0) }
            return TerminalSession(
                id: ours.id, name: entry.name, handle: TerminalHandle(session: entry.session, pane: Self.pane, epoch: start),
                width: size?.width ?? ScreenSettings.width, height: size?.height ?? ScreenSettings.height,
                attached: isShown(entry) ? 1 : 0, panes: panes(of: pid, keeper), dead: keeper == nil, owner: ours.owner)
        }
    }

    package func seen() async throws -> Set<SessionID> {
        Set(try await list().filter { $0.attached > 0 }.compactMap(\.id))
    }

    private func isShown(_ entry: ScreenAnswers.Entry) -> Bool {
        entry.isAttached && state.withLock { $0.visits[entry.session] == nil }
    }

    package func attachCommand(_ handle: TerminalHandle, id: SessionID) async throws -> AttachCommand {
        _ = try await require(handle, id)
        // Inside another screen `STY` would name that one.
        return AttachCommand(
            arguments: ["env", "-u", "STY", "SCREENDIR=\(settings.socketDirectory)"]
                + ScreenCommand.attach(settings.binary, handle.session),
            inside: [], socket: nil)
    }

    // MARK: Input

    package func send(_ text: String, to handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        guard !text.isEmpty else { return }
        try await prepareInput(handle, id)
        try await withFile("in", ScreenCommand.registers(for: text)) { file in
            try await server.order(["source", file], in: handle.session)
            try await server.order(ScreenCommand.paste, in: handle.session)
            try await settle(handle)
        }
        try await server.order(ScreenCommand.forget, in: handle.session)
    }

    package func press(_ key: Key, in handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        try await prepareInput(handle, id)
        try await server.order(ScreenCommand.stuff(KeyBytes.of(key)), in: handle.session)
        try await settle(handle)
    }

    /// What goes in while a window is in copy mode is taken for copy mode's commands and never reaches the program.
    private func prepareInput(_ handle: TerminalHandle, _ id: SessionID) async throws {
        _ = try await require(handle, id, alive: true)
        try server.requireSocket(handle.session)
        if case .attached(let message) = try await ask(handle) {
            guard !ScreenAnswers.tellsCopyMode(message) else { throw Self.scrolling }
            return
        }
        let session = handle.session
        guard state.withLock({ $0.calm[session] }) != server.attachment(session) else { return }
        // Somebody has been there since, and copy mode stays in a window when they detach.
        try await visit(session) { [server] in
            try await server.order(ScreenCommand.leaveCopyMode, in: session)
            _ = try await server.fence(session)
        }
    }

    func settle(_ handle: TerminalHandle) async throws { _ = try await ask(handle) }

    func ask(_ handle: TerminalHandle) async throws -> ScreenAnswers.Fence {
        var tries = 0
        while true {
            tries += 1
            switch try await server.fence(handle.session) {
            case .attached(let message): return .attached(message)
            case .detached: return .detached
            case .none: throw gone(handle)
            // While a display comes or goes.
            case .unclear(let text) where text.isEmpty && tries < 50: try await server.time.sleep(for: .milliseconds(20))
            case .unclear(let text):
                throw ReeveError.unavailable("screen says '\(InertText.clean(text))'", hint: "reeve doctor")
            }
        }
    }

    func visit<Outcome: Sendable>(
        _ session: String, _ body: @escaping @Sendable () async throws -> Outcome
    ) async throws -> Outcome {
        state.withLock { $0.visits[session, default: 0] += 1 }
        defer {
            state.withLock { state in
                let left = (state.visits[session] ?? 1) - 1
                state.visits[session] = left > 0 ? left : nil
            }
        }
        let outcome = try await ScreenDisplay.visit(session, server, body)
        let attachment = server.attachment(session)
        state.withLock { $0.calm[session] = attachment }
        return outcome
    }

    // MARK: Output

    /// Through copy mode, which is the only way to get letters beyond Latin-1 out of screen 4.9; somebody who looks is not disturbed for
    /// that: then it is a hard copy, in which such letters are wrong.
    package func capture(_ handle: TerminalHandle, id: SessionID, lines: Int, styled: Bool) async throws -> String {
        guard !styled else { throw unsupported(.captureStyled) }
        _ = try await require(handle, id)
        try server.requireSocket(handle.session)
        let session = handle.session
        guard case .detached = try await ask(handle) else { return try await hardcopy(handle, history: true, lines: lines) }
        let file = exchangeFile("out")
        defer { unlink(file) }
        try await visit(session) { [server] in
            try await server.order(ScreenCommand.copyAll(to: file), in: session)
            _ = try await server.fence(session)
        }
        return ScreenAnswers.tail(String(decoding: try read(file), as: UTF8.self), lines)
    }

    package func fingerprint(_ handle: TerminalHandle, id: SessionID) async throws -> String {
        _ = try await require(handle, id)
        try server.requireSocket(handle.session)
        let screen = try await hardcopy(handle, history: false, lines: .max)
        guard case .detached = try await ask(handle) else { return screen }
        return screen + "\n" + (try await server.info(handle.session))
    }

    private func hardcopy(_ handle: TerminalHandle, history: Bool, lines: Int) async throws -> String {
        let file = exchangeFile("copy")
        defer { unlink(file) }
        try await server.order(ScreenCommand.hardcopy(to: file, history: history), in: handle.session)
        try await settle(handle)
        return ScreenAnswers.tail(ScreenAnswers.hardcopy(try read(file)), lines)
    }

    // MARK: Files

    private func exchangeFile(_ purpose: String) -> String {
        let number = state.withLock { state in
            state.number += 1
            return state.number
        }
        return "\(settings.exchangeDirectory)/\(purpose)-\(number)"
    }

    private func withFile(_ purpose: String, _ bytes: [UInt8], _ body: (String) async throws -> Void) async throws {
        let file = exchangeFile(purpose)
        defer { unlink(file) }
        do throws(Refusal) { try PrivateFile.write(bytes, to: file) } catch {
            throw ReeveError.unavailable(error.reason, hint: error.mend)
        }
        try await body(file)
    }

    /// Screen makes its files with the mode of its own umask, so they are ours by their directory alone.
    private func read(_ file: String) throws -> [UInt8] {
        do throws(Refusal) {
            chmod(file, 0o600)
            guard let bytes = try PrivateFile.read(file) else {
                throw Refusal("screen has written nothing to \(file)", mend: "is there room?")
            }
            return bytes
        } catch { throw ReeveError.unavailable(error.reason, hint: error.mend) }
    }
}
