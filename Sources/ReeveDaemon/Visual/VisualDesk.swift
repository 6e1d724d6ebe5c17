import Logging
import ReeveEngine
import ReeveJSON
import ReeveModel

/// Shows the work of tickets whose review is a look at it. Decisions are `VisualTracker`'s; this keeps one for each ticket and carries
/// them out, one event of a ticket at a time: a server is stopped before the next one is started.
actor VisualDesk {
    /// Work for the service's task group: an actor must not start tasks of its own.
    enum Job: Sendable {
        case serve(TicketID, SessionName, VisualPage)
        case follow(TicketID, SessionName)
        case look(TicketID, url: String)
        case wait(TicketID, Duration, turn: Int)
        case open(TicketID, url: String)
    }

    /// Before a record that could not be written is written again.
    private static let pause = Duration.seconds(1)

    /// `Launch.kind` of the sessions that are made here.
    static let kind = "visual-review"

    let jobs: AsyncStream<Job>
    private let line: AsyncStream<Job>.Continuation
    private let queue: QueueActor
    private let sessions: SessionActor
    private let workflows: any Workflows
    private let metadata: MetadataDesk
    private let journal: any Journal
    private let settings: LiveSettings
    private let browser: any PageBrowser
    private let time: any TimeSource
    private let logger: Logger
    private var trackers: [TicketID: VisualTracker] = [:]
    private var names: [TicketID: SessionName] = [:]
    private var turns = TurnQueue<TicketID>()
    /// A later wait of a ticket takes the place of an earlier one.
    private var waits: [TicketID: Int] = [:]

    init(
        engine: Engine, workflows: any Workflows, journal: any Journal, browser: any PageBrowser, time: any TimeSource,
        logger: Logger
    ) {
        (jobs, line) = AsyncStream.makeStream()
        queue = engine.queue
        sessions = engine.sessions
        metadata = engine.metadata
        settings = engine.settings
        self.workflows = workflows
        self.journal = journal
        self.browser = browser
        self.time = time
        self.logger = logger
    }

    static func key(_ ticket: TicketID) -> String { "visual.\(ticket)" }

    // MARK: What happens to tickets

    /// After a start: what waits for its reviewer is shown again, and what is left of reviews that are over is taken away.
    func resume() async {
        let reviewed = ((try? await journal.tickets(TicketQuery(states: [.review], limit: 10_000))) ?? []).filter {
            $0.progress?.review?.kind == .visual
        }
        let wanted = Set(reviewed.compactMap { name(of: $0.id) })
        for name in await sessions.names(ofKind: Self.kind) where !wanted.contains(name) { await close(name) }
        for ticket in reviewed { await offer(ticket.id) }
    }

    /// A review has been opened, or is over.
    func heed(_ event: StoredEvent) async {
        guard let id = event.ticket else { return }
        switch event.kind {
        case "agent.review":
            guard let root = try? JSONDocument(Array(event.data.utf8)).root, root.member("review")?.string == "visual" else {
                return
            }
            if root.member("verdict")?.string == "open" { await offer(id) } else { await feed(id, .ended) }
        case "ticket.finished", "ticket.removed": await feed(id, .ended)
        default: break
        }
    }

    private func offer(_ id: TicketID) async {
        guard let ticket = try? await journal.ticket(id), ticket.state == .review, let visit = ticket.progress?.visit,
            let review = ticket.progress?.review
        else { return }
        let page: VisualPage
        do throws(ReeveError) {
            guard let found = try workflows.page(ticket, directory: queue.directory(of: ticket)) else { return }
            page = found
        } catch {
            await say(id, error.spoken, tone: .warn)
            return
        }
        guard let name = name(of: id) else {
            await say(id, "no session can be named after this ticket: start the server by hand, then \(page.url)", tone: .warn)
            return
        }
        let stored = trackers[id] == nil ? await record(of: id) : nil
        var isServed = false
        if await sessions.names(ofKind: Self.kind).contains(name) {
            // Of an earlier visit: what it shows is not what is to be looked at. Its keeper may also have died while no daemon ran.
            let isLive = await sessions.isLive(name)
            isServed = isLive && (trackers[id]?.record ?? stored)?.isOf(visit, review.since) == true
            if !isServed { await close(name) }
        }
        if trackers[id] == nil { trackers[id] = VisualTracker(record: stored) }
        names[id] = name
        await feed(id, .offered(page, visit: visit, since: review.since, isServed: isServed))
        if isServed { line.yield(.follow(id, name)) }
    }

    private func name(of id: TicketID) -> SessionName? { SessionName("\(settings.current.sessionPrefix)\(id)-visual") }

    private func record(of id: TicketID) async -> VisualRecord? {
        (try? await journal.meta(Self.key(id))).flatMap { $0 }.flatMap { VisualRecord(stored: $0) }
    }

    // MARK: Carrying out

    func feed(_ id: TicketID, _ event: VisualTracker.Event) async {
        if !turns.tryTake(id) { await withCheckedContinuation { turns.wait(id, $0) } }
        defer { turns.give(id) }
        guard var tracker = trackers[id] else { return }
        let effects = tracker.handle(event, at: time.uptime())
        trackers[id] = tracker
        for effect in effects {
            switch effect {
            case .record:
                let change = JournalChange.setMeta(key: Self.key(id), value: tracker.record?.stored ?? "")
                while (try? await journal.enqueue([change]).value()) == nil, !Task.isCancelled {
                    try? await time.sleep(for: Self.pause)
                }
            case .serve(let page): if let name = names[id] { line.yield(.serve(id, name, page)) }
            case .look(let url): line.yield(.look(id, url: url))
            case .wait(let duration):
                waits[id, default: 0] += 1
                line.yield(.wait(id, duration, turn: waits[id] ?? 0))
            case .open(let url): line.yield(.open(id, url: url))
            case .tell(let news): await tell(id, news)
            case .stop: if let name = names[id] { await close(name) }
            }
        }
        if tracker.isOver {
            trackers[id] = nil
            waits[id] = nil
            names[id] = nil
        }
    }

    func isCurrent(_ id: TicketID, turn: Int) -> Bool { waits[id] == turn }

    func serve(_ id: TicketID, _ name: SessionName, _ page: VisualPage) async {
        do {
            try await sessions.spawn(
                name, command: ["/bin/sh", "-c", page.command], directory: page.directory, environment: ["REEVE_TICKET": id.text],
                kind: Self.kind)
        } catch {
            if !Task.isCancelled { await feed(id, .refused(error as? ReeveError ?? ReeveError(.internal, "\(error)"))) }
            return
        }
        await feed(id, .served)
        await follow(id, name)
    }

    /// Waits for the server's end.
    func follow(_ id: TicketID, _ name: SessionName) async {
        let exit = await sessions.end(of: name)
        if !Task.isCancelled { await feed(id, .serverEnded(exit)) }
    }

    func look(_ id: TicketID, _ url: String) async {
        let problem = await browser.problem(of: url)
        if !Task.isCancelled { await feed(id, .looked(problem: problem)) }
    }

    func open(_ id: TicketID, _ url: String) async {
        let problem = await browser.open(url)
        if !Task.isCancelled { await feed(id, .opened(problem: problem)) }
    }

    private func close(_ name: SessionName) async {
        do { try await sessions.destroy(name) } catch {
            guard (error as? ReeveError)?.kind != .notFound else { return }
            logger.warning("the server of a review was not stopped", metadata: ["session": "\(name)", "error": "\(error)"])
        }
    }

    // MARK: Telling

    private func tell(_ id: TicketID, _ news: VisualNews) async {
        let session = names[id]?.text ?? ""
        switch news {
        case .ready(let url): await say(id, "look at \(url)", tone: .info)
        case .late(let url, let after, let problem):
            await say(
                id, "\(url) is not there after \(DurationText.format(after)): \(problem); reeve session capture \(session)",
                tone: .warn)
        case .refused(let error): await say(id, "the server was not started: \(error.spoken)", tone: .warn)
        case .serverEnded(let exit):
            await say(
                id, "the server has ended (\(exit?.spoken ?? "its session is gone")); reeve session capture \(session)",
                tone: .warn)
        case .notOpened(let url, let error): await say(id, "look at \(url); it was not opened: \(error.spoken)", tone: .warn)
        }
    }

    private func say(_ id: TicketID, _ text: String, tone: MetadataTone) async {
        logger.info("visual review", metadata: ["ticket": "\(id)", "news": "\(text)"])
        _ = try? await metadata.add(line: text, tone: tone, source: "review", timeToLive: nil, to: .ticket(id))
        _ = try? await metadata.set(status: text, tone: tone, timeToLive: nil, of: .ticket(id))
    }
}
