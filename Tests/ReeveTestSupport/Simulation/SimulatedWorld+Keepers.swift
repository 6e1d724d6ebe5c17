package import ReeveModel
import Synchronization

/// The keepers in the terminals of the world, and the programs that they start. What a keeper has claimed is in its record.
extension SimulatedWorld: Keepers {
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
            if let broken = state.mayStart(order, state.running, state.daemon) { state.violations.append(broken) }
            state.starts[order.id, default: 0] += 1
            if state.starts[order.id] != 1 { state.violations.append("\(order.id) was started twice") }
            state.next += 1
            let fact = LaunchFact.running(pid: 1000 + state.next, stopped: false)
            state.write(fact, of: order.id, in: session)
            let words = ["/exit-\(order.label)", "C-c", "C-d"]
            let running = Running(
                launch: order.id, kind: order.label, ticket: order.environment["TICKET"].flatMap { TicketID($0) },
                startedAt: clock.now,
                program: Program(
                    leavesOn: Set(words.filter { _ in Bool.random(using: &state.generator) }),
                    ignoresTerminate: state.generator.oneIn(6)))
            state.sessions[session]?.running = running
            state.sessions[session]?.last = order.id
            state.sessions[session]?.emptySince = nil
            state.sessions[session]?.isDeafUntil = .zero
            state.sessions[session]?.hasUnread = false
            endByItself(running, in: &state)
            if let prompt = order.arguments.last { reached(running, by: prompt, "an argument of", in: &state) }
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
                case nil: .neverStarted
                case .running: .lost
                case let fact?: fact
                }
            }
        }
        try await keeperReach(session)
        return state.withLock { state in
            let fact = state.records[session]?[launch] ?? .neverStarted
            if state.mutation == .keeperSaysRunning, case .ended = fact { return .running(pid: 1, stopped: false) }
            if state.mutation == .keeperTakesBackEnds, case .ended = fact, state.toldEnds[launch] != nil {
                return .running(pid: 1, stopped: false)
            }
            if state.mutation == .keeperFlatters, case .ended = fact { return .ended(.code(0)) }
            return fact
        }
    }

    package func runsOther(than launch: LaunchID, in session: SessionID) async throws -> Bool {
        state.withLock { state in state.sessions[session]?.running.map { $0.launch != launch } ?? false }
    }

    private func keeperReach(_ session: SessionID) async throws {
        let delay = state.withLock { $0.generator.milliseconds(0...3) }
        try await time.sleep(for: delay)
        guard await isAlive(session) else { throw ReeveError.unavailable("the keeper of '\(session)' does not answer") }
    }

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

    package func dismiss(_ session: SessionID) async {
        killQuietly(session)
        await forget(session)
    }
    /// The record goes with the session.
    package func forget(_ session: SessionID) async { state.withLock { $0.records[session] = nil } }
    package func command(for session: SessionID) -> [String] { ["keeper", session.text] }

    /// Told to go, a keeper takes its program with it.
    private func killQuietly(_ session: SessionID) {
        state.withLock { state in
            if let running = state.sessions[session]?.running {
                state.write(.ended(.signal(1)), of: running.launch, in: session)
            }
            state.sessions[session]?.running = nil
            state.sessions[session]?.keeperIsAlive = false
        }
    }
}

/// What a launch needs beside a terminal.
extension SimulatedWorld: LaunchEnvironment {
    package var defaultDirectory: String { "/" }
    package var shell: String { "/bin/sh" }
    package func environment(for launch: Launch) throws -> [String: String] { ["TICKET": launch.ticket?.text ?? ""] }
    package func missingProgram(_ program: String, environment: [String: String], directory: String) -> String? { nil }
    package func writePrompt(_ text: String, for launch: LaunchID) async throws {
        try await time.sleep(for: state.withLock { $0.generator.milliseconds(0...10) })
        state.withLock { $0.prompts[launch] = text }
    }
    package func readPrompt(for launch: LaunchID) async throws -> String {
        try await time.sleep(for: state.withLock { $0.generator.milliseconds(0...3) })
        return state.withLock { $0.prompts[launch] ?? "" }
    }
    package func discardPrompt(for launch: LaunchID) async { state.withLock { _ = $0.prompts.removeValue(forKey: launch) } }
    package func promptPath(for launch: LaunchID) -> String { "/prompts/\(launch)" }
    package func canonical(_ path: String) -> String { path }
    package func badDirectory(_ path: String) -> String? { nil }
}
