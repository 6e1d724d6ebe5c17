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
    package nonisolated let capabilities: Set<MultiplexerCapability>
    package nonisolated let reservedNames: Set<SessionName>

    private let multiplexer: any Multiplexer
    private let keepers: any Keepers
    private let journal: any Journal
    private let board: StatusBoard
    private let time: any TimeSource
    private let instance: String
    private let logger: Logger
    private var health = Health.unknown
    private let healthNews = Broadcast<Health>()
    private let lists = Broadcast<Set<SessionID>>(bufferingPolicy: .bufferingNewest(1))
    private var turns = TurnQueue<SessionID>()
    /// Sessions whose last input has not been answered for: a multiplexer that hangs may still type it when it wakes.
    private var unsettled: Set<SessionID> = []
    /// How long a delivery may take to show.
    private let patience: Duration = .seconds(2)

    package init(
        multiplexer: any Multiplexer, keepers: any Keepers, journal: any Journal, board: StatusBoard, time: any TimeSource,
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
        capabilities = multiplexer.capabilities
        reservedNames = multiplexer.reservedNames
        board.update { $0.backends.append(StatusBoard.Backend(name: multiplexer.name, isUp: nil, detail: "connecting")) }
    }

    // MARK: Health

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
                setHealth(.down((error as? ReeveError)?.message ?? "\(error)"))
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
            setHealth(.down((error as? ReeveError)?.message ?? "\(error)"))
        }
    }

    private func setHealth(_ new: Health) {
        guard new != health else { return }
        let wasUp = if case .up = health { true } else { false }
        health = new
        let payload: EventPayload
        switch new {
        case .up(let detail):
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

    private func requireUp() throws {
        switch health {
        case .up: return
        case .unknown: throw ReeveError.unavailable("\(name) is still being connected", hint: "try again in a moment")
        case .down(let detail): throw ReeveError.unavailable("\(name): \(detail)", hint: "reeve doctor says what to do")
        }
    }

    /// Just started: the connection is a matter of moments.
    func awaitUp() async throws {
        let deadline = time.uptime() + .seconds(10)
        while health == .unknown, time.uptime() < deadline { try await time.sleep(for: .milliseconds(20)) }
        try requireUp()
    }

    // MARK: Sessions

    /// Makes sure that the session exists and its keeper answers.
    /// - Returns: where it is, and whether it had to be made.
    package func open(_ session: SessionRecord) async throws -> (handle: TerminalHandle, isNew: Bool) {
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
            id: session.id, name: session.name, arguments: keepers.command(for: session.id), owner: instance)
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

    package func destroy(_ session: SessionRecord) async throws {
        await keepers.dismiss(session.id)
        guard let handle = session.handle else { return }
        try requireUp()
        do { try await multiplexer.destroy(handle, id: session.id) } catch let error as ReeveError where error.kind == .notFound {
        }
    }

    package func life(of session: SessionRecord) async throws -> TerminalLife {
        guard let handle = session.handle else { return .gone }
        try await awaitUp()
        return try await multiplexer.life(of: handle, id: session.id)
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

    package func focus(_ session: SessionRecord) async throws {
        try await multiplexer.focus(try handle(session), id: session.id)
    }

    package func attachCommand(_ session: SessionRecord) async throws -> AttachCommand {
        try await multiplexer.attachCommand(try handle(session), id: session.id)
    }

    private func handle(_ session: SessionRecord) throws -> TerminalHandle {
        try requireUp()
        guard let handle = session.handle else { throw ReeveError.conflict("the session '\(session.name)' is still being made") }
        return handle
    }

    // MARK: Input

    /// Returns when nothing that was typed for an earlier program of this session is under way any more: it would reach the next one.
    package func settleInput(_ session: SessionRecord) async throws {
        await takeTurn(session.id)
        defer { turns.give(session.id) }
        guard unsettled.contains(session.id), let handle = session.handle else { return }
        // Answered in the order of asking, so what was asked before has been carried out or never will be.
        _ = try await multiplexer.exists(handle, id: session.id)
        unsettled.remove(session.id)
    }

    /// Types `text`, then Enter as a key of its own after `delay`, and returns once both are seen to have arrived.
    ///
    /// - Parameters:
    ///   - launch: whom it is for: nothing is sent to what comes after it in the same terminal.
    ///   - claim: a name for this input. What has gone into the terminal under it, by this daemon or one before it, does not go in again.
    package func deliver(
        _ text: String, enter: Bool, delay: Duration, to session: SessionRecord, launch: LaunchID, claim: String? = nil
    ) async throws -> Evidence {
        let handle = try handle(session)
        return try await typing(in: session.id) { try await type(text, enter, delay, claim, handle, session, launch) }
    }

    /// The claim of an Enter, after that of its text.
    private static func entered(_ claim: String) -> String { "\(claim) entered" }

    /// Alone in a session; what was typed is settled when all of it has been answered for.
    private func typing<Outcome>(in session: SessionID, _ body: () async throws -> Outcome) async throws -> Outcome {
        await takeTurn(session)
        defer { turns.give(session) }
        unsettled.insert(session)
        let outcome = try await body()
        unsettled.remove(session)
        return outcome
    }

    private func type(
        _ text: String, _ enter: Bool, _ delay: Duration, _ claim: String?, _ handle: TerminalHandle, _ session: SessionRecord,
        _ launch: LaunchID
    ) async throws -> Evidence {
        var evidence = Evidence.read
        let claimed = claim == nil ? nil : try await multiplexer.claim(handle, id: session.id)
        if let claim, claimed == Self.entered(claim) { return .claim }
        if claim != nil, claimed == claim {
            evidence = .screen
        } else if !text.isEmpty {
            try await requireRunning(launch, in: session)
            let before = try await multiplexer.fingerprint(handle, id: session.id)
            try await multiplexer.send(text, to: handle, id: session.id, claim: claim)
            let seen = try await arrival(handle, session.id, before, patience)
            guard seen.isRead else { throw Self.unread }
            evidence = seen.isShown ? .screen : .read
        }
        guard enter else { return evidence }
        try await time.sleep(for: delay)
        // An agent that takes a quick Enter for part of a paste gets it again; the text never.
        for attempt in 1...3 {
            let before = try await multiplexer.fingerprint(handle, id: session.id)
            try await requireRunning(launch, in: session)
            try await multiplexer.press(.enter, in: handle, id: session.id, claim: claim.map(Self.entered))
            let seen = try await arrival(
                handle, session.id, before, attempt == 3 ? patience : .milliseconds(700), wantsScreen: evidence == .screen)
            if seen.isRead, seen.isShown || evidence == .read { return evidence }
            // What nobody reads is not typed again: it would all arrive one day. Nor has a program that shows nothing of what it reads
            // any use for a further Enter.
            guard seen.isRead else { throw Self.unread }
            if evidence == .read { break }
        }
        throw ReeveError(
            .timeout, "the text was typed, but Enter changed nothing on the screen", hint: "reeve preview shows the screen")
    }

    private static let unread = ReeveError(
        .timeout, "the text is in the terminal's queue and nothing has read it",
        hint: "reeve preview shows the screen; do not send it again")

    /// - Parameter resumes: a launch stopped by Ctrl+Z is continued first; otherwise it is a conflict.
    package func press(
        _ keys: [KeyInput], delay: Duration, in session: SessionRecord, launch: LaunchID, resumes: Bool = false
    ) async throws {
        let handle = try handle(session)
        try await typing(in: session.id) {
            var typed = false
            for key in keys {
                switch key {
                case .text(let text):
                    try await requireRunning(launch, in: session, resumes: resumes)
                    try await multiplexer.send(text, to: handle, id: session.id)
                    typed = true
                case .key(let key):
                    if typed { try await time.sleep(for: delay) }
                    try await requireRunning(launch, in: session, resumes: resumes)
                    try await multiplexer.press(key, in: handle, id: session.id)
                    typed = false
                }
            }
        }
    }

    /// Waits until the screen has come to rest: two equal looks that are not empty.
    package func awaitQuiet(_ session: SessionRecord, within limit: Duration) async throws {
        let handle = try handle(session)
        let deadline = time.uptime() + limit
        var last = ""
        while time.uptime() < deadline {
            let now = try await multiplexer.fingerprint(handle, id: session.id)
            if now == last, now.contains(where: { !$0.isWhitespace && !$0.isNumber && $0 != "," }) { return }
            last = now
            try await time.sleep(for: .milliseconds(300))
        }
        throw ReeveError(.timeout, "the agent's screen has not come to rest")
    }

    /// What could be seen of some input: that the screen changed, and that a program took it out of the terminal's queue. Neither is enough
    /// alone: a terminal echoes what nobody reads, and a busy screen changes anyway.
    private struct Arrival {
        var isShown = false
        var isRead = false
    }

    private func arrival(
        _ handle: TerminalHandle, _ id: SessionID, _ before: String, _ limit: Duration, wantsScreen: Bool = false
    ) async throws -> Arrival {
        let deadline = time.uptime() + limit
        var pause = Duration.milliseconds(4)
        var looks = 0
        var seen = Arrival()
        while true {
            if !seen.isShown { seen.isShown = try await multiplexer.fingerprint(handle, id: id) != before }
            seen.isRead = try await keepers.inputConsumed(in: id)
            looks += 1
            // The screen is the better witness, so it gets a moment before the queue's word is taken alone.
            if seen.isRead, seen.isShown || (!wantsScreen && looks > 4) { return seen }
            guard time.uptime() < deadline else { return seen }
            try await time.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(50))
        }
    }

    /// A terminal outlives its programs: what is typed after the end of one would reach the next, or a shell.
    private func requireRunning(_ launch: LaunchID, in session: SessionRecord, resumes: Bool = false) async throws {
        switch try await keepers.inspect(launch, in: session.id) {
        case .running(_, stopped: false): return
        case .running where resumes: try await keepers.signal(launch, .resume, in: session.id)
        case .running:
            throw ReeveError.conflict(
                "the program is stopped (Ctrl+Z)", hint: "reeve continue lets an agent go on; nothing was sent")
        case .neverStarted, .ended, .refused, .occupied, .lost:
            throw ReeveError.conflict("the program has ended", hint: "nothing was sent")
        }
    }

    private func takeTurn(_ session: SessionID) async {
        if turns.tryTake(session) { return }
        await withCheckedContinuation { turns.wait(session, $0) }
    }
}

extension StatusBoard.Picture {
    fileprivate mutating func setBackend(_ name: String, _ isUp: Bool, _ detail: String) {
        guard let index = backends.firstIndex(where: { $0.name == name }) else { return }
        backends[index].isUp = isUp
        backends[index].detail = detail
    }
}
