package import ReeveModel

/// All multiplexers, and for each session the one that holds it.
package struct Backends: Sendable {
    /// Where new sessions are made, unless somebody asks for another.
    package let primary: BackendActor
    package let all: [BackendActor]

    package init(primary: BackendActor, others: [BackendActor] = []) {
        self.primary = primary
        all = [primary] + others
    }

    /// By its name, as in `session.spawn` and in the configuration.
    package func named(_ name: String) throws -> BackendActor {
        guard let backend = all.first(where: { $0.name == name }) else { throw ReeveError.notFound("backend", name) }
        return backend
    }

    /// The one that holds a session.
    package func of(_ session: SessionRecord) throws -> BackendActor {
        guard let backend = all.first(where: { $0.name == session.backend }) else {
            throw ReeveError.unavailable(
                "the session '\(session.name)' is in \(session.backend), which this daemon does not know",
                hint: "an editor's window has to be open; another version of reeved may know it")
        }
        return backend
    }

    // MARK: Of a session

    package func open(
        _ session: SessionRecord, ticketType: String? = nil
    ) async throws -> (handle: TerminalHandle, isNew: Bool) {
        try await of(session).open(session, ticketType: ticketType)
    }
    package func display(_ status: TerminalStatus, of session: SessionRecord) async throws {
        try await of(session).display(status, of: session)
    }
    package func release(_ session: SessionRecord) async throws { try await of(session).release(session) }
    package func destroy(_ session: SessionRecord) async throws { try await of(session).destroy(session) }
    package func life(of session: SessionRecord) async throws -> TerminalLife { try await of(session).life(of: session) }
    package func capture(_ session: SessionRecord, lines: Int, styled: Bool) async throws -> String {
        try await of(session).capture(session, lines: lines, styled: styled)
    }
    package func split(_ session: SessionRecord, _ direction: SplitDirection) async throws -> TerminalPane {
        try await of(session).split(session, direction)
    }
    package func ring(_ session: SessionRecord) async throws { try await of(session).ring(session) }
    package func focus(_ session: SessionRecord) async throws { try await of(session).focus(session) }
    package func attachCommand(_ session: SessionRecord) async throws -> AttachCommand {
        try await of(session).attachCommand(session)
    }
    package func paneHost(of session: SessionRecord) async throws -> PaneHost { try await of(session).paneHost(of: session) }
    package func settleInput(_ session: SessionRecord) async throws { try await of(session).settleInput(session) }
    package func deliver(
        _ text: String, enter: Bool, delay: Duration, to session: SessionRecord, launch: LaunchID?, claim: String? = nil
    ) async throws -> BackendActor.Evidence {
        try await of(session).deliver(text, enter: enter, delay: delay, to: session, launch: launch, claim: claim)
    }
    package func press(
        _ keys: [KeyInput], delay: Duration, in session: SessionRecord, launch: LaunchID?, resumes: Bool = false
    ) async throws {
        try await of(session).press(keys, delay: delay, in: session, launch: launch, resumes: resumes)
    }
    package func awaitQuiet(_ session: SessionRecord, within limit: Duration) async throws {
        try await of(session).awaitQuiet(session, within: limit)
    }
    package func awaitUp(for session: SessionRecord) async throws { try await of(session).awaitUp() }

    /// Whether somebody looks at a session's terminal now.
    package func isWatched(_ session: SessionRecord) async throws -> Bool {
        let backend = try of(session)
        func look() async throws -> Bool? { try await backend.list().first { $0.id == session.id }.map { $0.attached > 0 } }
        if let isWatched = try await look() { return isWatched }
        // Not listed is not unwatched. Where sessions are made may be another place since this one was, and of that a multiplexer
        // knows only once it has been asked for what is there.
        guard try await backend.life(of: session) != .gone else { return false }
        return try await look() ?? false
    }

    // MARK: Of all

    /// The sessions of ours in all multiplexers that are in use, each with the name of its own.
    /// - Throws: when the one for new sessions, or one that is up, does not answer: a part would be taken for all. Another that is down (no
    ///   window is open, it was asked for and is not installed) has none to show, and `reeve status` says so.
    package func list() async throws -> [(backend: String, session: TerminalSession)] {
        var all: [(backend: String, session: TerminalSession)] = []
        for backend in self.all {
            guard await backend.isInUse else { continue }
            if backend.name != primary.name, case .down = await backend.currentHealth { continue }
            all += try await backend.list().map { (backend.name, $0) }
        }
        return all
    }

    /// The sessions that somebody looks at. A multiplexer that does not answer shows nothing to anybody.
    package func seen() async -> Set<SessionID> {
        var seen: Set<SessionID> = []
        for backend in all where await backend.isInUse { seen.formUnion((try? await backend.seen()) ?? []) }
        return seen
    }
}
