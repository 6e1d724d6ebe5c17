import ReeveModel
import Testing

@testable import ReeveTickets

func parse(_ text: String, _ name: String = "20251221-1430-FEAT-web-add-login.md") throws -> TicketFile {
    try TicketFile.parse(Array(text.utf8), name: name)
}

/// As Operator writes one.
let operatorTicket = """
    ---
    id: FEAT-1234
    status: running
    step: build
    priority: P1-high
    project: web
    branch: feat/FEAT-1234
    worktree_path: /home/a/.operator/worktrees/web/feat-1234
    external_id: WEB-17
    external_url: https://example.com/WEB-17
    external_provider: jira
    sessions:
      plan: 0b7e0b5e-0000-4000-8000-000000000001
      build: 0b7e0b5e-0000-4000-8000-000000000002
    step_delegators:
      code: opus
    llm_task:
      id: t1
      status: open
      blocked_by: [t2, t3]
    needs_issuetype_mapping: true
    kind: acp
    cwd: /home/a/web
    colour: green
    ---

    # Feature: Log in with a passkey

    ## Summary

    People want it.

    ## History
    - 2025-12-21 awaiting

    """

@Suite struct TicketFileTests {
    @Test func `every field of an Operator file is read`() throws {
        let file = try parse(operatorTicket)
        #expect(file.header == .frontMatter)
        #expect(file.id?.text == "FEAT-1234")
        #expect(file.title == "Log in with a passkey")
        #expect(file.body == "## Summary\n\nPeople want it.\n\n## History\n- 2025-12-21 awaiting")
        #expect(file.type == "FEAT")
        #expect(file.priority == .p1)
        #expect(file.project == "web")
        #expect(file.step == "build")
        #expect(file.status == "running")
        #expect(file.branch == "feat/FEAT-1234")
        #expect(file.worktreePath == "/home/a/.operator/worktrees/web/feat-1234")
        #expect([file.externalID, file.externalURL, file.externalProvider] == ["WEB-17", "https://example.com/WEB-17", "jira"])
        #expect(
            file.sessions == ["plan": "0b7e0b5e-0000-4000-8000-000000000001", "build": "0b7e0b5e-0000-4000-8000-000000000002"])
        #expect(file.stepDelegators == ["code": "opus"])
        #expect(file.modelTask == TicketFile.ModelTask(id: "t1", status: "open", blockedBy: ["t2", "t3"]))
        #expect(file.needsIssueTypeMapping)
        #expect([file.kind, file.cwd] == ["acp", "/home/a/web"])
        #expect(file.createdAt?.rfc3339 == "2025-12-21T14:30:00.000Z")
        #expect(file.unknownKeys == ["colour"])
        #expect(file.lines["id"] == 2)
        #expect(file.lines["sessions"] == 12)
        #expect(file.bodyLine == 26)
    }

    @Test func `our own keys are read`() throws {
        let file = try parse("---\ntitle: Write it\ntype: DOCS\nagent: codex\nafter: [A, B-2, A]\n---\nText\n", "notes.md")
        #expect([file.title, file.body, file.type, file.agent] == ["Write it", "Text", "DOCS", "codex"])
        #expect(file.after.map(\.text) == ["A", "B-2"])
        #expect(file.priority == .p2)
        #expect(file.id == nil && file.project == nil && file.createdAt == nil)
    }

    @Test(arguments: [
        ("after: A", ["A"]), ("after:\n  - A\n  - B", ["A", "B"]), ("after: []", []), ("after:", []), ("after: ~", []),
    ])
    func `after is a list or one id`(yaml: String, ids: [String]) throws {
        #expect(try parse("---\n\(yaml)\n---\nText").after.map(\.text) == ids)
    }

    @Test(arguments: [
        ("P0-critical", Priority.p0), ("P1-high", .p1), ("P2-medium", .p2), ("P3-low", .p3), ("P0", .p0), ("p3-low", .p3),
        ("\"P1-high\"", .p1), ("", .p2),
    ])
    func `priorities are read with and without their word`(text: String, priority: Priority) throws {
        #expect(try parse("---\npriority: \(text)\n---\nText").priority == priority)
    }

    @Test func `the header of an old file is read`() throws {
        let file = try parse(
            "# Fix: Crash at start\n\n**ID**: FIX-0042\n**Priority:** P0-critical\n**Status**: queued\n**External ID**: X-1\n"
                + "**Branch**: \n\nIt **crashes**: always.\n", "a.md")
        #expect(file.header == .legacy)
        #expect(file.id?.text == "FIX-0042")
        #expect(file.type == "FIX")
        #expect(file.priority == .p0)
        #expect(file.externalID == "X-1")
        #expect(file.branch == nil)
        #expect(file.title == "Crash at start")
        #expect(file.lines["priority"] == 4)
    }

    @Test func `bold words in a text are no header`() throws {
        let file = try parse("Look at this first.\n**Priority**: nonsense\n", "a.md")
        #expect(file.header == .none)
        #expect(file.priority == .p2)
        #expect(try parse("**Note**: this is text\n", "a.md").header == .none)
    }

    @Test(arguments: [
        ("# Feature: One\n\nTwo\n", "One", "Two"), ("intro\n# Task: Later\nx", "Later", "intro\n# Task: Later\nx"),
        ("## Summary\n\nThe point\nmore", "The point", "## Summary\n\nThe point\nmore"),
        ("# Anything\n\nFirst line\nsecond", "First line", "# Anything\n\nFirst line\nsecond"),
        ("First line\n\nsecond\n\n\n", "First line", "second"), ("# Only a heading\n", "Only a heading", ""),
        ("---\nid: A\n---\n\n\n\n# Investigation:   spaces  \n\n\nbody  \n", "spaces", "body  "),
        ("<!-- hidden -->\n***\nReal", "Real", "<!-- hidden -->\n***\nReal"), ("# Feature:\nText", "Text", "# Feature:\nText"),
        ("\tTabbed\ttitle\r\nsecond\r\n", "Tabbed title", "second"),
    ])
    func `the title is found by the rule, and is not repeated`(text: String, title: String, body: String) throws {
        let file = try parse(text, "a.md")
        #expect(file.title == title)
        #expect(file.body == body)
    }

    @Test func `a long first line is cut for the title and stays in the text`() throws {
        let line = String(repeating: "word ", count: 40) + "end"
        let file = try parse(line, "a.md")
        #expect(file.title.count == 100 || file.title.count == 99)
        #expect(file.body == line)
    }

    @Test func `a title does nothing but be seen`() throws {
        #expect(try parse("# Feature: a\u{1B}[2Jb\u{202E}c\u{200B}\u{7}\n").title == "a[2Jbc")
        #expect(try parse("---\ntitle: \"a\\nb\\e[1m\"\n---\nx").title == "ab[1m")
    }

    @Test func `a file that says nothing but its name is named so`() throws {
        #expect(try parse("---\nid: A\n---\n").title == "add login")
        #expect(try parse("", "write_the-docs.md").title == "write the docs")
    }

    @Test func `the name tells type, project and moment, and the front matter has the last word`() throws {
        let file = try parse("x")
        #expect([file.type, file.title] == ["FEAT", "x"])
        #expect(try parse("---\nid: A\n---\nx").project == "web")
        #expect(try parse("---\nid: INV-1\ntype: FIX\nproject: other\n---\nx").type == "FIX")
        #expect(try parse("---\nid: INV-1\n---\nx", "a.md").type == "INV")
        #expect(try parse("---\nid: inv-1\n---\nx", "a.md").type == "TASK")
    }

    @Test func `CRLF, a byte order mark, a missing last newline and blanks after the marks change nothing`() throws {
        let plain = try parse("---\nid: A\nstep: plan\n---\n# Task: Do it\n\none\ntwo\n")
        for text in [
            "---\r\nid: A\r\nstep: plan\r\n---\r\n# Task: Do it\r\n\r\none\r\ntwo\r\n",
            "\u{FEFF}---\nid: A\nstep: plan\n---\n# Task: Do it\n\none\ntwo\n",
            "---\nid: A\nstep: plan\n---\n# Task: Do it\n\none\ntwo",
            "---  \nid: A\nstep: plan\n---\t\n# Task: Do it\n\none\ntwo\n",
            "---\nid:\tA\nstep: plan\n...\n# Task: Do it\n\none\ntwo\n",
        ] {
            #expect(try parse(text) == plain)
        }
        #expect(try parse("---\nid: A\n---").id?.text == "A")
    }

    @Test func `values are what is written, not what YAML makes of them`() throws {
        let file = try parse("---\nid: 0123\nstep: yes\nbranch: 2026-11-21\nexternal_id: 1e3\nstatus: null\nagent: ~\n---\nx")
        #expect([file.id?.text, file.step, file.branch, file.externalID] == ["0123", "yes", "2026-11-21", "1e3"])
        #expect(file.status == nil && file.agent == nil)
    }

    @Test func `a directory of a project is below the root or absolute`() throws {
        func directory(_ project: String) throws -> String? {
            try parse("---\nproject: \(project)\n---\nx", "a.md").directory(below: "/r")
        }
        #expect(try directory("web") == "/r/web")
        #expect(try directory("global") == "/r")
        #expect(try directory("/srv/web") == "/srv/web")
        #expect(try parse("x", "a.md").directory(below: "/r") == nil)
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        var what: String
        var text: [UInt8]
        var line: Int?
        var reason: String
        init(_ what: String, _ text: String, _ line: Int?, _ reason: String) { self.init(what, Array(text.utf8), line, reason) }
        init(_ what: String, _ text: [UInt8], _ line: Int?, _ reason: String) {
            (self.what, self.text, self.line, self.reason) = (what, text, line, reason)
        }
        var testDescription: String { what }
    }

    static let wrong = [
        Wrong("bad YAML", "---\nid: A\nstep: a: b\n---\nx", 3, "not YAML"),
        Wrong("a quote never closed", "---\nid: A\nstep: \"plan\n---\nx", 3, "not YAML"),
        Wrong("a tab as indentation", "---\nid: A\nsessions:\n\tplan: x\n---\nx", 4, "not YAML"),
        Wrong("never closed", "---\nid: A\nx", 1, "never closed"),
        Wrong("not UTF-8", Array("---\nid: A\nstep: ".utf8) + [0xFF, 0x0A] + Array("---\n".utf8), 3, "not UTF-8"),
        Wrong("not UTF-8 in the text", Array("a\nb\n".utf8) + [0xC3], 3, "not UTF-8"),
        Wrong("NUL", "---\nid: A\n---\nx\u{0}", 4, "NUL"), Wrong("UTF-16", [0xFF, 0xFE, 0x2D, 0x00], 1, "UTF-16"),
        Wrong("a control character in the front matter", "---\nid: A\nstep: \u{7}\n---\nx", 3, "not YAML"),
        Wrong("an invalid id", "---\nstatus: x\nid: ../etc\n---\nx", 3, "is no id"),
        Wrong("an id that is a list", "---\nid: [A]\n---\nx", 2, "must be one value"),
        Wrong("an unknown priority", "---\npriority: P9-whatever\n---\nx", 2, "priority"),
        Wrong("a priority with an empty word", "---\npriority: P1-\n---\nx", 2, "priority"),
        Wrong("a duplicate key", "---\nid: A\nstep: a\nid: B\n---\nx", 4, "twice"),
        Wrong("a duplicate key within a map", "---\nsessions:\n  plan: a\n  plan: b\n---\nx", 4, "twice"),
        Wrong("no map", "---\njust text\n---\nx", 2, "no list of keys"),
        Wrong("a list", "---\n- a\n---\nx", 2, "no list of keys"),
        Wrong("two documents", "---\nid: A\n--- foo\n---\nx", nil, "not YAML"),
        Wrong("a key that is no text", "---\n? [a]\n: b\n---\nx", 2, "key that is no text"),
        Wrong("an invalid id in after", "---\nafter:\n  - A\n  - b c\n---\nx", 4, "is no id"),
        Wrong("after as a map", "---\nafter: {a: b}\n---\nx", 2, "must list ids"),
        Wrong("an invalid agent", "---\nagent: a b\n---\nx", 2, "is no name"),
        Wrong("an invalid type", "---\ntype: a/b\n---\nx", 2, "is no name"),
        Wrong("a project out of its place", "---\nproject: ../../etc\n---\nx", 2, "project"),
        Wrong("a project with a way up", "---\nproject: /a/../b\n---\nx", 2, "project"),
        Wrong("sessions that are no map", "---\nsessions: a\n---\nx", 2, "must be a map"),
        Wrong("a session that is a list", "---\nsessions:\n  plan: [a]\n---\nx", 3, "one value"),
        Wrong("a branch that cannot be seen", "---\nbranch: \"a\\u202Eb\"\n---\nx", 2, "branch"),
        Wrong("nothing at all", "---\ntitle: \"\\u200B\"\n---\n", nil, "nothing to do"),
        Wrong("a reference to nothing", "---\nid: *a\n---\nx", 2, "not YAML"),
        Wrong("deeply nested", "---\na: " + String(repeating: "[", count: 1000) + "\n---\nx", 2, "nested deeper"),
        Wrong(
            "many references",
            "---\na: &a [x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c]\n---\nx", nil,
            "references"),
        Wrong("too large", Array(repeating: 0x61, count: TicketFile.largest + 1), nil, "bytes, more than"),
        Wrong("too much text", Array(repeating: 0x61, count: TicketFile.largestBody + 1), 1, "bytes, more than"),
        Wrong(
            "too much front matter", Array(("---\nid: A\n#" + String(repeating: "x", count: 70_000) + "\n---\nx").utf8), 1,
            "front matter"),
        Wrong("an unknown priority in an old header", "# Fix: x\n**Priority**: urgent\n", 2, "priority"),
    ]

    @Test(arguments: wrong)
    func `a wrong file is told with its line, its reason and what to do`(wrong: Wrong) {
        let name = wrong.what == "nothing at all" ? "-.md" : "a.md"
        let fault = #expect(throws: TicketFault.self) { try TicketFile.parse(wrong.text, name: name) }
        #expect(fault?.line == wrong.line || wrong.line == nil)
        #expect(fault?.reason.contains(wrong.reason) == true)
        #expect(fault?.file == name)
        #expect(fault?.error.message.hasPrefix(name) == true)
    }

    @Test func `what a fault quotes does nothing`() {
        let fault = #expect(throws: TicketFault.self) { try parse("---\nid: \"a\\e[2J\"\n---\nx", "a\u{1B}.md") }
        #expect(fault?.reason.contains("\u{1B}") == false)
        #expect(fault?.file == "a.md")
    }
}

