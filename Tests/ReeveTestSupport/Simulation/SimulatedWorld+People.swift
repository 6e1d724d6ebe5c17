package import ReeveModel
import Synchronization

/// What people and accidents do, and how it is told.
extension SimulatedWorld {
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

    package func killKeeper(_ id: SessionID, terminal: Bool) {
        let told = state.withLock { state -> [AsyncStream<KeeperEvent>.Continuation] in
            guard let session = state.sessions[id] else { return [] }
            state.killed.insert(id)
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
    func tell(_ listeners: [AsyncStream<KeeperEvent>.Continuation], _ event: KeeperEvent) {
        let (delay, isDoubled, daemon) = state.withLock {
            ($0.generator.milliseconds(0...40), $0.generator.oneIn(8), $0.daemon)
        }
        clock.after(delay, owner: Self.owner) { [weak self] in
            if !listeners.isEmpty { self?.note(event, of: daemon) }
            for listener in listeners {
                listener.yield(event)
                if isDoubled { listener.yield(event) }
            }
        }
    }

    /// This daemon knows of an end from now on, unless it has been killed meanwhile.
    private func note(_ event: KeeperEvent, of daemon: Int) {
        guard case .ended(let launch, _) = event else { return }
        state.withLock { state in
            if state.daemon == daemon, state.toldEnds[launch] == nil { state.toldEnds[launch] = clock.now }
        }
    }

    /// What is told late is told of whatever is then.
    func tellChange() {
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
}
