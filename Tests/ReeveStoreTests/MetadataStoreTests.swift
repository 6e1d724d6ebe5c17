import GRDB
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveStore

/// Metadata on the disk: kept across restarts, gone with what it belongs to.
@Suite struct MetadataStoreTests {
    private static let owner = MetadataOwner.ticket(Samples.id("T"))

    /// A board with something of everything, and the changes that make it.
    private static func full() throws -> (board: MetadataBoard, changes: [MetadataChange]) {
        var board = MetadataBoard()
        var changes: [MetadataChange] = []
        let now = Samples.now
        changes += try board.set(status: "building", tone: .warn, timeToLive: .seconds(60), now: now).changes
        changes += try board.set(progress: .steps(3, of: 8), label: "files", now: now).changes
        for number in 1...52 {
            changes += try board.add(line: "line \(number)", tone: .info, source: "make", timeToLive: .seconds(90), now: now)
                .changes
        }
        return (board, changes)
    }

    private func with(_ body: (SQLiteJournal, String) async throws -> Void) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let path = "\(scratch.path)/reeve.db"
        let journal = try StoreFixture.open(path)
        try await journal.enqueue([.addTicket(Samples.ticket("T"))]).value()
        try await body(journal, path)
    }

    @Test func `a restart finds what was told, to the letter`() async throws {
        try await with { journal, path in
            let (board, changes) = try Self.full()
            try await journal.enqueue([.changeMetadata(Self.owner, changes)]).value()
            try journal.close()
            let again = try StoreFixture.open(path)
            do {
                let found = try await again.metadata(of: Self.owner)
                #expect(found == board)
            }
            do {
                let found = try await again.metadata(of: [Samples.id("T"), Samples.id("U")]).keys.sorted()
                #expect(found == [Samples.id("T")])
            }
            do {
                let found = try await again.metadata(of: [Samples.id("T")])[Samples.id("T")]?.log
                #expect(found == [])
            }
            try again.close()
        }
    }

    @Test(arguments: [
        MetadataProgress.Amount.percent(0), .percent(100), .fraction(1234), .steps(0, of: 1), .steps(7, of: 9),
    ])
    func `every form of a progress is read back as it was written`(amount: MetadataProgress.Amount) async throws {
        try await with { journal, _ in
            let progress = MetadataProgress(amount: amount, time: Samples.now)
            try await journal.enqueue([.changeMetadata(Self.owner, [.putProgress(progress)])]).value()
            do {
                let found = try await journal.metadata(of: Self.owner).progress
                #expect(found == progress)
            }
            try journal.close()
        }
    }

    @Test func `a ticket that is not there is refused, and nothing is written`() async throws {
        try await with { journal, _ in
            let owner = MetadataOwner.ticket(Samples.id("GONE"))
            let status = MetadataStatus(text: "s", time: Samples.now)
            let commit = journal.enqueue([.changeMetadata(owner, [.putStatus(status)]), .event(.queuePaused)])
            let error = await #expect(throws: ReeveError.self) { try await commit.value() }
            #expect(error?.kind == .notFound)
            do {
                let found = try await journal.metadata(of: owner)
                #expect(found == MetadataBoard() && journal.cursor == 0)
            }
            try journal.close()
        }
    }

    @Test(arguments: [TicketState.done, .failed, .cancelled, .lost])
    func `with the end of its ticket the status and the progress go, and the log stays`(state: TicketState) async throws {
        try await with { journal, _ in
            try await journal.enqueue([.changeMetadata(Self.owner, try Self.full().changes)]).value()
            try await journal.enqueue([.putTicket(Samples.ticket("T", state: state))]).value()
            let board = try await journal.metadata(of: Self.owner)
            #expect(board.status == nil && board.progress == nil && board.log.count == 50)
            try journal.close()
        }
    }

    @Test func `with its ticket all of it is removed`() async throws {
        try await with { journal, path in
            try await journal.enqueue([.changeMetadata(Self.owner, try Self.full().changes)]).value()
            try await journal.enqueue([.putTicket(Samples.ticket("T", state: .done))]).value()
            try await journal.enqueue([.removeTicket(Samples.id("T"))]).value()
            do {
                let found = try await journal.metadata(of: Self.owner)
                #expect(found == MetadataBoard())
            }
            try journal.close()
            let left = try await DatabaseQueue(path: path).read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM metadata") }
            #expect(left == 0)
        }
    }

    @Test func `what is told of a session goes when it is closed, and a new one of its name begins with nothing`() async throws {
        try await with { journal, _ in
            var session = SessionRecord(
                id: Samples.session("s1"), name: Samples.name("build"), backend: "tmux", ticket: nil, openedAt: Samples.now)
            let owner = MetadataOwner.session(session.id, name: session.name)
            try await journal.enqueue([.putSession(session)]).value()
            try await journal.enqueue([.changeMetadata(owner, [.putStatus(MetadataStatus(text: "s", time: Samples.now))])])
                .value()
            do {
                let found = try await journal.metadata(of: owner).status?.text
                #expect(found == "s")
            }
            session.closedAt = Samples.now
            try await journal.enqueue([.putSession(session)]).value()
            do {
                let found = try await journal.metadata(of: owner)
                #expect(found == MetadataBoard())
            }
            let late = journal.enqueue([.changeMetadata(owner, [.removeStatus])])
            await #expect(throws: ReeveError.self) { try await late.value() }
            let next = MetadataOwner.session(Samples.session("s2"), name: session.name)
            do {
                let found = try await journal.metadata(of: next)
                #expect(found == MetadataBoard())
            }
            try journal.close()
        }
    }

    @Test func `what is over is found by its time, and what is next`() async throws {
        try await with { journal, _ in
            try await journal.enqueue([.changeMetadata(Self.owner, try Self.full().changes)]).value()
            let first = Samples.now.advanced(by: .seconds(60))
            let before = try await journal.expiringMetadata(at: Samples.now)
            #expect(before.over.isEmpty && before.next == first)
            let at = try await journal.expiringMetadata(at: first)
            #expect(at.over == [Self.owner] && at.next == Samples.now.advanced(by: .seconds(90)))
            let after = try await journal.expiringMetadata(at: Samples.now.advanced(by: .seconds(90)))
            #expect(after.over == [Self.owner] && after.next == nil)
            try journal.close()
        }
    }

    @Test func `what is told is among what is saved from a damaged database`() async throws {
        try await with { journal, path in
            let (board, changes) = try Self.full()
            try await journal.enqueue([.changeMetadata(Self.owner, changes)]).value()
            let run = StepRun(ticket: Samples.id("T"), visit: 1, step: "plan", agent: "claude", startedAt: Samples.now)
            try await journal.enqueue([.putStepRun(run)]).value()
            try journal.close()
            let source = try DatabaseQueue(path: path)
            try await source.write { db in
                try db.execute(
                    sql: "INSERT INTO metadata SELECT owner, 'GONE', part, number, text, tone, source, unit, current, "
                        + "total, created_at, expires_at FROM metadata WHERE part = 'status'")
                try db.execute(
                    sql: "INSERT INTO metadata (owner, id, part, number, text, tone, unit, current, created_at) "
                        + "VALUES ('ticket', 'T', 'progress', 1, '', 'neutral', 'percent', 900, 0)")
            }
            let target = try DatabaseQueue()
            try Migrations.migrator.migrate(target)
            let saved = try await source.read { old in
                try target.write { new in
                    _ = try DatabaseSalvage.run(old, into: new, now: Samples.now)
                    return (
                        try MetadataRow.board(of: Self.owner, new), try StepRunRow.all(of: Samples.id("T"), new),
                        try Int.fetchOne(new, sql: "SELECT COUNT(*) FROM metadata WHERE id = 'GONE'")
                    )
                }
            }
            #expect(saved.0 == board && saved.1 == [run] && saved.2 == 0)
        }
    }
}
