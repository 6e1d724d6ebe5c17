package import ReeveModel
import Synchronization

/// Its connection and its terminals.
extension SimulatedWorld: Multiplexer {
    package var name: String { "simulated" }
    package var capabilities: Set<MultiplexerCapability> { Set(MultiplexerCapability.allCases) }

    // MARK: Faults

    /// Before an effect: late, or nobody there.
    func reach(_ time: SimulationTime) async throws {
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
    private static var patience: Duration { .seconds(5) }

    /// After an effect: the answer is late, or never comes.
    func answer(_ time: SimulationTime) async throws {
        let (delay, isLost) = state.withLock { state in
            (state.generator.milliseconds(0...5), state.faults.lostAnswer > 0 && state.generator.oneIn(state.faults.lostAnswer))
        }
        try await time.sleep(for: delay)
        if isLost { throw ReeveError(.timeout, "simulated does not answer") }
    }

    func dropConnection() {
        state.withLock { state in
            defer { state.connection = nil }
            return state.connection
        }?.resume(throwing: ReeveError.unavailable("simulated has gone away"))
    }

    // MARK: The connection

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

    // MARK: Terminals

    package func spawn(_ request: SpawnRequest) async throws -> TerminalHandle {
        try await reach(time)
        let handle = state.withLock { state in
            if let known = state.sessions[request.id] { return known.handle }
            state.next += 1
            let handle = TerminalHandle(session: "$\(state.next)", pane: "%\(state.next)", epoch: "e")
            state.sessions[request.id] = Session(handle: handle, name: request.name.text, emptySince: clock.now)
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
        let wasThere = state.withLock { state in
            guard state.sessions[id]?.handle == handle else { return false }
            state.sessions[id] = nil
            return true
        }
        try await answer(time)
        if !wasThere { throw ReeveError.notFound("session", id.text) }
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

    package func capture(_ handle: TerminalHandle, id: SessionID, lines: Int, styled: Bool) async throws -> String {
        try await fingerprint(handle, id: id)
    }

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
