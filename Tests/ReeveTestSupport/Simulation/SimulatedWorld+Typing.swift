package import ReeveModel
import Synchronization

/// What goes into the terminals, and whom it reaches there.
extension SimulatedWorld {
    package func send(_ text: String, to handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        let began = clock.now
        try await reach(time)
        try typed(text, handle, id, claim, since: began)
        try await answer(time)
    }

    package func press(_ key: Key, in handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        let began = clock.now
        try await reach(time)
        try typed(key.name, handle, id, claim, since: began)
        try await answer(time)
    }

    package func claim(_ handle: TerminalHandle, id: SessionID) async throws -> String? {
        try await reach(time)
        return state.withLock { state in
            if state.mutation == .terminalForgetsClaims { return nil }
            return state.sessions[id].flatMap { $0.handle == handle ? $0.claim : nil }
        }
    }

    /// - Parameter began: when the daemon made the call. What it knew then, and what the keeper would have told it then, is what it
    ///   answers for.
    private func typed(
        _ text: String, _ handle: TerminalHandle, _ id: SessionID, _ claim: String?, since began: Duration
    ) throws {
        let leaving = try state.withLock { state throws -> LaunchID? in
            guard let session = state.sessions[id], session.handle == handle else {
                throw ReeveError(.notFound, "the session is gone")
            }
            guard session.keeperIsAlive else { throw ReeveError.conflict("the terminal's program has ended") }
            state.screen += 1
            if let claim { state.sessions[id]?.claim = claim }
            guard let running = session.running else {
                state.sessions[id]?.hasUnread = true
                if let broken = astray(text, session, began, state) { state.violations.append(broken) }
                return nil
            }
            if running.startedAt > began {
                state.violations.append(
                    "'\(text)' was sent at \(began), at \(running.startedAt) \(running.launch) was started there, and it got it")
            }
            // Each kind has exit words of its own: another's say that a key went to what came after its agent.
            if text.hasPrefix("/exit-"), text != "/exit-\(running.kind)" {
                state.violations.append("\(running.launch) of \(running.kind) was sent \(text)")
            }
            reached(running, by: text, "typed for", in: &state)
            if state.faults.deaf > 0, state.generator.oneIn(state.faults.deaf) {
                state.sessions[id]?.isDeafUntil = clock.now + state.generator.milliseconds(500...6000)
            }
            // The interrupt is the terminal's to deliver; anything else has to be read.
            guard text == "C-c" || (state.sessions[id]?.isDeafUntil ?? .zero) <= clock.now else { return nil }
            return running.program.leavesOn.contains(text) ? running.launch : nil
        }
        if let leaving { end(leaving, .code(0)) }
    }

    /// Why a key that reaches no agent is a broken promise; nil when it is none.
    ///
    /// Excused is only what was on its way when the agent ended: nobody can call a key back. On its way it is for some milliseconds, and for
    /// seconds where the multiplexer is slow or hangs, so what counts is not how long ago the end was but whether the call began after it.
    /// The keeper is asked just before each key and knows the end in its very moment, so no other fault is an excuse: not one that delays
    /// its news, nor one that loses them.
    private func astray(_ text: String, _ session: Session, _ began: Duration, _ state: State) -> String? {
        let place = session.hasShell ? "into a person's shell" : "where no agent runs"
        guard let since = session.emptySince else { return nil }
        guard let last = session.last else { return "'\(text)' was typed at \(clock.now) \(place): nothing has run there yet" }
        let what = "'\(text)' was typed \(place): sent at \(began), and \(last) had ended at \(since)"
        if let told = state.toldEnds[last], told < began { return "\(what), which the daemon had been told at \(told)" }
        return since < began ? "\(what), which its keeper knew" : nil
    }

    package func inputConsumed(in session: SessionID) async throws -> Bool {
        try state.withLock { state throws in
            guard let there = state.sessions[session], there.keeperIsAlive else {
                throw ReeveError.unavailable("the keeper of '\(session)' does not answer")
            }
            return there.running == nil ? !there.hasUnread : there.isDeafUntil <= clock.now
        }
    }
}
