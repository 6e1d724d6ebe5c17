package import ReeveModel

/// Whether something runs in the sessions without a ticket. It is learnt when it happens, so that whoever asks waits for nobody: a
/// keeper that hangs holds up no pane.
extension SessionActor {
    /// Of the sessions that are asked about; those of agents are not known here, and are over.
    package func standing(of wanted: Set<SessionID>) -> [SessionID: PaneStanding] {
        let open = Set(own.values.map(\.id))
        return Dictionary(uniqueKeysWithValues: wanted.map { ($0, open.contains($0) ? standing(of: $0) : PaneStanding(.over)) })
    }

    /// A program that runs is busy: it has no state of which anybody tells, and one that waits for its person looks like one that works.
    /// The same holds for a session that was taken in while its terminal lives. It is a person's own, has no keeper, and its
    /// multiplexer tells of its program only whether it is there: that it has nothing to do would be a guess.
    private func standing(of session: SessionID) -> PaneStanding {
        ended[session].map { PaneStanding(.ended, since: $0) } ?? PaneStanding(.busy)
    }

    /// What became of its program before anybody listened. Called by the session's own watch, which may wait for its keeper.
    func askForEnd(of session: SessionRecord) async {
        guard let launch = launches[session.id] else { return }
        switch try? await keepers.inspect(launch.id, in: session.id) {
        case .ended, .refused, .neverStarted, .unwritten, .lost: noteEnd(in: session.id)
        // No word from its keeper is no end.
        case .running, .occupied, nil: break
        }
    }

    /// The first word of it counts. After a restart that is when the daemon learns of it, not when it was: a pane stays so much longer.
    func noteEnd(in session: SessionID) {
        guard ended[session] == nil, own.values.contains(where: { $0.id == session }) else { return }
        ended[session] = time.wall()
    }

    /// By its keeper; of one that was taken in, and has none, its multiplexer has to say that it is gone.
    func isThere(_ session: SessionRecord) async -> Bool {
        guard isAdopted(session) else { return await keepers.isAlive(session.id) }
        return (try? await backends.life(of: session)) != .gone
    }

    /// A session that was taken in has ended when the only pane that it has is dead, which its multiplexer keeps if a person wants that
    /// (tmux: `remain-on-exit`). Somebody may start another program in it (`respawn-pane`).
    func lookAtAdopted(in backend: BackendActor) async {
        let adopted = Set(own.values.filter { $0.backend == backend.name && isAdopted($0) }.map(\.id))
        guard !adopted.isEmpty, let found = try? await backend.list() else { return }
        for session in found {
            guard let id = session.id, adopted.contains(id) else { continue }
            if session.dead, session.panes == 1 { noteEnd(in: id) } else { ended[id] = nil }
        }
    }
}
