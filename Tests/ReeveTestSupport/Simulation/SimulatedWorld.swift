package import ReeveModel
import Synchronization

/// A multiplexer with its keepers and the programs in them, which live on when a daemon dies: answers come late, get lost, or say
/// that nobody is there; people close terminals, keepers are killed. Follows the contracts of `Ports/Multiplexer` and `Ports/Keepers`.
package final class SimulatedWorld: Multiplexer {
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

    struct Session: Sendable {
        var handle: TerminalHandle
        var name: String
        var keeperIsAlive = true
        var claim: String?
        var running: Running?
        /// A person has opened a shell where no program runs.
        var hasShell = false
    }

    struct State {
        var generator: SeededGenerator
        var sessions: [SessionID: Session] = [:]
        /// The keepers' records, which outlive them and their terminals: everything that one has claimed, and what became of it.
        var records: [SessionID: [LaunchID: LaunchFact]] = [:]
        /// The same of all that there ever were: a record goes with its session.
        var history: [LaunchID: LaunchFact] = [:]
        var prompts: [LaunchID: String] = [:]
        var starts: [LaunchID: Int] = [:]
        /// Since when no program runs in a terminal.
        var emptySince: [SessionID: Duration] = [:]
        var listeners: [SessionID: [AsyncStream<KeeperEvent>.Continuation]] = [:]
        var report: (@Sendable (MultiplexerEvent) -> Void)?
        var connection: UnsafeContinuation<Void, any Error>?
        var next = 0
        /// Whose questions are being answered.
        var daemon = 1
        var isUp = true
        /// It takes calls and answers none until then.
        var hangsUntil: Duration?
        var faults: Faults
        var violations: [String] = []
        var screen = 0
        var mutation: SimulationMutation?
        var mayStart: @Sendable (LaunchOrder, [Running]) -> String? = { _, _ in nil }

        mutating func write(_ fact: LaunchFact, of launch: LaunchID, in session: SessionID) {
            records[session, default: [:]][launch] = fact
            history[launch] = fact
        }
    }

    /// How often, once in so many calls, something goes wrong; 0 is never.
    package struct Faults: Sendable {
        package var unavailable = 0
        package var lostAnswer = 0
        package var slow = 0
        package var lostNews = 0
        package init(unavailable: Int = 0, lostAnswer: Int = 0, slow: Int = 0, lostNews: Int = 0) {
            self.unavailable = unavailable
            self.lostAnswer = lostAnswer
            self.slow = slow
            self.lostNews = lostNews
        }
    }

    /// The world's own timers outlive every daemon.
    static let owner = 0

    let state: Mutex<State>
    let clock: SimulationClock
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
    /// What has become of each launch that a keeper has begun.
    package var history: [LaunchID: LaunchFact] { state.withLock(\.history) }
    package var running: [Running] { state.withLock { $0.sessions.values.compactMap(\.running) } }
    package var sessionIDs: [SessionID] { state.withLock { $0.sessions.keys.sorted { $0.text < $1.text } } }
    package func set(faults: Faults) { state.withLock { $0.faults = faults } }
    /// Asked before each start with what runs already; an answer is a broken promise.
    package func watchStarts(_ check: @escaping @Sendable (LaunchOrder, [Running]) -> String?) {
        state.withLock { $0.mayStart = check }
    }

    /// It cannot be reached for a while.
    package func goAway(for duration: Duration) {
        state.withLock { $0.isUp = false }
        dropConnection()
        clock.after(duration, owner: Self.owner) { [weak self] in self?.state.withLock { $0.isUp = true } }
    }

    /// It keeps its connection and answers nothing for a while: who asks waits, and gives up before that.
    package func hang(for duration: Duration) {
        let end = clock.now + duration
        state.withLock { $0.hangsUntil = end }
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
            if let running = session.running { state.write(.lost, of: running.launch, in: id) }
            if terminal {
                state.sessions[id] = nil
            } else {
                state.sessions[id]?.keeperIsAlive = false
                state.sessions[id]?.running = nil
            }
            return state.listeners[id] ?? []
        }
        tell(told, .gone)
        tellChange()
    }

    /// The connection to a keeper breaks, and the keeper lives.
    package func dropKeeper(_ id: SessionID) { tell(state.withLock { $0.listeners[id] ?? [] }, .gone) }

    /// Late, sometimes twice, and so in any order.
    private func tell(_ listeners: [AsyncStream<KeeperEvent>.Continuation], _ event: KeeperEvent) {
        let (delay, isDoubled) = state.withLock { ($0.generator.milliseconds(0...40), $0.generator.oneIn(8)) }
        clock.after(delay, owner: Self.owner) {
            for listener in listeners {
                listener.yield(event)
                if isDoubled { listener.yield(event) }
            }
        }
    }

    /// What is told late is told of whatever is then.
    private func tellChange() {
        let delay = state.withLock { $0.generator.milliseconds(0...1500) }
        clock.after(delay, owner: Self.owner) { [weak self] in self?.state.withLock(\.report)?(.changed) }
    }

    /// A person gives the session another name: it stays the same session.
    package func rename(_ id: SessionID) {
        state.withLock { state in
            state.next += 1
            state.sessions[id]?.name = "mine-\(state.next)"
        }
        tellChange()
    }

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
            state -> (listeners: [AsyncStream<KeeperEvent>.Continuation], isLost: Bool)? in
            guard let id = state.sessions.first(where: { $0.value.running?.launch == launch })?.key else { return nil }
            state.write(.ended(exit), of: launch, in: id)
            state.sessions[id]?.running = nil
            state.emptySince[id] = clock.now
            let isLost = state.faults.lostNews > 0 && state.generator.oneIn(state.faults.lostNews)
            return (state.listeners[id] ?? [], isLost)
        }
        // What is lost is lost with its connection, and the end of that is told: a stream gives all or breaks.
        if let news { tell(news.listeners, news.isLost ? .gone : .ended(launch, exit)) }
    }

    // MARK: Faults

    /// Before an effect: late, or nobody there.
    private func reach(_ time: SimulationTime) async throws {
        if let end = state.withLock(\.hangsUntil), end > clock.now {
            try await time.sleep(for: min(end - clock.now, Self.patience))
            if end > clock.now { throw ReeveError(.timeout, "simulated does not answer") }
        }
        let (delay, isUp, refuses) = state.withLock { state -> (Duration, Bool, Bool) in
            let isSlow = state.faults.slow > 0 && state.generator.oneIn(state.faults.slow)
            let delay = isSlow ? state.generator.milliseconds(100...3000) : state.generator.milliseconds(0...5)
            return (delay, state.isUp, state.faults.unavailable > 0 && state.generator.oneIn(state.faults.unavailable))
        }
        try await time.sleep(for: delay)
        if !isUp || refuses { throw ReeveError.unavailable("simulated is away") }
    }

    /// How long backends wait for an answer.
    private static let patience = Duration.seconds(5)

    /// From the look at the agent to the key in its terminal: both calls may be slow, and the multiplexer may hang between them.
    private static let longestOnItsWay = Duration.seconds(9)

    /// After an effect: the answer is late, or never comes.
    func answer(_ time: SimulationTime) async throws {
        let (delay, isLost) = state.withLock { state in
            (state.generator.milliseconds(0...5), state.faults.lostAnswer > 0 && state.generator.oneIn(state.faults.lostAnswer))
        }
        try await time.sleep(for: delay)
        if isLost { throw ReeveError(.timeout, "simulated does not answer") }
    }

    /// The time of the daemon that is asking: it dies with that.
    var time: SimulationTime { SimulationTime(clock: clock, owner: state.withLock(\.daemon)) }

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
            state.sessions[request.id] = Session(handle: handle, name: request.name.text)
            // A keeper that comes after another of this session reads the same record: what had been begun there is lost.
            for case (let launch, .running) in state.records[request.id] ?? [:] { state.write(.lost, of: launch, in: request.id) }
            return handle
        }
        tellChange()
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
                    id: $0.key, name: $0.value.name, handle: $0.value.handle, width: 80, height: 24, attached: 0, panes: 1,
                    dead: !$0.value.keeperIsAlive, owner: "inst")
            }
        }
    }

    package func send(_ text: String, to handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        try await reach(time)
        try typed(text, handle, id, claim)
        try await answer(time)
    }

    package func press(_ key: Key, in handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        try await reach(time)
        try typed(key.name, handle, id, claim)
        try await answer(time)
    }

    package func claim(_ handle: TerminalHandle, id: SessionID) async throws -> String? {
        try await reach(time)
        return state.withLock { state in state.sessions[id].flatMap { $0.handle == handle ? $0.claim : nil } }
    }

    private func typed(_ text: String, _ handle: TerminalHandle, _ id: SessionID, _ claim: String?) throws {
        let leaving = try state.withLock { state throws -> LaunchID? in
            guard let session = state.sessions[id], session.handle == handle else {
                throw ReeveError(.notFound, "the session is gone")
            }
            guard session.keeperIsAlive else { throw ReeveError.conflict("the terminal's program has ended") }
            state.screen += 1
            if let claim { state.sessions[id]?.claim = claim }
            guard let running = session.running else {
                // In the moment of an end a key may be on its way; later there is no excuse.
                if let since = state.emptySince[id], clock.now - since > Self.longestOnItsWay {
                    let what = session.hasShell ? "into a person's shell" : "where no agent runs"
                    state.violations.append("'\(text)' was typed \(what), \(clock.now - since) after the last one's end")
                }
                return nil
            }
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
}
