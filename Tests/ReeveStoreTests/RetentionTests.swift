import Foundation
import GRDB
import ReeveModel
import ReeveTestSupport
import Synchronization
import Testing

@testable import ReeveStore

/// What goes when its time is over, and what stays.
@Suite struct RetentionTests {
    private func finished(_ name: String, _ sequence: Int64, after: [String] = [], at moment: Timestamp = Samples.now) -> Ticket {
        var ticket = Samples.ticket(name, sequence: sequence, after: after.map { Samples.id($0) }, state: .done)
        ticket.finishedAt = moment
        return ticket
    }

    private var later: Timestamp { Samples.now.advanced(by: .seconds(10)) }

    @Test func `a removed ticket is gone with its launches and sessions, and its id is free again`() async throws {
        try await Scratch.with { scratch in
            let journal = try StoreFixture.open("\(scratch.path)/db")
            var session = Samples.record("A")
            session.closedAt = Samples.now
            let launch = Samples.launch("L1", ticket: "A", state: .ended(.code(0)))
            try await journal.enqueue([.addTicket(finished("A", 1)), .putSession(session), .putLaunch(launch)]).value()
            let remains = try await journal.remains(before: later, limit: 10)
            #expect(
                remains == [
                    Remains(ticket: Samples.id("A"), state: .done, launches: [launch.id], sessions: [session.id])
                ])
            #expect(try await journal.remains(before: Samples.now, limit: 10).isEmpty)
            try await journal.enqueue([.removeTicket(Samples.id("A")), .event(.ticketRemoved(Samples.id("A")))]).value()
            #expect(try await journal.ticket(Samples.id("A")) == nil)
            #expect(try await journal.lastWork(of: Samples.id("A")) == nil)
            #expect(try await journal.events(after: 0, limit: 10).map(\.kind) == ["ticket.removed"])
            // Nobody can bring it back by an update; a new one of this name may come.
            let error = await #expect(throws: ReeveError.self) {
                try await journal.enqueue([.putTicket(finished("A", 1)), .event(.queuePaused)]).value()
            }
            #expect(error?.kind == .notFound)
            try await journal.enqueue([.addTicket(Samples.ticket("A", sequence: 2))]).value()
            try journal.close()
            #expect(try await DatabaseCare(path: "\(scratch.path)/db", isAlone: true).check().findings.isEmpty)
        }
    }

    @Test func `what is unfinished, open or needed stays, whoever asks`() async throws {
        try await Scratch.with { scratch in
            let journal = try StoreFixture.open("\(scratch.path)/db")
            defer { try? journal.close() }
            for (number, name) in ["NEEDED", "NEEDED-", "OPEN"].enumerated() {
                try await journal.enqueue([.addTicket(finished(name, Int64(number + 1)))]).value()
            }
            try await journal.enqueue([.putSession(Samples.record("OPEN"))]).value()
            try await journal.enqueue([
                .addTicket(Samples.ticket("QUEUED", sequence: 10, after: [Samples.id("OPEN"), Samples.id("NEEDED")]))
            ]).value()
            // Not the one whose name merely begins like that of another that is needed.
            #expect(try await journal.remains(before: later, limit: 10).compactMap(\.ticket?.text) == ["NEEDED-"])
            for name in ["NEEDED", "OPEN", "QUEUED"] {
                let error = await #expect(throws: ReeveError.self) {
                    try await journal.enqueue([.removeTicket(Samples.id(name)), .event(.queuePaused)]).value()
                }
                #expect(error?.kind == .conflict)
                #expect(try await journal.ticket(Samples.id(name)) != nil)
            }
            #expect(try await journal.events(after: 0, limit: 10).isEmpty)
        }
    }

    @Test func `a ticket cannot come after one that has been removed meanwhile`() async throws {
        try await Scratch.with { scratch in
            let journal = try StoreFixture.open("\(scratch.path)/db")
            defer { try? journal.close() }
            try await journal.enqueue([.addTicket(finished("A", 1))]).value()
            let removal = journal.enqueue([.removeTicket(Samples.id("A"))])
            let addition = journal.enqueue([.addTicket(Samples.ticket("B", sequence: 2, after: [Samples.id("A")]))])
            try await removal.value()
            let error = await #expect(throws: ReeveError.self) { try await addition.value() }
            #expect(error?.kind == .invalidParams)
            #expect(try await journal.ticket(Samples.id("B")) == nil)
        }
    }

    @Test func `closed sessions without a ticket go too, open ones do not`() async throws {
        try await Scratch.with { scratch in
            let journal = try StoreFixture.open("\(scratch.path)/db")
            defer { try? journal.close() }
            var old = SessionRecord(
                id: Samples.session("old"), name: Samples.name("play"), backend: "tmux", ticket: nil, openedAt: Samples.now)
            let open = SessionRecord(
                id: Samples.session("open"), name: Samples.name("stay"), backend: "tmux", ticket: nil, openedAt: Samples.now)
            old.closedAt = Samples.now
            try await journal.enqueue([.putSession(old), .putSession(open)]).value()
            #expect(try await journal.remains(before: later, limit: 10).map(\.sessions) == [[old.id]])
            try await journal.enqueue([.removeSession(old.id), .removeSession(open.id)]).value()
            #expect(try await journal.load().sessions.map(\.session) == [open])
            #expect(try await journal.remains(before: later, limit: 10).isEmpty)
        }
    }

    @Test func `only the beginning of the event log is dropped: a clock that was put back makes no gap`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            let time = ManualTime()
            let journal = try StoreFixture.open(path, time: time)
            try await journal.enqueue([.event(.queuePaused)]).value()
            try await journal.enqueue([.event(.queueResumed)]).value()
            try journal.close()
            // Written while the clock was three days ahead, and the next when it was right again.
            try await DatabaseQueue(path: path).write { db in
                try db.execute(sql: "UPDATE event SET time = time + 3 * 86400000 WHERE seq = 1")
            }
            let again = try StoreFixture.open(path, time: time)
            try await again.enqueue([.event(.queuePaused)]).value()
            time.advance(by: .seconds(8 * 86_400))
            _ = try await again.tidy()
            #expect(try await again.events(after: 0, limit: 10).map(\.seq) == [1, 2, 3])
            time.advance(by: .seconds(3 * 86_400))
            _ = try await again.tidy()
            #expect(try await again.events(after: 2, limit: 10).map(\.seq) == [3])
            try again.close()
        }
    }

    @Test func `no more events are kept than the configuration says, at once after a reload`() async throws {
        try await Scratch.with { scratch in
            let most = Mutex(1_000_000)
            let journal = try StoreFixture.open(
                "\(scratch.path)/db",
                retention: {
                    var retention = Retention()
                    retention.maxEvents = most.withLock { $0 }
                    return retention
                })
            defer { try? journal.close() }
            let commits = (1...6000).map { _ in journal.enqueue([.event(.queuePaused)]) }
            for commit in commits { try await commit.value() }
            #expect(try await journal.events(after: 0, limit: 1).map(\.seq) == [1])
            most.withLock { $0 = 1000 }
            while try await journal.tidy() {}
            #expect(try await journal.events(after: 5000, limit: 2000).count == 1000)
            let error = await #expect(throws: ReeveError.self) { _ = try await journal.events(after: 4999, limit: 1) }
            #expect(error?.kind == .cursorExpired && error?.oldest == 5001)
        }
    }

    @Test func `free pages go back to the file system, but for what the next tickets need`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            let journal = try StoreFixture.open(path)
            let body = String(repeating: "x", count: 40_000)
            for number in 1...400 {
                var ticket = finished("T\(number)", Int64(number))
                ticket.body = body
                try await journal.enqueue([.addTicket(ticket)]).value()
            }
            try journal.close()
            let full = DatabaseCare.size(path)
            let again = try StoreFixture.open(path)
            for number in 1...400 { try await again.enqueue([.removeTicket(Samples.id("T\(number)"))]).value() }
            while try await again.tidy() {}
            #expect(try await again.freeBytes() == 4 << 20)
            try again.close()
            let left = DatabaseCare.size(path)
            #expect(full > 16_000_000 && left < 5_000_000, "\(full) → \(left)")
            #expect(try await DatabaseCare(path: path, isAlone: true).check().findings.isEmpty)
        }
    }

    @Test func `a database of the first version is brought up to date and keeps its rows`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try await DatabaseQueue(path: path).write { _ in }
            try Migrations.migrator.migrate(DatabaseQueue(path: path), upTo: "v1: tickets, sessions, launches, events")
            try await DatabaseQueue(path: path).write { db in
                try db.execute(
                    sql: """
                        INSERT INTO ticket (id, sequence, title, type, agent, priority, state, created_at, finished_at, attempts)
                        VALUES ('A', 1, 'old', 'TASK', 'claude', 2, 'done', 1, 2, 1)
                        """)
            }
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            // Before the daemon of today has seen it, too.
            #expect(try await DatabaseCare(path: path, isAlone: true).check().findings.isEmpty)
            let journal = try StoreFixture.open(path)
            #expect(try await journal.ticket(Samples.id("A"))?.state == .done)
            // Made without it: its pages are used again, and the file keeps its size.
            #expect(try await journal.tidy() == false)
            try journal.close()
        }
    }
}
