package import ReeveModel
import Synchronization

/// A multiplexer with its keepers and the programs in them, which live on when a daemon dies: answers come late, get lost, or say
/// that nobody is there; people close terminals, keepers are killed. Follows the contracts of `Ports/Multiplexer` and `Ports/Keepers`.
package final class SimulatedWorld: Multiplexer, Keepers, LaunchEnvironment {
    /// How a program behaves, decided when it starts.
    package struct Program: Sendable {
        var leavesOn: Set<String>
        var ignoresTerminate: Bool
    }

    package struct Running: Sendable {
        package var launch: LaunchID
        package var kind: String
        package var ticket: TicketID?
        var program: Program
    }

    private struct Session: Sendable {
        var handle: TerminalHandle
        var keeperIsAlive = true
        var claim: String?
        var running: Running?
        /// A person has opened a shell where no program runs.
        var hasShell = false
    }

    private struct State {
        var generator: SeededGenerator
        var sessions: [SessionID: Session] = [:]
        /// The keepers' records, which outlive them and their terminals: everything that one has claimed, and what became of it.
        var records: [SessionID: [LaunchID: LaunchFact]] = [:]
        var prompts: [LaunchID: String] = [:]
        var starts: [LaunchID: Int] = [:]
        var startedAt: [LaunchID: Duration] = [:]
        var listeners: [SessionID: [AsyncStream<KeeperEvent>.Continuation]] = [:]
        var report: (@Sendable (MultiplexerEvent) -> Void)?
        var connection: UnsafeContinuation<Void, any Error>?
        var next = 0
        /// Whose questions are being answered.
        var daemon = 1
        var isUp = true
        var faults: Faults
        var violations: [String] = []
        var screen = 0
        var mutation: SimulationMutation?
        var mayStart: @Sendable (LaunchOrder, [Running]) -> String? = { _, _ in nil }
    }

    /// How often, once in so many calls, something goes wrong; 0 is never.
    package struct Faults: Sendable {
        package var unavailable = 0
        package var lostAnswer = 0
        package var slow = 0
        package init(unavailable: Int = 0, lostAnswer: Int = 0, slow: Int = 0) {
            self.unavailable = unavailable
            self.lostAnswer = lostAnswer
            self.slow = slow
        }
    }

    /// The world's own timers outlive every daemon.
    static let owner = 0

    private let state: Mutex<State>
    private let clock: SimulationClock
    package let name = "simulated"
    package let capabilities = Set(MultiplexerCapability.allCases)
    package let reservedNames: Set<SessionName> = []
    package let defaultDirectory = "/"
    package let shell = "/bin/sh"

    package init(seed: UInt64, clock: SimulationClock, faults: Faults, mutation: SimulationMutation? = nil) {
        self.clock = clock
        state = Mutex(State(generator: SeededGenerator(seed: seed), faults: faults, mutation: mutation))
    }

    // MARK: What a simulation asks and does

    package var violations: [String] { state.withLock(\.violations) }
    package var starts: [LaunchID: Int] { state.withLock(\.starts) }
    package var running: [Running] { state.withLock { $0.sessions.values.compactMap(\.running) } }
    package var sessionIDs: [SessionID] { state.withLock { $0.sessions.keys.sorted { $0.text < $1.text } } }
    package func set(faults: Faults) { state.withLock { $0.faults = faults } }
    /// Asked before each start with what runs already; an answer is a broken promise.
    package func watchStarts(_ check: @escaping @Sendable (LaunchOrder, [Running]) -> String?) {
        state.withLock { $0.mayStart = check }
    }

    package func hang(for duration: Duration) {
        state.withLock { $0.isUp = false }
        dropConnection()
        clock.after(duration, owner: Self.owner) { [weak self] in self?.state.withLock { $0.isUp = true } }
    }

    /// The daemon that listened is dead; the next one has this number.
    package func serve(daemon: Int) {
        state.withLock { state in
            state.daemon = daemon
            state.listeners = [:]
            state.report = nil
            state.connection = nil
        }
    }

    package func killKeeper(_ id: SessionID, terminal: Bool) {
        let told = state.withLock { state -> [AsyncStream<KeeperEvent>.Continuation] in
            guard let session = state.sessions[id] else { return [] }
            if let running = session.running { state.records[id, default: [:]][running.launch] = .lost }
            if terminal {
                state.sessions[id] = nil
            } else {
                state.sessions[id]?.keeperIsAlive = false
                state.sessions[id]?.running = nil
            }
            return state.listeners[id] ?? []
        }
        for listener in told { listener.yield(.gone) }
        state.withLock(\.report)?(.changed)
    }

    /// A person gives the session another name: it stays the same session.
    package func rename(_ id: SessionID) { state.withLock(\.report)?(.changed) }

    /// A person types into the terminal: the program that runs there may leave for it, and where none does a shell is opened for a while.
    package func personTypes(in id: SessionID, for duration: Duration) {
        let leaving = state.withLock { state -> LaunchID? in
            guard let session = state.sessions[id], session.keeperIsAlive else { return nil }
            state.screen += 1
            if let running = session.running { return state.generator.oneIn(2) ? running.launch : nil }
            state.sessions[id]?.hasShell = true
            return nil
        }
        if let leaving { return end(leaving, .code(130)) }
        clock.after(duration, owner: Self.owner) { [weak self] in
            self?.state.withLock { $0.sessions[id]?.hasShell = false }
        }
    }

    /// Every program ends, as if all work were done at last.
    package func endAll(_ exit: Exit) { for running in running { end(running.launch, exit) } }

    package func end(_ launch: LaunchID, _ exit: Exit) {
        let news = state.withLock {
            state -> (listeners: [AsyncStream<KeeperEvent>.Continuation], delay: Duration, doubled: Bool)? in
            guard let id = state.sessions.first(where: { $0.value.running?.launch == launch })?.key else { return nil }
            state.records[id, default: [:]][launch] = .ended(exit)
            state.sessions[id]?.running = nil
            return (state.listeners[id] ?? [], state.generator.milliseconds(0...40), state.generator.oneIn(8))
        }
        guard let news else { return }
        clock.after(news.delay, owner: Self.owner) {
            for listener in news.listeners {
                listener.yield(.ended(launch, exit))
                if news.doubled { listener.yield(.ended(launch, exit)) }
            }
        }
    }

    // MARK: Faults

    /// Before an effect: late, or nobody there.
    private func reach(_ time: SimulationTime) async throws {
        let (delay, isUp, refuses) = state.withLock { state -> (Duration, Bool, Bool) in
            let isSlow = state.faults.slow > 0 && state.generator.oneIn(state.faults.slow)
            let delay = isSlow ? state.generator.milliseconds(100...3000) : state.generator.milliseconds(0...5)
            return (delay, state.isUp, state.faults.unavailable > 0 && state.generator.oneIn(state.faults.unavailable))
        }
        try await time.sleep(for: delay)
        if !isUp || refuses { throw ReeveError.unavailable("simulated is away") }
    }

    /// After an effect: the answer is late, or never comes.
    private func answer(_ time: SimulationTime) async throws {
        let (delay, isLost) = state.withLock { state in
            (state.generator.milliseconds(0...5), state.faults.lostAnswer > 0 && state.generator.oneIn(state.faults.lostAnswer))
        }
        try await time.sleep(for: delay)
        if isLost { throw ReeveError(.timeout, "simulated does not answer") }
    }

    /// The time of the daemon that is asking: it dies with that.
    private var time: SimulationTime { SimulationTime(clock: clock, owner: state.withLock(\.daemon)) }

    private func dropConnection() {
        state.withLock { state in
            defer { state.connection = nil }
            return state.connection
        }?.resume(throwing: ReeveError.unavailable("simulated has gone away"))
    }

    // MARK: Multiplexer

    package func run(_ report: @escaping @Sendable (MultiplexerEvent) -> Void) async throws {
        try await reach(time)
        state.withLock { $0.report = report }
        report(.connected("simulated"))
        try await withTaskCancellationHandler {
            // Unsafe, because a killed daemon's is never resumed, and that is no mistake here.
            try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Void, any Error>) in
                state.withLock { $0.connection = continuation }
            }
        } onCancel: {
            dropConnection()
        }
    }

    package func probe() async throws { try await reach(time) }

    package func spawn(_ request: SpawnRequest) async throws -> TerminalHandle {
        try await reach(time)
        let handle = state.withLock { state in
            if let known = state.sessions[request.id] { return known.handle }
            state.next += 1
            let handle = TerminalHandle(session: "$\(state.next)", pane: "%\(state.next)", epoch: "e")
            state.sessions[request.id] = Session(handle: handle)
            // A keeper that comes after another of this session reads the same record: what had been begun there is lost.
            for case (let launch, .running) in state.records[request.id] ?? [:] { state.records[request.id]?[launch] = .lost }
            return handle
        }
        state.withLock(\.report)?(.changed)
        try await answer(time)
        return handle
    }

    package func destroy(_ handle: TerminalHandle, id: SessionID) async throws {
        try await reach(time)
        state.withLock { state in
            if state.sessions[id]?.handle == handle { state.sessions[id] = nil }
        }
        try await answer(time)
    }

    package func life(of handle: TerminalHandle, id: SessionID) async throws -> TerminalLife {
        try await reach(time)
        return state.withLock { state in
            guard let session = state.sessions[id], session.handle == handle else { return .gone }
            if state.mutation == .terminalSeemsDead { return .dead }
            return session.keeperIsAlive ? .alive : .dead
        }
    }

    package func list() async throws -> [TerminalSession] {
        try await reach(time)
        return state.withLock { state in
            state.sessions.map {
                TerminalSession(
                    id: $0.key, name: $0.key.text, handle: $0.value.handle, width: 80, height: 24, attached: 0, panes: 1,
                    dead: !$0.value.keeperIsAlive, owner: "inst")
            }
        }
    }

    package func send(_ text: String, to handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        try await reach(time)
        typed(text, handle, id, claim)
        try await answer(time)
    }

    package func press(_ key: Key, in handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        try await reach(time)
        typed(key.name, handle, id, claim)
        try await answer(time)
    }

    package func claim(_ handle: TerminalHandle, id: SessionID) async throws -> String? {
        try await reach(time)
        return state.withLock { state in state.sessions[id].flatMap { $0.handle == handle ? $0.claim : nil } }
    }

    private func typed(_ text: String, _ handle: TerminalHandle, _ id: SessionID, _ claim: String?) {
        let leaving = state.withLock { state -> LaunchID? in
            guard let session = state.sessions[id], session.handle == handle else { return nil }
            state.screen += 1
            if let claim { state.sessions[id]?.claim = claim }
            guard let running = session.running else { return nil }
            // Each kind has exit words of its own: another's say that a key went to what came after its agent.
            if text.hasPrefix("/exit-"), text != "/exit-\(running.kind)" {
                state.violations.append("\(running.launch) of \(running.kind) was sent \(text)")
            }
            return running.program.leavesOn.contains(text) ? running.launch : nil
        }
        if let leaving { end(leaving, .code(0)) }
    }

    package func capture(_ handle: TerminalHandle, id: SessionID, lines: Int, styled: Bool) async throws -> String { "" }
    package func fingerprint(_ handle: TerminalHandle, id: SessionID) async throws -> String {
        try await reach(time)
        return "screen \(state.withLock(\.screen))"
    }
    package func split(_ handle: TerminalHandle, id: SessionID, direction: SplitDirection) async throws -> TerminalPane {
        TerminalPane(id: "%99", width: 1, height: 1, active: false)
    }
    package func focus(_ handle: TerminalHandle, id: SessionID) async throws {}
    package func tag(_ handle: TerminalHandle, id: SessionID, key: String, value: String) async throws {}
    package func attachCommand(_ handle: TerminalHandle, id: SessionID) async throws -> AttachCommand {
        AttachCommand(arguments: ["simulated"], inside: [], socket: nil)
    }

    // MARK: Keepers

    package func await(_ session: SessionID) async throws {
        try await time.sleep(for: .milliseconds(1))
        guard await isAlive(session) else { throw ReeveError(.timeout, "the keeper of '\(session)' did not come up") }
    }

    package func run(_ order: LaunchOrder, in session: SessionID) async throws -> LaunchFact {
        try await keeperReach(session)
        let fact = try state.withLock { state throws -> LaunchFact in
            guard let there = state.sessions[session], there.keeperIsAlive else { throw ReeveError.unavailable("no keeper") }
            if let fact = state.records[session]?[order.id], state.mutation != .keeperForgetsClaims { return fact }
            if there.running != nil { return .occupied("another launch runs here") }
            if there.hasShell { return .occupied("a person has a shell open in this terminal") }
            if let broken = state.mayStart(order, state.sessions.values.compactMap(\.running)) { state.violations.append(broken) }
            state.starts[order.id, default: 0] += 1
            if state.starts[order.id] != 1 { state.violations.append("\(order.id) was started twice") }
            state.next += 1
            let fact = LaunchFact.running(pid: 1000 + state.next, stopped: false)
            state.records[session, default: [:]][order.id] = fact
            let words = ["/exit-\(order.label)", "C-c", "C-d"]
            state.sessions[session]?.running = Running(
                launch: order.id, kind: order.label, ticket: order.environment["TICKET"].flatMap { TicketID($0) },
                program: Program(
                    leavesOn: Set(words.filter { _ in Bool.random(using: &state.generator) }),
                    ignoresTerminate: state.generator.oneIn(6)))
            if !state.generator.oneIn(3) {
                let exit: Exit = state.generator.oneIn(4) ? .code(1) : .code(0)
                clock.after(state.generator.milliseconds(0...30_000), owner: Self.owner) { [weak self] in
                    self?.end(order.id, exit)
                }
            }
            return fact
        }
        try await answer(time)
        return fact
    }

    package func signal(_ launch: LaunchID, _ signal: KeeperSignal, in session: SessionID) async throws {
        try await keeperReach(session)
        let ends = state.withLock { state -> Bool in
            guard let running = state.sessions[session]?.running, running.launch == launch else { return false }
            return signal == .kill || (signal == .terminate && !running.program.ignoresTerminate)
        }
        if ends { end(launch, .signal(signal == .kill ? 9 : 15)) }
    }

    package func inspect(_ launch: LaunchID, in session: SessionID) async throws -> LaunchFact {
        guard await isAlive(session) else {
            // From the keeper's own record, which outlives it.
            return state.withLock { state in
                switch state.records[session]?[launch] {
                case .running, nil: state.starts[launch] == nil ? .neverStarted : .lost
                case let fact?: fact
                }
            }
        }
        try await keeperReach(session)
        return state.withLock { state in
            let fact = state.records[session]?[launch] ?? .neverStarted
            if state.mutation == .keeperSaysRunning, case .ended = fact { return .running(pid: 1, stopped: false) }
            return fact
        }
    }

    private func keeperReach(_ session: SessionID) async throws {
        let delay = state.withLock { $0.generator.milliseconds(0...3) }
        try await time.sleep(for: delay)
        guard await isAlive(session) else { throw ReeveError.unavailable("the keeper of '\(session)' does not answer") }
    }

    package func inputConsumed(in session: SessionID) async throws -> Bool { true }
    package func isAlive(_ session: SessionID) async -> Bool {
        state.withLock { state in
            if state.mutation == .terminalSeemsDead, state.generator.oneIn(3) { return false }
            return state.sessions[session]?.keeperIsAlive ?? false
        }
    }

    package func events(of session: SessionID) -> AsyncStream<KeeperEvent> {
        let (stream, continuation) = AsyncStream<KeeperEvent>.makeStream()
        state.withLock { $0.listeners[session, default: []].append(continuation) }
        return stream
    }

    package func dismiss(_ session: SessionID) async { killQuietly(session) }
    package func forget(_ session: SessionID) async {}
    package func command(for session: SessionID) -> [String] { ["keeper", session.text] }

    /// Told to go, a keeper takes its program with it.
    private func killQuietly(_ session: SessionID) {
        state.withLock { state in
            if let running = state.sessions[session]?.running {
                state.records[session, default: [:]][running.launch] = .ended(.signal(1))
            }
            state.sessions[session]?.running = nil
            state.sessions[session]?.keeperIsAlive = false
        }
    }

    // MARK: Environment

    package func environment(for launch: Launch) throws -> [String: String] { ["TICKET": launch.ticket?.text ?? ""] }
    package func missingProgram(_ program: String, environment: [String: String], directory: String) -> String? { nil }
    package func writePrompt(_ text: String, for launch: LaunchID) async throws { state.withLock { $0.prompts[launch] = text } }
    package func readPrompt(for launch: LaunchID) async throws -> String { state.withLock { $0.prompts[launch] ?? "" } }
    package func discardPrompt(for launch: LaunchID) async { state.withLock { _ = $0.prompts.removeValue(forKey: launch) } }
    package func promptPath(for launch: LaunchID) -> String { "/prompts/\(launch)" }
    package func canonical(_ path: String) -> String { path }
    package func badDirectory(_ path: String) -> String? { nil }
}

/// A fault put into the surroundings of the engine on purpose: each must be found, or the simulation proves nothing.
package enum SimulationMutation: String, Sendable, CaseIterable {
    /// A keeper starts a launch anew when it is told of it again.
    case keeperForgetsClaims
    /// The lock of a keeper seems free and its pane dead though both live.
    case terminalSeemsDead
    /// A program that has ended is said to run: what is typed for it reaches what comes after.
    case keeperSaysRunning
    /// The journal loses what it has acknowledged when the daemon is killed.
    case journalLosesAcknowledged
    /// The journal forgets that the queue is paused.
    case journalForgetsPause
    /// The journal forgets which requests have been answered.
    case journalForgetsAnswers
    /// The journal does not give back a ticket in work after a restart.
    case journalForgetsWork
}
