import Dispatch
import GRDB
package import Logging
package import ReeveModel
import Synchronization

/// The journal in SQLite: WAL, `synchronous=FULL`, one writer with group commit, readers beside it.
///
/// Guaranteed: when a commit is acknowledged its rows and its events are on the disk, together; events are numbered without a gap in
/// the order of the commits, and `onCommit` sees them in that order before anybody who waits for the commit goes on.
/// Not guaranteed: that a failed commit left no trace in the order of others — it leaves none in the data.
package final class SQLiteJournal: Journal {
    private let pool: DatabasePool
    private let writer: CommitWriter
    private let queue: CommitQueue
    private let time: any TimeSource
    private let health: JournalHealth
    /// The last daemon did not end by itself, and the file is too long to be looked over at the start.
    package let wantsCheck: Bool

    /// - Parameters:
    ///   - retention: asked for at every step of keeping house, so that a reload counts at once.
    ///   - encode: the JSON of an event's payload; the wire is not this target's business.
    ///   - onCommit: called on the writer's thread after each commit with its events; must not block.
    /// - Throws: `damaged` when what is there is no sound database of ours, which is then left exactly as it is; `unavailable` when it
    ///   cannot be read or written.
    package init(
        path: String, time: any TimeSource, retention: @escaping @Sendable () -> Retention = { Retention() }, logger: Logger,
        encode: @escaping @Sendable (EventPayload) -> String, onCommit: @escaping @Sendable ([StoredEvent]) -> Void
    ) throws {
        let opening = DatabaseOpening(path: path)
        health = JournalHealth(logger: logger, onDamage: { opening.demandCheck() })
        do {
            let found = try opening.prepare()
            wantsCheck = found.wantsCheck
            pool = try DatabasePool(path: path, configuration: opening.configuration)
            // Only now: GRDB 7.10 sets NORMAL when it switches the writer to WAL, after `prepareDatabase`.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            if found.wantsCheckpoint { _ = try pool.writeWithoutTransaction { try $0.checkpoint(.truncate) } }
            try Migrations.migrator.migrate(pool)
            let lastSeq = try pool.read { try Int64.fetchOne($0, sql: "SELECT MAX(seq) FROM event") ?? 0 }
            writer = CommitWriter(
                pool: pool, lastSeq: lastSeq, time: time, retention: retention, health: health, logger: logger, encode: encode,
                onCommit: onCommit)
            _ = try writer.pruneStep()
        } catch {
            throw opening.refusal(error)
        }
        self.time = time
        queue = CommitQueue { [writer] in writer.commit($0) }
    }

    package func enqueue(_ changes: [JournalChange]) -> PendingCommit { queue.enqueue(changes) }

    /// The newest event's number; known without a query.
    package var cursor: Int64 { writer.lastSeq }

    /// What is wrong with the database, in one line; nil when all is well.
    package var trouble: String? { health.line }

    /// Pages that hold nothing, in bytes: they are used again, or given back.
    package func freeBytes() async throws -> Int64 {
        try await read { db in
            let pages = try Int64.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
            return try pages * (Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
        }
    }

    package func remains(before moment: Timestamp, limit: Int) async throws -> [Remains] {
        try await read { try Removal.remains(before: moment, limit: limit, $0) }
    }

    /// Not between commits in their line, but beside it: GRDB lets one writer in after the other.
    package func tidy() async throws -> Bool {
        if let damage = health.damage { throw damage }
        // A thread that may block, as for the commits.
        return try await withCheckedThrowingContinuation { continuation in
            Self.tidying.async { [writer, health] in
                continuation.resume(
                    with: Result { try writer.pruneStep() || writer.shrinkStep() }.mapError { health.failed($0) })
            }
        }
    }

    private static let tidying = DispatchQueue(label: "reeve.tidy", qos: .utility)

    package func probe() async throws { _ = try await read { try Int.fetchOne($0, sql: "SELECT 1") } }

    /// Everything is written back into the main file and closed.
    package func close() throws {
        // The last connection to close does that, if it may write; GRDB closes the readers after the writer. A damaged file is not
        // written into any more.
        if health.damage == nil { pool.invalidateReadOnlyConnections() }
        try pool.close()
    }

    // MARK: Reading

    package func ticket(_ id: TicketID) async throws -> Ticket? {
        try await read { db in
            try Row.fetchOne(db, sql: "SELECT \(TicketRow.columns) FROM ticket WHERE id = ?", arguments: [id.text])
                .map { try TicketRow.decode($0) }
        }
    }

    package func tickets(_ query: TicketQuery) async throws -> [Ticket] {
        let states = query.states.map { "'\($0.rawValue)'" }.sorted().joined(separator: ",")
        return try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(TicketRow.columns) FROM ticket WHERE state IN (\(states)) AND sequence < ? ORDER BY sequence DESC LIMIT ?
                    """, arguments: [query.before ?? Int64.max, query.limit]
            ).map { try TicketRow.decode($0) }
        }
    }

    package func lastWork(of ticket: TicketID) async throws -> (session: SessionRecord, launch: Launch)? {
        try await read { db in
            guard
                let row = try Row.fetchOne(
                    db, sql: "SELECT * FROM launch WHERE ticket = ? ORDER BY sequence DESC LIMIT 1", arguments: [ticket.text])
            else { return nil }
            let launch = try LaunchRow.decode(row)
            return try Row.fetchOne(db, sql: "SELECT * FROM session WHERE id = ?", arguments: [launch.session.text])
                .map { (try SessionRow.decode($0), launch) }
        }
    }

    package func stepRuns(of ticket: TicketID) async throws -> [StepRun] { try await read { try StepRunRow.all(of: ticket, $0) } }

    package func filedTickets() async throws -> [(file: TicketFileRecord, ticket: Ticket)] {
        try await read { try TicketFileRow.all($0) }
    }

    package func file(of ticket: TicketID) async throws -> TicketFileRecord? {
        try await read { try TicketFileRow.one(ticket, $0) }
    }

    package func threads() async throws -> [String] {
        try await read { try String.fetchAll($0, sql: "SELECT data FROM thread") }
    }

    package func metadata(of owner: MetadataOwner) async throws -> MetadataBoard {
        try await read { try MetadataRow.board(of: owner, $0) }
    }

    package func metadata(of tickets: [TicketID]) async throws -> [TicketID: MetadataBoard] {
        try await read { try MetadataRow.states(of: tickets, $0) }
    }

    package func expiringMetadata(at moment: Timestamp) async throws -> (over: [MetadataOwner], next: Timestamp?) {
        try await read { try MetadataRow.expiring(at: moment, $0) }
    }

    package func counts() async throws -> [TicketState: Int] { try await read { try Self.counts($0) } }

    package func events(after cursor: Int64, limit: Int) async throws -> [StoredEvent] {
        try await read { db in
            let oldest = try Int64.fetchOne(db, sql: "SELECT MIN(seq) FROM event")
            if let oldest, cursor < oldest - 1 {
                throw ReeveError(
                    .cursorExpired, "events up to \(oldest - 1) are no longer kept",
                    hint: "read the state anew (ticket.list, agent.list), then subscribe from \(oldest - 1)", oldest: oldest)
            }
            return try Row.fetchAll(
                db, sql: "SELECT seq, time, kind, ticket, data FROM event WHERE seq > ? ORDER BY seq LIMIT ?",
                arguments: [cursor, limit]
            ).map { row in
                let ticket: String? = row["ticket"]
                return StoredEvent(
                    seq: row["seq"], time: Timestamp(milliseconds: row["time"]), kind: row["kind"],
                    ticket: ticket.flatMap { TicketID($0) }, data: row["data"])
            }
        }
    }

    package func answer(to key: String) async throws -> RecordedAnswer? {
        let youngest = time.wall().milliseconds - CommitWriter.answersKept.milliseconds
        return try await read { db in
            try Row.fetchOne(
                db, sql: "SELECT key, method, fingerprint, result FROM answer WHERE key = ? AND created_at >= ?",
                arguments: [key, youngest]
            ).map { RecordedAnswer(key: $0["key"], method: $0["method"], fingerprint: $0["fingerprint"], result: $0["result"]) }
        }
    }

    package func meta(_ key: String) async throws -> String? {
        try await read { try String.fetchOne($0, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key]) }
    }

    package func load() async throws -> JournalSnapshot {
        let seq = writer.lastSeq
        return try await read { db in
            var snapshot = JournalSnapshot()
            snapshot.cursor = seq
            snapshot.counts = try Self.counts(db)
            snapshot.lastSequence = try Int64.fetchOne(db, sql: "SELECT MAX(sequence) FROM ticket") ?? 0
            snapshot.isPaused = try String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'paused'") == "true"
            snapshot.breaker = try String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'breaker'") ?? ""
            snapshot.staysDown = try String.fetchAll(db, sql: "SELECT id FROM ticket WHERE stays_down ORDER BY finished_at")
                .compactMap { TicketID($0) }
            snapshot.queued = try Row.fetchAll(
                db, sql: "SELECT \(TicketRow.columns) FROM ticket WHERE state = 'queued' ORDER BY sequence"
            ).map { try TicketRow.decode($0) }
            for prerequisite in Set(snapshot.queued.flatMap(\.after)) {
                let state = try String.fetchOne(db, sql: "SELECT state FROM ticket WHERE id = ?", arguments: [prerequisite.text])
                if state == TicketState.done.rawValue { snapshot.done.insert(prerequisite) }
            }
            let sessions = try Row.fetchAll(db, sql: "SELECT * FROM session WHERE closed_at IS NULL").map {
                try SessionRow.decode($0)
            }
            var withWork: Set<TicketID> = []
            for session in sessions {
                let launch = try Row.fetchOne(
                    db, sql: "SELECT * FROM launch WHERE session = ? ORDER BY sequence DESC LIMIT 1", arguments: [session.id.text]
                ).map { try LaunchRow.decode($0) }
                guard let id = session.ticket, let launch else {
                    snapshot.sessions.append((session, launch))
                    continue
                }
                if let ticket = try Row.fetchOne(
                    db, sql: "SELECT \(TicketRow.columns) FROM ticket WHERE id = ?", arguments: [id.text]
                ).map({ try TicketRow.decode($0) }) {
                    withWork.insert(id)
                    snapshot.work.append(JournalSnapshot.Work(ticket: ticket, session: session, launch: launch))
                }
            }
            snapshot.strays = try Row.fetchAll(db, sql: "SELECT \(TicketRow.columns) FROM ticket WHERE state = 'running'")
                .map { try TicketRow.decode($0) }.filter { !withWork.contains($0.id) }
            return snapshot
        }
    }

    /// The value of a PRAGMA as the writer's connection sees it.
    func pragma(_ name: String) async throws -> String? {
        try await pool.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA \(name)") }
    }

    private func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do { return try await pool.read(body) } catch {
            // A refusal of ours is no fault of the database, a row that makes no sense is.
            guard error is DatabaseError || JournalHealth.isDamage(error) else { throw error }
            throw health.failed(error)
        }
    }

    private static func counts(_ db: Database) throws -> [TicketState: Int] {
        var counts: [TicketState: Int] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT state, COUNT(*) AS n FROM ticket GROUP BY state") {
            if let state = TicketState(rawValue: row["state"]) { counts[state] = row["n"] }
        }
        return counts
    }
}
