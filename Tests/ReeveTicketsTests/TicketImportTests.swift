import Foundation
import ReeveModel
import ReeveTestSupport
import Synchronization
import Testing

@testable import ReeveTickets

private func file(_ path: String, _ text: String) -> ImportTree.File {
    let (place, name) = FolderWorld.place(path)
    return ImportTree.File(place: place, name: name, content: .bytes(Array(text.utf8)))
}

private func plan(_ files: [ImportTree.File], _ basis: ImportPlanner.Basis = ImportPlanner.Basis()) -> ImportPlan {
    let tree = ImportTree(root: "/work/.tickets", files: files)
    return ImportPlanner.plan(tree, basis: basis, ids: SeededIDs(seed: tree.seed))
}

extension ImportPlan {
    fileprivate func verdict(_ path: String) -> Verdict? { items.first { $0.path == path }?.verdict }
    fileprivate func ticket(_ path: String) -> Ticket? { if case .imported(let ticket)? = verdict(path) { ticket } else { nil } }
    fileprivate func fault(_ path: String) -> TicketFault? { if case .wrong(let fault)? = verdict(path) { fault } else { nil } }
}

@Suite struct TicketImportTests {
    @Test(arguments: [
        ("queue", TicketState.queued, false), ("in-progress", .queued, true), ("completed", .done, false),
    ])
    func `the folder says the state`(place: String, state: TicketState, hasNote: Bool) throws {
        let ticket = try #require(plan([file("\(place)/a.md", operatorTicket)]).ticket("\(place)/a.md"))
        #expect(ticket.state == state && (ticket.note != nil) == hasNote)
        #expect(ticket.id.text == "FEAT-1234" && !ticket.isNewID)
        #expect(ticket.changes == [.set("status", state.fileStatus)])
    }

