import Logging
import ReeveEngine
import ReeveModel

/// Commands that need a terminal, each in a session of its own: it is closed when the command has ended, or when the ticket that it was run
/// for is over. How it ended is kept for a while, for who waits.
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

    /// - Parameter owner: the session goes with this ticket at the latest. `not_found`, or `conflict` when it is over already.
    func start(
        _ wanted: SessionName?, command: [String], program: String?, directory: String?, environment: [String: String],
        backend: String?, owner: TicketID?
    ) async throws -> TerminalSession {
        let name = try wanted ?? fresh(program ?? command.first ?? "")
        if let owner, try await isOver(owner) {
            throw ReeveError.conflict("the ticket '\(owner)' is over", hint: "run it without REEVE_TICKET in the environment")
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

    private func isOver(_ ticket: TicketID) async throws -> Bool {
        guard let known = try await journal.ticket(ticket) else { throw ReeveError.notFound("ticket", ticket.text) }
        return known.state.isFinished
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

    /// After a start: those that still run are followed again, and those whose ticket is over are closed.
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
        guard Self.kindsOfEnd.contains(event.kind), let ticket = event.ticket else { return }
        for (name, kind) in await sessions.kinds() where RunPurpose(kind: kind)?.owner == ticket {
            guard let session = await sessions.open(name.text) else { continue }
            logger.info("a command is closed with its ticket", metadata: ["session": "\(name)", "ticket": "\(ticket)"])
            await close(session.id)
        }
    }

    /// The ticket or its terminal is over.
    private static let kindsOfEnd: Set = ["ticket.finished", "ticket.removed", "session.closed", "session.lost"]

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

/// `Launch.kind` of a command's session: that it is one, and whose.
struct RunPurpose: Sendable, Hashable {
    var owner: TicketID?

    init(owner: TicketID?) { self.owner = owner }

    init?(kind: String) {
        if kind == Self.word { return }
        guard kind.hasPrefix(Self.word + " "), let owner = TicketID(String(kind.dropFirst(Self.word.count + 1))) else {
            return nil
        }
        self.owner = owner
    }

    var kind: String { owner.map { "\(Self.word) \($0)" } ?? Self.word }

    private static let word = "run"
}
