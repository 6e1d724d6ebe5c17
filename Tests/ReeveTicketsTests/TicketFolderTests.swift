import Foundation
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveTickets

/// A folder below the temporary directory.
struct FolderFixture {
    let scratch: Scratch
    let folder: TicketFolder
    let ids = SeededIDs(seed: 1)

    init(_ scratch: Scratch) throws {
        self.scratch = scratch
        folder = TicketFolder(try scratch.directory(".tickets"))
        try folder.prepare()
    }

    static func with(_ body: (FolderFixture) throws -> Void) throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try body(try FolderFixture(scratch))
    }

    func path(_ place: TicketPlace, _ name: String) -> String { "\(folder.root)/\(place.rawValue)/\(name)" }

    func write(_ place: TicketPlace, _ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(place, name)))
    }

    func text(_ place: TicketPlace, _ name: String) -> String? {
        FileManager.default.contents(atPath: path(place, name)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// All entries of the three directories, hidden ones included.
    func all() throws -> [String] {
        try TicketPlace.allCases.flatMap { place in
            try FileManager.default.contentsOfDirectory(atPath: "\(folder.root)/\(place.rawValue)").map {
                "\(place.rawValue)/\($0)"
            }
        }.sorted()
    }

    func entry(_ place: TicketPlace, _ name: String) throws -> TicketFolder.Entry {
        try #require(try folder.list().entries.first { $0.place == place && $0.name == name })
    }

    func draft(_ id: String, _ title: String = "Do it", body: String = "") throws -> TicketDraft {
        TicketDraft(
            id: try #require(TicketID(id)), title: title, body: body, createdAt: Timestamp(milliseconds: 1_790_000_000_000))
    }
}

@Suite struct TicketFolderTests {
    @Test func `the three directories are made, and nothing is changed where they are there`() throws {
        try FolderFixture.with { fixture in
            try fixture.write(.queue, "a.md", "x")
            try fixture.folder.prepare()
            #expect(try fixture.all() == ["queue/a.md"])
        }
    }

    @Test func `a folder that is not there, or a place that is a link or a file, is refused`() throws {
        try FolderFixture.with { fixture in
            let missing = #expect(throws: ReeveError.self) { try TicketFolder("/nowhere/at/all").prepare() }
            #expect(missing?.kind == .notFound)
            rmdir("\(fixture.folder.root)/queue")
            let outside = try fixture.scratch.directory("outside")
            symlink(outside, "\(fixture.folder.root)/queue")
            let link = #expect(throws: ReeveError.self) { try fixture.folder.prepare() }
            #expect(link?.kind == .conflict)
            #expect(throws: ReeveError.self) { try fixture.folder.create(try fixture.draft("A"), ids: fixture.ids) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: outside).isEmpty)
            unlink("\(fixture.folder.root)/queue")
            #expect(FileManager.default.createFile(atPath: "\(fixture.folder.root)/queue", contents: nil))
            #expect(throws: ReeveError.self) { try fixture.folder.prepare() }
        }
    }

    @Test func `visible Markdown files are listed; links, directories and odd names are told`() throws {
        try FolderFixture.with { fixture in
            try fixture.write(.queue, "b.md", "x")
            try fixture.write(.queue, "a.md", "x")
            try fixture.write(.completed, "c.md", "x")
            try fixture.write(.queue, ".hidden.md", "x")
            try fixture.write(.queue, "a.md~", "x")
            symlink("/etc/passwd", fixture.path(.queue, "link.md"))
            mkdir(fixture.path(.inProgress, "dir.md"), 0o700)
            mkfifo(fixture.path(.inProgress, "fifo.md"), 0o600)
            var odd = Array(fixture.path(.queue, "").utf8).map { CChar(bitPattern: $0) } + [CChar(bitPattern: 0xFF)]
            odd += ".md".utf8.map { CChar(bitPattern: $0) } + [0]
            Foundation.close(creat(odd, 0o600))
            let (entries, faults) = try fixture.folder.list()
            #expect(entries.map(\.path) == ["queue/a.md", "queue/b.md", "completed/c.md"])
            #expect(
                Set(faults.map(\.file)) == ["queue/link.md", "queue/\u{FFFD}.md", "in-progress/dir.md", "in-progress/fifo.md"])
        }
    }

    @Test func `links, FIFOs and directories are not read, whatever they lead to`() throws {
        try FolderFixture.with { fixture in
            symlink("/etc/passwd", fixture.path(.queue, "link.md"))
            mkfifo(fixture.path(.queue, "fifo.md"), 0o600)
            mkdir(fixture.path(.queue, "dir.md"), 0o700)
            for name in ["link.md", "fifo.md", "dir.md"] {
                let refusal = #expect(throws: ReeveError.self) { try fixture.folder.read(.queue, name) }
                #expect(refusal?.kind == .invalidParams)
                #expect(refusal?.path == "queue/\(name)")
            }
            let missing = [try fixture.folder.read(.queue, "none.md"), try fixture.folder.read(.queue, "../../x.md")]
            #expect(missing == [nil, nil])
        }
    }

    @Test func `a file that is too large is not read`() throws {
        try FolderFixture.with { fixture in
            try fixture.write(.queue, "a.md", String(repeating: "x", count: TicketFile.largest + 1))
            let refusal = #expect(throws: ReeveError.self) { try fixture.folder.read(.queue, "a.md") }
            #expect(refusal?.message.contains("more than \(TicketFile.largest) bytes") == true)
        }
    }

    @Test func `a new ticket's file says what the ticket says`() throws {
        try FolderFixture.with { fixture in
            var draft = try fixture.draft("FEAT-7KQ2X", "Log in: \"now\"", body: "one\n\n# two\nthree")
            draft.type = "FEAT"
            draft.priority = .p0
            draft.project = "/home/a/web: x"
            draft.agent = "codex"
            draft.step = "plan"
            draft.after = [try #require(TicketID("A")), try #require(TicketID("9"))]
            let (entry, content) = try fixture.folder.create(draft, ids: fixture.ids)
            #expect(entry.path == "queue/20260921-1413-FEAT-webx-log-in-now-7kq2x.md")
            let file = try TicketFile.parse(content.bytes, name: entry.name)
            #expect([file.id, draft.after.first, draft.after.last] == [draft.id, file.after.first, file.after.last])
            #expect(
                [file.title, file.body, file.type, file.project, file.agent, file.step, file.status] == [
                    draft.title, draft.body, "FEAT", draft.project, "codex", "plan", "queued",
                ])
            #expect(file.priority == .p0)
            #expect(content.mark == ContentMark(of: content.bytes))
            #expect(try fixture.all() == [entry.path])
        }
    }

    @Test(arguments: [
        "", "one", "one\ntwo\n", "# Feature: no", "---\nid: X\n---\n", "**ID**: X", "  indented", "ü\u{2028}x", "## Summary\n\nx",
    ])
    func `a new ticket's text is read back as it was`(body: String) throws {
        try FolderFixture.with { fixture in
            let (entry, content) = try fixture.folder.create(try fixture.draft("A", "# Title: x", body: body), ids: fixture.ids)
            let file = try TicketFile.parse(content.bytes, name: entry.name)
            #expect(file.title == "# Title: x")
            #expect(file.body == (body.hasSuffix("\n") ? String(body.dropLast()) : body))
        }
    }

    @Test func `a name that is taken is not overwritten`() throws {
        try FolderFixture.with { fixture in
            let names = try (0..<3).map { _ in try fixture.folder.create(try fixture.draft("A"), ids: fixture.ids).entry.name }
            #expect(Set(names).count == 3)
            #expect(names[1].hasSuffix("-2.md"))
        }
    }

    @Test func `a file is moved and its front matter changed, the rest byte for byte`() throws {
        try FolderFixture.with { fixture in
            try fixture.write(.queue, "a.md", "---\nid: A\nstatus: queued # c\n---\r\ntext\r\n")
            chmod(fixture.path(.queue, "a.md"), 0o640)
            let entry = try fixture.entry(.queue, "a.md")
            let content = try #require(try fixture.folder.read(.queue, "a.md"))
            let moved = try fixture.folder.revise(
                entry, to: .inProgress, expecting: content.mark, changes: [.set("status", "running"), .set("step", "plan")],
                ids: fixture.ids)
            #expect(try fixture.all() == ["in-progress/a.md"])
            #expect(fixture.text(.inProgress, "a.md") == "---\nid: A\nstatus: running # c\nstep: plan\n---\r\ntext\r\n")
            #expect(moved.content.mark == ContentMark(of: Array((fixture.text(.inProgress, "a.md") ?? "").utf8)))
            var info = stat()
            stat(fixture.path(.inProgress, "a.md"), &info)
            #expect(info.st_mode & 0o777 == 0o640)
        }
    }

    @Test func `a file that was changed since it was read is neither moved nor changed`() throws {
        try FolderFixture.with { fixture in
            try fixture.write(.queue, "a.md", "one")
            let entry = try fixture.entry(.queue, "a.md")
            let mark = try #require(try fixture.folder.read(.queue, "a.md")).mark
            try fixture.write(.queue, "a.md", "two")
            let refusal = #expect(throws: ReeveError.self) {
                try fixture.folder.revise(entry, to: .completed, expecting: mark, changes: [.set("id", "A")], ids: fixture.ids)
            }
            #expect(refusal?.kind == .conflict)
            #expect(fixture.text(.queue, "a.md") == "two")
            unlink(fixture.path(.queue, "a.md"))
            let gone = #expect(throws: ReeveError.self) {
                try fixture.folder.revise(entry, to: .completed, expecting: mark, changes: [], ids: fixture.ids)
            }
            #expect(gone?.kind == .notFound)
            #expect(try fixture.all().isEmpty)
        }
    }

    @Test func `an edit that is refused moves nothing, and the move alone is possible`() throws {
        try FolderFixture.with { fixture in
            try fixture.write(.queue, "a.md", "---\nstatus: [a]\n---\n")
            let entry = try fixture.entry(.queue, "a.md")
            let mark = try #require(try fixture.folder.read(.queue, "a.md")).mark
            let refusal = #expect(throws: ReeveError.self) {
                try fixture.folder.revise(
                    entry, to: .inProgress, expecting: mark, changes: [.set("status", "x")], ids: fixture.ids)
            }
            #expect(refusal?.path == "queue/a.md:2")
            #expect(try fixture.all() == ["queue/a.md"])
            _ = try fixture.folder.revise(entry, to: .inProgress, expecting: mark, changes: [], ids: fixture.ids)
            #expect(try fixture.all() == ["in-progress/a.md"])
        }
    }

    @Test func `a file of the same name in the other folder stays`() throws {
        try FolderFixture.with { fixture in
            try fixture.write(.queue, "a.md", "one")
            try fixture.write(.completed, "a.md", "two")
            let entry = try fixture.entry(.queue, "a.md")
            let mark = try #require(try fixture.folder.read(.queue, "a.md")).mark
            let moved = try fixture.folder.revise(entry, to: .completed, expecting: mark, changes: [], ids: fixture.ids)
            #expect(moved.entry.path == "completed/a-2.md")
            #expect(fixture.text(.completed, "a.md") == "two" && fixture.text(.completed, "a-2.md") == "one")
        }
    }

    @Test func `while somebody saves again and again, every save is kept or conflicts, and none is lost`() throws {
        try FolderFixture.with { fixture in
            try fixture.write(.queue, "a.md", "---\nn: 0\n---\nsave 0\n")
            let path = fixture.path(.queue, "a.md")
            let writer = Thread {
                for number in 1...300 {
                    // As editors do: beside it, then a rename over it.
                    try? Data("---\nn: 0\n---\nsave \(number)\n".utf8).write(to: URL(fileURLWithPath: path + "~"))
                    rename(path + "~", path)
                }
            }
            writer.start()
            var done = 0
            while !writer.isFinished || done == 0 {
                guard let content = try fixture.folder.read(.queue, "a.md") else { continue }
                let entry = TicketFolder.Entry(place: .queue, name: "a.md", stamp: content.stamp)
                do {
                    let changes = [FrontMatterEdit.Change.set("n", "\(done)x")]
                    let (_, written) = try fixture.folder.revise(
                        entry, to: .queue, expecting: content.mark, changes: changes, ids: fixture.ids)
                    done += 1
                    // What is saved right after it is not taken for what was written: it would never count.
                    #expect(written.bytes == (try FrontMatterEdit.apply(changes, to: content.bytes, name: entry.path)))
                    let after = try fixture.folder.read(.queue, "a.md")
                    #expect(after?.stamp != written.stamp || after?.bytes == written.bytes)
                } catch { #expect((error as? ReeveError)?.kind == .conflict) }
            }
            let last = try fixture.all().filter { !$0.hasSuffix("~") }.compactMap { entry -> String? in
                fixture.text(.queue, String(entry.dropFirst("queue/".count)))
            }
            #expect(last.contains { $0.hasSuffix("\nsave 300\n") })
        }
    }

    // MARK: - Crashes

    @Test func `a file with two names in two folders keeps the one further on`() throws {
        try FolderFixture.with { fixture in
            try fixture.write(.queue, "a.md", "one")
            link(fixture.path(.queue, "a.md"), fixture.path(.inProgress, "a.md"))
            #expect(try fixture.folder.tidy(ids: fixture.ids).isEmpty)
            #expect(try fixture.all() == ["in-progress/a.md"])
        }
    }

    @Test func `two files that only say the same are both kept`() throws {
        try FolderFixture.with { fixture in
            try fixture.write(.queue, "a.md", "one")
            try fixture.write(.inProgress, "a.md", "one")
            #expect(try fixture.folder.tidy(ids: fixture.ids).isEmpty)
            #expect(try fixture.all().count == 2)
        }
    }

    @Test(arguments: [
        "---\nid: A\nstatus: running\n---\ntext\nmore\n", "---\nid: A\nstatus: running\n---\ntext\nmo", "---\nid: A\nsta", "",
    ])
    func `what was cut short in the middle of a change is removed`(leftover: String) throws {
        try FolderFixture.with { fixture in
            try fixture.write(.queue, "a.md", "---\nid: A\n---\ntext\nmore\n")
            try fixture.write(.queue, ".reeve-old-abc", leftover)
            try fixture.write(.queue, ".reeve-new-abc", "anything")
            #expect(try fixture.folder.tidy(ids: fixture.ids).isEmpty)
            #expect(try fixture.all() == ["queue/a.md"])
        }
    }

    @Test func `a text that is nowhere else becomes visible and is told`() throws {
        try FolderFixture.with { fixture in
            try fixture.write(.queue, "a.md", "---\nid: A\n---\ntext\n")
            try fixture.write(.queue, ".reeve-old-abc", "---\nid: A\n---\ntext, edited by a person\n")
            let kept = try fixture.folder.tidy(ids: fixture.ids)
            #expect(kept.count == 1)
            let file = try #require(kept.first?.file)
            #expect(fixture.text(.queue, String(file.dropFirst("queue/".count)))?.contains("edited by a person") == true)
            #expect(try fixture.folder.tidy(ids: fixture.ids).isEmpty)
        }
    }

    @Test func `somebody else's hidden files are left alone`() throws {
        try FolderFixture.with { fixture in
            try fixture.write(.queue, ".a.md.swp", "x")
            #expect(try fixture.folder.tidy(ids: fixture.ids).isEmpty)
            #expect(try fixture.all() == ["queue/.a.md.swp"])
        }
    }
}
