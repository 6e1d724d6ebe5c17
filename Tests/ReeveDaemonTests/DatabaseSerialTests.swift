import Foundation
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// Faults of the database and its care, with the real programs. What SQLite's files look like inside is among the tests of the store.
@Suite(.serialized) struct DatabaseSerialTests {
    private func database(_ d: RealDaemon) -> String { "\(d.scratch.path)/s/reeve.db" }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    /// Tickets with long bodies that wait in a paused queue: more than SQLite keeps in memory.
    private func fill(_ d: RealDaemon, _ count: Int = 60) async throws {
        let body = "\(d.scratch.path)/body"
        try String(repeating: "a long story ", count: 7000).write(toFile: body, atomically: true, encoding: .utf8)
        #expect(await d.reeve("queue", "pause").code == 0)
        for number in 1...count {
            #expect(await d.reeve("add", "story", "--id", "S\(number)", "--body-file", body).code == 0)
        }
    }

    /// As the daemon makes its files: another mode would be refused before anything is read.
    private func put(_ data: Data, _ path: String) {
        #expect(FileManager.default.createFile(atPath: path, contents: data, attributes: [.posixPermissions: 0o600]))
    }

    @Test func `a damaged database: the daemon does not start, says what to do, and touches nothing`() async throws {
        try await RealDaemon.with { d in
            try await fill(d, 5)
            #expect(await d.stop() == 0)
            let path = database(d)
            let whole = try bytes(path)
            let files = FileManager.default
            let damages: [(String, () throws -> Void)] = [
                ("truncated", { put(whole.prefix(whole.count / 2), path) }),
                ("empty", { put(Data(), path) }),
                (
                    "flipped bytes",
                    {
                        var flipped = whole
                        for index in stride(from: 4096 * 3, to: whole.count, by: 4096) { flipped[index] ^= 0xFF }
                        put(flipped, path)
                    }
                ),
                ("no database", { put(Data("hello".utf8), path) }),
                ("a directory", { try files.createDirectory(atPath: path, withIntermediateDirectories: false) }),
                ("a link", { try files.createSymbolicLink(atPath: path, withDestinationPath: "/dev/null") }),
            ]
            for (name, damage) in damages {
                try? files.removeItem(atPath: path)
                try damage()
                let before = try? bytes(path)
                let start = await d.run([Programs.path("reeved")])
                #expect(start.code == 65, "\(name): \(start)")
                #expect(start.errors.contains("reeve db check") || start.errors.contains("docs/database.md"), "\(name): \(start)")
                let check = await d.reeve("db", "check")
                #expect(check.code == 1 && check.text.contains("reeve db restore FILE"), "\(name): \(check)")
                #expect(check.text.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(name): \(check.text)")
                #expect((try? bytes(path)) == before, "\(name)")
            }
            try files.removeItem(atPath: path)
            put(whole, path)
            #expect(await d.reeve("db", "check").code == 0)
            try await d.start()
            #expect(await d.state("S5") == "queued")
        }
    }

    /// Met while running: refused with its own word, nothing more is written, and agents go on.
    @Test func `the database is damaged`() async throws {
        try await RealDaemon.with { d in
            #expect(await d.reeve("add", "sleep", "--agent", "sleeper", "--id", "LIVES").code == 0)
            #expect(await d.reeve("wait", "LIVES", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            let pid = try #require(await d.agentPid("LIVES"))
            try await fill(d)
            #expect(await d.stop() == 0)
            try await d.start()
            let handle = try #require(FileHandle(forUpdatingAtPath: database(d)))
            let length = try handle.seekToEnd()
            // The schema's pages are spared: without them there is nothing to salvage.
            for offset in stride(from: UInt64(4096) * 64, to: length, by: 4096) {
                try handle.seek(toOffset: offset)
                try handle.write(contentsOf: Data(repeating: 0xAA, count: 16))
            }
            let list = await d.reeve("list", "--all", "--json")
            #expect(list.code == 1 && list.text.contains(#""kind":"damaged""#), "\(list)")
            let add = await d.reeve("add", "more")
            #expect(add.code == 1 && add.errors.contains("damaged") && add.errors.contains("reeve db check"), "\(add)")
            // What is in memory is still answered.
            #expect(await d.reeve("status").code == 0)
            let doctor = await d.doctor { $0.text.contains("FAIL database") }
            #expect(doctor.text.contains("FAIL database"), "\(doctor)")
            #expect(Glibc.kill(pid, 0) == 0)
            let check = await d.reeve("db", "check")
            #expect(check.code == 1 && check.text.contains("Stop the daemon"), "\(check)")
            #expect(await d.reeve("db", "salvage").code == 5)
            _ = await d.stop()
            #expect(await d.run([Programs.path("reeved")]).code == 65)
            #expect(Glibc.kill(pid, 0) == 0)
            // What can be read is enough to start with, and nothing is launched from it unasked.
            let salvage = await d.reeve("db", "salvage")
            #expect(salvage.code == 0 && salvage.text.contains("queue is paused"), "\(salvage)")
            #expect(await d.reeve("db", "check").code == 0)
            try await d.start()
            #expect(await d.reeve("queue", "-q").text == "paused\n")
            #expect(Glibc.kill(pid, 0) == 0)
        }
    }

