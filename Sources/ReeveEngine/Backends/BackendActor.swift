package import Logging
package import ReeveModel

/// One multiplexer: its connection, its health, and every operation on its terminals: query, decide, execute, verify.
package actor BackendActor {
    package enum Health: Sendable, Equatable {
        case unknown
        case up(String)
        case down(String)
    }

    /// How a delivery was proved.
    package enum Evidence: String, Sendable {
        case screen, read
        /// The multiplexer keeps the claim under which it went in before.
        case claim
    }

    package nonisolated let name: String
    /// What it can do now: of some that is known only once they are connected.
    package nonisolated var capabilities: Set<MultiplexerCapability> { multiplexer.capabilities }
    package nonisolated let reservedNames: Set<SessionName>
    package nonisolated var limits: [MultiplexerCapability: String] { multiplexer.limits }

    let multiplexer: any Multiplexer
    let keepers: any Keepers
    private let journal: any Journal
    private let board: StatusBoard
    let time: any TimeSource
    private let instance: String
    private let logger: Logger
    private var health = Health.unknown
    /// Since this daemon runs.
    private var hasBeenUp = false
    /// Looked for, and not there or not to be had. One that does not answer is there.
    private var isAbsent = false
    /// Somebody wants it: it is connected to, or will be.
    package private(set) var isInUse: Bool
    private var wakers: [CheckedContinuation<Void, Never>] = []
    private let healthNews = Broadcast<Health>()
    private let lists = Broadcast<Set<SessionID>>(bufferingPolicy: .bufferingNewest(1))
    var turns = TurnQueue<SessionID>()
    /// Sessions whose last input has not been answered for: a multiplexer that hangs may still type it when it wakes.
    var unsettled: Set<SessionID> = []
    /// How long a delivery may take to show.
    let patience: Duration = .seconds(2)

    package init(
        multiplexer: any Multiplexer, isInUse: Bool = true, keepers: any Keepers, journal: any Journal, board: StatusBoard,
        time: any TimeSource,
        instance: String, logger: Logger
    ) {
        self.multiplexer = multiplexer
        self.keepers = keepers
        self.journal = journal
        self.board = board
        self.time = time
        self.instance = instance
        self.logger = logger
        name = multiplexer.name
        reservedNames = multiplexer.reservedNames
        self.isInUse = isInUse
        if isInUse { board.update { $0.backends.append(Self.connecting(multiplexer.name)) } }
    }

    private static func connecting(_ name: String) -> StatusBoard.Backend {
        StatusBoard.Backend(name: name, isUp: nil, detail: "connecting")
    }

    /// What it needs and what of it is there; also where nobody has wanted it yet.
    package nonisolated func check() async -> MultiplexerCheck { await multiplexer.check() }

    /// See `Multiplexer.recall`.
    nonisolated func recall(_ session: SessionRecord) {
        if let handle = session.handle { multiplexer.recall(handle) }
    }

    // MARK: Health

    /// Connects to it from now on, if nobody has wanted that before.
    package func use() {
        guard !isInUse else { return }
        isInUse = true
        board.update { $0.backends.append(Self.connecting(name)) }
        for waker in wakers { waker.resume() }
        wakers = []
    }

    /// A multiplexer that nobody uses is not connected to: tmux would be started by that.
    private func awaitUse() async {
        guard !isInUse else { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waker in if Task.isCancelled { waker.resume() } else { wakers.append(waker) } }
        } onCancel: {
            // A bridge: cancellation handlers are synchronous, and the wakers are the actor's.
            Task { await self.wakeAll() }
        }
    }

    private func wakeAll() {
        for waker in wakers { waker.resume() }
        wakers = []
    }

    package var currentHealth: Health { health }

    /// The health now and whenever it changes.
    package func healthChanges() -> AsyncStream<Health> { healthNews.listen(first: health) }

    /// All sessions that the multiplexer has of ours, whenever it was looked at: after each connection and each change it reports.
    package nonisolated func sessionLists() -> AsyncStream<Set<SessionID>> { lists.listen() }

    private func look() async {
        guard !lists.isEmpty, let found = try? await list() else { return }
        lists.tell(Set(found.compactMap(\.id)))
    }

    /// Keeps the connection: connects, watches, and connects again after it has ended.
    package func run() async {
        await awaitUse()
        var pause = Duration.milliseconds(100)
        while !Task.isCancelled {
            do {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    let (reports, continuation) = AsyncStream<MultiplexerEvent>.makeStream(bufferingPolicy: .bufferingNewest(256))
                    group.addTask { [multiplexer] in
                        defer { continuation.finish() }
                        try await multiplexer.run { continuation.yield($0) }
                    }
                    group.addTask { try await self.watch(reports) }
                    defer { group.cancelAll() }
                    try await group.next()
                }
                pause = .milliseconds(100)
            } catch {
                if Task.isCancelled { break }
                setDown(error)
            }
            if case .up = health { setHealth(.down("the connection has ended")) }
            try? await time.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
        }
        healthNews.finish()
        lists.finish()
    }

    private func watch(_ reports: AsyncStream<MultiplexerEvent>) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (wishes, wish) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            group.addTask {
                for await report in reports {
                    if case .connected(let detail) = report { await self.setHealth(.up(detail)) }
                    wish.yield()
                }
                throw ReeveError.unavailable("the connection to \(self.name) has ended")
            }
            group.addTask {
                for await _ in wishes {
                    await self.look()
                    // What changes meanwhile is one further look: fifty sessions that come at once are not fifty lists.
                    try await self.time.sleep(for: .milliseconds(250))
                }
            }
            group.addTask {
                while true {
                    try await self.time.sleep(for: .seconds(2))
                    await self.checkHealth()
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// A multiplexer that hangs keeps its connection and answers nothing.
    private func checkHealth() async {
        guard health != .unknown else { return }
        do {
            try await multiplexer.probe()
            if case .down = health { setHealth(.up("answers again")) }
        } catch {
            setDown(error)
        }
    }

    private func setDown(_ error: any Error) {
        let error = error as? ReeveError ?? .unavailable("\(error)")
        isAbsent = error.kind != .timeout
        setHealth(.down(error.message))
    }

    private func setHealth(_ new: Health) {
        guard new != health else { return }
        let wasUp = if case .up = health { true } else { false }
        health = new
        let payload: EventPayload
        switch new {
        case .up(let detail):
            hasBeenUp = true
            board.update { $0.setBackend(name, true, detail) }
            payload = .backendUp(name: name, detail: detail)
            logger.info("backend up", metadata: ["backend": "\(name)", "detail": "\(detail)"])
        case .down(let detail):
            board.update { $0.setBackend(name, false, detail) }
            payload = .backendDown(name: name, detail: detail)
            logger.warning("backend down", metadata: ["backend": "\(name)", "detail": "\(detail)"])
            if !wasUp, healthNews.isEmpty { break }
        case .unknown: return
        }
        // An event of this kind is news, not a promise: if the disk is full it is missing from the log and nothing else.
        _ = journal.enqueue([.event(payload)])
        healthNews.tell(new)
    }

    func requireUp() throws {
        switch health {
        case .up: return
        case .unknown: throw ReeveError.unavailable("\(name) is still being connected", hint: "try again in a moment")
        case .down(let detail): throw ReeveError.unavailable("\(name): \(detail)", hint: "reeve doctor says what to do")
        }
    }

    /// Just started: the connection is a matter of moments.
    func awaitUp() async throws {
        use()
        let deadline = time.uptime() + .seconds(10)
        while health == .unknown, time.uptime() < deadline { try await time.sleep(for: .milliseconds(20)) }
        try requireUp()
    }

    // MARK: Sessions

    /// Makes sure that the session exists and its keeper answers.
    /// - Returns: where it is, and whether it had to be made.
    package func open(
        _ session: SessionRecord, ticketType: String? = nil
    ) async throws -> (handle: TerminalHandle, isNew: Bool) {
        if let handle = session.handle, await keepers.isAlive(session.id) {
            try await keepers.await(session.id)
            return (handle, false)
        }
        try await awaitUp()
        if let handle = session.handle {
            switch try await multiplexer.life(of: handle, id: session.id) {
            case .gone: break
            case .dead: try await multiplexer.destroy(handle, id: session.id)
            case .alive:
                // Its keeper lives and cannot be reached: somebody took away its socket, which it makes again. To make the session anew
                // would end whatever works there.
                try await keepers.await(session.id)
                return (handle, false)
            }
        }
        let request = SpawnRequest(
            id: session.id, name: session.name, arguments: keepers.command(for: session.id), owner: instance,
            ticketType: ticketType)
        var handle = try await multiplexer.spawn(request)
        do { try await keepers.await(session.id) } catch let error as ReeveError where error.kind == .timeout {
            // Made by a daemon that was killed before it could write that down, and its keeper has died since: what there is is an empty
            // shell. The keeper of the new one reads the record of the old and starts nothing that has been begun.
            guard try await multiplexer.life(of: handle, id: session.id) == .dead else { throw error }
            try await multiplexer.destroy(handle, id: session.id)
            handle = try await multiplexer.spawn(request)
            try await keepers.await(session.id)
        }
        return (handle, true)
    }

    /// - Parameter server: see `Multiplexer.adopt`.
    package func adopt(
        _ session: SessionRecord, server: String?, isOpen: @Sendable (SessionID) async -> Bool
    ) async throws -> TerminalHandle {
        guard capabilities.contains(.adopt) else { throw multiplexer.unsupported(.adopt) }
        try await awaitUp()
        return try await multiplexer.adopt(session.name, id: session.id, owner: instance, server: server, isOpen: isOpen)
    }

    package func release(_ session: SessionRecord) async throws {
        try requireUp()
        guard let handle = session.handle else { return }
        do { try await multiplexer.release(handle, id: session.id) } catch let error as ReeveError where error.kind == .notFound {
        }
    }

    package func destroy(_ session: SessionRecord) async throws {
        let handle = try await find(session)
        await keepers.dismiss(session.id)
        guard let handle else { return }
        try requireUp()
        do { try await multiplexer.destroy(handle, id: session.id) } catch let error as ReeveError where error.kind == .notFound {
            guard let other = try await other(than: handle, of: session) else { return }
            try await multiplexer.destroy(other, id: session.id)
        }
    }

    /// A daemon may have been killed between making a terminal anew and writing down where. Another pane of the same one is a person's.
    private func other(than handle: TerminalHandle, of session: SessionRecord) async throws -> TerminalHandle? {
        try await list().first {
            $0.id == session.id && ($0.handle.session, $0.handle.epoch) != (handle.session, handle.epoch)
        }?.handle
    }

    /// Where a session is. One whose making was answered too late, or by nobody since this daemon runs, is looked for: its keeper alone would go.
    private func find(_ session: SessionRecord) async throws -> TerminalHandle? {
        if let known = session.handle { return known }
        if health == .unknown { try? await awaitUp() }
        // Who has no multiplexer any more is not to keep its sessions for ever.
        if !hasBeenUp, isAbsent, await !keepers.isAlive(session.id) { return nil }
        return try await list().first { $0.id == session.id }?.handle
    }

    package func life(of session: SessionRecord) async throws -> TerminalLife {
        guard let handle = try await find(session) else { return .gone }
        try await awaitUp()
        let life = try await multiplexer.life(of: handle, id: session.id)
        guard life == .gone, let other = try await other(than: handle, of: session) else { return life }
        return try await multiplexer.life(of: other, id: session.id)
    }

    package func list() async throws -> [TerminalSession] {
        try requireUp()
        return try await multiplexer.list().filter { $0.owner == instance }
    }

    package func capture(_ session: SessionRecord, lines: Int, styled: Bool) async throws -> String {
        try await multiplexer.capture(try handle(session), id: session.id, lines: lines, styled: styled)
    }

    package func split(_ session: SessionRecord, _ direction: SplitDirection) async throws -> TerminalPane {
        try await multiplexer.split(try handle(session), id: session.id, direction: direction)
    }

    package func ring(_ session: SessionRecord) async throws {
        try requireUp()
        try await multiplexer.ring(try handle(session), id: session.id)
    }

    /// The sessions that somebody looks at.
    package func seen() async throws -> Set<SessionID> {
        try requireUp()
        return try await multiplexer.seen()
    }

    package func display(_ status: TerminalStatus, of session: SessionRecord) async throws {
        try await multiplexer.display(status, of: try handle(session), id: session.id)
    }

    package func focus(_ session: SessionRecord) async throws {
        try await multiplexer.focus(try handle(session), id: session.id)
    }

    package func attachCommand(_ session: SessionRecord) async throws -> AttachCommand {
        try await multiplexer.attachCommand(try handle(session), id: session.id)
    }

    package func paneHost(of session: SessionRecord) async throws -> PaneHost {
        try await multiplexer.paneHost(of: try handle(session), id: session.id)
    }

    func handle(_ session: SessionRecord) throws -> TerminalHandle {
        try requireUp()
        guard let handle = session.handle else { throw ReeveError.conflict("the session '\(session.name)' is still being made") }
        return handle
    }
}

extension StatusBoard.Picture {
    fileprivate mutating func setBackend(_ name: String, _ isUp: Bool, _ detail: String) {
        guard let index = backends.firstIndex(where: { $0.name == name }) else { return }
        backends[index].isUp = isUp
        backends[index].detail = detail
    }
}