@Suite struct TicketFileNameTests {
    @Test(arguments: [
        ("20251221-1430-FEAT-web-add-login.md", "FEAT", "web", "add-login"),
        ("20251221-1430-FEAT-global-x.md", "FEAT", "global", "x"),
        ("20251221-1430-FIX-alone.md", "FIX", nil, "alone"), ("20251221-1430-TASK-Web-x.md", "TASK", nil, "Web-x"),
    ])
    func `Operator's names are read`(name: String, type: String?, project: String?, slug: String) {
        let parsed = TicketFileName(name)
        #expect(parsed.createdAt?.rfc3339 == "2025-12-21T14:30:00.000Z")
        #expect([parsed.type, parsed.project, parsed.slug] == [type, project, slug])
    }

    @Test(arguments: [
        "notes.md", "20251321-1430-FEAT-a-b.md", "20251221-2530-FEAT-a-b.md", "2025-12-21.md", "20251221-1430-feat-a-b.md", ".md",
    ])
    func `any other name says nothing`(name: String) {
        let parsed = TicketFileName(name)
        #expect(parsed.createdAt == nil && parsed.type == nil && parsed.project == nil)
    }

    @Test func `a new ticket's name is one that is read back`() throws {
        let moment = Timestamp(milliseconds: 1_790_000_000_000)
        let id = try #require(TicketID("FEAT-7KQ2X"))
        let name = TicketFileName.make(
            id: id, title: "Add: lögin / now!", type: "FEAT", project: "/home/a/My-Web", createdAt: moment)
        #expect(name == "20260921-1413-FEAT-myweb-add-l-gin-now-7kq2x.md")
        let parsed = TicketFileName(name)
        #expect(parsed.type == "FEAT" && parsed.project == "myweb")
        #expect(parsed.createdAt == Timestamp(milliseconds: moment.milliseconds / 60_000 * 60_000))
    }

    @Test func `two tickets of one minute and one title have two names`() throws {
        let moment = Timestamp(milliseconds: 0)
        let names = try ["A-1", "A-2", "TASK-A"].map {
            TicketFileName.make(id: try #require(TicketID($0)), title: "x", type: "TASK", project: nil, createdAt: moment)
        }
        #expect(Set(names).count == 3)
        #expect(names.allSatisfy(TicketFileName.isTicket))
    }

    @Test(arguments: [("a.md", true), (".a.md", false), (".md", false), ("a.txt", false), ("a.md~", false), ("a.MD", false)])
    func `only a visible Markdown file is a ticket`(name: String, isTicket: Bool) {
        #expect(TicketFileName.isTicket(name) == isTicket)
    }
}

@Suite struct ContentMarkTests {
    @Test func `a mark is written and read`() {
        let mark = ContentMark(of: Array("text".utf8))
        #expect(ContentMark(mark.text) == mark)
        #expect(ContentMark("xyz") == nil && ContentMark(mark.text + "0") == nil)
        #expect(ContentMark(title: "a", body: "b") != ContentMark(title: "ab", body: ""))
    }
}
