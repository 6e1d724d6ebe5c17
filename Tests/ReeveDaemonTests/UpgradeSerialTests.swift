import Foundation
import GRDB
import ReeveTestSupport
import Testing

@testable import ReeveStore

#if canImport(Glibc)
import Glibc
#endif

/// A newer `reeved` in the place of an older one, under agents that run. What the older one has left is its database, which the newer one
/// brings up to date, and its keepers, which go on as they are: what those understand is in `StoredFramesTests`.
@Suite(.serialized) struct UpgradeSerialTests {
    /// The first schema there was, and the one before that of today.
    private static let olderVersions: [String] = {
        let all = Migrations.migrator.migrations
        return [all.first, all.dropLast().last].compactMap(\.self)
    }()

    /// Makes the database of a stopped daemon one of an older version: that one's tables and columns, with the rows that are there.
    private func takeBack(_ path: String, to version: String) async throws {
        let older = "\(path).older"
        let queue = try DatabaseQueue(path: older)
        try Migrations.migrator.migrate(queue, upTo: version)
        try await queue.writeWithoutTransaction { db in
            try db.execute(sql: "ATTACH DATABASE ? AS today", arguments: [path])
            let tables = try String.fetchAll(
                db,
                sql: """
                    SELECT name FROM main.sqlite_master
                    WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'grdb_%'
                    """)
            for table in tables {
                let columns = try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info(?, 'main')", arguments: [table])
                    .map { "\"\($0)\"" }.joined(separator: ", ")
                try db.execute(sql: "INSERT INTO main.\(table) (\(columns)) SELECT \(columns) FROM today.\(table)")
            }
            try db.execute(sql: "DETACH DATABASE today")
        }
        try queue.close()
        for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
        try FileManager.default.moveItem(atPath: older, toPath: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    private func versions(_ path: String) async throws -> [String] {
        try await DatabaseQueue(path: path).read { try String.fetchAll($0, sql: "SELECT identifier FROM grdb_migrations") }
    }

    @Test(arguments: olderVersions) func `the daemon is upgraded while agents run`(version: String) async throws {
        // It works for as long as the file is there.
        let agent = #"["/bin/sh", "-c", "while [ -e $HOME/work ]; do sleep 0.05; done"]"#
        try await RealDaemon.with("[agents.waits]\nstart = \(agent)\nprompt = \"none\"") { d in
            let work = "\(d.scratch.path)/work"
            #expect(FileManager.default.createFile(atPath: work, contents: nil))
            let agents = ["SLEEPS": "sleeper", "TALKS": "talker", "ENDS": "waits"]
            for (id, kind) in agents { #expect(await d.reeve("add", "x", "--agent", kind, "--id", id).code == 0) }
            var before: [String: Int32] = [:]
            for id in agents.keys {
                #expect(await d.reeve("wait", id, "--until", "running", "--timeout", RealDaemon.patience).code == 0)
                let pid: Int32 = try #require(await d.agentPid(id))
                before[id] = pid
            }
            #expect(await d.reeve("add", "later", "--id", "WAITS", "--after", "ENDS").code == 0)
            #expect(await eventually { d.ledger == ["TALKS"] })
            #expect(await d.stop() == 0)

            let database = "\(d.scratch.path)/s/reeve.db"
            let today = try await versions(database)
            try await takeBack(database, to: version)
            let older = try await versions(database)
            #expect(older.last == version && older.count < today.count, "\(older)")
            try await d.start()
            #expect(try await versions(database) == today)
            #expect(await d.reeve("db", "check").code == 0)
            for (id, pid) in before {
                #expect(await eventually { await d.agentPid(id) == pid }, "\(id) is another, or none\n\(d.log.suffix(4000))")
                #expect(Glibc.kill(pid, 0) == 0)
                #expect(await d.state(id) == "running")
            }
            // Nothing was started twice, and what was known before goes on: an agent can be talked to, one ends, the next comes after it.
            #expect(d.ledger == ["TALKS"])
            #expect(await d.isAtPrompt("TALKS"))
            let sent = await d.reeve("send", "TALKS", "hello")
            #expect(sent.code == 0, "\(sent)")
            #expect(unlink(work) == 0)
            let wait = await d.reeve("wait", "ENDS", "WAITS", "--until", "done", "--timeout", RealDaemon.patience)
            #expect(wait.code == 0, "\(wait)\n\(d.log.suffix(4000))")
            #expect(d.ledger == ["TALKS", "WAITS"])
        }
    }
}
