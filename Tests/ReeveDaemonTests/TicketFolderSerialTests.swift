import Foundation
import ReeveTestSupport
import Testing

/// Tickets as files, with the real daemon: what is written into the folder is worked on, and the folder says what became of it.
@Suite(.serialized) struct TicketFolderSerialTests {
    /// A daemon with a folder of tickets beside a project `web`.
    private func withFolder(_ body: (RealDaemon, String) async throws -> Void) async throws {
        let work = try Scratch()
        defer { work.remove() }
        _ = try work.directory("web")
        let folder = try work.directory(".tickets")
        try await RealDaemon.with("[tickets]\ndirectory = \"\(folder)\"") { d in try await body(d, folder) }
    }

    private func write(_ text: String, _ path: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }

    private func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    private func names(_ folder: String, _ place: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(place)")) ?? []).filter { $0.hasSuffix(".md") }
            .sorted()
    }

    @Test func `a file in the queue is worked on, moves with its ticket, and keeps every other byte`() async throws {
        try await withFolder { d, folder in
            try write(
                "---\n# mine\nid: FEAT-1\ntype: TASK\npriority: P1-high\nproject: web\nteam: blue   # stays\n---\n\n# Feature: Log in\n\nWith a key.\n",
                "\(folder)/queue/login.md")
            #expect(await eventually { await d.state("FEAT-1") != "" })
            _ = await d.reeve("wait", "FEAT-1", "--until", "exited", "--timeout", RealDaemon.patience)
            #expect(await eventually { names(folder, "completed") == ["login.md"] })
            #expect(names(folder, "queue").isEmpty && names(folder, "in-progress").isEmpty)
            #expect(
                await eventually {
                    text("\(folder)/completed/login.md").hasPrefix(
                        "---\n# mine\nid: FEAT-1\ntype: TASK\npriority: P1-high\nproject: web\nteam: blue   # stays\n")
                        && text("\(folder)/completed/login.md").hasSuffix("---\n\n# Feature: Log in\n\nWith a key.\n")
                })
            #expect(await eventually { text("\(folder)/completed/login.md").contains("status: ") })
            let shown = await d.reeve("show", "FEAT-1").text
            #expect(shown.contains("Log in") && shown.contains("P1") && shown.contains("/web") && shown.contains("With a key."))
        }
    }

    @Test func `a file without an id gets one, and an edit of a queued ticket's file counts`() async throws {
        try await withFolder { d, folder in
            #expect(await d.reeve("queue", "pause").code == 0)
            let path = "\(folder)/queue/a.md"
            try write("# Task: First words\n", path)
            #expect(await eventually { text(path).contains("id: TASK-") })
            try write(text(path).replacing("First words", with: "Second words"), path)
            #expect(await eventually { await d.reeve("list").text.contains("Second words") })
            #expect(await d.reeve("list", "-q").text.split(separator: "\n").count == 1)
        }
    }

    @Test func `a command changes the priority in a ticket's file, and nothing else of it`() async throws {
        try await withFolder { d, folder in
            #expect(await d.reeve("queue", "pause").code == 0)
            let path = "\(folder)/queue/a.md"
            try "---\nid: T-1\nowner: ann # mine\n---\nDo it\n".write(toFile: path, atomically: true, encoding: .utf8)
            #expect(await eventually { await d.state("T-1") == "queued" })
            #expect(await d.reeve("edit", "T-1", "--priority", "P0").code == 0)
            let text = "---\nid: T-1\nowner: ann # mine\npriority: P0-critical\n---\nDo it\n"
            #expect(await eventually { self.text(path) == text })
            let refused = await d.reeve("edit", "T-1", "--title", "other")
            #expect(refused.code == 5 && refused.errors.contains("queue/a.md"), "\(refused)")
            // The edit of before is not undone by the next one.
            try (text + "And more\n").write(toFile: path, atomically: true, encoding: .utf8)
            #expect(await eventually { await d.reeve("show", "T-1").text.contains("And more") })
            #expect(await d.reeve("show", "T-1").text.contains("P0"))
        }
    }

    @Test func `reeve add writes a file and says where`() async throws {
        try await withFolder { d, folder in
            #expect(await d.reeve("queue", "pause").code == 0)
            let added = await d.reeve("add", "Paint the shed", "--id", "T-1", "--priority", "P0")
            let path = String(added.text.split(separator: "\n").last ?? "")
            #expect(added.text.hasPrefix("T-1 queued\n") && path.hasPrefix("\(folder)/queue/"), "\(added)")
            #expect(text(path).contains("id: T-1") && text(path).contains("# Task: Paint the shed"))
            #expect(text(path).contains("priority: P0-critical"))
            #expect(await d.reeve("cancel", "T-1").code == 0)
            #expect(await eventually { names(folder, "completed").count == 1 && names(folder, "queue").isEmpty })
        }
    }

    @Test func `wrong files are told with line and reason, left alone, and read again when they change`() async throws {
        try await withFolder { d, folder in
            #expect(await d.reeve("queue", "pause").code == 0)
            let path = "\(folder)/queue/bad.md"
            let wrong = "---\nid: BAD-1\npriority: urgent\n---\n# Task: x\n"
            try write(wrong, path)
            #expect(
                await eventually {
                    let said = await d.reeve("folder").text
                    return said.contains("queue/bad.md:3") && said.contains("priority")
                })
            #expect(text(path) == wrong)
            let unknown = "\(folder)/queue/agent.md"
            try write("---\nagent: nobody\n---\n# Task: y\n", unknown)
            #expect(await eventually { await d.reeve("folder").text.contains("nobody") })
            try write(wrong.replacing("urgent", with: "P1-high"), path)
            #expect(await eventually { await d.state("BAD-1") == "queued" })
            #expect(await eventually { await !d.reeve("folder").text.contains("bad.md") })
            let events = await d.reeve("events", "--since", "0", "--json").text
            #expect(events.contains(#""kind":"ticket.file""#) && events.contains(#""over":true"#))
        }
    }

    @Test func `what is written while the daemon is away is found when it starts`() async throws {
        try await withFolder { d, folder in
            #expect(await d.reeve("queue", "pause").code == 0)
            try write("---\nid: A-1\n---\n# Task: before\n", "\(folder)/queue/a.md")
            #expect(await eventually { await d.state("A-1") == "queued" })
            await d.kill()
            try write("---\nid: B-1\nafter: [A-1]\n---\n# Task: meanwhile\n", "\(folder)/queue/b.md")
            try write("---\nid: A-1\n---\n# Task: changed\n", "\(folder)/queue/a.md")
            try await d.start()
            #expect(await eventually { await d.state("B-1") == "queued" })
            #expect(await eventually { await d.reeve("show", "A-1").text.contains("changed") })
            #expect(await d.reeve("queue", "resume").code == 0)
            #expect(await eventually { await d.state("B-1") == "done" })
            #expect(await eventually { names(folder, "completed") == ["a.md", "b.md"] })
        }
    }

    @Test func `a file that is moved by hand is moved back, and the command that was meant is named`() async throws {
        try await withFolder { d, folder in
            #expect(await d.reeve("queue", "pause").code == 0)
            try write("---\nid: A-1\n---\n# Task: a\n", "\(folder)/queue/a.md")
            #expect(await eventually { await d.state("A-1") == "queued" })
            try FileManager.default.moveItem(atPath: "\(folder)/queue/a.md", toPath: "\(folder)/completed/a.md")
            #expect(await eventually { await d.reeve("events", "--since", "0", "--json").text.contains("reeve cancel A-1") })
            #expect(await eventually { names(folder, "queue") == ["a.md"] })
            #expect(await d.state("A-1") == "queued")
        }
    }

    @Test func `an import says first what it will do, takes everything that can be taken, and nothing twice`() async throws {
        let tree = try Scratch()
        defer { tree.remove() }
        _ = try tree.directory("web")
        for place in ["queue", "in-progress", "completed"] { _ = try tree.directory(".tickets/\(place)") }
        let folder = "\(tree.path)/.tickets"
        try write("---\nid: FEAT-1\nproject: web\n---\n# Feature: one\n", "\(folder)/queue/20260101-0900-FEAT-web-one.md")
        try write("---\nid: FEAT-2\nafter: [FEAT-3]\n---\n# Feature: two\n", "\(folder)/queue/two.md")
        try write("---\nid: FEAT-3\nstatus: running\n---\n# Feature: three\n", "\(folder)/in-progress/three.md")
        try write("---\nid: FEAT-4\n---\n# Feature: four\n", "\(folder)/completed/four.md")
        let broken = [
            "---\nid: [\n---\n# x\n", "---\nid: a b\n---\n# x\n", "---\npriority: soon\n---\n# x\n",
            "---\nid: X-1\nid: X-2\n---\n# x\n",
            "---\nnever closed\n# x\n", "---\nafter: {a: b}\n---\n# x\n", "---\nproject: ../../etc\n---\n# x\n",
            "---\nagent: nobody\n---\n# x\n",
            "---\nafter: [NOT-THERE]\n---\n# x\n", "---\nproject: not-there\n---\n# x\n",
        ]
        for (index, text) in broken.enumerated() {
            try write(text.replacing("# x", with: "# x \(index)"), "\(folder)/queue/x\(index)-.md")
        }
        try Data([0x23, 0x20, 0xFF, 0x0A]).write(to: URL(fileURLWithPath: "\(folder)/queue/not-text.md"))
        try await RealDaemon.with { d in
            #expect(await d.reeve("queue", "pause").code == 0)
            let dry = await d.reeve("import", tree.path, "--dry-run")
            #expect(dry.code == 0 && dry.text.contains("4 would be imported"), "\(dry)")
            #expect(await d.reeve("list", "--all", "-q").text == "")
            let done = await d.reeve("import", tree.path)
            #expect(done.text.replacing("4 imported", with: "4 would be imported") == dry.text)
            #expect(await d.reeve("list", "--all", "-q").text.split(separator: "\n").count == 4)
            #expect(await d.state("FEAT-4") == "done")
            #expect(await d.state("FEAT-3") == "queued")
            let again = await d.reeve("import", tree.path)
            #expect(again.text.contains("0 imported · 4 there already"), "\(again)")
            #expect(await d.reeve("import", "\(tree.path)/web").code == 4)
        }
    }
}