    @Test func `a backup is made while tickets come, and a daemon starts from it`() async throws {
        try await RealDaemon.with { d in
            try await fill(d, 10)
            let copy = "\(d.scratch.path)/copy.db"
            let backup = await d.reeve("db", "backup", copy)
            #expect(backup.code == 0 && backup.text.contains("checked"), "\(backup)")
            #expect(try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(d.scratch.path)/s/copies").isEmpty)
            // What is there stays.
            let again = await d.reeve("db", "backup", copy)
            #expect(again.code == 5 && again.errors.contains("--force"), "\(again)")
            #expect(await d.reeve("add", "late", "--id", "LATE").code == 0)
            #expect(await d.reeve("db", "backup", "--force", copy).code == 0)
            #expect(await d.reeve("add", "later", "--id", "LATER").code == 0)
            // Relative to where the client is, and on another file system.
            let relative = await d.run(["/bin/sh", "-c", "cd \(d.scratch.path) && reeve db backup here.db --json"])
            #expect(relative.text.contains("\"file\":\"\(d.scratch.path)/here.db\""), "\(relative)")
            if FileManager.default.fileExists(atPath: "/dev/shm") {
                let other = "/dev/shm/\(d.scratch.path.split(separator: "/").last ?? "")"
                defer { try? FileManager.default.removeItem(atPath: other) }
                #expect(await d.reeve("db", "backup", other, "-q").text == other + "\n")
                #expect(try bytes(other).prefix(15) == Data("SQLite format 3".utf8))
            }
            #expect(await d.reeve("db").text.contains("last backup 2"))
            #expect(await eventually { await d.reeve("doctor").text.contains("ok   database") })
            #expect(await d.stop() == 0)
            // Without a daemon: the same by its program.
            let offline = await d.reeve("db", "backup", "\(d.scratch.path)/offline.db")
            #expect(offline.code == 0, "\(offline)")
            #expect(await d.reeve("db", "check").text.contains("sound"))
            #expect(await d.reeve("db", "backup", "\(d.scratch.path)/offline.db").code == 5)
            let restore = await d.reeve("db", "restore", copy, "--json")
            #expect(restore.code == 0 && restore.text.contains("reeve.db.aside-"), "\(restore)")
            try await d.start()
            #expect(await d.reeve("queue", "-q").text == "paused\n")
            #expect(await d.state("LATE") == "queued")
            #expect(await d.reeve("show", "LATER").code == 4)
        }
    }

    @Test func `check and backup without a daemon wait for none that is there: its lock is respected`() async throws {
        try await RealDaemon.with { d in
            let state = "REEVE_RUNTIME_DIR=\(d.scratch.path)/nowhere"
            let check = await d.run(["/usr/bin/env", state, Programs.path("reeve"), "db", "check"])
            #expect(check.code == 5 && check.errors.contains("another reeved"), "\(check)")
            // Who names a socket means that daemon, and not the database that happens to be here.
            let named = await d.run([Programs.path("reeve"), "db", "check", "--socket", "/nowhere/control.sock"])
            #expect(named.code == 3, "\(named)")
        }
    }

    @Test func `finished tickets go when their time is over, and their files with them`() async throws {
        try await RealDaemon.with { d in
            #expect(await d.stop() == 0)
            let file = "\(d.scratch.path)/reeve.toml"
            let text = try String(contentsOfFile: file, encoding: .utf8).replacing("linger = \"60s\"", with: "linger = \"0s\"")
            try (text + "\n[retention]\nfinished_tickets = \"1s\"\n").write(toFile: file, atomically: true, encoding: .utf8)
            try await d.start()
            // They are over a second after their end: nobody could come after one that is gone.
            #expect(await d.reeve("queue", "pause").code == 0)
            #expect(await d.reeve("add", "first", "--id", "FIRST").code == 0)
            #expect(await d.reeve("add", "sleep", "--id", "STAYS", "--agent", "sleeper", "--after", "FIRST").code == 0)
            #expect(await d.reeve("add", "alone", "--id", "ALONE").code == 0)
            #expect(await d.reeve("queue", "resume").code == 0)
            #expect(await d.reeve("wait", "STAYS", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            #expect(await eventually { await d.reeve("show", "ALONE").code == 4 })
            // One that another comes after stays with it.
            #expect(await d.state("FIRST") == "done")
            #expect(await d.reeve("events", "--since", "0", "--json").text.contains(#""kind":"ticket.removed","ticket":"ALONE""#))
            #expect(await d.reeve("cancel", "STAYS").code == 0)
            #expect(await eventually { await d.reeve("show", "FIRST").code == 4 })
            let left = ["launches", "prompts"].flatMap { folder in
                (try? FileManager.default.contentsOfDirectory(atPath: "\(d.scratch.path)/s/\(folder)")) ?? []
            }
            #expect(left.isEmpty, "\(left)")
            // Memory and database agree.
            #expect(await d.reeve("status", "--json").text.contains(#""done":0"#))
            #expect(await d.reeve("db", "check").code == 0)
        }
    }
}
