import Logging
import ReeveEngine
import ReeveModel

/// Commands that need a terminal, each in a session of its own: it is closed when the command has ended, or when the ticket that it was run
/// for is over. How it ended is kept for a while, for who waits.
actor RunDesk {
    /// Work for the service's task group: an actor must not start tasks of its own.
    enum Job: Sendable { case follow(SessionName) }

    /// How a command ended, and what it left on its screen if that was not well.
    struct Ending: Sendable, Hashable {
        /// Nil: its terminal is gone.
        var exit: Exit?
        var screen: String
    }

    let jobs: AsyncStream<Job>
    private let line: AsyncStream<Job>.Continuation
    private let sessions: SessionActor
    private let time: any TimeSource
    private let ids: any IDGenerator
    private let logger: Logger
    private var endings: [SessionName: Ending] = [:]
    /// In the order in which they ended.
    private var ended: [SessionName] = []
    private var waiters: [SessionName: [AsyncStream<Ending>.Continuation]] = [:]

    private static let mostEndings = 200
    private static let linesOfFailure = 20

    init(sessions: SessionActor, time: any TimeSource, ids: any IDGenerator, logger: Logger) {
        (jobs, line) = AsyncStream.makeStream()
        self.sessions = sessions
        self.time = time
        self.ids = ids
        self.logger = logger
    }

    // MARK: What people ask

    /// - Parameter owner: the session goes with this ticket at the latest.
    func start(
        _ wanted: SessionName?, command: [String], program: String?, directory: String?, environment: [String: String],
        backend: String?, owner: TicketID?
    ) async throws -> TerminalSession {
        let name = try wanted ?? fresh(program ?? command.first ?? "")
        endings[name] = nil
        let session = try await sessions.spawn(
            name, command: command, directory: directory, environment: environment, backend: backend,
            kind: RunPurpose(owner: owner).kind)
        line.yield(.follow(name))
        return session
    }

    /// Returns when the command has ended.
    func wait(_ name: SessionName) async throws -> Ending {
        if let ending = endings[name] { return ending }
        guard await sessions.kinds()[name].flatMap({ RunPurpose(kind: $0) }) != nil else {
            // It may have ended while that was asked.
            if let ending = endings[name] { return ending }
            throw ReeveError(.notFound, "no command runs in a session '\(name)'", hint: "reeve session run starts one")
        }
        if let ending = endings[name] { return ending }
        let (stream, waiter) = AsyncStream<Ending>.makeStream()
        waiters[name, default: []].append(waiter)
        for await ending in stream { return ending }
        throw CancellationError()
    }

    private func fresh(_ program: String) throws -> SessionName {
        let word = program.split(separator: "/").last.map(String.init) ?? program
        let clean = word.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }.prefix(20)
        guard let name = SessionName("run-\(clean.isEmpty ? "command" : String(clean))-\(ids.token(5).lowercased())") else {
            throw ReeveError(.internal, "the id generator made an invalid name")
        }
        return name
    }

    // MARK: What happens

    /// After a start: those that still run are followed again, and those whose ticket is over are closed.
    func resume(isOver: (TicketID) async -> Bool) async {
        for (name, kind) in await sessions.kinds() {
            guard let purpose = RunPurpose(kind: kind) else { continue }
            line.yield(.follow(name))
            if let owner = purpose.owner, await isOver(owner) { try? await sessions.destroy(name) }
        }
    }

    func heed(_ event: StoredEvent) async {
        guard Self.kindsOfEnd.contains(event.kind), let ticket = event.ticket else { return }
        for (name, kind) in await sessions.kinds() where RunPurpose(kind: kind)?.owner == ticket {
            logger.info("a command is closed with its ticket", metadata: ["session": "\(name)", "ticket": "\(ticket)"])
            try? await sessions.destroy(name)
        }
    }

    /// The ticket or its terminal is over.
    private static let kindsOfEnd: Set = ["ticket.finished", "ticket.removed", "session.closed", "session.lost"]

    func follow(_ name: SessionName) async {
        let exit = await sessions.end(of: name)
        var screen = ""
        if exit?.isSuccess != true {
            screen = (try? await sessions.capture(name, lines: Self.linesOfFailure, styled: false)) ?? ""
        }
        note(name, Ending(exit: exit, screen: screen))
        // A multiplexer that is away comes back.
        while await sessions.kinds()[name] != nil, !Task.isCancelled {
            do { try await sessions.destroy(name) } catch { try? await time.sleep(for: .seconds(1)) }
        }
    }

    private func note(_ name: SessionName, _ ending: Ending) {
        endings[name] = ending
        ended.append(name)
        if ended.count > Self.mostEndings { endings[ended.removeFirst()] = nil }
        for waiter in waiters.removeValue(forKey: name) ?? [] {
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
