package import ReeveModel
import Synchronization

/// The journal in memory, with the order and the all-or-nothing of the real one; commits can be held and made to fail.
package final class MemoryJournal: Journal {
    private struct State {
        var tickets: [TicketID: Ticket] = [:]
        var launches: [LaunchID: Launch] = [:]
        var launchOrder: [LaunchID] = []
        var sessions: [SessionID: SessionRecord] = [:]
        var stepRuns: [TicketID: [StepRun]] = [:]
        var files: [TicketID: TicketFileRecord] = [:]
        var threads: [ThreadKey: String] = [:]
        var metadata: [MetadataOwner: MetadataBoard] = [:]
        var meta: [String: String] = [:]
        var answers: [String: RecordedAnswer] = [:]
        var events: [StoredEvent] = []
        var payloads: [EventPayload] = []
        var failure: ReeveError?
        var refused: [EventPayload] = []
        var failingReads = 0
        var onCommit: (@Sendable ([StoredEvent]) -> Void)?
        var isHolding = false
        var held: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Called with each commit's events, as the real one does.
    package func onCommit(_ body: @escaping @Sendable ([StoredEvent]) -> Void) { state.withLock { $0.onCommit = body } }
    /// From now on every commit fails so; nil: none does.
    package func fail(with error: ReeveError?) { state.withLock { $0.failure = error } }
    /// What `fail` has refused, in its order; what is committed again is there again. Waiting for it shows that something has failed.
    package var refusedKinds: [String] { refused.map(\.kind) }
    package var refused: [EventPayload] { state.withLock(\.refused) }

    /// The next reads of the log fail.
    package func failReading(times: Int) { state.withLock { $0.failingReads = times } }

    /// From now on commits are made and nobody hears of it, until `letGo` tells all, the last one first.
    package func hold() { state.withLock { $0.isHolding = true } }
    package var heldCount: Int { state.withLock(\.held.count) }
    package func letGo() {
        let held = state.withLock { state in
            defer { state.held = [] }
            state.isHolding = false
            return state.held
        }
        for waiter in held.reversed() { waiter.resume() }
    }

    private func awaitRelease() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.isHolding { state.held.append(continuation) }
                return !state.isHolding
            }
            if isFree { continuation.resume() }
        }
    }

    package var payloads: [EventPayload] { state.withLock(\.payloads) }
    package var kinds: [String] { payloads.map(\.kind) }
    package var launches: [Launch] { state.withLock { state in state.launchOrder.compactMap { state.launches[$0] } } }
    package var allTickets: [TicketID: Ticket] { state.withLock(\.tickets) }
    package var allAnswers: [String: RecordedAnswer] { state.withLock(\.answers) }
    package var isPaused: Bool { state.withLock { $0.meta["paused"] == "true" } }
    package var allEvents: [StoredEvent] { state.withLock(\.events) }
    package var openSessions: Set<SessionID> {
        state.withLock { Set($0.sessions.values.lazy.filter { $0.closedAt == nil }.map(\.id)) }
    }
    package var cursor: Int64 { state.withLock { Int64($0.events.count) } }

    package func enqueue(_ changes: [JournalChange]) -> PendingCommit {
        let result = apply(changes)
        return PendingCommit { [self] in
            await awaitRelease()
            try result.get()
        }
    }

    /// Makes a commit at once.
    package func apply(_ changes: [JournalChange]) -> Result<Void, ReeveError> {
        state.withLock { state in
            if let failure = state.failure {
                for case .event(let payload) in changes { state.refused.append(payload) }
                return .failure(failure)
            }
            if case .putTicket(let ticket)? = changes.first, state.tickets[ticket.id] == nil {
                return .failure(.notFound("ticket", ticket.id.text))
            }
            if case .addTicket(let ticket)? = changes.first, state.tickets[ticket.id] != nil {
                return .failure(.conflict("a ticket '\(ticket.id)' exists already"))
            }
            if case .changeMetadata(let owner, _)? = changes.first {
                switch owner {
                case .ticket(let id) where state.tickets[id] == nil: return .failure(.notFound("ticket", id.text))
                case .session(let id, let name) where state.sessions[id].map({ $0.closedAt != nil }) ?? true:
                    return .failure(.notFound("session", name.text))
                default: break
                }
            }
            var fresh: [StoredEvent] = []
            for change in changes {
                switch change {
                case .addTicket(let ticket), .putTicket(let ticket):
                    state.tickets[ticket.id] = ticket
                    if ticket.state.isFinished {
                        state.metadata[.ticket(ticket.id)]?.status = nil
                        state.metadata[.ticket(ticket.id)]?.progress = nil
                    }
                case .changeMetadata(let owner, let changes):
                    for change in changes { Self.apply(change, &state.metadata[owner, default: MetadataBoard()]) }
                case .removeTicket(let id):
                    guard state.tickets[id]?.state.isFinished == true,
                        !state.sessions.values.contains(where: { $0.ticket == id && $0.closedAt == nil }),
                        !state.tickets.values.contains(where: { $0.after.contains(id) })
                    else { return .failure(.conflict("'\(id)' is still needed")) }
                    state.tickets[id] = nil
                    state.metadata[.ticket(id)] = nil
                    state.sessions = state.sessions.filter { $0.value.ticket != id }
                    state.launchOrder.removeAll { state.launches[$0]?.ticket == id }
                    state.launches = state.launches.filter { $0.value.ticket != id }
                case .removeSession(let id):
                    guard let session = state.sessions[id], session.ticket == nil, session.closedAt != nil else { continue }
                    state.sessions[id] = nil
                    state.launchOrder.removeAll { state.launches[$0]?.session == id }
                    state.launches = state.launches.filter { $0.value.session != id }
                case .putLaunch(let launch):
                    if state.launches[launch.id] == nil { state.launchOrder.append(launch.id) }
                    state.launches[launch.id] = launch
                case .putSession(let session):
                    state.sessions[session.id] = session
                    if session.closedAt != nil, session.ticket == nil {
                        state.metadata[.session(session.id, name: session.name)] = nil
                    }
                case .putStepRun(let run):
                    state.stepRuns[run.ticket, default: []].removeAll { $0.visit == run.visit }
                    state.stepRuns[run.ticket, default: []].append(run)
                case .updateStepRun(let change):
                    for index in state.stepRuns[change.ticket, default: []].indices
                    where state.stepRuns[change.ticket]?[index].visit == change.visit {
                        state.stepRuns[change.ticket]?[index].apply(change)
                    }
                case .putThread(let key, let data): state.threads[key] = data
                case .putTicketFile(let file): state.files[file.ticket] = file
                case .setMeta(let key, let value): state.meta[key] = value
                case .recordAnswer(let answer): state.answers[answer.key] = answer
                case .forgetAnswer(let key): state.answers[key] = nil
                case .event(let payload):
                    state.payloads.append(payload)
                    let event = StoredEvent(
                        seq: Int64(state.events.count) + 1, time: Samples.now, kind: payload.kind, ticket: payload.ticket,
                        data: "{}")
                    state.events.append(event)
                    fresh.append(event)
                }
            }
            if !fresh.isEmpty { state.onCommit?(fresh) }
            return .success(())
        }
    }

    private static func apply(_ change: MetadataChange, _ board: inout MetadataBoard) {
        switch change {
        case .putStatus(let status): board.status = status
        case .putProgress(let progress): board.progress = progress
        case .putLine(let line): board.log.append(line)
        case .removeStatus: board.status = nil
        case .removeProgress: board.progress = nil
        case .removeLines(let last): board.log.removeAll { $0.number <= last }
        case .removeLine(let number): board.log.removeAll { $0.number == number }
        }
    }

    package func metadata(of owner: MetadataOwner) async throws -> MetadataBoard {
        state.withLock { $0.metadata[owner] ?? MetadataBoard() }
    }

    package func metadata(of tickets: [TicketID]) async throws -> [TicketID: MetadataBoard] {
        state.withLock { state in
            var boards: [TicketID: MetadataBoard] = [:]
            for ticket in tickets { boards[ticket] = state.metadata[.ticket(ticket)] }
            return boards
        }
    }

    package func expiringMetadata(at moment: Timestamp) async throws -> (over: [MetadataOwner], next: Timestamp?) {
        state.withLock { state in
            let over = state.metadata.filter { $0.value.nextExpiry.map { $0 <= moment } ?? false }.map(\.key)
            return (over, state.metadata.values.compactMap { $0.seen(at: moment).nextExpiry }.min())
        }
    }

    package func load() async throws -> JournalSnapshot {
        state.withLock { state in
            var snapshot = JournalSnapshot()
            snapshot.queued = state.tickets.values.filter { $0.state == .queued }.sorted { $0.sequence < $1.sequence }
            snapshot.done = Set(snapshot.queued.flatMap(\.after)).filter { state.tickets[$0]?.state == .done }
            for session in state.sessions.values where session.closedAt == nil {
                let launch = state.launchOrder.last { state.launches[$0]?.session == session.id }.flatMap { state.launches[$0] }
                if let ticket = session.ticket.flatMap({ state.tickets[$0] }), let launch {
                    snapshot.work.append(JournalSnapshot.Work(ticket: ticket, session: session, launch: launch))
                } else {
                    snapshot.sessions.append((session, launch))
                }
            }
            for ticket in state.tickets.values { snapshot.counts[ticket.state, default: 0] += 1 }
            snapshot.lastSequence = state.tickets.values.map(\.sequence).max() ?? 0
            snapshot.cursor = Int64(state.events.count)
            snapshot.isPaused = state.meta["paused"] == "true"
            snapshot.breaker = state.meta["breaker"] ?? ""
            snapshot.staysDown = state.tickets.values.filter(\.staysDown).map(\.id).sorted()
            return snapshot
        }
    }

    package func ticket(_ id: TicketID) async throws -> Ticket? { state.withLock { $0.tickets[id] } }
    package func stepRuns(of ticket: TicketID) async throws -> [StepRun] { state.withLock { $0.stepRuns[ticket] ?? [] } }

    package func threads() async throws -> [String] { state.withLock { Array($0.threads.values) } }

    package func filedTickets() async throws -> [(file: TicketFileRecord, ticket: Ticket)] {
        state.withLock { state in
            state.files.values.compactMap { file in state.tickets[file.ticket].map { (file, $0) } }
                .sorted { $0.1.sequence < $1.1.sequence }
        }
    }

    package func file(of ticket: TicketID) async throws -> TicketFileRecord? { state.withLock { $0.files[ticket] } }

    package func tickets(_ query: TicketQuery) async throws -> [Ticket] {
        state.withLock { state in
            Array(
                state.tickets.values.filter { query.states.contains($0.state) && $0.sequence < query.before ?? .max }
                    .sorted { $0.sequence > $1.sequence }.prefix(query.limit))
        }
    }

    package func lastWork(of ticket: TicketID) async throws -> (session: SessionRecord, launch: Launch)? {
        state.withLock { state in
            guard let id = state.launchOrder.last(where: { state.launches[$0]?.ticket == ticket }),
                let launch = state.launches[id],
                let session = state.sessions[launch.session]
            else { return nil }
            return (session, launch)
        }
    }

    package func counts() async throws -> [TicketState: Int] { try await load().counts }

    package func events(after cursor: Int64, limit: Int) async throws -> [StoredEvent] {
        try state.withLock { state in
            if state.failingReads > 0 {
                state.failingReads -= 1
                throw ReeveError.unavailable("the disk does not answer")
            }
            return Array(state.events.dropFirst(Int(cursor)).prefix(limit))
        }
    }

    package func answer(to key: String) async throws -> RecordedAnswer? { state.withLock { $0.answers[key] } }
    package func meta(_ key: String) async throws -> String? { state.withLock { $0.meta[key] } }
    package func probe() async throws {}
    package func tidy() async throws -> Bool { false }

    package func remains(before moment: Timestamp, limit: Int) async throws -> [Remains] {
        state.withLock { state in
            let needed = Set(state.tickets.values.flatMap(\.after))
            let open = Set(state.sessions.values.filter { $0.closedAt == nil }.compactMap(\.ticket))
            let tickets = state.tickets.values.filter { ticket in
                ticket.state.isFinished && (ticket.finishedAt.map { $0 < moment } ?? false) && !needed.contains(ticket.id)
                    && !open.contains(ticket.id)
            }.sorted { $0.sequence < $1.sequence }
            let sessions = state.sessions.values.filter { session in
                session.ticket == nil && (session.closedAt.map { $0 < moment } ?? false)
            }
            let remains =
                tickets.map { ticket in
                    Remains(
                        ticket: ticket.id, state: ticket.state,
                        launches: state.launchOrder.filter { state.launches[$0]?.ticket == ticket.id },
                        sessions: state.sessions.values.filter { $0.ticket == ticket.id }.map(\.id).sorted { $0.text < $1.text })
                }
                + sessions.map { session in
                    Remains(
                        ticket: nil, state: nil, launches: state.launchOrder.filter { state.launches[$0]?.session == session.id },
                        sessions: [session.id])
                }
            return Array(remains.prefix(limit))
        }
    }
}
