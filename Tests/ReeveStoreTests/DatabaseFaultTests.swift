import Foundation
import GRDB
import Logging
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveStore

#if canImport(Glibc)
import Glibc
#endif

/// What a daemon finds in the place of its database, by name. Each is refused with words and left byte for byte as it was, or is
/// mended by SQLite where that loses nothing.
@Suite struct DatabaseFaultTests {
    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    private func write(_ data: Data, _ path: String) throws { try data.write(to: URL(fileURLWithPath: path)) }

    /// Refused as damaged, with everything in the directory as it was.
    private func expectRefused(_ scratch: Scratch, _ path: String, saying word: String) async throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
        // The index of the log is SQLite's scratch pad: made anew by whoever comes first.
        let kept = names.filter { !$0.hasSuffix("-shm") }
        let before = kept.map { try? bytes("\(scratch.path)/\($0)") }
        let error = #expect(throws: ReeveError.self) { try StoreFixture.open(path) }
        #expect(error?.kind == .damaged && error?.message.contains(word) == true, "\(String(describing: error))")
        #expect(error?.hint?.contains("db check") == true || error?.hint?.contains("docs/database.md") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted() == names)
        #expect(kept.map { try? bytes("\(scratch.path)/\($0)") } == before)
        let report = try await DatabaseCare(path: path, isAlone: true).check()
        #expect(!report.findings.isEmpty)
        #expect(kept.map { try? bytes("\(scratch.path)/\($0)") } == before)
    }

    @Test(arguments: [0.9, 0.5, 0.1]) func `database truncated: refused, untouched`(share: Double) async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try await StoreFixture.fill(path)
            let whole = try bytes(path)
            try write(whole.prefix(Int(Double(whole.count) * share)), path)
            try await expectRefused(scratch, path, saying: "damaged")
        }
    }

    @Test func `empty file: never taken for a new database`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try write(Data(), path)
            try await expectRefused(scratch, path, saying: "empty")
        }
    }

    @Test func `empty file with a write-ahead log: the log is not deleted`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try await StoreFixture.killed(path)
            try write(Data(), path)
            try await expectRefused(scratch, path, saying: "empty")
            #expect(try !bytes("\(path)-wal").isEmpty)
            try FileManager.default.removeItem(atPath: path)
            try await expectRefused(scratch, path, saying: "is gone")
        }
    }

    @Test func `a database is never there half made`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            // What a daemon that was killed while it made its first database leaves.
            try write(Data("half a database".utf8), "\(path).new")
            try StoreFixture.open(path).close()
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["db"])
        }
    }

    @Test func `file is a directory or a link: refused`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            _ = try scratch.directory("db")
            #expect(throws: ReeveError.self) { try StoreFixture.open(path) }
            try FileManager.default.removeItem(atPath: path)
            try await StoreFixture.fill("\(scratch.path)/real", tickets: 1)
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "\(scratch.path)/real")
            let error = #expect(throws: ReeveError.self) { try StoreFixture.open(path) }
            #expect(error?.kind == .damaged && error?.message.contains("link") == true)
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.createSymbolicLink(atPath: "\(path)-wal", withDestinationPath: "/dev/null")
            let other = #expect(throws: ReeveError.self) { try StoreFixture.open(path) }
            #expect(other?.message.contains("-wal is a link") == true)
        }
    }

    @Test func `read-only file: refused as not writable, not as damaged`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try await StoreFixture.fill(path, tickets: 1)
            try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
            let error = #expect(throws: ReeveError.self) { try StoreFixture.open(path) }
            #expect(error?.kind == .unavailable && error?.message.contains("read-only") == true)
            #expect(error?.hint?.contains("chmod") == true)
        }
    }

    #if canImport(Glibc)
    @Test(.enabled(if: SmallDisk.isPossible, "a tmpfs cannot be mounted here"))
    func `read-only directory: refused at the start; met while running, told and over when it is`() async throws {
        let scratch = try Scratch()
        #expect(mount("tmpfs", scratch.path, "tmpfs", 0, "size=8m") == 0)
        defer {
            umount2(scratch.path, Int32(MNT_DETACH))
            scratch.remove()
        }
        let path = "\(scratch.path)/db"
        try await StoreFixture.fill(path, tickets: 3)
        // Busy while a process that another test is just starting still has copies of our descriptors.
        #expect(await eventually { mount("tmpfs", scratch.path, "tmpfs", UInt(MS_REMOUNT | MS_RDONLY), "size=8m") == 0 })
        let error = #expect(throws: ReeveError.self) { try StoreFixture.open(path) }
        #expect(error?.kind == .unavailable && error?.message.contains("Read-only") == true)
        #expect(mount("tmpfs", scratch.path, "tmpfs", UInt(MS_REMOUNT), "size=8m") == 0)
        let journal = try StoreFixture.open(path)
        #expect(try await journal.tickets(TicketQuery()).count == 3)
        try await meetReadOnly(journal)
        try journal.close()
        let again = try StoreFixture.open(path)
        #expect(try await Set(again.tickets(TicketQuery()).map(\.id.text)) == ["T1", "T2", "T3", "AFTER"])
        #expect(try await again.events(after: 0, limit: 10).map(\.seq) == [1, 2, 3, 4])
        try again.close()
    }

    /// No mount does this under a journal that is open: a file system with a file open for writing cannot be made read-only (EBUSY),
    /// only one whose disk fails makes itself so. SQLite is told to refuse instead (`query_only`, since 3.8): `SQLITE_READONLY`. Of such
    /// a disk it may say `SQLITE_IOERR` as well, which is translated alike: `JournalHealthTests`.
    private func meetReadOnly(_ journal: SQLiteJournal) async throws {
        #expect(journal.trouble == nil)
        _ = try await journal.pragma("query_only = 1")
        for name in ["LOST", "LOST-TOO"] {
            let ticket = Samples.ticket(name, sequence: 100)
            let refusal = await #expect(throws: ReeveError.self) {
                try await journal.enqueue([.addTicket(ticket), .event(.ticketCreated(ticket))]).value()
            }
            #expect(refusal?.kind == .unavailable && refusal?.hint?.contains("disk") == true, "\(String(describing: refusal))")
            #expect(refusal?.message.contains("readonly") == true)
        }
        #expect(journal.trouble?.contains("readonly") == true, "\(journal.trouble ?? "nothing is said to be wrong")")
        // Also of several that share a commit each is refused as itself, and nothing is taken for damage: reading goes on.
        let both = (1...2).map { journal.enqueue([.event(.backendUp(name: "\($0)", detail: ""))]) }
        for commit in both {
            let refusal = await #expect(throws: ReeveError.self) { try await commit.value() }
            #expect(refusal?.kind == .unavailable)
        }
        #expect(try await journal.tickets(TicketQuery()).count == 3)
        try await journal.probe()
        #expect(journal.trouble != nil, "what can still be read does not end it")

        _ = try await journal.pragma("query_only = 0")
        let after = Samples.ticket("AFTER", sequence: 101)
        try await journal.enqueue([.addTicket(after), .event(.ticketCreated(after))]).value()
        #expect(journal.trouble == nil)
    }
    #endif

    // MARK: Flipped bytes

    private func flip(_ path: String, at offset: Int, count: Int) throws {
        var data = try bytes(path)
        for index in offset..<(offset + count) { data[index] ^= 0xFF }
        try write(data, path)
    }

    @Test func `flipped bytes in a table page: refused at the start`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try await StoreFixture.fill(path)
            let (size, leaves) = try StoreFixture.pages("ticket", path)
            try flip(path, at: (try #require(leaves.dropFirst(3).first) - 1) * size, count: 16)
            try await expectRefused(scratch, path, saying: "damaged")
        }
    }

    @Test func `flipped bytes in an index: refused at the start`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try await StoreFixture.fill(path)
            let (size, leaves) = try StoreFixture.pages("ticket_by_state", path)
            try flip(path, at: (try #require(leaves.first) - 1) * size, count: 16)
            try await expectRefused(scratch, path, saying: "damaged")
        }
    }

    @Test func `an index that has another word than its table: the check finds it`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try await StoreFixture.fill(path)
            var data = try bytes(path)
            // In the index alone: there the state stands right before the sequence, in the table after long texts.
            let (size, leaves) = try StoreFixture.pages("ticket_by_state", path)
            let leaf = (try #require(leaves.first) - 1) * size
            let word = try #require(data[leaf..<(leaf + size)].firstRange(of: Data("queued".utf8)))
            data.replaceSubrange(word, with: Data("queuex".utf8))
            try write(data, path)
            let report = try await DatabaseCare(path: path, isAlone: true).check()
            #expect(report.findings.contains { $0.contains("ticket_by_state") }, "\(report.findings)")
        }
    }

    @Test func `damage met while running: told as such, nothing more is written, and the next start looks at everything`()
        async throws
    {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try await StoreFixture.fill(path)
            let journal = try StoreFixture.open(path)
            let (size, leaves) = try StoreFixture.pages("ticket", path)
            // Through the page cache of the kernel, which all share; what SQLite has read already it keeps.
            let handle = try #require(FileHandle(forUpdatingAtPath: path))
            for leaf in leaves {
                try handle.seek(toOffset: UInt64((leaf - 1) * size))
                try handle.write(contentsOf: Data(repeating: 0xAA, count: 64))
            }
            let error = await #expect(throws: ReeveError.self) { _ = try await journal.tickets(TicketQuery(limit: 1000)) }
            #expect(error?.kind == .damaged)
            #expect(journal.trouble?.contains("damaged") == true)
            let refusal = await #expect(throws: ReeveError.self) { try await journal.enqueue([.event(.queuePaused)]).value() }
            #expect(refusal?.kind == .damaged)
            // What is whole can still be read.
            #expect(try await journal.events(after: 0, limit: 1000).count == 400)
            try journal.close()
            #expect(FileManager.default.fileExists(atPath: "\(path).suspect"))
            try await expectRefused(scratch, path, saying: "damaged")
        }
    }

    // MARK: The write-ahead log

    @Test func `killed with commits in the log: all of them are there`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try await StoreFixture.killed(path)
            let journal = try StoreFixture.open(path)
            #expect(try await journal.tickets(TicketQuery()).count == 50)
            try journal.close()
        }
    }

    @Test func `torn log: the commit that was being written is left out, all others are there`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try await StoreFixture.killed(path)
            let log = try bytes("\(path)-wal")
            try write(log.prefix(log.count - 3000), "\(path)-wal")
            let journal = try StoreFixture.open(path)
            #expect(try await journal.tickets(TicketQuery()).count == 49)
            try journal.close()
        }
    }

    @Test func `what is left of a torn commit is gone from the log before the next one is written`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try await StoreFixture.killed(path)
            let log = try bytes("\(path)-wal")
            // In the last commit, which may be one that was never synced.
            try flip("\(path)-wal", at: log.count - 5000, count: 1)
            #expect(WriteAheadLog(path: "\(path)-wal")?.state == .torn)
            let journal = try StoreFixture.open(path)
            #expect(WriteAheadLog(path: "\(path)-wal")?.state ?? .sound == .sound)
            #expect(try await journal.tickets(TicketQuery()).count == 49)
            try journal.close()
        }
    }

    @Test func `a long database is not looked over while clients wait, but later, and only after an unclean end`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            let journal = try StoreFixture.open(path)
            for number in 1...60 {
                var ticket = Samples.ticket("T\(number)", sequence: Int64(number))
                ticket.body = String(repeating: "x", count: 300_000)
                try await journal.enqueue([.addTicket(ticket)]).value()
            }
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: path + suffix, toPath: "\(scratch.path)/killed\(suffix)")
            }
            try journal.close()
            let clean = try StoreFixture.open(path)
            #expect(!clean.wantsCheck)
            try clean.close()
            let killed = try StoreFixture.open("\(scratch.path)/killed")
            #expect(killed.wantsCheck)
            try killed.close()
        }
    }

    @Test(arguments: [40, 5000, 60_000])
    func `flipped bytes in the log: refused, for SQLite would drop what was acknowledged`(offset: Int) async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try await StoreFixture.killed(path)
            try #require(try bytes("\(path)-wal").count > 100_000)
            try flip("\(path)-wal", at: offset, count: 1)
            try await expectRefused(scratch, path, saying: "write-ahead log")
        }
    }

    @Test func `flipped bytes in the log's head: refused`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try await StoreFixture.killed(path)
            try flip("\(path)-wal", at: 18, count: 1)
            try await expectRefused(scratch, path, saying: "write-ahead log")
        }
    }

    @Test func `rows that nobody can read are damage`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            try await StoreFixture.fill(path, tickets: 3)
            try await DatabaseQueue(path: path).write { db in
                try db.execute(sql: "UPDATE ticket SET intent = 'no json', id = 'T 2' WHERE id = 'T2'")
                try db.execute(sql: "DELETE FROM event WHERE seq = 2")
                try db.execute(sql: "UPDATE ticket SET after = 'T1' || char(10) || 'NOBODY' WHERE id = 'T3'")
            }
            let report = try await DatabaseCare(path: path, isAlone: true).check()
            #expect(report.findings.contains { $0.contains("1 events are missing") }, "\(report.findings)")
            #expect(report.findings.contains { $0.contains("T 2") }, "\(report.findings)")
            #expect(report.findings.contains { $0.contains("ticket T3 comes after") }, "\(report.findings)")
            let journal = try StoreFixture.open(path)
            let error = await #expect(throws: ReeveError.self) { _ = try await journal.load() }
            #expect(error?.kind == .damaged)
            try journal.close()
        }
    }
}
