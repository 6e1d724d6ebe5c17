import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

@Suite struct WeztermParsingTests {
    private static let tag = WeztermTag(
        SpawnRequest(id: Samples.session("s1"), name: Samples.name("op-A.1"), arguments: ["/k", "s1"], owner: "inst"))

    @Test func `a session is made in a workspace whose name is its mark`() {
        #expect(
            WeztermCommand.spawn(Self.tag, running: ["/k", "s1"]) == [
                "spawn", "--new-window", "--workspace", "reeve s1 inst op-A.1", "--cwd", "/", "--", "/k", "s1",
            ])
        #expect(WeztermTag(Self.tag.text) == Self.tag)
    }

    @Test(arguments: ["default", "", "reeve", "reeve s1 inst", "mine s1 inst op-A", "reeve .. inst op-A"])
    func `somebody's own workspace is no mark`(text: String) { #expect(WeztermTag(text) == nil) }

    @Test func `text is no argument, and only several lines are a paste`() {
        #expect(WeztermCommand.send("7", asPaste: false) == ["send-text", "--pane-id", "7", "--no-paste"])
        #expect(WeztermCommand.send("7", asPaste: true) == ["send-text", "--pane-id", "7"])
    }

    @Test func `history has negative numbers`() {
        #expect(
            WeztermCommand.text("7", history: 20, styled: true) == [
                "get-text", "--pane-id", "7", "--start-line", "-20", "--escapes",
            ])
        #expect(WeztermCommand.text("7", history: 0, styled: false) == ["get-text", "--pane-id", "7"])
        #expect(
            WeztermCommand.split("7", .horizontal).last == "--right" && WeztermCommand.split("7", .vertical).last == "--bottom")
    }

    @Test func `a list is read, members that are not known are left`() {
        let text = """
            [{"window_id":1,"tab_id":2,"pane_id":3,"workspace":"reeve s1 inst op-A.1","size":{"rows":24,"cols":80,"dpi":96},
              "title":"x","cwd":"","cursor_x":4,"cursor_y":5,"is_active":true,"tty_name":"/dev/pts/1","new":{"a":[1]}},
             {"window_id":1,"tab_id":2,"pane_id":4,"workspace":"default","size":{"rows":1,"cols":2},"title":"\\ud83d"}]
            """
        let panes = WeztermPane.list(text)
        #expect(panes?.map(\.id) == ["3", "4"])
        #expect(panes?.first?.tag == Self.tag && panes?.last?.tag == nil)
        #expect(panes?.first?.width == 80 && panes?.first?.height == 24 && panes?.first?.cursor == "4,5")
    }

    @Test(arguments: ["", "{}", "WINID TABID", "[{"])
    func `what is no list is never an empty one`(text: String) {
        #expect(WeztermPane.list(text) == nil && WeztermClients.panes(text) == nil)
    }

    @Test func `of those who are connected, those with a window look at a pane`() {
        let text = """
            [{"username":"wez","hostname":"foo","pid":1,"connection_elapsed":{"secs":226,"nanos":5},
              "idle_time":{"secs":0,"nanos":5},"workspace":"default","focused_pane_id":0},
             {"username":"wez","hostname":"foo","pid":2,"workspace":"","focused_pane_id":null},
             {"username":"wez","hostname":"bar","pid":3,"workspace":"reeve s1 inst op-A","focused_pane_id":7}]
            """
        #expect(WeztermClients.panes(text) == ["0", "7"])
        #expect(WeztermClients.panes("[]") == [])
    }

    @Test(arguments: [
        ("Error: no such pane 7", ReeveError.Kind.notFound), ("failed to connect to Socket(\"/x\")", .unavailable),
        ("Error: No matching windows for expression: id:9", .notFound), ("Error: no space for split!", .conflict),
        ("Error: Remote control is disabled. Add allow_remote_control to your kitty.conf", .unavailable), ("", .unavailable),
    ])
    func `what it refuses is told by its words`(text: String, kind: ReeveError.Kind) {
        #expect(RemoteProgram.translate(text, name: "wezterm", hint: "h").kind == kind)
    }

    @Test(arguments: [
        (["WEZTERM_UNIX_SOCKET": "/a", "XDG_RUNTIME_DIR": "/b", "HOME": "/c"], "/a"),
        (["XDG_RUNTIME_DIR": "/b", "HOME": "/c"], "/b/wezterm/sock"), (["HOME": "/c"], "/c/.local/share/wezterm/sock"),
    ])
    func `the socket is where WezTerm's own tools look`(environment: [String: String], path: String) {
        #expect(WeztermSettings.usualSocket(environment) == path)
    }

    @Test func `the pane of whoever started the daemon is nobody's default`() {
        let settings = WeztermSettings(
            binary: "wezterm", socketPath: "/s", runtimeDirectory: "/r", environment: ["WEZTERM_PANE": "3"])
        #expect(settings.callEnvironment == ["WEZTERM_UNIX_SOCKET": "/s"])
    }
}
