import GRDB
import Logging
import ReeveModel
import Synchronization

/// Carries out batches of change sets, each in one transaction with its events.
final class CommitWriter: Sendable {
    static let answersKept: Duration = .seconds(86_400)
    private static let pruneEvery: Int64 = 4096

    private struct Numbers {
        var lastSeq: Int64
        var lastPruned: Int64
    }

    let pool: DatabasePool
    private let numbers: Mutex<Numbers>
    let time: any TimeSource
    let retention: @Sendable () -> Retention
    private let health: JournalHealth
    private let logger: Logger
    private let encode: @Sendable (EventPayload) -> String
    private let onCommit: @Sendable ([StoredEvent]) -> Void

    init(
        pool: DatabasePool, lastSeq: Int64, time: any TimeSource, retention: @escaping @Sendable () -> Retention,
        health: JournalHealth, logger: Logger,
        encode: @escaping @Sendable (EventPayload) -> String, onCommit: @escaping @Sendable ([StoredEvent]) -> Void
    ) {
        self.pool = pool
        self.numbers = Mutex(Numbers(lastSeq: lastSeq, lastPruned: lastSeq))
        self.time = time
        self.retention = retention
        self.health = health
        self.logger = logger
        self.encode = encode
        self.onCommit = onCommit
    }

    var lastSeq: Int64 { numbers.withLock(\.lastSeq) }

    func commit(_ batch: [CommitQueue.Entry]) {
        if let damage = health.damage {
            for entry in batch { entry.outcome.settle(.failure(damage)) }
            return
        }
        do {
            settle(try write(batch))
            health.succeeded()
        } catch  where batch.count > 1 {
            // One of them is at fault: each on its own, so that its neighbours do not fail with it.
            for entry in batch { commit([entry]) }
        } catch {
            let failure = health.failed(error)
            for entry in batch { entry.outcome.settle(.failure(failure)) }
        }
        let seq = lastSeq
        let isDue = numbers.withLock { numbers in
            defer { if seq - numbers.lastPruned >= Self.pruneEvery { numbers.lastPruned = seq } }
            return seq - numbers.lastPruned >= Self.pruneEvery
        }
        if isDue {
            do { _ = try pruneStep() } catch {
                logger.warning("old events could not be removed", metadata: ["error": "\(JournalHealth.logged(error))"])
            }
        }
    }

    private typealias Written = (events: [StoredEvent], results: [(Promise<Void>, Result<Void, ReeveError>)])

    private func settle(_ written: Written) {
        if !written.events.isEmpty { onCommit(written.events) }
        for (outcome, result) in written.results { outcome.settle(result) }
    }

    private func write(_ batch: [CommitQueue.Entry]) throws -> Written {
        let now = time.wall()
        let first = lastSeq
        let written = try pool.writeWithoutTransaction { db in
            var written: Written = ([], [])
            try db.inTransaction(.immediate) {
                for entry in batch {
                    let before = written.events.count
                    if let refusal = try self.apply(entry.changes, now, first, &written.events, db) {
                        written.events.removeLast(written.events.count - before)
                        written.results.append((entry.outcome, .failure(refusal)))
                    } else {
                        written.results.append((entry.outcome, .success(())))
                    }
                }
                return .commit
            }
            return written
        }
        numbers.withLock { $0.lastSeq = first + Int64(written.events.count) }
        return written
    }

    /// Applies one set. A refusal is only possible as its first change, so that a refused set has written nothing.
    private func apply(
        _ changes: [JournalChange], _ now: Timestamp, _ first: Int64, _ events: inout [StoredEvent], _ db: Database
    ) throws -> ReeveError? {
        for (index, change) in changes.enumerated() {
            switch change {
            case .addTicket(let ticket):
                precondition(index == 0, "a ticket is added by the first change of its set")
                if let gone = try Removal.missingPrerequisite(of: ticket, db) {
                    return .invalid("$.after", "no ticket '\(gone)'", hint: "create the tickets it waits for first")
                }
                if try !TicketRow.insert(ticket, db) {
                    return .conflict("a ticket '\(ticket.id)' exists already", hint: "leave the id out and one is made")
                }
            case .putTicket(let ticket):
                if try !TicketRow.put(ticket, db) {
                    let gone = ReeveError.notFound("ticket", ticket.id.text)
                    // Its neighbours in the set have been written: the whole transaction is undone.
                    guard index == 0 else { throw gone }
                    return gone
                }
                if ticket.state.isFinished { try MetadataRow.forgetStates(of: ticket.id, db) }
            case .removeTicket(let id):
                precondition(index == 0, "a ticket is removed by the first change of its set")
                if let refusal = try Removal.ticket(id, db) { return refusal }
            case .removeSession(let id): try Removal.session(id, db)
            case .putLaunch(let launch): try LaunchRow.put(launch, db)
            case .putSession(let session):
                try SessionRow.put(session, db)
                if session.closedAt != nil, session.ticket == nil {
                    try MetadataRow.forget(.session(session.id, name: session.name), db)
                }
            case .changeMetadata(let owner, let changes):
                precondition(index == 0, "metadata is changed by the first change of its set")
                if let refusal = try MetadataRow.apply(changes, of: owner, db) { return refusal }
            case .putStepRun(let run): try StepRunRow.put(run, db)
            case .updateStepRun(let change): try StepRunRow.update(change, db)
            case .putTicketFile(let file): try TicketFileRow.put(file, db)
            case .putThread(let key, let data):
                let sql =
                    data == nil
                    ? "DELETE FROM thread WHERE kind = ? AND id = ?"
                    : "INSERT OR REPLACE INTO thread (kind, id, data) VALUES (?, ?, ?)"
                let values: [(any DatabaseValueConvertible)?] = [key.kind, key.id] + (data.map { [$0] } ?? [])
                try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(values))
            case .setMeta(let key, let value):
                try db.cachedStatement(
                    sql: "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
                )
                .execute(arguments: [key, value])
            case .recordAnswer(let answer):
                try db.cachedStatement(
                    sql: "INSERT OR REPLACE INTO answer (key, method, fingerprint, result, created_at) VALUES (?,?,?,?,?)"
                ).execute(arguments: [answer.key, answer.method, answer.fingerprint, answer.result, now.milliseconds])
            case .forgetAnswer(let key):
                try db.cachedStatement(sql: "DELETE FROM answer WHERE key = ?").execute(arguments: [key])
            case .event(let payload):
                let event = StoredEvent(
                    seq: first + Int64(events.count) + 1, time: now, kind: payload.kind, ticket: payload.ticket,
                    data: encode(payload))
                try db.cachedStatement(sql: "INSERT INTO event (seq, time, kind, ticket, data) VALUES (?,?,?,?,?)")
                    .execute(arguments: [event.seq, now.milliseconds, event.kind, event.ticket?.text, event.data])
                events.append(event)
            }
        }
        return nil
    }
}
