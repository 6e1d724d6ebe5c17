import Foundation
import GRDB
import Logging
import ReeveModel
import ReeveTestSupport

@testable import ReeveStore

/// A real journal in a private directory.
enum StoreFixture {
    static func open(
        _ path: String, time: any TimeSource = ManualTime(), retention: @escaping @Sendable () -> Retention = { Retention() }
    ) throws -> SQLiteJournal {
        try SQLiteJournal(
            path: path, time: time, retention: retention, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            encode: { _ in "{}" }, onCommit: { _ in })
    }

    /// A database with `count` tickets, closed, and its bytes.
    static func fill(_ path: String, tickets count: Int = 400) async throws {
        let journal = try open(path)
        let commits = (1...count).map { number in
            var ticket = Samples.ticket("T\(number)", sequence: Int64(number))
            ticket.body = String(repeating: "body \(number) ", count: 60)
            return journal.enqueue([.addTicket(ticket), .event(.ticketCreated(ticket))])
        }
        for commit in commits { try await commit.value() }
        try journal.close()
    }

    /// The pages of a tree, by its table or index.
    static func pages(_ name: String, _ path: String) throws -> (size: Int, leaves: [Int]) {
        try DatabaseQueue(path: path).read { db in
            let size = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 4096
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            let root = try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_schema WHERE name = ?", arguments: [name]) ?? 0
            // The root is an interior page (2: index, 5: table); its cells begin with the number of a child.
            let start = (root - 1) * size
            let count = Int(data[start + 3]) << 8 | Int(data[start + 4])
            let children = (0..<count).map { cell -> Int in
                let offset = Int(data[start + 12 + cell * 2]) << 8 | Int(data[start + 13 + cell * 2])
                return (0..<4).reduce(0) { $0 << 8 | Int(data[start + offset + $1]) }
            }
            return (size, children)
        }
    }

    /// The files as `kill -9` leaves them, with 50 commits in the log: copied while a journal has them open.
    static func killed(_ path: String) async throws {
        let journal = try open("\(path).live")
        for number in 1...50 {
            let ticket = Samples.ticket("T\(number)", sequence: Int64(number))
            try await journal.enqueue([.addTicket(ticket), .event(.ticketCreated(ticket))]).value()
        }
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: "\(path).live\(suffix)", toPath: "\(path)\(suffix)")
        }
        try journal.close()
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: "\(path).live\(suffix)") }
    }
}
