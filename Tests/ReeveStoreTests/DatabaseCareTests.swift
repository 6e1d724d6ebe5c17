import Foundation
import GRDB
import ReeveModel
import ReeveTestSupport
import Synchronization
import Testing

@testable import ReeveStore

/// Backups and checks beside a journal that is in use.
@Suite struct DatabaseCareTests {
    private func add(_ numbers: ClosedRange<Int>, to journal: SQLiteJournal) async throws {
        let commits = numbers.map { number in
            var ticket = Samples.ticket("T\(number)", sequence: Int64(number))
            ticket.body = String(repeating: "x", count: 2000)
            return journal.enqueue([.addTicket(ticket), .event(.ticketCreated(ticket))])
        }
        for commit in commits { try await commit.value() }
    }

    @Test func `a backup is one whole file with all that was acknowledged, and opens as a journal`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            let copy = "\(scratch.path)/copy"
            let journal = try StoreFixture.open(path)
            try await add(1...300, to: journal)
            let care = DatabaseCare(path: path, isAlone: false)
            let bytes = try await care.backup(to: copy, replaces: false)
            #expect(bytes == DatabaseCare.size(copy) && bytes > 300 * 2000)
            let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
            #expect(names.filter { $0.hasPrefix("copy") } == ["copy"])
            let mode = try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try await care.check().findings.isEmpty)
            let restored = try StoreFixture.open(copy)
            #expect(try await restored.tickets(TicketQuery(limit: 1000)) == journal.tickets(TicketQuery(limit: 1000)))
            #expect(restored.cursor == journal.cursor)
            try restored.close()
            try journal.close()
        }
    }

    @Test func `commits go on while a backup and a check are under way, and the backup is of one moment`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            let journal = try StoreFixture.open(path)
            try await add(1...300, to: journal)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await add(301...900, to: journal) }
                for round in 1...5 {
                    let care = DatabaseCare(path: path, isAlone: false)
                    _ = try await care.backup(to: "\(scratch.path)/copy\(round)", replaces: false)
                    #expect(try await care.check().findings.isEmpty)
                }
                try await group.waitForAll()
            }
            for round in 1...5 {
                let copy = DatabaseCare(path: "\(scratch.path)/copy\(round)", isAlone: true)
                // Every ticket with its event, none without: the check looks for gaps.
                #expect(try await copy.check().findings.isEmpty)
                let numbers = try await DatabaseQueue(path: "\(scratch.path)/copy\(round)").read { db in
                    try (
                        Int.fetchOne(db, sql: "SELECT COUNT(*) FROM ticket"), Int.fetchOne(db, sql: "SELECT MAX(seq) FROM event")
                    )
                }
                #expect(numbers.0 == numbers.1)
            }
            #expect(try await journal.tickets(TicketQuery(limit: 2000)).count == 900)
            try journal.close()
        }
    }

    @Test func `a copy is never sent back to its beginning by a commit between two of its steps`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            let journal = try StoreFixture.open(path)
            try await add(1...1000, to: journal)
            let others = try DatabaseQueue(path: path)
            var done: [Int] = []
            var written = 0
            _ = try DatabaseCare.reading(path, isAlone: false) { source in
                try DatabaseCopy(target: "\(scratch.path)/copy", replaces: false).make(from: source) { pages, _ in
                    done.append(pages)
                    written += 1
                    try others.write { try $0.execute(sql: "INSERT INTO meta (key, value) VALUES ('k\(written)', 'v')") }
                    if written > 100 { throw CancellationError() }
                }
            }
            #expect(done.count > 2 && done == done.sorted())
            let copied = try await DatabaseQueue(path: "\(scratch.path)/copy").read {
                try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM meta")
            }
            #expect(copied == 0)
            try others.close()
            try journal.close()
        }
    }

    @Test func `what is there is not replaced unless asked for, and never through a link`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            let target = "\(scratch.path)/copy"
            let journal = try StoreFixture.open(path)
            defer { try? journal.close() }
            let care = DatabaseCare(path: path, isAlone: false)
            try Data("mine".utf8).write(to: URL(fileURLWithPath: target))
            let error = await #expect(throws: ReeveError.self) { _ = try await care.backup(to: target, replaces: false) }
            #expect(error?.kind == .conflict && error?.hint?.contains("--force") == true)
            #expect(try Data(contentsOf: URL(fileURLWithPath: target)) == Data("mine".utf8))
            _ = try await care.backup(to: target, replaces: true)
            #expect(try await DatabaseCare(path: target, isAlone: true).check().findings.isEmpty)
            let link = "\(scratch.path)/link"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "\(scratch.path)/elsewhere")
            for replaces in [false, true] {
                let error = await #expect(throws: ReeveError.self) { _ = try await care.backup(to: link, replaces: replaces) }
                #expect(error?.kind == .conflict)
            }
            let nowhere = await #expect(throws: ReeveError.self) {
                _ = try await care.backup(to: "\(scratch.path)/no/such/copy", replaces: false)
            }
            #expect(nowhere?.kind == .unavailable)
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).allSatisfy { !$0.hasSuffix(".part") })
        }
    }

    @Test func `no backup is made of what is damaged`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/db"
            let journal = try StoreFixture.open(path)
            try await add(1...100, to: journal)
            try journal.close()
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            for index in stride(from: 4096 * 8, to: bytes.count - 64, by: 4096) {
                bytes.replaceSubrange(index..<(index + 64), with: Data(repeating: 0x55, count: 64))
            }
            try bytes.write(to: URL(fileURLWithPath: path))
            let error = await #expect(throws: ReeveError.self) {
                _ = try await DatabaseCare(path: path, isAlone: true).backup(to: "\(scratch.path)/copy", replaces: false)
            }
            #expect(error?.kind == .damaged, "\(String(describing: error))")
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["db"])
        }
    }
}
