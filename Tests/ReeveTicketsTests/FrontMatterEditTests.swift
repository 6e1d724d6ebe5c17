import ReeveModel
import Testing
import Yams

@testable import ReeveTickets

private func edited(_ text: String, _ changes: FrontMatterEdit.Change...) throws -> String {
    String(decoding: try FrontMatterEdit.apply(changes, to: Array(text.utf8), name: "a.md"), as: UTF8.self)
}

@Suite struct FrontMatterEditTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var what: String
        var before: String
        var change: FrontMatterEdit.Change
        var after: String
        var testDescription: String { what }
        init(_ what: String, _ before: String, _ change: FrontMatterEdit.Change, _ after: String) {
            (self.what, self.before, self.change, self.after) = (what, before, change, after)
        }
    }

    static let rows = [
        Row(
            "a value", "---\na: 1\nstatus: queued\nb: 2\n---\nt", .set("status", "running"),
            "---\na: 1\nstatus: running\nb: 2\n---\nt"),
        Row(
            "its comment stays", "---\nstatus:   queued   # why\n---\n", .set("status", "running"),
            "---\nstatus:   running   # why\n---\n"),
        Row(
            "quotes of others stay", "---\n\"a\": 'x'\nstatus: q\n---\n", .set("status", "r"), "---\n\"a\": 'x'\nstatus: r\n---\n"
        ),
        Row(
            "a quoted key", "---\n\"status\" : \"q # no comment\" # c\n---\n", .set("status", "r"),
            "---\n\"status\" : r # c\n---\n"),
        Row("single quotes", "---\nstatus: 'it''s' # c\n---\n", .set("status", "r"), "---\nstatus: r # c\n---\n"),
        Row("a new key at the end", "---\na: 1\n\n# end\n---\nt", .set("id", "X"), "---\na: 1\n\n# end\nid: X\n---\nt"),
        Row("a key without a value", "---\nstep:\na: 1\n---\n", .set("step", "plan"), "---\nstep: plan\na: 1\n---\n"),
        Row("one with a comment only", "---\nstep:  # c\n---\n", .set("step", "plan"), "---\nstep: plan  # c\n---\n"),
        Row("null", "---\nstep: ~\n---\n", .set("step", "plan"), "---\nstep: plan\n---\n"),
        Row("a text over lines", "---\nstep: one\n  two\n\n  three\na: 1\n---\n", .set("step", "x"), "---\nstep: x\na: 1\n---\n"),
        Row("a value on the next line", "---\nstep:\n  one\na: 1\n---\n", .set("step", "x"), "---\nstep:\n  x\na: 1\n---\n"),
        Row(
            "a quoted text over lines", "---\nstep: \"one\n  two\" # c\na: 1\n---\n", .set("step", "x"),
            "---\nstep: x # c\na: 1\n---\n"),
        Row(
            "a block text", "---\nstep: |  # c\n  one\n\n  two\n\n# d\na: 1\n---\n", .set("step", "x"),
            "---\nstep: x  # c\n\n# d\na: 1\n---\n"),
        Row(
            "below a block text", "---\nt: |\n  one\n  # no comment\n---\n", .set("id", "X"),
            "---\nt: |\n  one\n  # no comment\nid: X\n---\n"),
        Row("an indented front matter", "---\n  a: 1\n  b: 2\n---\n", .set("id", "X"), "---\n  a: 1\n  b: 2\n  id: X\n---\n"),
        Row("CRLF", "---\r\na: 1\r\nb: 2\r\n---\r\nt\r\n", .set("id", "X"), "---\r\na: 1\r\nb: 2\r\nid: X\r\n---\r\nt\r\n"),
        Row("CRLF, an old key", "---\r\na: 1\r\nb: 2\r\n---\r\nt", .set("a", "X"), "---\r\na: X\r\nb: 2\r\n---\r\nt"),
        Row("a byte order mark", "\u{FEFF}---\na: 1\n---\n", .set("a", "X"), "\u{FEFF}---\na: X\n---\n"),
        Row("an empty front matter", "---\n---\nt", .set("id", "X"), "---\nid: X\n---\nt"),
        Row("only a comment", "---\n# c\n---\nt", .set("id", "X"), "---\n# c\nid: X\n---\nt"),
        Row("no front matter", "Text\n\n---\nmore", .set("id", "X"), "---\nid: X\n---\nText\n\n---\nmore"),
        Row("no front matter, CRLF", "Text\r\n", .set("id", "X"), "---\r\nid: X\r\n---\r\nText\r\n"),
        Row("no front matter, a byte order mark", "\u{FEFF}Text", .set("id", "X"), "\u{FEFF}---\nid: X\n---\nText"),
        Row("an empty file", "", .set("id", "X"), "---\nid: X\n---\n"),
        Row(
            "an old header", "# Fix: x\n**ID**: FIX-1\n**Note**: n\n**Priority**: P1: high\n\ntext", .set("status", "running"),
            "---\nid: FIX-1\npriority: \"P1: high\"\nstatus: running\n---\n# Fix: x\n**ID**: FIX-1\n**Note**: n\n**Priority**: P1: high\n\ntext"
        ),
        Row("the same value", "---\nstatus: 'queued'\n---\n", .set("status", "queued"), "---\nstatus: 'queued'\n---\n"),
        Row(
            "other letters", "---\nä: ö\nstatus: ü # é\nz: 😀\n---\n", .set("status", "r"), "---\nä: ö\nstatus: r # é\nz: 😀\n---\n"
        ),
        Row(
            "a line separator within a value", "---\na: \"x\u{2028}y\"\nstatus: q\n---\n", .set("status", "r"),
            "---\na: \"x\u{2028}y\"\nstatus: r\n---\n"),
        Row(
            "lists and maps of others", "---\na: [1, 2]\nb:\n- x\n- y\nstatus: q\nc: {d: e}\n---\n", .set("status", "r"),
            "---\na: [1, 2]\nb:\n- x\n- y\nstatus: r\nc: {d: e}\n---\n"),
        Row(
            "anchors of others", "---\na: &x 1\nb: *x\nstatus: q\n---\n", .set("status", "r"),
            "---\na: &x 1\nb: *x\nstatus: r\n---\n"),
        Row(
            "a key in a map is not it", "---\nm:\n  status: q\nstatus: q\n---\n", .set("status", "r"),
            "---\nm:\n  status: q\nstatus: r\n---\n"),
        Row(
            "a key in the text is not it", "---\na: 1\n---\nstatus: q\n", .set("status", "r"),
            "---\na: 1\nstatus: r\n---\nstatus: q\n"),
        Row("no last newline", "---\na: 1\n---", .set("b", "2x"), "---\na: 1\nb: \"2x\"\n---"),
        Row("remove", "---\na: 1\nstep: x # c\n# d\nb: 2\n---\n", .remove("step"), "---\na: 1\n# d\nb: 2\n---\n"),
        Row("remove over lines", "---\nstep: |\n  x\n  y\nb: 2\n---\n", .remove("step"), "---\nb: 2\n---\n"),
        Row("remove the only one", "---\nstep:\n---\nt", .remove("step"), "---\n---\nt"),
        Row("remove what is not there", "---\na: 1\n---\nt", .remove("step"), "---\na: 1\n---\nt"),
        Row("remove without front matter", "t", .remove("step"), "t"),
        Row(
            "a session", "---\nsessions:\n  plan: p # c\nz: 1\n---\n", .setSession(step: "code", id: "c"),
            "---\nsessions:\n  plan: p # c\n  code: c\nz: 1\n---\n"),
        Row(
            "a session again", "---\nsessions:\n    plan: p # c\n    code: d\n---\n", .setSession(step: "plan", id: "q"),
            "---\nsessions:\n    plan: q # c\n    code: d\n---\n"),
        Row(
            "the first session", "---\na: 1\n---\n", .setSession(step: "plan", id: "1-2"),
            "---\na: 1\nsessions:\n  plan: \"1-2\"\n---\n"),
        Row(
            "sessions without any", "---\nsessions:\na: 1\n---\n", .setSession(step: "plan", id: "p"),
            "---\nsessions:\n  plan: p\na: 1\n---\n"),
        Row(
            "sessions in empty braces", "---\nsessions: {}\na: 1\n---\n", .setSession(step: "plan", id: "p"),
            "---\nsessions:\n  plan: p\na: 1\n---\n"),
        Row(
            "empty braces with a comment", "---\nsessions: {} # c\n---\n", .setSession(step: "plan", id: "p"),
            "---\nsessions:  # c\n  plan: p\n---\n"),
        Row(
            "remove a session", "---\nsessions:\n  plan: p\n  code: c\n---\n", .removeSession(step: "plan"),
            "---\nsessions:\n  code: c\n---\n"),
        Row(
            "remove the last session", "---\na: 1\nsessions:\n  plan: p\nb: 2\n---\n", .removeSession(step: "plan"),
            "---\na: 1\nb: 2\n---\n"),
        Row(
            "a step with an odd name", "---\na: 1\n---\n", .setSession(step: "a: b", id: "c"),
            "---\na: 1\nsessions:\n  \"a: b\": c\n---\n"),
    ]

    @Test(arguments: rows)
    func `an edit changes its key and no other byte`(row: Row) throws { #expect(try edited(row.before, row.change) == row.after) }

    @Test(arguments: [
        ("---\nstatus: [a]\n---\n", FrontMatterEdit.Change.set("status", "x")),
        ("---\nstatus: &a b\nc: *a\n---\n", .set("status", "x")),
        ("---\nstatus:\n  a: b\n---\n", .remove("status")), ("---\n{status: a}\n---\n", .set("status", "x")),
        ("---\n{a: b}\n---\n", .set("status", "x")), ("---\nsessions: {plan: p}\n---\n", .setSession(step: "code", id: "c")),
        ("---\nsessions: text\n---\n", .setSession(step: "code", id: "c")), ("---\n? status\n: a\n---\n", .set("status", "x")),
        ("---\nstatus: !!str a\n---\n", .set("status", "x")), ("---\na: b: c\n---\n", .set("status", "x")),
        ("---\na: b\n", .set("a", "x")),
        ("---\na: b\n---\n", .set("not a key", "x")),
        // The YAML reader takes a byte order mark at the beginning of a value away.
        ("---\na: b\n---\n", .set("a", "\u{FEFF}x")),
    ])
    func `what cannot be cut safely is refused with its line`(text: String, change: FrontMatterEdit.Change) {
        let fault = #expect(throws: TicketFault.self) { try edited(text, change) }
        #expect(fault?.file == "a.md")
    }

    @Test func `several changes are made together, or none`() throws {
        #expect(try edited("---\na: 1\n---\nt", .set("id", "X"), .remove("a"), .set("b", "z")) == "---\nid: X\nb: z\n---\nt")
        #expect(throws: TicketFault.self) { try edited("---\na: [1]\n---\nt", .set("id", "X"), .set("a", "y")) }
    }

    static let oddValues =
        [
            "", " ", "  leading", "trailing ", "a: b", "a:", ":", "a #b", "#", "# x", "it's", "\"q\"", "back\\slash", "yes", "No",
            "null", "~",
            "true", "1", "0x1F", "1e3", "1_000", "12:30:45", "2026-11-21", ".inf", ".nan", "-", "- a", "?", "? a", "!tag", "&a",
            "*a", "|", ">",
            "%x", "@x", "`x", "[a]", "{a}", "a, b", "a\nb", "a\r\nb", "\n", "a\n", "\t", "a\tb", "ünïcode", "日本語", "😀",
            "a\u{85}b",
            "a\u{2028}b", "a\u{2029}b", "a\u{FEFF}b", "a\u{200B}b", "\u{202E}x", "a\u{1B}[2J", "\u{7F}", "\u{0}", "\u{FFFE}",
            "\u{10FFFF}",
            "---", "...", "--- a", "<<", "=", "a  b", "word", "P1-high", "feat/FEAT-1", "https://example.com/a?b=c#d", "y", "n",
            "on",
            String(repeating: "long ", count: 100), "a\\nb", "'", "''", "\\", "\u{E000}", "e\u{301}",
        ]

    private func readBack(_ text: String, _ key: String) throws -> Any? {
        let block = try #require(try FrontMatterBlock.find(in: Array(text.utf8)))
        let yaml = String(decoding: Array(text.utf8)[block.inner], as: UTF8.self)
        // With all rules of types: what is not quoted and looks like a number would come back as one.
        return (try Yams.load(yaml: yaml) as? [String: Any])?[key]
    }

    @Test(arguments: oddValues)
    func `every YAML reader reads back exactly the value`(value: String) throws {
        for before in [
            "---\na: 1\n---\nt", "---\nkey: old # c\nz: 1\n---\nt", "---\r\nkey: |\r\n  old\r\n---\r\nt", "---\nkey:\n---\n",
            "text",
        ] {
            let after = try edited(before, .set("key", value))
            let read = try #require(try readBack(after, "key") as? String)
            #expect(Array(read.unicodeScalars) == Array(value.unicodeScalars))
        }
        let after = try edited(
            "---\na: 1\n---\n", .setSession(step: "s", id: value), .setSession(step: value, id: "x"), .removeSession(step: "s"))
        #expect((try readBack(after, "sessions") as? [String: Any])?[value] as? String == "x")
    }

    @Test func `random values in random front matter: the value is read back, the rest is the same bytes`() throws {
        let random = SeededIDs(seed: 7)
        let pieces = oddPieces
        for _ in 0..<400 {
            var lines: [String] = []
            var keys: Set<String> = []
            for _ in 0..<random.below(6) {
                let piece = pieces[random.below(pieces.count)]
                let key = "k\(random.below(50))"
                guard keys.insert(key).inserted else { continue }
                lines.append(key + piece)
            }
            let ending = random.below(2) == 0 ? "\n" : "\r\n"
            let target = random.below(lines.count + 1)
            let others = lines
            lines.insert("key: old # keep", at: target)
            let value = Self.oddValues[random.below(Self.oddValues.count)] + Self.oddValues[random.below(Self.oddValues.count)]
            func document(_ lines: [String]) -> String {
                (["---"] + lines + ["---", "text: below", ""]).joined(separator: "\n").split(
                    separator: "\n", omittingEmptySubsequences: false
                )
                .joined(separator: ending)
            }
            let after = try edited(document(lines), .set("key", value))
            var expected = lines
            expected[target] = "key: \(YAMLScalar.write(value)) # keep"
            #expect(Array(after.utf8) == Array(document(expected).utf8))
            #expect(try edited(after, .remove("key")).utf8.elementsEqual(document(others).utf8))
        }
    }

    private var oddPieces: [String] {
        [
            ": plain", ":", ": 'single ''quoted'''", ": \"double \\\" # quoted\" # comment", ": |\n  block\n   more\n\n  end",
            ": >-\n  folded\n  text",
            ":\n  - a\n  - b: c", ": [a, 'b, c', {d: e}]", ": two\n  lines", ": {a: b}", ": # only a comment",
            ":\n  m: 1\n  key: inner",
            ": x\n\n# a comment below a blank line", ": \"over\n  two lines\"", ": ünïcode 😀 # ä", ": 'key: old'",
        ]
    }
}
