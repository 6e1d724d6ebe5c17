import Foundation
import Processes
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

@Suite struct ZellijParsingTests {
    @Test(arguments: [
        ("zellij 0.44.1\n", [0, 44, 1], "0.44.1"), ("zellij 0.45.0", [0, 45, 0], "0.45.0"),
        ("zellij v0.45.0", [0, 45, 0], "0.45.0"),
        ("zellij 0.46.0-dev (abc)", [0, 46, 0], "0.46.0-dev"), ("zellij 1.0", [1, 0, 0], "1.0"),
    ])
    func `versions are read leniently`(text: String, numbers: [Int], shown: String) throws {
        let version = try #require(ZellijVersion(text))
        #expect(version.numbers == numbers && version.description == shown)
    }

    @Test func `versions are compared as numbers, and what differs is in one table`() throws {
        let order = try ["0.43.1", "0.44.0", "0.44.1", "0.44.10", "0.45.0", "1.0.0"].map { try #require(ZellijVersion($0)) }
        #expect(order == order.sorted())
        #expect(order.map { $0 >= .oldest } == [false, false, true, true, true, true])
        #expect(order.map { $0.has(.opensWithoutFocus) } == [false, false, false, false, true, true])
        #expect(Set(ZellijVersion.since.keys) == Set(ZellijVersion.Trait.allCases))
        for text in ["", "zellij", "zellij what", "zellij 1"] { #expect(ZellijVersion(text) == nil) }
    }

    @Test(arguments: [
        ("plain", "\"plain\""), ("", "\"\""), ("a \"b\" \\c", #""a \"b\" \\c""#), ("l1\nl2\tx\r", #""l1\nl2\tx\r""#),
        ("\u{1B}[0m\u{7F}", #""\u{1b}[0m\u{7f}""#), ("ünï 漢 😀 {} ; // =", "\"ünï 漢 😀 {} ; // =\""),
    ])
    func `every argument is one string of the layout`(text: String, quoted: String) {
        #expect(ZellijLayout.quoted(text) == quoted)
    }

    @Test func `a layout has one tab with one command`() {
        #expect(
            ZellijLayout.text(name: "op-A", command: ["/bin/echo", "a b", "\"c\""]) == """
                layout {
                    tab name="op-A" {
                        pane command="/bin/echo" borderless=true {
                            args "a b" "\\"c\\""
                        }
                    }
                }

                """)
    }

    private static let request = SpawnRequest(
        id: Samples.session("s1"), name: Samples.name("op-A.1"),
        arguments: ["/opt/my tools/reeve-keeper", "s1", "--runtime-dir", "/run/r", "--state-dir", "/var/s"], owner: "inst")

    @Test func `whose a pane is comes back from the command as zellij prints it`() throws {
        let command = ZellijTag.command(for: Self.request, life: "17-1")
        let tag = try #require(ZellijTag(command: command.joined(separator: " "), runtimeDirectory: "/run/r"))
        #expect(tag.id.text == "s1" && tag.name == "op-A.1" && tag.owner == "inst" && tag.life == "17-1")
    }

    @Test func `what runs in a pane says at least which session it is`() throws {
        let tag = try #require(
            ZellijTag(command: Self.request.arguments.joined(separator: " "), runtimeDirectory: "/run/r"))
        #expect(tag.id.text == "s1" && tag.name == nil && tag.life == nil)
        #expect(try #require(ZellijEpoch("3.17-1")).isLife(of: tag))
    }

    @Test(arguments: [
        "/bin/sh", "", "/opt/reeve-keeper s1 --runtime-dir /run/r2 --state-dir /s", "/opt/reeve-keeper --runtime-dir /run/r",
        "/opt/other s1 --runtime-dir /run/r", "/opt/reeve-keeper s1 --state-dir /run/r", "vim s1 --runtime-dir /run/r",
    ])
    func `what is no keeper of this directory is not ours`(command: String) {
        #expect(ZellijTag(command: command, runtimeDirectory: "/run/r") == nil)
    }

    @Test func `an epoch names a tab and a life`() throws {
        let epoch = ZellijEpoch(tab: 3, life: "17-1")
        #expect(ZellijEpoch(epoch.text) == epoch && epoch.text == "3.17-1")
        for text in ["", "3", "x.17", ".17"] { #expect(ZellijEpoch(text) == nil) }
        var tag = try #require(
            ZellijTag(
                command: ZellijTag.command(for: Self.request, life: "17-1").joined(separator: " "), runtimeDirectory: "/run/r"))
        #expect(epoch.isLife(of: tag))
        tag.life = "17-2"
        #expect(!epoch.isLife(of: tag))
    }

    @Test func `panes are terminals only, with their own command before what runs in them`() throws {
        let text = """
            [{"id":1,"is_plugin":false,"is_focused":true,
              "exited":false,"is_held":false,"pane_columns":80,"pane_rows":24,"pane_content_columns":78,
              "pane_content_rows":22,"cursor_coordinates_in_pane":[0,5],"terminal_command":"/x/reeve-keeper s1","tab_id":4,
              "tab_name":"op-A","pane_command":"claude"},
             {"id":1,"is_plugin":true,"tab_id":4,"title":"tab-bar"},
             {"id":2,"is_plugin":false,"exited":true,"terminal_command":null,"pane_command":"bash","tab_id":0,
              "tab_name":"\\ud800"}]
            """
        let panes = try #require(ZellijPane.list(text))
        #expect(panes.map(\.name) == ["terminal_1", "terminal_2"])
        #expect(panes.map(\.command) == ["/x/reeve-keeper s1", "bash"])
        #expect(panes.map(\.isDead) == [false, true] && panes.map(\.tab) == [4, 0] && panes.map(\.isFocused) == [true, false])
        #expect(panes[0].columns == 78 && panes[0].rows == 22 && panes[0].cursor == "[0,5]")
    }

    @Test(arguments: [
        "", "\n", "null", "{}", "[1]", "[{}]", "terminal_1", "There is no active session!", "[{\"id\":1}]", "[{\"id\":1,",
    ])
    func `what is not a list of panes is no answer, least of all an empty one`(text: String) {
        #expect(ZellijPane.list(text) == nil)
        #expect(ZellijTab.list(text) == nil)
    }

    @Test(
        arguments: [("3\n", 3), (" 12 ", 12), ("", nil), ("\n", nil), ("terminal_3", nil), ("-1", nil), ("3 4", nil)]
            as [(String, Int?)])
    func `a new tab's answer is one number`(text: String, tab: Int?) { #expect(ZellijAnswer.tab(text) == tab) }

    @Test(
        arguments: [
            ("terminal_3\n", "terminal_3"), (" terminal_12 ", "terminal_12"), ("", nil), ("\n", nil), ("3", nil),
            ("plugin_3", nil), ("terminal_", nil), ("terminal_x", nil), ("terminal_1 terminal_2", nil),
        ] as [(String, String?)])
    func `a new pane's answer is its name`(text: String, pane: String?) { #expect(ZellijAnswer.pane(text) == pane) }

    @Test func `dead sessions are told from those that run`() throws {
        let text = """
            op-A [Created 3m 2s ago]
            old one [Created 2days ago] (EXITED - attach to resurrect)
            work [Created 0s ago] (current)

            """
        let sessions = try #require(ZellijAnswer.sessions(text))
        #expect(sessions.map(\.name) == ["op-A", "old one", "work"] && sessions.map(\.isExited) == [false, true, false])
        #expect(ZellijAnswer.sessions("") == nil && ZellijAnswer.sessions("op-A\n") == nil)
    }

    @Test func `clients are the panes that people look at`() {
        let text =
            "CLIENT_ID ZELLIJ_PANE_ID RUNNING_COMMAND\n1         plugin_2       zellij:x\n2         terminal_3     vim a b\n"
        #expect(ZellijAnswer.clients(text) == ["plugin_2", "terminal_3"])
        #expect(ZellijAnswer.clients("CLIENT_ID ZELLIJ_PANE_ID RUNNING_COMMAND\n") == [])
        #expect(ZellijAnswer.clients("") == nil)
    }

    /// The wordings of 0.43.1 to 0.45.0, with the exit codes that come with them.
    @Test(arguments: [
        ("Session 'x' not found. The following sessions are active:\na", 0, "not_found"),
        ("There is no active session!", 1, "not_found"),
        ("No session named \"x\" found.", 1, "not_found"), ("Pane with id 9 not found", 2, "not_found"),
        ("Tab with id 9 not found", 2, "not_found"), ("Malformed pane id: x, expecting", 2, "not_found"),
        ("Session already exists: x", 1, "conflict"),
        ("error: Found argument '--no-focus' which wasn't expected", 2, "unavailable"),
        ("error: The subcommand 'list-panes' wasn't recognized", 2, "unavailable"),
        ("thread 'main' panicked", 101, "unavailable"),
        ("", 1, "unavailable"),
    ])
    func `what zellij says becomes an error of ours, whatever its exit code`(text: String, status: Int, kind: String) throws {
        let error = try #require(ZellijError.refusal(in: .init(status: status, text: "", errors: text)))
        #expect(error.kind.rawValue == kind)
        #expect(text.isEmpty || error.message.contains(text.prefix(12)))
    }

    @Test func `words on standard output are a screen's own, unless the answer has another shape`() {
        let screen = ProcessRunner.Output(status: 0, text: "There is no active session!", errors: "")
        #expect(ZellijError.refusal(in: screen) == nil)
        #expect(ZellijError.misshapen(screen, to: "x").kind == .notFound)
        let nothing = ProcessRunner.Output(status: 0, text: "\n", errors: "")
        #expect(ZellijError.refusal(in: nothing) == nil)
        #expect(ZellijError.misshapen(nothing, to: "x").kind == .unavailable)
        #expect(ZellijError.isEmptyList(.init(status: 1, text: "", errors: "No active zellij sessions found.\n")))
        #expect(!ZellijError.isEmptyList(nothing))
    }

    @Test func `a single line is typed, several are pasted, and a NUL is a byte`() {
        #expect(ZellijInput.of("-l x") == [.typed("-l x")])
        #expect(ZellijInput.of("a\nb\u{1B}[201~c") == [.pasted("a\nb[201~c")])
        #expect(ZellijInput.of("\u{1B}[201~") == [.typed("\u{1B}[201~")])
        #expect(ZellijInput.of("a\0b") == [.typed("a"), .bytes([0]), .typed("b")])
        #expect(ZellijInput.of("\0") == [.bytes([0])])
    }

    @Test(arguments: [
        ("aäöü漢😀xyz", 4), ("aäöü漢😀xyz", 5), (String(repeating: "漢", count: 50), 7), (String(repeating: "x", count: 9), 9),
    ])
    func `a long text is cut between characters, and nothing of it is lost`(text: String, longest: Int) {
        let pieces = ZellijInput.of(text, longest: longest).map { input in
            if case .typed(let piece) = input { piece } else { "?" }
        }
        #expect(pieces.joined() == text)
        #expect(pieces.allSatisfy { $0.utf8.count <= longest && !$0.isEmpty && !$0.unicodeScalars.contains("\u{FFFD}") })
    }

    @Test func `a long paste is cut between lines where it can be`() {
        #expect(ZellijInput.of("123\n4567\n89", longest: 10) == [.pasted("123\n4567\n"), .pasted("89")])
        #expect(ZellijInput.of("1\n34567890123", longest: 10) == [.pasted("1\n34567890"), .pasted("123")])
    }

    @Test func `every key has bytes or a name of zellij's`() throws {
        for name in Key.names { #expect(ZellijInput.of(try #require(Key(name: name))) != .key("")) }
        #expect(ZellijInput.of(.control("c")) == .bytes([3]) && ZellijInput.of(.control("[")) == .bytes([27]))
        #expect(ZellijInput.of(.enter) == .bytes([13]) && ZellijInput.of(.pageUp) == .key("PageUp"))
    }

    @Test func `every call names its session, and every act its pane or tab`() {
        let calls = [
            ZellijCommand.panes("s"), ZellijCommand.tabs("s"), ZellijCommand.clients("s"), ZellijCommand.goToTab("s", 3),
            ZellijCommand.closeTab("s", 3), ZellijCommand.newTab("s", name: "n", command: ["c"], keepsFocus: true),
            ZellijCommand.input("s", "terminal_1", .typed("-x")), ZellijCommand.input("s", "terminal_1", .bytes([13])),
            ZellijCommand.newPane("s", tab: 3, .vertical, keepsFocus: true), ZellijCommand.focusPane("s", "terminal_1"),
            ZellijCommand.screen("s", "terminal_1", full: true, styled: true), ZellijCommand.subscribe("s", ["terminal_1"]),
        ]
        for call in calls { #expect(call.prefix(2) == ["--session", "s"]) }
        #expect(
            ZellijCommand.input("s", "terminal_1", .pasted("--name")) == [
                "--session", "s", "action", "paste", "--pane-id", "terminal_1", "--", "--name",
            ])
        #expect(
            ZellijCommand.newTab("s", name: "n", command: ["c", "d"], keepsFocus: false) == [
                "--session", "s", "action", "new-tab", "--name", "n", "--", "c", "d",
            ])
        #expect(
            ZellijCommand.newPane("s", tab: 3, .horizontal, keepsFocus: true) == [
                "--session", "s", "action", "new-pane", "--tab-id", "3", "--direction", "right", "--no-focus",
            ])
        #expect(ZellijCommand.newPane("s", tab: 3, .vertical, keepsFocus: false).suffix(2) == ["--direction", "down"])
        #expect(!ZellijCommand.sessions.contains("--short"))
    }

    @Test(arguments: [
        ("a\nb\n\n  \n", 10, "a\nb"), ("a\nb\nc", 2, "b\nc"), ("", 5, ""), ("\n\n", 5, ""), ("a\n\u{1B}[31m \u{1B}[0m\n", 5, "a"),
    ])
    func `the last lines are those before the blank tail`(text: String, count: Int, expected: String) {
        #expect(ZellijScreen.last(count, of: text) == expected)
    }

    @Test func `long names are shortened without meeting each other`() {
        let names = ["op-FEAT-1234567890-abcdefg", "op-FEAT-1234567890-abcdefh", "op-FEAT-1234567890-abcdef.h"]
        let mapped = names.map(ZellijNames.mapped)
        #expect(Set(mapped).count == names.count && mapped.allSatisfy { $0.utf8.count <= ZellijNames.longest })
        #expect(mapped.allSatisfy { ZellijNames.isOurs($0, prefix: "op-") && !ZellijNames.isOurs($0, prefix: "rv-") })
        #expect(ZellijNames.mapped("op-A.1") == "op-A.1")
    }

    @Test func `closed panes are found in a stream however it is cut, and screens are not kept`() {
        let screen = "{\"event\":\"pane_update\",\"viewport\":[\"\(String(repeating: "pane_closed", count: 400))\"]}\n"
        let bytes = Array((screen + "{\"event\":\"pane_closed\",\"pane_id\":\"terminal_1\"}\nnonsense\n\n").utf8)
        for size in [1, 2, 7, 100, 511, 512, 513, bytes.count] {
            var lines = ZellijEventLines()
            var rest = bytes[...]
            var closed: [String] = []
            while !rest.isEmpty {
                closed += lines.feed(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            #expect(closed == ["terminal_1"], "\(size)")
        }
    }

    @Test func `random bytes never trap the readers`() {
        var generator = SystemRandomNumberGenerator()
        let words = [
            "[", "]", "{", "}", "\"id\":", "\"tab_id\":", "1", "9223372036854775807", "-1", ",", "\n", "CLIENT_ID", " [Created ",
            "(EXITED",
            "\"event\":\"pane_closed\"", " --runtime-dir /r", "/reeve-keeper s1", "env REEVE_TERMINAL=a/b/c ", "\u{1B}[",
            "\u{FFFD}", "0.44.",
        ]
        for _ in 0..<3000 {
            let text = (0..<12).map { _ in words.randomElement(using: &generator) ?? "" }.joined()
            _ = (ZellijPane.list(text), ZellijTab.list(text), ZellijAnswer.sessions(text), ZellijAnswer.clients(text))
            _ = (ZellijAnswer.tab(text), ZellijAnswer.pane(text), ZellijVersion(text), ZellijEpoch(text))
            _ = ZellijTag(command: text, runtimeDirectory: "/r")
            _ = (ZellijScreen.last(3, of: text), ZellijInput.of(text, longest: 4))
            var lines = ZellijEventLines()
            _ = lines.feed(Array(text.utf8))
        }
    }

    @Test func `of a zellij around us only its places are passed on`() {
        let settings = ZellijSettings(
            binary: "zellij", session: nil, requireInZellij: false, prefix: "op-", instance: "i", runtimeDirectory: "/r",
            environment: [
                "PATH": "/bin", "ZELLIJ": "0", "ZELLIJ_SESSION_NAME": "x", "ZELLIJ_PANE_ID": "1", "ZELLIJ_SOCKET_DIR": "/s",
                "ZELLIJ_CONFIG_FILE": "/c",
            ], hasUserManager: false)
        #expect(settings.callEnvironment == ["PATH": "/bin", "ZELLIJ_SOCKET_DIR": "/s", "ZELLIJ_CONFIG_FILE": "/c"])
    }
}
