import Foundation
import GRDB
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveStore

/// What is done about a damaged database: a backup in its place, or what can be read of it.
@Suite struct DatabaseRescueTests {
    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }
    private func write(_ data: Data, _ path: String) throws { try data.write(to: URL(fileURLWithPath: path)) }
    private func rescue(_ path: String) -> DatabaseRescue { DatabaseRescue(path: path, now: Samples.now) }

    private func sound(_ path: String) async throws -> Bool {
        try await DatabaseCare(path: path, isAlone: true).check().findings.isEmpty
    }

    @Test func `a backup takes the place of a damaged database, which is put aside; the queue is paused`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            let backup = "\(scratch.path)/backup"
            try await StoreFixture.fill(path, tickets: 20)
            _ = try await DatabaseCare(path: path, isAlone: true).backup(to: backup, replaces: false)
            let damaged = try bytes(path).prefix(50_000)
            try write(damaged, path)
            try write(Data(), "\(path)-wal")
            let aside = try #require(try rescue(path).restore(backup))
            #expect(try bytes("\(aside)/db") == damaged)
            #expect(FileManager.default.fileExists(atPath: "\(aside)/db-wal"))
            #expect(try await sound(path))
            let journal = try StoreFixture.open(path)
            let snapshot = try await journal.load()
            #expect(snapshot.queued.count == 20 && snapshot.isPaused && snapshot.cursor == 20)
            try journal.close()
            // The backup is as it was, and can be used again.
            #expect(try await sound(backup))
            let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
            #expect(Set(names) == ["db", "backup", (aside as NSString).lastPathComponent])
        }
    }

    @Test func `a backup that is not sound changes nothing`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try await StoreFixture.fill(path, tickets: 20)
            let before = try bytes(path)
            try write(before.prefix(40_000), "\(scratch.path)/backup")
            let error = #expect(throws: ReeveError.self) { try rescue(path).restore("\(scratch.path)/backup") }
            #expect(error?.kind == .damaged)
            let missing = #expect(throws: ReeveError.self) { try rescue(path).restore("\(scratch.path)/none") }
            #expect(missing?.kind == .notFound)
            #expect(try bytes(path) == before)
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted() == ["backup", "db"])
        }
    }

    @Test(arguments: [0.9, 0.6, 0.3]) func `of a truncated database what is left is kept`(share: Double) async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try await StoreFixture.fill(path)
            let whole = try bytes(path)
            try write(whole.prefix(Int(Double(whole.count) * share)), path)
            let (salvaged, aside) = try rescue(path).salvage()
            #expect(salvaged.places > 0 && salvaged.rows["ticket", default: 0] >= 5, "\(salvaged)")
            #expect(aside != nil)
            #expect(try await sound(path))
            let journal = try StoreFixture.open(path)
            let snapshot = try await journal.load()
            #expect(snapshot.isPaused && !snapshot.queued.isEmpty)
            try journal.close()
        }
    }

    @Test func `of a database with a broken page everything else is kept`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try await StoreFixture.fill(path)
            let (size, leaves) = try StoreFixture.pages("ticket", path)
            var data = try bytes(path)
            for leaf in [leaves[3], leaves[10]] {
                data.replaceSubrange(((leaf - 1) * size)..<((leaf - 1) * size + 64), with: Data(repeating: 0xAA, count: 64))
            }
            try write(data, path)
            let (salvaged, _) = try rescue(path).salvage()
            // A page has a handful of tickets with bodies of this length.
            #expect((380..<400).contains(salvaged.rows["ticket", default: 0]), "\(salvaged)")
            #expect(salvaged.rows["event"] == 400 && salvaged.places >= 1)
            #expect(try await sound(path))
        }
    }

    /// GRDB 7.10 would end the process over such a row.
    @Test func `a row of the schema that says nothing is damage like any other`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try await StoreFixture.fill(path)
            try await DatabaseQueue(path: path).write { db in
                try db.execute(sql: "PRAGMA writable_schema = ON; INSERT INTO sqlite_master VALUES (NULL, NULL, NULL, 0, NULL)")
            }
            #expect(throws: ReeveError.self) { try StoreFixture.open(path) }
            #expect(try await !sound(path))
            let (salvaged, _) = try rescue(path).salvage()
            #expect(salvaged.rows["ticket"] == 400 && salvaged.rows["event"] == 400)
            #expect(try await sound(path))
        }
    }

    @Test func `of a damaged log everything before the damage is kept`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try await StoreFixture.killed(path)
            var log = try bytes("\(path)-wal")
            log[log.count / 2] ^= 0xFF
            try write(log, "\(path)-wal")
            let (salvaged, aside) = try rescue(path).salvage()
            #expect((10..<50).contains(salvaged.rows["ticket", default: 0]), "\(salvaged)")
            #expect(try bytes("\(try #require(aside))/db-wal") == log)
            #expect(try await sound(path))
        }
    }

    @Test func `what is kept fits together: no gap, no orphan, nothing that starts too early`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            let journal = try StoreFixture.open(path)
            try await journal.enqueue([.addTicket(Samples.ticket("FIRST", sequence: 1))]).value()
            try await journal.enqueue([.addTicket(Samples.ticket("SECOND", sequence: 2, after: [Samples.id("FIRST")]))]).value()
            try await journal.enqueue([.addTicket(Samples.ticket("RUNS", sequence: 3, state: .running))]).value()
            try await journal.enqueue([
                .putSession(Samples.record("RUNS")), .putLaunch(Samples.launch("L1", ticket: "RUNS", state: .running(pid: 1))),
            ]).value()
            for _ in 1...5 { try await journal.enqueue([.event(.queuePaused)]).value() }
            try journal.close()
            try await DatabaseQueue(path: path).write { db in
                try db.execute(sql: "DELETE FROM ticket WHERE id = 'FIRST'; DELETE FROM event WHERE seq = 3")
                try db.execute(sql: "UPDATE launch SET arguments = 'no list'")
            }
            #expect(try await !sound(path))
            _ = try rescue(path).salvage()
            #expect(try await sound(path))
            let again = try StoreFixture.open(path)
            #expect(try await again.events(after: 3, limit: 10).map(\.seq) == [4, 5])
            let second = try #require(try await again.ticket(Samples.id("SECOND")))
            #expect(second.state == .failed && second.after.isEmpty && second.reason?.contains("retry") == true)
            #expect(try await again.ticket(Samples.id("RUNS"))?.state == .lost)
            try again.close()
        }
    }

    @Test func `cut off in the middle: no daemon starts from it, and doing it again is enough`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try await StoreFixture.fill(path, tickets: 20)
            _ = try rescue(path).salvage()
            // As it is between two of its steps: the new one is whole, the old one half moved away.
            try FileManager.default.moveItem(atPath: path, toPath: "\(path).rescued")
            try write(Data("in pieces".utf8), path)
            try write(Data(), DatabaseRescue.mark(path))
            let error = #expect(throws: ReeveError.self) { try StoreFixture.open(path) }
            #expect(error?.kind == .damaged && error?.hint?.contains("salvage") == true)
            _ = try DatabaseRescue(path: path, now: Samples.now.advanced(by: .seconds(1))).salvage()
            let journal = try StoreFixture.open(path)
            #expect(try await journal.load().queued.count == 20)
            try journal.close()
        }
    }

    @Test func `of a file without its first page nothing can be read, and nothing is changed`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try await StoreFixture.fill(path, tickets: 20)
            var data = try bytes(path)
            data.replaceSubrange(100..<4096, with: Data(repeating: 0xAA, count: 3996))
            try write(data, path)
            let error = #expect(throws: ReeveError.self) { try rescue(path).salvage() }
            #expect(error?.kind == .damaged, "\(String(describing: error))")
            #expect(try bytes(path) == data)
        }
    }
}
