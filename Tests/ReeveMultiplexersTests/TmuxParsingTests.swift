import Foundation
import ReeveModel
import Testing

@testable import ReeveMultiplexers

@Suite struct TmuxParsingTests {
    @Test func `the document shows the configuration that a server is started with`() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../docs/tmux.md")
        let settings = TmuxSettings.ownConfig.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n")
        #expect(try String(contentsOf: file, encoding: .utf8).contains("```tmux\n\(settings)\n```"))
    }

    @Test(arguments: [
        ("tmux 3.3a", 3, 3, "a"), ("tmux 3.2", 3, 2, ""), ("tmux next-3.8", 3, 8, ""), ("tmux openbsd-7.4", 7, 4, ""),
        ("tmux 2.9a", 2, 9, "a"),
    ])
    func `versions are read leniently`(text: String, major: Int, minor: Int, letter: String) throws {
        let version = try #require(TmuxVersion(text))
        #expect(version.major == major && version.minor == minor && version.letter == letter)
    }

    @Test func `versions are compared as numbers, letters last`() throws {
        let order = try ["tmux 2.9a", "tmux 3.1c", "tmux 3.2", "tmux 3.2a", "tmux 3.3", "tmux 3.10", "tmux master"].map {
            try #require(TmuxVersion($0))
        }
        #expect(order == order.sorted())
        #expect(order[1] < .oldest && order[2] >= .oldest)
        #expect(TmuxVersion("tmux what") == nil)
        #expect(TmuxVersion("") == nil)
    }

    @Test func `blocks are matched by all three numbers, and what looks like an end is output`() {
        var parser = ControlModeParser()
        let text = """
            %begin 1 2 1
            %end 1 3 1
            %end of the story
            %error 1 2 0
            %end 1 2 1
            %sessions-changed
            %begin 5 6 0
            %error 5 6 0
            REEVE-DIED %3

            """
        let items = parser.feed(Array(text.utf8))
        #expect(
            items == [
                .block(.init(text: Array("%end 1 3 1\n%end of the story\n%error 1 2 0\n".utf8), isError: false, isOurs: true)),
                .notification("%sessions-changed"), .block(.init(text: [], isError: true, isOurs: false)),
                .line("REEVE-DIED %3"),
            ])
    }

    @Test func `the same items come out however the bytes are cut`() {
        let bytes = Array("%begin 1 2 1\nzwölf\n%end 1 2 1\n%exit\n".utf8)
        var whole = ControlModeParser()
        let expected = whole.feed(bytes)
        for size in 1...bytes.count {
            var parser = ControlModeParser()
            var items: [ControlModeParser.Item] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                items += parser.feed(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            #expect(items == expected)
        }
    }

    @Test func `random bytes never trap the parser`() {
        var generator = SystemRandomNumberGenerator()
        let words = ["%begin ", "%end ", "%error ", "1 ", "2 ", "\n", "%", "x", "\u{FFFD}"]
        for _ in 0..<2000 {
            var parser = ControlModeParser()
            for _ in 0..<20 { _ = parser.feed(Array((words.randomElement(using: &generator) ?? "").utf8)) }
        }
    }

    /// The wordings of tmux 2.6 to 3.8 for each situation.
    @Test(arguments: [
        ("can't find session: x", "not_found"), ("can't find pane: %9", "not_found"), ("can't find window: 3", "not_found"),
        ("no such session: x", "not_found"), ("no current target", "not_found"), ("duplicate session: x", "conflict"),
        ("create pane failed: pane too small", "conflict"), ("no space for new pane", "conflict"),
        ("size or position no space for a new pane", "conflict"), ("no space for a new pane", "conflict"),
        ("no server running on /tmp/x", "unavailable"), ("error connecting to /tmp/x (No such file or directory)", "unavailable"),
        ("error connecting to /tmp/x (Permission denied)", "unavailable"), ("server exited unexpectedly", "unavailable"),
        ("lost server", "unavailable"), ("command too long", "invalid_params"), ("invalid session: ", "invalid_params"),
        ("bad session name: x", "invalid_params"), ("target pane has exited", "conflict"), ("something new", "unavailable"),
    ])
    func `what tmux says becomes an error of ours, and its words are kept`(text: String, kind: String) {
        let error = TmuxError.translate(text)
        #expect(error.kind.rawValue == kind)
        #expect(error.message.contains(text))
    }

    @Test func `names with dots are mapped without meeting each other`() {
        let names = ["a.b", "a_b", "a-b", "a.b.c", "a_b.c", "a.b_c", "..", "a."]
        #expect(Set(names.map(TmuxNames.mapped)).count == names.count)
        #expect(names.allSatisfy { !TmuxNames.mapped($0).contains(".") })
        #expect(TmuxNames.mapped("op-FEAT-1") == "op-FEAT-1")
    }

    @Test(arguments: [
        ("a\u{1B}[201~b", "a[201~b"), ("\u{9B}201~", "\u{FFFD}201~"), ("\u{1B}[\u{9B}201~", "\u{1B}[\u{FFFD}201~"),
        ("201~ harmless", "201~ harmless"), ("\u{1B}[200~", "\u{1B}[200~"),
        ("\u{1B}\u{1B}[201~x", "[201~x"),
    ])
    func `the end of a paste cannot come from inside it`(text: String, clean: String) {
        #expect(PasteText.neutralised(text) == clean)
    }

    @Test func `sessions are grouped from their panes, those without a tag left out`() {
        let lines = [
            "$1|%1|200|50|1|0|s1 inst op-A.1", "$1|%4|100|50|1|0|s1 inst op-A.1", "$0|%0|80|24|1|0|",
            "$2|%2|80|24|0|1|s2 other a|b c", "$3|%3|80|24|0|1|what is this", "nonsense",
        ]
        let sessions = TmuxSessionList.parse(Array(lines.joined(separator: "\n").utf8), epoch: "e")
        #expect(sessions.map(\.name) == ["op-A.1", "a|b c", "this"])
        #expect(sessions[0].panes == 2 && sessions[0].attached == 1 && sessions[0].owner == "inst" && !sessions[0].dead)
        #expect(sessions[1].id?.text == "s2" && sessions[1].owner == "other" && sessions[1].dead)
    }

    @Test func `a first line without a session's id is no pane of a session before it`() {
        let sessions = TmuxSessionList.parse(Array("|%1|200|50|1|0|s1 inst op-A".utf8), epoch: "e")
        #expect(sessions.map(\.name) == ["op-A"] && sessions.map(\.panes) == [1])
    }
}
