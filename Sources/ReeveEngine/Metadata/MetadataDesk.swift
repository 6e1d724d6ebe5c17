package import Logging
package import ReeveModel

/// What is told of tickets and sessions beside their state. The journal holds it; nothing of it is kept here.
///
/// Whoever changes a board has its turn until that is on the disk, so each one builds on what the one before has written.
package actor MetadataDesk {
    /// As a request names it.
    package enum Address: Sendable, Hashable {
        case ticket(TicketID)
        /// By name, or by the id that agents find in `REEVE_SESSION`.
        case session(String)
    }

    private enum Job: Sendable { case wakeUp(at: Timestamp) }

    /// Budgets that are remembered; full ones are forgotten first.
    private static let budgetsKept = 4096

    private let jobs: AsyncStream<Job>
    private let jobLine: AsyncStream<Job>.Continuation
    private let journal: any Journal
    private let board: StatusBoard
    private let sessions: SessionActor
    private let time: any TimeSource
    private let logger: Logger
    private var turns = TurnQueue<MetadataOwner>()
    private var budgets: [MetadataOwner: MetadataBudget] = [:]
    private var armed: Timestamp?

    package init(journal: any Journal, board: StatusBoard, sessions: SessionActor, time: any TimeSource, logger: Logger) {
        (jobs, jobLine) = AsyncStream.makeStream()
        self.journal = journal
        self.board = board
        self.sessions = sessions
        self.time = time
        self.logger = logger
    }

    // MARK: Asking and changing

    package func look(_ address: Address) async throws -> (owner: MetadataOwner, board: MetadataBoard) {
        let owner = try await owner(address)
        return (owner, try await journal.metadata(of: owner).seen(at: time.wall()))
    }

    /// Status and progress of those that have any; for lists.
    package func states(of tickets: [TicketID]) async throws -> [TicketID: MetadataBoard] {
        let now = time.wall()
        return try await journal.metadata(of: tickets).mapValues { $0.seen(at: now) }
    }

    package func set(
        status text: String, tone: MetadataTone, timeToLive: Duration?, of address: Address
    ) async throws -> MetadataStatus {
        try await change(address, needsWork: "a status") { board, now throws(ReeveError) in
            try board.set(status: text, tone: tone, timeToLive: timeToLive, now: now)
        }.status.asserted()
    }

    package func set(
        progress amount: MetadataProgress.Amount, label: String?, timeToLive: Duration?, of address: Address
    ) async throws -> MetadataProgress {
        try await change(address, needsWork: "a progress") { board, now throws(ReeveError) in
            try board.set(progress: amount, label: label, timeToLive: timeToLive, now: now)
        }.progress.asserted()
    }

    package func add(
        line message: String, tone: MetadataTone, source: String?, timeToLive: Duration?, to address: Address
    ) async throws -> MetadataLine {
        try await change(address) { board, now throws(ReeveError) in
            try board.add(line: message, tone: tone, source: source, timeToLive: timeToLive, now: now)
        }.log.last.asserted()
    }

    /// - Returns: the line that the log keeps of it.
    package func notify(_ body: String, title: String?, urgency: MetadataUrgency, from address: Address) async throws
        -> MetadataLine
    {
        try await change(address, isNotice: true) { board, now throws(ReeveError) in
            try board.notify(body, title: title, urgency: urgency, now: now)
        }.log.last.asserted()
    }

    /// - Returns: the parts that held something.
    package func clear(_ parts: Set<MetadataPart>, of address: Address) async throws -> [MetadataPart] {
        var cleared: [MetadataPart] = []
        let owner = try await owner(address)
        await takeTurn(owner)
        defer { turns.give(owner) }
        var board = try await journal.metadata(of: owner)
        let outcome = board.clear(parts)
        for case .cleared(let parts, _) in outcome.facts { cleared = parts }
        try await commit(outcome, owner, isNotice: false)
        return cleared
    }

    private func change(
        _ address: Address, needsWork: String? = nil, isNotice: Bool = false,
        _ body: (inout MetadataBoard, Timestamp) throws(ReeveError) -> MetadataBoard.Outcome
    ) async throws -> MetadataBoard {
        let owner = try await owner(address)
        if let needsWork { try await refuseFinished(owner, needsWork) }
        await takeTurn(owner)
        defer { turns.give(owner) }
        let now = time.wall()
        var board = try await journal.metadata(of: owner).seen(at: now)
        let outcome = try body(&board, now)
        try await commit(outcome, owner, isNotice: isNotice)
        if let next = board.nextExpiry { arm(next) }
        return board
    }

    /// Writes the outcome and what it tells, together; nothing for one that changes nothing.
    private func commit(_ outcome: MetadataBoard.Outcome, _ owner: MetadataOwner, isNotice: Bool) async throws {
        guard !outcome.changes.isEmpty else { return }
        try spend(owner, isNotice: isNotice)
        try await journal.enqueue(entry(outcome, owner)).value()
        if outcome.changes.contains(where: \.isSeenAtAGlance) { board.noteMetadata() }
    }

    private func entry(_ outcome: MetadataBoard.Outcome, _ owner: MetadataOwner) -> [JournalChange] {
        [.changeMetadata(owner, outcome.changes)] + outcome.facts.map { .event(.metadata(MetadataNews(owner, $0))) }
    }

    private func spend(_ owner: MetadataOwner, isNotice: Bool) throws(ReeveError) {
        let now = time.uptime()
        if budgets[owner] == nil, budgets.count >= Self.budgetsKept {
            for (owner, var budget) in budgets where budget.isFull(at: now) { budgets[owner] = nil }
        }
        try budgets[owner, default: MetadataBudget()].spend(isNotice: isNotice, at: now)
    }

    private func takeTurn(_ owner: MetadataOwner) async {
        if turns.tryTake(owner) { return }
        await withCheckedContinuation { turns.wait(owner, $0) }
    }

    // MARK: Whose

    /// - Throws: `not_found` for a ticket or a session that is not there.
    private func owner(_ address: Address) async throws -> MetadataOwner {
        switch address {
        case .ticket(let id):
            guard try await journal.ticket(id) != nil else { throw ReeveError.notFound("ticket", id.text) }
            return .ticket(id)
        case .session(let text):
            if let agent = board.agents.first(where: { $0.session.text == text || $0.sessionID.text == text }) {
                return .ticket(agent.ticket)
            }
            guard let session = await sessions.open(text) else { throw ReeveError.notFound("session", text) }
            return .session(session.id, name: session.name)
        }
    }

    private func refuseFinished(_ owner: MetadataOwner, _ what: String) async throws {
        guard let id = owner.ticket, let ticket = try await journal.ticket(id), ticket.state.isFinished else { return }
        throw ReeveError.conflict(
            "'\(id)' is \(ticket.state.rawValue): \(what) tells of work that goes on",
            hint: "metadata.log takes what is left to say")
    }

    // MARK: Time to live

    /// Takes away what is over, when it is over, until this task is cancelled.
    package func run() async {
        await expire()
        await withDiscardingTaskGroup { group in
            for await job in jobs {
                switch job {
                case .wakeUp(let moment):
                    group.addTask { [time] in
                        let wait = moment.milliseconds - time.wall().milliseconds
                        // A wall clock that jumps must not keep anything for a day: look again at least every minute.
                        do { try await time.sleep(for: .milliseconds(min(max(wait, 1), 60_000))) } catch { return }
                        await self.wokenUp(moment)
                    }
                }
            }
            group.cancelAll()
        }
    }

    private func wokenUp(_ moment: Timestamp) async {
        // An earlier one has been armed since: that one looks after this, too.
        guard armed == moment else { return }
        armed = nil
        await expire()
    }

    private func expire() async {
        let now = time.wall()
        do {
            let expiring = try await journal.expiringMetadata(at: now)
            // Before it is taken away: what is over is not shown any more, whether or not the disk takes that.
            if !expiring.over.isEmpty { board.noteMetadata() }
            for owner in expiring.over { try await expire(owner, at: now) }
            if let next = expiring.next { arm(next) }
        } catch {
            // The disk is full or worse, which is told elsewhere. What is over is not shown meanwhile.
            logger.debug("metadata stays for now", metadata: ["error": "\(error)"])
            arm(now.advanced(by: .seconds(60)))
        }
    }

    private func expire(_ owner: MetadataOwner, at now: Timestamp) async throws {
        await takeTurn(owner)
        defer { turns.give(owner) }
        var board = try await journal.metadata(of: owner)
        let outcome = board.expire(at: now)
        guard !outcome.changes.isEmpty else { return }
        do { try await journal.enqueue(entry(outcome, owner)).value() } catch let error as ReeveError
            where error.kind == .notFound
        {
            // Its ticket has been removed meanwhile, with all of this.
        }
    }

    private func arm(_ moment: Timestamp) {
        if let armed, armed <= moment { return }
        armed = moment
        jobLine.yield(.wakeUp(at: moment))
    }
}

extension Optional {
    /// What a change has just put there.
    fileprivate func asserted() throws(ReeveError) -> Wrapped {
        guard let self else { throw ReeveError(.internal, "what was written is not there") }
        return self
    }
}
