import Logging
import ReeveModel

/// One ticket in work: owns its machine, carries events in and effects out.
///
/// Events come through one stream and are taken one at a time, to the end; nothing suspends between reading the machine and
/// writing it. An effect runs as a child task and its result comes back as an event.
package actor AgentActor {
    private enum Message: Sendable {
        case event(AgentMachine.Event)
        case ask(@Sendable (ReplyToken) -> AgentMachine.Event, Waiter)
        case recorded(Result<Void, ReeveError>)
        case retryRecords
    }

    private typealias Waiter = Promise<AgentReply>

    private struct Record {
        var changes: [JournalChange]
        var then: [AgentMachine.Effect]
        var isIntent: Bool

        /// What the agent is shown as, and nothing that happens because of it.
        var isOnlyState: Bool {
            !isIntent && then.isEmpty && changes.count == 1
                && changes.allSatisfy { if case .event(.agentState) = $0 { true } else { false } }
        }
    }

    nonisolated let ticketID: TicketID
    nonisolated let sessionID: SessionID
    private let surroundings: AgentSurroundings
    private nonisolated let inbox: AsyncStream<Message>.Continuation
    private let messages: AsyncStream<Message>
    private var machine: AgentMachine
    private var waiters: [ReplyToken: Waiter] = [:]
    private var nextToken = 0
    /// Commits in the order of their effects, one under way at a time, so that a retried one cannot overtake.
    private var records: [Record] = []
    private var recordsUnderWay = 0
    private var isFinished = false
    /// Nobody takes its messages any more.
    private var hasStopped = false
    /// Who wants the terminal, which is just being closed.
    private var closingWaiters: [CheckedContinuation<Void, Never>] = []

    init(machine: AgentMachine, surroundings: AgentSurroundings) {
        self.machine = machine
        self.surroundings = surroundings
        ticketID = machine.ticket.id
        sessionID = machine.session.id
        (messages, inbox) = AsyncStream.makeStream()
    }

    // MARK: For the queue

    nonisolated func tell(_ event: AgentMachine.Event) { inbox.yield(.event(event)) }

    /// Hands over a launch that has been committed. The answer comes when the agent runs.
    @discardableResult
    nonisolated func begin(_ ticket: Ticket, _ launch: PreparedLaunch, from: String?) -> Promise<AgentReply> {
        promise { .begin(ticket, launch, switchedFrom: from, reply: $0) }
    }

    /// Returns when what was asked has happened.
    nonisolated func ask(_ intent: AgentIntent, next: PreparedLaunch?) async throws -> AgentReply {
        try await promise { .request(intent, next: next, reply: $0) }.valueUnlessStopped()
    }

    nonisolated func report(_ report: StepReport) async throws -> AgentReply {
        try await promise { .report(report, reply: $0) }.valueUnlessStopped()
    }

    nonisolated func review(_ verdict: ReviewVerdict) async throws -> AgentReply {
        try await promise { .review(verdict, reply: $0) }.valueUnlessStopped()
    }

    private nonisolated func promise(_ event: @escaping @Sendable (ReplyToken) -> AgentMachine.Event) -> Promise<AgentReply> {
        let promise = Promise<AgentReply>()
        if case .terminated = inbox.yield(.ask(event, promise)) { promise.settle(.failure(Self.over)) }
        return promise
    }

    /// Keeps the terminal of a finished run open for the next; nil when it is gone. Of one that is just being closed it is waited for what
    /// comes of that: it may be put off, because somebody looks.
    func holdSession() async -> SessionRecord? {
        while !isFinished, !hasStopped {
            if let session = machine.holdSession() { return session }
            guard machine.isClosing else { return nil }
            await withCheckedContinuation { closingWaiters.append($0) }
        }
        return nil
    }

    private func wakeClosingWaiters() {
        let woken = closingWaiters
        closingWaiters = []
        for waiter in woken { waiter.resume() }
    }

    private static let over = ReeveError(.conflict, "the agent's terminal has just been closed", hint: "try again")

    var session: SessionRecord { machine.session }
    var ticket: Ticket { machine.ticket }
    var launch: Launch { machine.launch }

    // MARK: The loop

    /// Lives until its terminal is closed or the daemon stops.
    func run() async {
        await withDiscardingTaskGroup { group in
            let keeperNews = surroundings.keepers.events(of: sessionID)
            group.addTask { [inbox] in for await news in keeperNews { inbox.yield(.event(.keeper(news))) } }
            // A session whose multiplexer nobody knows any more has only its keeper to tell of it.
            if let backend = try? surroundings.backends.of(machine.session) { await follow(backend, &group) }
            for await message in messages {
                take(message, &group)
                if isFinished { break }
            }
            group.cancelAll()
        }
        inbox.finish()
        hasStopped = true
        wakeClosingWaiters()
        for waiter in waiters.values {
            waiter.settle(.failure(isFinished ? Self.over : ReeveError(.shuttingDown, "the daemon is stopping")))
        }
        waiters = [:]
        for await message in messages {
            switch message {
            case .ask(_, let waiter): waiter.settle(.failure(Self.over))
            case .event, .recorded, .retryRecords: break
            }
        }
    }

    private func follow(_ backend: BackendActor, _ group: inout DiscardingTaskGroup) async {
        let sessions = backend.sessionLists()
        let ownSession = sessionID
        group.addTask { [inbox] in
            for await known in sessions where !known.contains(ownSession) { inbox.yield(.event(.sessionMissing)) }
        }
        let health = await backend.healthChanges()
        group.addTask { [inbox] in
            for await state in health {
                switch state {
                case .up(let detail): inbox.yield(.event(.backend(isUp: true, detail: detail)))
                case .down(let detail): inbox.yield(.event(.backend(isUp: false, detail: detail)))
                case .unknown: break
                }
            }
        }
    }

    private func take(_ message: Message, _ group: inout DiscardingTaskGroup) {
        switch message {
        case .event(let event): feed(event, &group)
        case .ask(let event, let waiter): feed(event(token(waiter)), &group)
        case .recorded(let result): recorded(result, &group)
        case .retryRecords:
            thinOut()
            commitNext(&group)
        }
    }

    private func feed(_ event: AgentMachine.Event, _ group: inout DiscardingTaskGroup) {
        let now = Moment(wall: surroundings.time.wall(), uptime: surroundings.time.uptime())
        perform(machine.handle(event, at: now), &group)
        if !machine.isClosing || isFinished { wakeClosingWaiters() }
        // With commits under way what is shown waits for them.
        if records.isEmpty, !isFinished { surroundings.board.show(machine.agent, for: ticketID) }
    }

    private func token(_ waiter: Waiter) -> ReplyToken {
        nextToken += 1
        let token = ReplyToken(nextToken)
        waiters[token] = waiter
        return token
    }

    // MARK: Effects

    private func perform(_ effects: [AgentMachine.Effect], _ group: inout DiscardingTaskGroup) {
        for effect in effects {
            switch effect {
            case .record(let changes, let then): append(Record(changes: changes, then: then, isIntent: false), &group)
            case .intend(let changes): append(Record(changes: changes, then: [], isIntent: true), &group)
            case .reply(let token, let result): waiters.removeValue(forKey: token)?.settle(result)
            case .finish:
                isFinished = true
                surroundings.board.show(nil, for: ticketID)
                surroundings.onFinish(ticketID, self)
                let over = sessionID
                group.addTask { [keepers = surroundings.keepers] in await keepers.forget(over) }
            case .leaveWork(let ticket, let from, let outcome): surroundings.onLeaveWork(ticket, from, outcome)
            case .moved(let from, let to): surroundings.onMoved(from, to)
            case .advance(let ticket): surroundings.onAdvance(ticket.id)
            case .judged(let kind, let outcome): surroundings.onJudged(ticketID, kind, outcome)
            case .keepsKind(let kind): surroundings.onKeepsKind(ticketID, kind)
            default:
                let session = machine.session
                let launch = machine.launch
                let ticketType = machine.ticket.type
                group.addTask { [surroundings, inbox] in
                    if let event = await surroundings.perform(
                        effect, session: session, launch: launch, ticketType: ticketType)
                    {
                        inbox.yield(.event(event))
                    }
                }
            }
        }
    }

    private func append(_ record: Record, _ group: inout DiscardingTaskGroup) {
        records.append(record)
        if recordsUnderWay == 0 { commitNext(&group) }
    }

    /// On a full disk an agent may change for hours: of states that follow each other, with nothing else in between, the last is kept.
    private func thinOut() {
        var kept: [Record] = []
        for record in records {
            if record.isOnlyState, kept.last?.isOnlyState == true { kept.removeLast() }
            kept.append(record)
        }
        records = kept
    }

    /// Facts that wait together share a commit; an intent stands alone, because it may be refused.
    private func commitNext(_ group: inout DiscardingTaskGroup) {
        guard let first = records.first else { return }
        recordsUnderWay = first.isIntent ? 1 : records.prefix { !$0.isIntent }.count
        let changes = records.prefix(recordsUnderWay).flatMap(\.changes)
        guard !changes.isEmpty else { return recorded(.success(()), &group) }
        let pending = surroundings.journal.enqueue(changes)
        group.addTask { [inbox] in
            do {
                try await pending.value()
                inbox.yield(.recorded(.success(())))
            } catch {
                inbox.yield(.recorded(.failure(error as? ReeveError ?? ReeveError(.internal, "\(error)"))))
            }
        }
    }

    private func recorded(_ result: Result<Void, ReeveError>, _ group: inout DiscardingTaskGroup) {
        switch result {
        case .success:
            let done = records.prefix(recordsUnderWay)
            records.removeFirst(recordsUnderWay)
            recordsUnderWay = 0
            if !isFinished { surroundings.board.show(machine.agent, for: ticketID) }
            for record in done {
                perform(record.then, &group)
                if record.isIntent { feed(.intentDurable, &group) }
            }
            if recordsUnderWay == 0 { commitNext(&group) }
        case .failure(let error):
            if records.first?.isIntent == true {
                records.removeFirst()
                recordsUnderWay = 0
                feed(.intentRefused(error), &group)
                if recordsUnderWay == 0 { commitNext(&group) }
            } else {
                // What has happened has happened: it is written down as soon as the disk takes it.
                group.addTask { [surroundings, inbox] in
                    try? await surroundings.time.sleep(for: .seconds(1))
                    inbox.yield(.retryRecords)
                }
            }
        }
    }
}
