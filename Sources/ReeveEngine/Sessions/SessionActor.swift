package import Logging
package import ReeveModel

/// Sessions by name: the ones that people make without a ticket, and the ones of agents.
package actor SessionActor {
    enum Job: Sendable { case watch(SessionRecord), bury(SessionRecord), discard(SessionRecord, Launch) }

    let jobs: AsyncStream<Job>
    private let jobLine: AsyncStream<Job>.Continuation
    let journal: any Journal
    let keepers: any Keepers
    let backends: Backends
    private let queue: QueueActor
    private let board: StatusBoard
    private let environment: any LaunchEnvironment
    let time: any TimeSource
    private let ids: any IDGenerator
    private let logger: Logger
    var own: [SessionName: SessionRecord] = [:]
    /// What was started there, and why: `Launch.kind`.
    var launches: [SessionID: (id: LaunchID, kind: String)] = [:]
    /// Where nothing runs any more, as it was learnt, and since when that is known.
    var ended: [SessionID: Timestamp] = [:]
    private var reserved: Set<SessionName> = []
    /// Their keepers go before their terminals: until those are gone too they are not written down as closed, or nobody would end
    /// what a crash in between leaves.
    private var ending: Set<SessionID> = []
    /// Their ends are on the way to the disk.
    private var closing: Set<SessionID> = []
    private var closingWaiters: [CheckedContinuation<Void, Never>] = []

    package init(
        journal: any Journal, keepers: any Keepers, backends: Backends, queue: QueueActor, board: StatusBoard,
        environment: any LaunchEnvironment, time: any TimeSource, ids: any IDGenerator, logger: Logger
    ) {
        (jobs, jobLine) = AsyncStream.makeStream()
        self.journal = journal
        self.keepers = keepers
        self.backends = backends
        self.queue = queue
        self.board = board
        self.environment = environment
        self.time = time
        self.ids = ids
        self.logger = logger
    }

    func restore(_ snapshot: JournalSnapshot) {
        for (session, launch) in snapshot.sessions {
            own[session.name] = session
            launches[session.id] = launch.map { ($0.id, $0.kind) }
            jobLine.yield(launch.flatMap { Self.isFailed($0) ? .discard(session, $0) : nil } ?? .watch(session))
        }
    }

    func stop() { jobLine.finish() }

    /// Makes a session with a keeper in it and runs `command` there. Returns it as the multiplexer sees it.
    /// - Parameter kind: what the session is for, as long as it is open.
    @discardableResult
    package func spawn(
        _ name: SessionName, command: [String]?, directory: String?, environment extra: [String: String],
        backend wanted: String? = nil, kind: String = "session"
    ) async throws -> TerminalSession {
        let backend = try wanted.map { try backends.named($0) } ?? backends.primary
        if backend.reservedNames.contains(name) {
            throw ReeveError.invalid("$.name", "the session '\(name)' is \(backend.name)'s own", hint: "choose another name")
        }
        guard !isTaken(name) else { throw ReeveError.conflict("a session '\(name)' exists already") }
        reserved.insert(name)
        defer { reserved.remove(name) }
        let (id, launchID) = try freshIDs()
        let place = directory ?? environment.defaultDirectory
        if let reason = environment.badDirectory(place) {
            throw ReeveError.invalid(
                "$.cwd", "\(place): \(reason)", hint: "give a directory that is there and that you may enter")
        }
        let arguments = command ?? [environment.shell]
        // The values come from a request and are meant as they are: no look-up of `$NAME`, and none of them is stored.
        var launch = Launch(
            id: launchID, ticket: nil, session: id, kind: kind, arguments: arguments, directory: place,
            createdAt: time.wall())
        let values = try environment.environment(for: launch).merging(extra) { $1 }
        if let reason = environment.missingProgram(arguments.first ?? "", environment: values, directory: place) {
            throw ReeveError.invalid("$.command", reason, hint: "the daemon looks in its own PATH; give a full path")
        }
        var session = SessionRecord(id: id, name: name, backend: backend.name, ticket: nil, openedAt: time.wall())
        try await journal.enqueue([.putSession(session), .putLaunch(launch)]).value()
        do {
            session.handle = try await backend.open(session).handle
            let order = LaunchOrder(
                id: launchID, label: arguments.first.map { String($0.split(separator: "/").last ?? "") } ?? "",
                arguments: arguments,
                directory: place, environment: values, standardInput: nil)
            let fact = try await keepers.run(order, in: id)
            if case .refused(let reason) = fact { throw ReeveError.conflict("the command could not be started: \(reason)") }
            if case .unwritten(let reason) = fact {
                throw ReeveError.unavailable("the command could not be started: \(reason)", hint: "make room, then try again")
            }
            if case .running(let pid, _) = fact { launch.state = .running(pid: pid) }
            launch.startedAt = time.wall()
            let seen = try await seen(session)
            try await journal.enqueue([.putSession(session), .putLaunch(launch), .event(.sessionOpened(session))]).value()
            own[name] = session
            launches[id] = (launchID, kind)
            jobLine.yield(.watch(session))
            return seen
        } catch {
            launch.state = .refused("\((error as? ReeveError)?.message ?? "\(error)")")
            // Its name is free once there is nothing left of it, in the terminal and on the disk.
            own[name] = session
            launches[id] = (launchID, kind)
            do {
                try? await journal.enqueue([.putSession(session), .putLaunch(launch)]).value()
                try await backend.destroy(session)
                try await closed(session, nil)
            } catch { jobLine.yield(.discard(session, launch)) }
            throw error
        }
    }

    /// Takes a session in that a person has made. It has no keeper: what its program does, and how it ends, is not known.
    /// - Parameter server: of a multiplexer that has several; nil: the one that new sessions are made on.
    package func adopt(
        _ name: SessionName, backend wanted: String?, server: String? = nil
    ) async throws -> TerminalSession {
        let backend = try wanted.map { try backends.named($0) } ?? backends.primary
        guard !isTaken(name) else { throw ReeveError.conflict("the session '\(name)' is one of Reeve's already") }
        reserved.insert(name)
        defer { reserved.remove(name) }
        let (id, launch) = try freshIDs()
        var session = SessionRecord(id: id, name: name, backend: backend.name, ticket: nil, openedAt: time.wall())
        session.handle = try await backend.adopt(session, server: server) { await self.isKnown($0) }
        do {
            let seen = try await seen(session)
            let record = Launch(
                id: launch, ticket: nil, session: id, kind: Self.adopted, arguments: [], directory: "/", createdAt: time.wall())
            try await journal.enqueue([.putSession(session), .putLaunch(record), .event(.sessionOpened(session))]).value()
            own[name] = session
            launches[id] = (launch, Self.adopted)
            return seen
        } catch {
            try? await backend.release(session)
            throw error
        }
    }

    private func isTaken(_ name: SessionName) -> Bool {
        own[name] != nil || reserved.contains(name) || agentSession(name) != nil
    }

    private func freshIDs() throws -> (SessionID, LaunchID) {
        guard let session = SessionID(ids.token(12)), let launch = LaunchID(ids.token(16)) else {
            throw ReeveError(.internal, "the id generator made an invalid id")
        }
        return (session, launch)
    }

    /// A session of ours has this id: one of those here, or an agent's.
    private func isKnown(_ id: SessionID) -> Bool {
        own.values.contains { $0.id == id } || board.agents.contains { $0.sessionID == id }
    }

    /// `Launch.kind` of a session that was taken in.
    private static let adopted = "adopted"

    func isAdopted(_ session: SessionRecord) -> Bool { launches[session.id]?.kind == Self.adopted }

    /// Ends a session; one that was taken in is given back instead.
    package func destroy(_ name: SessionName) async throws {
        if let ticket = agentSession(name) {
            throw ReeveError.conflict(
                "the session '\(name)' belongs to ticket \(ticket)", hint: "reeve cancel \(ticket) ends both")
        }
        guard let session = own[name] else { throw await missing(name) }
        ending.insert(session.id)
        defer { ending.remove(session.id) }
        do {
            if isAdopted(session) { try await backends.release(session) } else { try await backends.destroy(session) }
            try await closed(session, EventPayload.sessionClosed)
        } catch {
            // Its watcher may have seen the keeper go, and left it to us.
            jobLine.yield(isAdopted(session) ? .bury(session) : .watch(session))
            throw error
        }
    }

    package func send(_ name: SessionName, text: String, enter: Bool) async throws {
        let session = try await find(name)
        _ = try await backends.deliver(text, enter: enter, delay: .milliseconds(50), to: session, launch: try launch(in: session))
        note(session, "text, \(text.utf8.count) bytes\(enter ? " and Enter" : "")")
    }

    package func press(_ name: SessionName, _ keys: [Key]) async throws {
        let session = try await find(name)
        try await backends.press(keys.map { .key($0) }, delay: .zero, in: session, launch: try launch(in: session))
        note(session, keys.map(\.name).joined(separator: " "))
    }

    package func capture(_ name: SessionName, lines: Int, styled: Bool) async throws -> String {
        try await backends.capture(try await find(name), lines: lines, styled: styled)
    }

    package func split(_ name: SessionName, _ direction: SplitDirection) async throws -> TerminalPane {
        try await backends.split(try await find(name), direction)
    }

    package func focus(_ name: SessionName) async throws { try await backends.focus(try await find(name)) }

    package func attachCommand(_ name: SessionName) async throws -> AttachCommand {
        try await backends.attachCommand(try await find(name))
    }

    /// - Parameter wanted: only those of this multiplexer.
    package func list(backend wanted: String?) async throws -> [(backend: String, session: TerminalSession)] {
        let all: [(backend: String, session: TerminalSession)]
        if let wanted {
            let backend = try backends.named(wanted)
            all = await backend.isInUse ? try await backend.list().map { (wanted, $0) } : []
        } else {
            all = try await backends.list()
        }
        return all.sorted { ($0.session.name, $0.backend) < ($1.session.name, $1.backend) }
    }

    // MARK: Watching

    /// Returns when the session's keeper is gone and that has been written down.
    func watch(_ session: SessionRecord) async {
        // What has no keeper is followed by the multiplexer's lists alone.
        if isAdopted(session) { return }
        // It may have died before anybody listened.
        let news = keepers.events(of: session.id)
        if await !keepers.isAlive(session.id) { return await bury(session) }
        await askForEnd(of: session)
        if await !keepers.isAlive(session.id) { return await bury(session) }
        for await event in news {
            if case .ended(let launch, _) = event, launch == launches[session.id]?.id { noteEnd(in: session.id) }
            guard case .gone = event else { continue }
            if own[session.name]?.id != session.id { return }
            if await !keepers.isAlive(session.id) { return await bury(session) }
            // The connection is all that has gone, and the news of an end with it.
            try? await keepers.await(session.id)
            // The lock of one that was killed may go later than its connection.
            if await !keepers.isAlive(session.id) { return await bury(session) }
            await askForEnd(of: session)
        }
    }

    /// The keeper cannot be seen any more. Its pane says whether it is gone; then the terminal that was its goes too, and only then is
    /// that written down. While the multiplexer does not answer nothing is known.
    func bury(_ session: SessionRecord) async {
        while !Task.isCancelled, !ending.contains(session.id), own[session.name]?.id == session.id {
            do {
                switch try await backends.life(of: session) {
                case .alive where isAdopted(session), .dead where isAdopted(session): return
                case .alive:
                    // Somebody took its socket or its lock away; it makes them anew.
                    try? await keepers.await(session.id)
                    jobLine.yield(.watch(session))
                    return
                case .dead: try await backends.destroy(session)
                case .gone: break
                }
                try await closed(session, EventPayload.sessionLost)
                return
            } catch {
                try? await time.sleep(for: .seconds(1))
            }
        }
    }

    /// After a restart: who is gone is written down, who lives is connected to.
    func restore(_ session: SessionRecord) async {
        if isAdopted(session) {
            if case .gone? = try? await backends.life(of: session) { jobLine.yield(.bury(session)) }
        } else if await keepers.isAlive(session.id) {
            try? await keepers.await(session.id)
            guard session.handle == nil else { return }
            // Killed between its making and the writing down of where it is: made once more, it is found.
            guard let handle = try? await backends.open(session).handle, var known = own[session.name], known.id == session.id,
                !ending.contains(session.id), !closing.contains(session.id)
            else { return }
            known.handle = handle
            own[session.name] = known
            _ = journal.enqueue([.putSession(known)])
        } else {
            await bury(session)
        }
    }

    /// Writes down that a session is over, once, and only then is it forgotten and its name free: what the disk does not take is tried again.
    /// - Parameter event: nil for one of which nobody has been told that it was there.
    func closed(_ session: SessionRecord, _ event: ((SessionRecord) -> EventPayload)?) async throws {
        while closing.contains(session.id) { await withCheckedContinuation { closingWaiters.append($0) } }
        guard own[session.name]?.id == session.id else { return }
        closing.insert(session.id)
        defer {
            closing.remove(session.id)
            let woken = closingWaiters
            closingWaiters = []
            for waiter in woken { waiter.resume() }
        }
        var session = session
        session.closedAt = time.wall()
        let told = event.map { [JournalChange.event($0(session))] } ?? []
        try await journal.enqueue([.putSession(session)] + told).value()
        own[session.name] = nil
        launches[session.id] = nil
        ended[session.id] = nil
        await keepers.forget(session.id)
    }

    /// Sessions that the multiplexer no longer has, whoever ended them.
    func followLists() async {
        await withDiscardingTaskGroup { group in
            for backend in backends.all { group.addTask { await self.followLists(of: backend) } }
        }
    }

    private func followLists(of backend: BackendActor) async {
        for await known in backend.sessionLists() {
            for session in own.values where session.backend == backend.name && !known.contains(session.id) {
                // One that was made, or taken in, since the list was is there.
                if await isThere(session) { continue }
                do { try await closed(session, EventPayload.sessionLost) } catch { jobLine.yield(.bury(session)) }
            }
            await lookAtAdopted(in: backend)
        }
    }

    // MARK: Finding

    /// Whether a session of ours has its keeper.
    package func isLive(_ name: SessionName) async -> Bool {
        guard let session = own[name] else { return false }
        return await keepers.isAlive(session.id)
    }

    /// The open sessions that are there for this.
    package func names(ofKind kind: String) -> Set<SessionName> {
        Set(kinds().filter { $0.value == kind }.keys)
    }

    /// What the open sessions are there for: `Launch.kind`.
    package func kinds() -> [SessionName: String] {
        Dictionary(own.values.compactMap { session in launches[session.id].map { (session.name, $0.kind) } }) { first, _ in first
        }
    }

    /// An open session without a ticket, by its name or its id.
    package func open(_ text: String) -> SessionRecord? { own.values.first { $0.name.text == text || $0.id.text == text } }

    /// Whether a session without a ticket is over. One whose end is on its way to the disk is waited for: whoever hears of the end asks, and
    /// that is told a moment before it is forgotten here.
    package func isOver(_ id: SessionID) async -> Bool {
        while closing.contains(id) { await withCheckedContinuation { closingWaiters.append($0) } }
        return !own.values.contains { $0.id == id }
    }

    /// An open session by its name or its id, an agent's too.
    package func find(_ text: String) async throws -> SessionRecord {
        if let session = open(text) { return session }
        if let agent = board.agents.first(where: { $0.session.text == text || $0.sessionID.text == text }) {
            return try await queue.session(of: agent.ticket)
        }
        throw ReeveError.notFound("session", text)
    }

    private func agentSession(_ name: SessionName) -> TicketID? { board.agents.first { $0.session == name }?.ticket }

    /// An open session, an agent's too.
    func find(_ name: SessionName) async throws -> SessionRecord {
        if let session = own[name] { return session }
        if let ticket = agentSession(name) { return try await queue.session(of: ticket) }
        throw await missing(name)
    }

    /// What runs there, as far as we started it.
    /// - Returns: nil for a session that was taken in.
    private func launch(in session: SessionRecord) throws -> LaunchID? {
        if isAdopted(session) { return nil }
        if let launch = launches[session.id]?.id ?? session.ticket.flatMap({ board.agent($0)?.launch }) { return launch }
        throw ReeveError.conflict("nothing runs in the session '\(session.name)'")
    }

    private func missing(_ name: SessionName) async -> ReeveError { .notFound("session", name.text) }

    private func seen(_ session: SessionRecord) async throws -> TerminalSession {
        guard let found = try await backends.of(session).list().first(where: { $0.id == session.id }) else {
            throw ReeveError(.notFound, "the session '\(session.name)' ended at once")
        }
        return found
    }

    private func note(_ session: SessionRecord, _ what: String) {
        _ = journal.enqueue([.event(.agentInput(session.ticket, session: session.name, by: "client", what: what))])
    }
}
