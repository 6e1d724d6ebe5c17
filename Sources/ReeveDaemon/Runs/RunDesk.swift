import Logging
import ReeveEngine
import ReeveModel

/// Commands that need a terminal, each in a session of its own: it is closed when the command has ended, or when the ticket or session that
/// it was run for is over. How it ended is kept for a while, for who waits.
actor RunDesk {
    /// How a command ended, and what it left on its screen if that was not well.
    struct Ending: Sendable, Hashable {
        /// Nil: its terminal is gone.
        var exit: Exit?
        var screen: String
    }

    /// To be followed, in the service's task group: an actor must not start tasks of its own.
    let started: AsyncStream<SessionID>
    private let line: AsyncStream<SessionID>.Continuation
    private let sessions: SessionActor
    private let journal: any Journal
    private let time: any TimeSource
    private let ids: any IDGenerator
    private let logger: Logger
    /// By session, not by name: a name is free again when its command has ended.
    private var endings: [SessionID: Ending] = [:]
    /// In the order in which they ended.
    private var ended: [SessionID] = []
    /// The latest of each name.
    private var latest: [SessionName: SessionID] = [:]
    private var waiters: [SessionID: [Int: AsyncStream<Ending>.Continuation]] = [:]
    private var lastWaiter = 0

    private static let mostEndings = 200
    private static let linesOfFailure = 20

    init(sessions: SessionActor, journal: any Journal, time: any TimeSource, ids: any IDGenerator, logger: Logger) {
        (started, line) = AsyncStream.makeStream()
        self.sessions = sessions
        self.journal = journal
        self.time = time
        self.ids = ids
        self.logger = logger
    }

    // MARK: What people ask

    /// Whom a command is for, as a request names them. A session that is an agent's speaks for its ticket.
    /// - Parameter session: looked at without a ticket: its name, or the id that its program finds in `REEVE_SESSION`.
    func owner(ticket: TicketID?, session: String?) async throws -> RunOwner? {
        if let ticket { return .ticket(ticket) }
        guard let session else { return nil }
        do {
            let known = try await sessions.find(session)
            return known.ticket.map { .ticket($0) } ?? .session(known.id)
        } catch let error as ReeveError where error.kind == .notFound {
            throw ReeveError(.notFound, error.message, hint: "run it without REEVE_SESSION in the environment")
        }
    }

    /// - Parameter owner: the session goes with them at the latest. `not_found`, or `conflict` when they are over already.
    func start(
        _ wanted: SessionName?, command: [String], program: String?, directory: String?, environment: [String: String],
        backend: String?, owner: RunOwner?
    ) async throws -> TerminalSession {
        let name = try wanted ?? fresh(program ?? command.first ?? "")
        if let owner, try await isOver(owner) {
            switch owner {
            case .ticket(let ticket):
                throw ReeveError.conflict(
                    "the ticket '\(ticket)' is over", hint: "run it without REEVE_TICKET in the environment")
            case .session:
                throw ReeveError.conflict("its session is over", hint: "run it without REEVE_SESSION in the environment")
            }
        }
        let session = try await sessions.spawn(
            name, command: command, directory: directory, environment: environment, backend: backend,
            kind: RunPurpose(owner: owner).kind)
        guard let id = session.id else { throw ReeveError(.internal, "a session without an id") }
        latest[name] = id
        line.yield(id)
        // It may have come to its end while the session was made.
        if let owner, (try? await isOver(owner)) == true { await close(id) }
        return session
    }

    private func isOver(_ owner: RunOwner) async throws -> Bool {
        switch owner {
        case .ticket(let ticket):
            guard let known = try await journal.ticket(ticket) else { throw ReeveError.notFound("ticket", ticket.text) }
            return known.state.isFinished
        case .session(let session): return await sessions.isOver(session)
        }
    }

    /// Returns when the command has ended.
    /// - Parameter text: the session's id, or its name: then the latest of that name.
    func wait(_ text: String) async throws -> Ending {
        let id = SessionName(text).flatMap { latest[$0] } ?? SessionID(text)
        if let id, let ending = endings[id] { return ending }
        guard let session = await sessions.open(id?.text ?? text), await isRun(session.name) else {
            // It may have ended while that was asked.
            if let id, let ending = endings[id] { return ending }
            throw ReeveError(
                .notFound, "no command runs in a session '\(InertText.clean(text))'", hint: "reeve session run starts one")
        }
        if let ending = endings[session.id] { return ending }
        let (stream, waiter) = AsyncStream<Ending>.makeStream()
        lastWaiter += 1
        let number = lastWaiter
        waiters[session.id, default: [:]][number] = waiter
        for await ending in stream { return ending }
        // Who asked is gone, and the command may run for days.
        waiters[session.id]?[number] = nil
        if waiters[session.id]?.isEmpty == true { waiters[session.id] = nil }
        throw CancellationError()
    }

    private func isRun(_ name: SessionName) async -> Bool {
        await sessions.kinds()[name].flatMap { RunPurpose(kind: $0) } != nil
    }

    private func fresh(_ program: String) throws -> SessionName {
        let word = program.split(separator: "/").last.map(String.init) ?? program
        let clean = word.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }.prefix(20)
        guard let name = SessionName("run-\(clean.isEmpty ? "command" : String(clean))-\(ids.token(5).lowercased())") else {
            throw ReeveError(.internal, "the id generator made an invalid name")
        }
        return name
    }

    /// Of all commands together.
    var waiterCount: Int { waiters.values.reduce(0) { $0 + $1.count } }

    // MARK: What happens

    /// After a start: those that still run are followed again, and those whose ticket or session is over are closed.
    func resume() async {
        for (name, kind) in await sessions.kinds() {
            guard let purpose = RunPurpose(kind: kind), let session = await sessions.open(name.text) else { continue }
            latest[name] = session.id
            line.yield(session.id)
            guard let owner = purpose.owner else { continue }
            // One that is not kept any more was over long ago; what cannot be read is not known to be.
            do { if try await isOver(owner) { await close(session.id) } } catch let error as ReeveError
                where error.kind == .notFound
            {
                await close(session.id)
            } catch {}
        }
    }

    func heed(_ event: StoredEvent) async {
        guard Self.kindsOfEnd.contains(event.kind) else { return }
        for (name, kind) in await sessions.kinds() {
            guard let owner = RunPurpose(kind: kind)?.owner, await isEnded(owner, by: event),
                let session = await sessions.open(name.text)
            else { continue }
            logger.info("a command is closed with whom it was for", metadata: ["session": "\(name)", "kind": "\(kind)"])
            await close(session.id)
        }
    }

    /// The ticket or a terminal is over.
    private static let kindsOfEnd: Set = ["ticket.finished", "ticket.removed", "session.closed", "session.lost"]

    private func isEnded(_ owner: RunOwner, by event: StoredEvent) async -> Bool {
        switch owner {
        case .ticket(let ticket): event.ticket == ticket
        // The event has the name of a session, which may be another's by now.
        case .session(let session): event.ticket == nil ? await sessions.isOver(session) : false
        }
    }

    func follow(_ id: SessionID) async {
        guard let name = await sessions.open(id.text)?.name else { return note(id, Ending(exit: nil, screen: "")) }
        let exit = await sessions.end(of: id)
        guard !Task.isCancelled else { return }
        var screen = ""
        if exit?.isSuccess != true {
            screen = (try? await sessions.capture(name, lines: Self.linesOfFailure, styled: false)) ?? ""
        }
        // A multiplexer that is away comes back. Who waits is told first: the command has ended.
        note(id, Ending(exit: exit, screen: screen))
        while !Task.isCancelled, await sessions.open(id.text) != nil {
            if await !close(id) { try? await time.sleep(for: .seconds(1)) }
        }
    }

    /// - Returns: false: it is to be tried again.
    @discardableResult
    private func close(_ id: SessionID) async -> Bool {
        // By its id: another may have its name meanwhile.
        guard let session = await sessions.open(id.text) else { return true }
        do { try await sessions.destroy(session.name) } catch { return false }
        return true
    }

    private func note(_ id: SessionID, _ ending: Ending) {
        guard endings[id] == nil else { return }
        endings[id] = ending
        ended.append(id)
        if ended.count > Self.mostEndings {
            let oldest = ended.removeFirst()
            endings[oldest] = nil
            latest = latest.filter { $0.value != oldest }
        }
        for waiter in (waiters.removeValue(forKey: id) ?? [:]).values {
            waiter.yield(ending)
            waiter.finish()
        }
    }
}
