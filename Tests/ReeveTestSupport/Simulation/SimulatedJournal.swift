package import ReeveModel
import Synchronization

/// The disk, which is full or slow also for the next daemon.
package final class DiskCondition: Sendable {
    private let state = Mutex((isFull: false, isSlow: false))

    package init() {}

    package var isFull: Bool { state.withLock(\.isFull) }
    /// It takes its time, as under somebody's backup.
    package var isSlow: Bool { state.withLock(\.isSlow) }

    package func set(isFull: Bool? = nil, isSlow: Bool? = nil) {
        state.withLock { state in state = (isFull ?? state.isFull, isSlow ?? state.isSlow) }
    }
}

/// The journal of one simulated daemon: commits take their time, are grouped, and fail while the disk is full. What has been committed is in
/// `disk`, which outlives the daemon; what was only put in line dies with it.
package final class SimulatedJournal: Journal {
    private struct Entry: Sendable {
        var changes: [JournalChange]
        var outcome: Promise<Void>
    }

    private struct State {
        var generator: SeededGenerator
        var line: [Entry] = []
        var isCommitting = false
    }

    private let disk: MemoryJournal
    private let condition: DiskCondition
    private let clock: SimulationClock
    private let owner: Int
    private let mutation: SimulationMutation?
    private let onCommit: @Sendable ([JournalChange]) -> Void
    private let state: Mutex<State>

    /// - Parameter onCommit: told of each commit in the moment in which it is on the disk.
    package init(
        disk: MemoryJournal, condition: DiskCondition, clock: SimulationClock, owner: Int, seed: UInt64,
        mutation: SimulationMutation?, onCommit: @escaping @Sendable ([JournalChange]) -> Void
    ) {
        self.onCommit = onCommit
        self.disk = disk
        self.condition = condition
        self.clock = clock
        self.owner = owner
        self.mutation = mutation
        state = Mutex(State(generator: SeededGenerator(seed: seed)))
    }

    package func enqueue(_ changes: [JournalChange]) -> PendingCommit {
        let outcome = Promise<Void>()
        state.withLock { $0.line.append(Entry(changes: changes, outcome: outcome)) }
        commitSoon()
        return PendingCommit { try await outcome.value() }
    }

    private func commitSoon() {
        let delay = state.withLock { state -> Duration? in
            guard !state.isCommitting, !state.line.isEmpty else { return nil }
            state.isCommitting = true
            return state.generator.milliseconds(condition.isSlow ? 200...3000 : 0...8)
        }
        guard let delay else { return }
        clock.after(delay, owner: owner) { [self] in commit() }
    }

    private func commit() {
        let isFull = condition.isFull
        let (batch, delay) = state.withLock { state in
            defer {
                state.line = []
                state.isCommitting = false
            }
            return (state.line, state.generator.milliseconds(0...4))
        }
        let results = batch.map { entry -> Result<Void, ReeveError> in
            if isFull { return .failure(.unavailable("the disk is full")) }
            if mutation == .journalLosesAcknowledged, state.withLock({ $0.generator.oneIn(20) }) { return .success(()) }
            let result = disk.apply(kept(entry.changes))
            if case .success = result { onCommit(entry.changes) }
            return result
        }
        // On the disk, and nobody has heard of it yet: a daemon may be killed in between.
        clock.after(delay, owner: owner) { for (entry, result) in zip(batch, results) { entry.outcome.settle(result) } }
        commitSoon()
    }

    /// Without what this journal forgets.
    private func kept(_ changes: [JournalChange]) -> [JournalChange] {
        switch mutation {
        case .journalForgetsPause: return changes.filter { if case .setMeta = $0 { false } else { true } }
        case .journalForgetsAnswers: return changes.filter { if case .recordAnswer = $0 { false } else { true } }
        case .journalForgetsDecisions:
            let isDecision = changes.contains { change in
                if case .event(.agentReview(let news)) = change { news.isApproved != nil } else { false }
            }
            return isDecision ? changes.filter { if case .putTicket = $0 { false } else { true } } : changes
        case .journalForgetsTitles:
            let known = disk.allTickets
            return changes.map { change in
                guard case .putTicket(var ticket) = change else { return change }
                ticket.title = known[ticket.id]?.title ?? ticket.title
                return .putTicket(ticket)
            }
        default: return changes
        }
    }

    package func load() async throws -> JournalSnapshot {
        var snapshot = try await disk.load()
        if mutation == .journalForgetsWork { _ = snapshot.work.popLast() }
        if mutation == .journalForgetsSessions { snapshot.sessions = [] }
        if mutation == .journalForgetsPaste {
            for index in snapshot.work.indices where snapshot.work[index].launch.prompt != .none {
                snapshot.work[index].launch.prompt = .pending
            }
        }
        return snapshot
    }

    package func stepRuns(of ticket: TicketID) async throws -> [StepRun] { try await disk.stepRuns(of: ticket) }
    package func threads() async throws -> [String] { try await disk.threads() }
    package func filedTickets() async throws -> [(file: TicketFileRecord, ticket: Ticket)] { try await disk.filedTickets() }
    package func file(of ticket: TicketID) async throws -> TicketFileRecord? { try await disk.file(of: ticket) }
    package func ticket(_ id: TicketID) async throws -> Ticket? { try await disk.ticket(id) }
    package func metadata(of owner: MetadataOwner) async throws -> MetadataBoard { try await disk.metadata(of: owner) }
    package func metadata(of tickets: [TicketID]) async throws -> [TicketID: MetadataBoard] {
        try await disk.metadata(of: tickets)
    }
    package func expiringMetadata(at moment: Timestamp) async throws -> (over: [MetadataOwner], next: Timestamp?) {
        try await disk.expiringMetadata(at: moment)
    }
    package func tickets(_ query: TicketQuery) async throws -> [Ticket] { try await disk.tickets(query) }
    package func lastWork(of ticket: TicketID) async throws -> (session: SessionRecord, launch: Launch)? {
        try await disk.lastWork(of: ticket)
    }
    package func counts() async throws -> [TicketState: Int] { try await disk.counts() }
    package func events(after cursor: Int64, limit: Int) async throws -> [StoredEvent] {
        let events = try await disk.events(after: cursor, limit: limit)
        return mutation == .logSkips && events.count > 1 ? Array(events.dropFirst()) : events
    }
    package func answer(to key: String) async throws -> RecordedAnswer? { try await disk.answer(to: key) }
    package func meta(_ key: String) async throws -> String? { try await disk.meta(key) }
    package func remains(before moment: Timestamp, limit: Int) async throws -> [Remains] {
        try await disk.remains(before: moment, limit: limit)
    }
    package func tidy() async throws -> Bool { try await disk.tidy() }
    package func probe() async throws {}
}
