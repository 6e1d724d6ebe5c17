import ReeveJSON
import ReeveModel
import ReeveTestSupport
import ReeveWire
import Testing

@testable import ReeveCLI

@Suite struct OutputTests {
    @Test(arguments: [
        ("plain", "plain"), ("a\u{1B}[31mb", "a[31mb"), ("x\u{9B}2J", "x2J"), ("\u{202E}abc\u{2066}", "abc"),
        ("tab\there", "tab here"),
        ("a\nb", "ab"), ("\u{7F}\u{0}\u{200B}", ""), ("ünï 漢字", "ünï 漢字"), ("\u{061C}x", "x"),
        ("a\u{AD}\u{2028}\u{3164}\u{E0041}\u{FFF9}b", "ab"), ("❤\u{FE0F}", "❤\u{FE0F}"),
    ])
    func `nothing in a foreign text can move the cursor or pretend`(text: String, clean: String) {
        #expect(Terminal.clean(text) == clean)
    }

    @Test func `lines are kept where they are allowed`() { #expect(Terminal.clean("a\r\nb\u{1B}", keepingLines: true) == "a\nb") }

    @Test(arguments: [("abc", 3), ("漢字", 4), ("✅", 2), ("🇩🇪", 2), ("e\u{301}", 1), ("❤️", 2), ("", 0)])
    func `columns are counted as a terminal does`(text: String, columns: Int) { #expect(Terminal.columns(text) == columns) }

    @Test func `a text is cut to its columns with an ellipsis`() {
        #expect(Terminal.fit("abcdef", 6) == "abcdef")
        #expect(Terminal.fit("abcdefg", 6) == "abcde…")
        #expect(Terminal.columns(Terminal.fit("漢字漢字漢字", 6)) <= 6)
    }

    @Test func `a sentence is broken at its words, a long word anywhere, a path and an option nowhere`() {
        #expect(Wrapping.wrap("one two three", 8) == "one two\n  three")
        #expect(Wrapping.wrap("  one two three", 9) == "  one two\n    three")
        #expect(Wrapping.wrap("a\nb", 80) == "a\nb")
        #expect(Wrapping.wrap("see 漢字漢字漢字漢字", 12) == "see\n  漢字漢字漢\n  字漢字")
        #expect(Wrapping.wrap("at /a/very/long/path: no", 10) == "at\n  /a/very/long/path:\n  no")
        #expect(Wrapping.wrapUsage("Usage: x [--a <a>] [--b <b> ...]", 20) == "Usage: x [--a <a>]\n       [--b <b> ...]")
    }

    @Test func `a command that is shown can be copied into a shell`() async {
        let words = ["printf", "%s|", "it's", "a b", "$HOME", "'"]
        #expect(await Ran.shell(Terminal.quoted(words)).text == "it's|a b|$HOME|'|")
    }

    @Test func `a table fits whatever is in it`() {
        let long = String(repeating: "x", count: 64)
        for row in [[long, long, long], ["a", "✅ 漢字" + long, "b"], ["", "", ""]] {
            let table = Table(header: ["ONE", "TWO", "THREE"], rows: [row]).render(width: 80)
            for line in table.split(separator: "\n") { #expect(Terminal.columns(String(line)) <= 80, "\(line)") }
        }
    }

    /// The table of the README and of every man page.
    @Test(arguments: [
        (ReeveError.Kind.invalidParams, Int32(2)), (.unknownMethod, 2), (.unreachable, 3), (.notFound, 4), (.conflict, 5),
        (.blocked, 5),
        (.timeout, 6), (.unavailable, 1), (.internal, 1), (.busy, 1), (.cursorExpired, 1),
    ])
    func `errors become exit codes in one place`(kind: ReeveError.Kind, code: Int32) {
        #expect(ReeveExit.code(ReeveError(kind, "x")) == code)
        #expect(ReeveExit.table.contains { $0.code == code })
    }

    @Test func `a ticket and an event are shown in one glance`() throws {
        var ticket = TicketShape()
        ticket.id = "A"
        ticket.title = "do \u{1B}[31mit"
        ticket.agent = "claude"
        ticket.reason = "why"
        #expect(Sentences.ticket(ticket).hasPrefix("A  do [31mit\n  state     queued (why)"))
        let event = try JSONDocument(
            Array(
                #"{"method":"event","params":{"seq":7,"time":"2026-01-02T03:04:05.678Z","kind":"agent.switch","ticket":"A","data":{"from":"a","to":"b","rung":"exit"}}}"#
                    .utf8)
        ).root
        #expect(Sentences.event(event) == "7  03:04:05  agent.switch  A  a → b exit")
    }
}
