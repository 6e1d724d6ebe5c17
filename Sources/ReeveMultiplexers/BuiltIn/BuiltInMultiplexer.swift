import KeeperLink
package import NIOCore
import Processes
package import ReeveModel
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Reeve's own terminals, for machines without a multiplexer: a process for each session (`reeve-terminal`), which outlives the daemon.
///
/// There is no server, so nothing that all of them could hang or end with.
package final class BuiltInMultiplexer: Multiplexer {
    package let name = "reeve"
    package let capabilities: Set<MultiplexerCapability> = [
        .capture, .captureStyled, .captureHistory, .exactTarget, .pushExit, .attach, .sendKey, .bracketedPaste, .persistent,
        .tag, .bell, .seen, .headless,
    ]
    package let limits: [MultiplexerCapability: String] = [
        .split: "each terminal is one pane", .focus: "who looks chooses by reeve attach what they look at",
        .sidebar: "it has none", .adopt: "all its terminals are Reeve's already",
    ]

    let settings: BuiltInSettings
    private let fleet: TerminalFleet
    private let report = Reporter()

    /// Whoever listens at the moment.
    private final class Reporter: Sendable {
        let listener = Mutex<(@Sendable (MultiplexerEvent) -> Void)?>(nil)
        func tell(_ event: MultiplexerEvent) { listener.withLock { $0 }?(event) }
    }

    package init(settings: BuiltInSettings, group: any EventLoopGroup) {
        self.settings = settings
        let report = report
        fleet = TerminalFleet(runtimeDirectory: settings.runtimeDirectory, group: group) { _, event in report.tell(event) }
    }

    package func run(_ report: @escaping @Sendable (MultiplexerEvent) -> Void) async throws {
        try await probe()
        self.report.listener.withLock { $0 = report }
        defer {
            self.report.listener.withLock { $0 = nil }
            fleet.disconnect()
        }
        report(.connected("built-in terminals"))
        // A connection to each terminal that is there already, to hear of its end.
        _ = try await everyone()
        let (untilCancelled, _) = AsyncStream<Never>.makeStream()
        for await _ in untilCancelled {}
    }

    /// There is nobody to ask: what is needed is the program.
    package func probe() async throws {
        guard access(settings.program, X_OK) == 0 else {
            throw ReeveError.unavailable("there is no \(settings.program)", hint: "make install puts it beside reeved")
        }
    }

    // MARK: Sessions

    package func spawn(_ request: SpawnRequest) async throws -> TerminalHandle {
        if let other = try await list().first(where: { $0.name == request.name.text && $0.id != request.id && !$0.dead }) {
            throw ReeveError.conflict("a terminal '\(other.name)' exists already")
        }
        let command =
            [
                settings.program, "start", request.id.text, "--runtime-dir", settings.runtimeDirectory, "--name",
                request.name.text, "--owner", request.owner, "--columns", "200", "--rows", "50", "--scrollback",
                "\(settings.scrollback)", "--",
            ] + request.arguments
        let output = try await start(command, request.id)
        // 75: it is there already, made before a crash or a time-out.
        guard output.status == 0 || fleet.isAlive(request.id) else {
            throw ReeveError.unavailable(
                "the terminal could not be started: \(output.errors.split(separator: "\n").first ?? "no reason given")",
                hint: "reeve doctor")
        }
        return handle(request.id, try await fleet.facts(request.id))
    }

    private func start(_ command: [String], _ id: SessionID) async throws -> ProcessRunner.Output {
        guard settings.hasUserManager else {
            return try await ProcessRunner.run(command, environment: settings.environment)
        }
        return try await ProcessRunner.run(
            UserManager.commandLine(
                unit: "reeve-terminal-\(id)", purpose: "terminal", forwards: [], running: command),
            environment: UserManager.environment(settings.environment))
    }

    private func handle(_ id: SessionID, _ facts: TerminalFacts) -> TerminalHandle {
        TerminalHandle(session: id.text, pane: "\(facts.pid)", epoch: facts.life)
    }

    package func destroy(_ handle: TerminalHandle, id: SessionID) async throws {
        // What a terminal leaves that was killed.
        defer { if !fleet.isAlive(id) { fleet.removeFiles(id) } }
        _ = try await current(handle, id)
        do { _ = try await fleet.ask(.end, id) } catch let error as ReeveError where error.kind == .notFound {}
    }

    package func life(of handle: TerminalHandle, id: SessionID) async throws -> TerminalLife {
        do { return try await current(handle, id).isDead ? .dead : .alive } catch let error as ReeveError
            where error.kind == .notFound
        {
            return .gone
        }
    }

    package func list() async throws -> [TerminalSession] {
        try await everyone().map { session($0.id, $0.facts) }
    }

    private typealias Known = (id: SessionID, facts: TerminalFacts)

    /// All terminals at once: one that hangs costs its own time and nobody else's. Of that it is known what it said last; if it has never
    /// said anything to this daemon it is left out, and its keeper, which is asked before anything is given up, knows better.
    private func everyone() async throws -> [Known] {
        try await withThrowingTaskGroup(of: Known?.self) { group in
            for id in try fleet.names() {
                group.addTask { [fleet] in
                    do { return (id, try await fleet.latestFacts(id)) } catch let error as ReeveError
                        where error.kind == .notFound || error.kind == .timeout
                    {
                        return nil
                    }
                }
            }
            var all: [Known] = []
            for try await found in group { if let found { all.append(found) } }
            return all
        }
    }

    private func session(_ id: SessionID, _ facts: TerminalFacts) -> TerminalSession {
        TerminalSession(
            id: id, name: facts.name, handle: handle(id, facts), width: facts.columns, height: facts.rows,
            attached: facts.attached, panes: 1, dead: facts.isDead, owner: facts.owner)
    }

    // MARK: Input

    package func send(_ text: String, to handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        guard !text.isEmpty else { return }
        _ = try await current(handle, id)
        let isPaste = text.utf8.contains(10)
        try await act(
            .write(text: isPaste ? PasteText.neutralised(text) : text, isPaste: isPaste, claim: claim ?? ""), id)
    }

    package func press(_ key: Key, in handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        _ = try await current(handle, id)
        try await act(.key(name: key.name, claim: claim ?? ""), id)
    }

    package func claim(_ handle: TerminalHandle, id: SessionID) async throws -> String? {
        let claim = try await current(handle, id).claim
        return claim.isEmpty ? nil : claim
    }

    private func act(_ request: TerminalRequest, _ id: SessionID) async throws {
        if case .refused(let reason) = try await fleet.ask(request, id) {
            throw ReeveError.conflict(reason, hint: "nothing was sent")
        }
    }

    // MARK: Output

    package func capture(_ handle: TerminalHandle, id: SessionID, lines: Int, styled: Bool) async throws -> String {
        _ = try await current(handle, id)
        return try await text(.capture(lines: lines, isStyled: styled), id)
    }

    package func fingerprint(_ handle: TerminalHandle, id: SessionID) async throws -> String {
        _ = try await current(handle, id)
        return try await text(.fingerprint, id)
    }

    private func text(_ request: TerminalRequest, _ id: SessionID) async throws -> String {
        guard case .text(let text) = try await fleet.ask(request, id) else {
            throw ReeveError.unavailable("the terminal of session '\(id)' answered something else")
        }
        return text
    }

    // MARK: People

    package func ring(_ handle: TerminalHandle, id: SessionID) async throws {
        _ = try await current(handle, id)
        try await act(.ring, id)
    }

    package func seen() async throws -> Set<SessionID> {
        Set(try await everyone().filter { $0.facts.isSeen }.map { $0.id })
    }

    package func tag(_ handle: TerminalHandle, id: SessionID, key: String, value: String) async throws {
        guard SafeName.isValid(key) else { throw ReeveError.invalid("$.key", "not a valid name: \(SafeName.rule)") }
        _ = try await current(handle, id)
        try await act(.tag(key: key, value: value), id)
    }

    package func attachCommand(_ handle: TerminalHandle, id: SessionID) async throws -> AttachCommand {
        _ = try await current(handle, id)
        return AttachCommand(
            arguments: [settings.program, "attach", fleet.socketPath(id), "--detach-key", settings.detachKey], inside: [],
            socket: nil)
    }

    /// The terminal that the handle means, and no other that has taken its place.
    private func current(_ handle: TerminalHandle, _ id: SessionID) async throws -> TerminalFacts {
        let facts = try await fleet.facts(id)
        guard facts.life == handle.epoch else {
            throw ReeveError(.notFound, "the terminal of session '\(id)' is another one now")
        }
        return facts
    }
}
