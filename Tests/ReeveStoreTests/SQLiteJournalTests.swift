import Foundation
import GRDB
import Logging
import ReeveModel
import ReeveTestSupport
import Synchronization
import Testing

@testable import ReeveStore

@Suite struct SQLiteJournalTests {
    private final class Seen: Sendable {
        let events = Mutex<[[StoredEvent]]>([])
    }

    private func open(_ path: String, _ seen: Seen = Seen()) throws -> SQLiteJournal {
        try SQLiteJournal(
            path: path, time: ManualTime(), logger: Logger(label: "test"), encode: { "{\"kind\":\"\($0.kind)\"}" },
            onCommit: { events in seen.events.withLock { $0.append(events) } })
    }

    @Test func `a ticket comes back as it was put in`() async throws {
        try await Scratch.with { scratch in
            let journal = try open("\(scratch.path)/db")
            var ticket = Samples.ticket(
                "A", sequence: 7, priority: .p0, project: "/w", after: [Samples.id("B"), Samples.id("C")], title: "x\n'\";--")
            ticket.body = "body \u{1F600}"
            ticket.intent = .switch(to: "codex", prompt: "p", policy: .giveUp)
            ticket.notBefore = Samples.now
            for (number, name) in ["B", "C"].enumerated() {
                try await journal.enqueue([.addTicket(Samples.ticket(name, sequence: Int64(number)))]).value()
            }
            try await journal.enqueue([.addTicket(ticket)]).value()
            #expect(try await journal.ticket(ticket.id) == ticket)
            ticket.state = .failed
            ticket.reason = "why"
            ticket.intent = nil
            ticket.finishedAt = Samples.now
            try await journal.enqueue([.putTicket(ticket)]).value()
            try journal.close()
            #expect(try await open("\(scratch.path)/db").ticket(ticket.id) == ticket)
        }
    }

    @Test func `a taken id is refused, its set writes nothing, and its neighbours in the batch are unharmed`() async throws {
        try await Scratch.with { scratch in
            let journal = try open("\(scratch.path)/db")
            try await journal.enqueue([.addTicket(Samples.ticket("A", sequence: 1))]).value()
            let sets = [
                journal.enqueue([.addTicket(Samples.ticket("B", sequence: 2)), .event(.queuePaused)]),
                journal.enqueue([
                    .addTicket(Samples.ticket("A", sequence: 3)), .setMeta(key: "k", value: "v"), .event(.queueResumed),
                ]),
                journal.enqueue([.addTicket(Samples.ticket("C", sequence: 4)), .event(.systemStopping)]),
            ]
            try await sets[0].value()
            let error = await #expect(throws: ReeveError.self) { try await sets[1].value() }
            #expect(error?.kind == .conflict)
            try await sets[2].value()
            #expect(try await journal.meta("k") == nil)
            #expect(try await journal.events(after: 0, limit: 10).map(\.kind) == ["queue.paused", "system.stopping"])
        }
    }