    @Test func `an id that is missing or taken is made anew`() throws {
        let basis = ImportPlanner.Basis(ids: [try #require(TicketID("FIX-1"))])
        let result = plan(
            [
                file("queue/a.md", "---\nid: FIX-1\n---\nOne"), file("queue/20251221-1430-SPIKE-web-x.md", "Two"),
                file("queue/c.md", "---\nid: FEAT-2\n---\nThree"), file("queue/d.md", "---\nid: FEAT-2\n---\nFour"),
            ], basis)
        #expect(result.counts == ImportPlan.Counts(imported: 4, newIDs: 3))
        #expect(result.ticket("queue/a.md")?.id.text.hasPrefix("FIX-") == true)
        #expect(result.ticket("queue/20251221-1430-SPIKE-web-x.md")?.id.text.hasPrefix("SPIKE-") == true)
        #expect(result.ticket("queue/c.md")?.id.text == "FEAT-2")
        let new = try #require(result.ticket("queue/d.md"))
        #expect(new.id.text.count == 10 && new.changes.first == .set("id", new.id.text))
        #expect(Set(result.tickets.map(\.id)).count == 4)
    }

    @Test func `a new id is never one that a later file names`() throws {
        final class Fixed: IDGenerator {
            let left = TokenList(["aaaaa", "bbbbb", "ccccc"])
            func token(_ length: Int) -> String { left.next() }
            func uuid() -> String { "" }
        }
        let tree = ImportTree(
            root: "/t",
            files: [file("queue/a.md", "One"), file("queue/b.md", "---\nid: TASK-AAAAA\n---\nTwo"), file("queue/c.md", "Three")])
        let result = ImportPlanner.plan(
            tree, basis: ImportPlanner.Basis(ids: [try #require(TicketID("TASK-BBBBB"))]), ids: Fixed())
        #expect(result.items.count == 3)
        #expect(result.ticket("queue/a.md")?.id.text == "TASK-CCCCC")
        #expect(result.ticket("queue/b.md")?.id.text == "TASK-AAAAA")
    }

    @Test func `of two copies in two folders the one further on is the ticket`() throws {
        let result = plan([
            file("queue/a.md", "---\nid: FEAT-1\nstatus: queued\n---\nText"),
            file("in-progress/a.md", "---\nid: FEAT-1\nstatus: running\nbranch: b\n---\nText\n"),
        ])
        #expect(result.ticket("in-progress/a.md") != nil)
        #expect(result.verdict("queue/a.md") == .duplicate(of: try #require(TicketID("FEAT-1")), file: "in-progress/a.md"))
    }

    @Test func `an import that is repeated finds only duplicates`() throws {
        let files = [
            file("queue/a.md", "---\nid: FIX-1\n---\nOne"), file("queue/b.md", "Two"),
            file("queue/c.md", "---\nid: FIX-1\n---\nThree"),
            file("completed/d.md", "---\nid: FIX-9\n---\nFour"),
        ]
        let first = plan(files)
        #expect(first.counts.imported == 4)
        var basis = ImportPlanner.Basis()
        for ticket in first.tickets {
            basis.ids.insert(ticket.id)
            basis.contents[ContentMark(title: ticket.file.title, body: ticket.file.body)] = ticket.id
        }
        #expect(plan(files, basis).counts == ImportPlan.Counts(duplicates: 4))
    }

    @Test func `a dry run and the run after it say the same`() {
        let files = (0..<20).map { file("queue/\($0).md", "Text \($0)") }
        #expect(plan(files) == plan(files.reversed()))
        #expect(plan(files).items.map(\.sentence) == plan(files).items.map(\.sentence))
    }

    @Test func `wrong files are told with line and reason, and the others are imported`() throws {
        var files = TicketFileTests.wrong.filter { $0.what != "nothing at all" }.enumerated().map { number, wrong in
            ImportTree.File(place: .queue, name: "w\(number).md", content: .bytes(wrong.text))
        }
        files.append(file("queue/good.md", "Good"))
        files.append(ImportTree.File(place: .queue, name: "notes.txt", content: .other("no Markdown file that can be seen")))
        let result = plan(files)
        #expect(result.counts == ImportPlan.Counts(imported: 1, newIDs: 1, wrong: files.count - 2, skipped: 1))
        #expect(
            result.items.filter { if case .wrong = $0.verdict { true } else { false } }.allSatisfy {
                $0.sentence.hasPrefix("\($0.path)")
            })
    }

    @Test func `a ticket that waits for one that is nowhere is wrong, and so is one that waits for it`() throws {
        let result = plan(
            [
                file("queue/a.md", "---\nid: A\nafter: [NONE]\n---\nx"), file("queue/b.md", "---\nid: B\nafter: [A]\n---\ny"),
                file("queue/c.md", "---\nid: C\nafter: [D, OLD]\n---\nz"),
                file("completed/d.md", "---\nid: D\nafter: [GONE]\n---\nw"),
            ], ImportPlanner.Basis(ids: [try #require(TicketID("OLD"))]))
        #expect(result.fault("queue/a.md")?.line == 3)
        #expect(result.fault("queue/a.md")?.reason.contains("NONE") == true)
        #expect(result.fault("queue/b.md")?.reason.contains("after names A") == true)
        #expect(result.tickets.map(\.id.text) == ["D", "C"])
    }

    @Test func `a circle of tickets is wrong`() {
        let result = plan([
            file("queue/a.md", "---\nid: A\nafter: [B]\n---\nx"), file("queue/b.md", "---\nid: B\nafter: [C]\n---\ny"),
            file("queue/c.md", "---\nid: C\nafter: [A]\n---\nz"), file("queue/d.md", "---\nid: D\nafter: D\n---\nz"),
        ])
        #expect(result.counts == ImportPlan.Counts(wrong: 4))
        #expect(result.fault("queue/c.md")?.reason.contains("circle") == true)
        #expect(result.fault("queue/d.md")?.reason.contains("D → D") == true)
    }

    @Test func `tickets are made after those that they wait for`() {
        let files = (0..<200).map { number in
            file(
                "queue/\(1000 - number).md",
                "---\nid: T\(number)\n\(number > 0 ? "after: T\(number - 1)" : "")\n---\ntext \(number)")
        }
        #expect(plan(files).tickets.map(\.id.text) == (0..<200).map { "T\($0)" })
    }

    @Test func `a tree is read from .tickets or from the directory above it, and is left as it is`() throws {
        try FolderFixture.with { fixture in
            try fixture.write(.queue, "a.md", operatorTicket)
            try fixture.write(.queue, "notes.txt", "x")
            try fixture.write(.completed, "big.md", String(repeating: "x", count: TicketFile.largest + 1))
            symlink("/etc/passwd", fixture.path(.inProgress, "link.md"))
            rmdir("\(fixture.folder.root)/nothing")
            let before = try fixture.all()
            let tree = try ImportTree.read(fixture.scratch.path)
            #expect(tree.root == fixture.folder.root && tree.projects == fixture.scratch.path)
            let same = try ImportTree.read(fixture.folder.root)
            #expect(same.files == tree.files)
            let result = ImportPlanner.plan(tree, basis: ImportPlanner.Basis(), ids: SeededIDs(seed: tree.seed))
            #expect(result.counts == ImportPlan.Counts(imported: 1, wrong: 2, skipped: 1))
            #expect(result.fault("in-progress/link.md")?.reason == "a link, which is not followed")
            #expect(result.ticket("queue/a.md")?.file.directory(below: tree.projects) == "\(fixture.scratch.path)/web")
            #expect(try fixture.all() == before)
            #expect(fixture.text(.queue, "a.md") == operatorTicket)
        }
    }

    @Test func `a directory without tickets is refused with what to do`() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        for path in [scratch.path, "/nowhere/at/all"] {
            let refusal = #expect(throws: ReeveError.self) { try ImportTree.read(path) }
            #expect(refusal?.kind == .notFound && refusal?.hint != nil)
        }
    }

    @Test func `what is imported is copied with its id, and reads as the same`() throws {
        try FolderFixture.with { fixture in
            let result = plan([file("in-progress/20251221-1430-FEAT-web-x.md", "# Feature: One\r\n\r\ntext\r\n")])
            let ticket = try #require(result.tickets.first)
            let bytes = try FrontMatterEdit.apply(ticket.changes, to: ticket.bytes)
            let (entry, content) = try fixture.folder.add(
                bytes, named: ticket.name, to: TicketPlace(of: ticket.state), ids: fixture.ids)
            #expect(entry.path == "queue/20251221-1430-FEAT-web-x.md")
            let read = try TicketFile.parse(content.bytes, name: entry.name)
            #expect(read.id == ticket.id && read.status == "queued" && read.body == "text")
            #expect(read.sense == ticket.file.sense)
        }
    }
}

@Suite struct SeededIDsTests {
    @Test func `the same seed gives the same names, another one others`() {
        let names = { (seed: UInt64) in (0..<5).map { _ in 5 }.map(SeededIDs(seed: seed).token) }
        #expect(names(1) == names(1) && names(1) != names(2))
        #expect(Set(names(1)).count == 5)
        #expect(SeededIDs(seed: 3).uuid().count == 36)
    }
}

/// Tokens one after another.
private final class TokenList: Sendable {
    private let left: Mutex<[String]>
    init(_ tokens: [String]) { left = Mutex(tokens) }
    func next() -> String { left.withLock { $0.isEmpty ? "zzzzz" : $0.removeFirst() } }
}