    @Test func `events are numbered without a gap, in the order of the commits, across restarts`() async throws {
        try await Scratch.with { scratch in
            let seen = Seen()
            let journal = try open("\(scratch.path)/db", seen)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        try await journal.enqueue([.event(.backendUp(name: "\(index)", detail: "")), .event(.queuePaused)])
                            .value()
                    }
                }
                try await group.waitForAll()
            }
            let told = seen.events.withLock { $0.flatMap { $0 }.map(\.seq) }
            #expect(told == Array(1...400).map(Int64.init))
            #expect(journal.cursor == 400)
            try journal.close()
            let again = try open("\(scratch.path)/db")
            try await again.enqueue([.event(.queueResumed)]).value()
            #expect(try await again.events(after: 399, limit: 10).map(\.seq) == [400, 401])
        }
    }

    @Test func `what arrives while a commit runs shares the next`() async throws {
        try await Scratch.with { scratch in
            let seen = Seen()
            let journal = try open("\(scratch.path)/db", seen)
            let pending = (0..<300).map { _ in journal.enqueue([.event(.queuePaused)]) }
            for commit in pending { try await commit.value() }
            let batches = seen.events.withLock(\.count)
            #expect(batches < 50, "300 sets took \(batches) commits")
        }
    }

    @Test func `events are kept for seven days, answers for one, and the numbering goes on`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            let time = ManualTime()
            func open() throws -> SQLiteJournal {
                try SQLiteJournal(
                    path: path, time: time, logger: Logger(label: "test"), encode: { _ in "{}" }, onCommit: { _ in })
            }
            var journal = try open()
            let answer = RecordedAnswer(key: "k", method: "m", fingerprint: "f", result: "{}")
            try await journal.enqueue([.recordAnswer(answer), .event(.queuePaused), .event(.queueResumed)]).value()
            time.advance(by: .seconds(86_400) - .seconds(1))
            try journal.close()
            journal = try open()
            #expect(try await journal.answer(to: "k") == answer)
            #expect(try await journal.events(after: 0, limit: 10).count == 2)
            time.advance(by: .seconds(6 * 86_400) + .seconds(2))
            try journal.close()
            journal = try open()
            #expect(try await journal.answer(to: "k") == nil)
            // The newest stays, whatever its age: the numbering hangs on it.
            let error = await #expect(throws: ReeveError.self) { _ = try await journal.events(after: 0, limit: 10) }
            #expect(error?.kind == .cursorExpired && error?.oldest == 2)
            try await journal.enqueue([.event(.queuePaused)]).value()
            #expect(try await journal.events(after: 1, limit: 10).map(\.seq) == [2, 3])
            try journal.close()
        }
    }

    @Test func `a schema newer than the binary is refused and the file left as it is`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try open(path).close()
            try DatabaseQueue(path: path).write { db in
                try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('v99: of the future')")
            }
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            let error = #expect(throws: ReeveError.self) { try open(path) }
            #expect(error?.message.contains("newer Reeve") == true)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["db"])
        }
    }

    @Test func `a file that is no database is refused with words and not touched`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try Data("this is not a database, not at all, no no no".utf8).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            let error = #expect(throws: ReeveError.self) { try open(path) }
            #expect(error?.kind == .damaged)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == 44)
        }
    }

    @Test func `durability is not traded: WAL, synchronous FULL, STRICT tables`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            let journal = try open(path)
            #expect(try await journal.pragma("synchronous") == "2")
            #expect(try await journal.pragma("journal_mode") == "wal")
            try await DatabaseQueue(path: path).read { db in
                let loose = try String.fetchAll(
                    db,
                    sql:
                        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'grdb%'"
                )
                #expect(loose.isEmpty)
            }
        }
    }

    @Test func `a daemon finds its work again`() async throws {
        try await Scratch.with { scratch in
            let journal = try open("\(scratch.path)/db")
            let running = Samples.ticket("R", sequence: 1, state: .running)
            let launch = Samples.launch("L1", ticket: "R", state: .running(pid: 42))
            var record = Samples.record("R")
            record.handle = TerminalHandle(session: "$1", pane: "%1", epoch: "e")
            var closed = SessionRecord(
                id: Samples.session("old"), name: Samples.name("op-old"), backend: "tmux", ticket: Samples.id("R"),
                openedAt: Samples.now)
            closed.closedAt = Samples.now
            let free = SessionRecord(
                id: Samples.session("free"), name: Samples.name("play"), backend: "tmux", ticket: nil, openedAt: Samples.now)
            try await journal.enqueue([
                .addTicket(Samples.ticket("D", sequence: 3, state: .done))
            ]).value()
            try await journal.enqueue([.addTicket(running)]).value()
            try await journal.enqueue([
                .addTicket(Samples.ticket("Q", sequence: 2, after: [Samples.id("D"), Samples.id("R")])), .putLaunch(launch),
                .putSession(record), .putSession(closed), .putSession(free), .setMeta(key: "paused", value: "true"),
            ]).value()
            let snapshot = try await journal.load()
            #expect(snapshot.queued.map(\.id.text) == ["Q"])
            #expect(snapshot.done == [Samples.id("D")])
            #expect(snapshot.work.map(\.ticket) == [running])
            #expect(snapshot.work.first?.launch == launch && snapshot.work.first?.session == record)
            #expect(snapshot.sessions.map(\.session) == [free])
            #expect(snapshot.isPaused && snapshot.lastSequence == 3)
            #expect(snapshot.counts == [.queued: 1, .running: 1, .done: 1])
        }
    }

    @Test func `an answer is remembered for its key, and a page of tickets ends where the next begins`() async throws {
        try await Scratch.with { scratch in
            let journal = try open("\(scratch.path)/db")
            let answer = RecordedAnswer(key: "k", method: "m", fingerprint: "f", result: "{}")
            try await journal.enqueue([.recordAnswer(answer)]).value()
            #expect(try await journal.answer(to: "k") == answer)
            #expect(try await journal.answer(to: "other") == nil)
            for index in 1...5 {
                try await journal.enqueue([.addTicket(Samples.ticket("t\(index)", sequence: Int64(index)))]).value()
            }
            #expect(try await journal.tickets(TicketQuery(limit: 2)).map(\.id.text) == ["t5", "t4"])
            #expect(try await journal.tickets(TicketQuery(limit: 2, before: 4)).map(\.id.text) == ["t3", "t2"])
            #expect(try await journal.tickets(TicketQuery(states: [.done])).isEmpty)
        }
    }

    @Test func `a cursor older than the log is told from where to go on`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            let journal = try open(path)
            for _ in 0..<10 { try await journal.enqueue([.event(.queuePaused)]).value() }
            try journal.close()
            try await DatabaseQueue(path: path).write { try $0.execute(sql: "DELETE FROM event WHERE seq <= 6") }
            let again = try open(path)
            let error = await #expect(throws: ReeveError.self) { _ = try await again.events(after: 3, limit: 10) }
            #expect(error?.kind == .cursorExpired && error?.oldest == 7)
            #expect(try await again.events(after: 6, limit: 10).count == 4)
        }
    }
}
