import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

@Suite struct KittyParsingTests {
    @Test func `a session is a tab with our variables, and what follows the options is the keeper`() {
        let request = SpawnRequest(
            id: Samples.session("s1"), name: Samples.name("op-A"), arguments: ["/k", "s1", "--runtime-dir", "/r"], owner: "inst")
        #expect(
            KittyCommand.launch(request) == [
                "launch", "--type=tab", "--keep-focus", "--cwd=/", "--tab-title=op-A", "--title=op-A",
                "--env=REEVE_TERMINAL_OWNER=inst", "--env=REEVE_TERMINAL_NAME=op-A", "/k", "s1", "--runtime-dir", "/r",
            ])
    }

    @Test func `text is no argument, and a paste is bracketed only where the program asks for it`() {
        #expect(KittyCommand.send("7", asPaste: false) == ["send-text", "--match=id:7", "--stdin"])
        #expect(KittyCommand.send("7", asPaste: true) == ["send-text", "--match=id:7", "--stdin", "--bracketed-paste=auto"])
    }

    @Test(
        arguments: [
            ("kitten 0.39.1 created by Kovid Goyal", "0.39.1", true), ("kitty 0.32.2", "0.32.2", true),
            ("kitty 1.0", "1.0.0", true), ("kitten 0.32.10", "0.32.10", true),
            ("kitten 0.32.1 created by Kovid Goyal", "0.32.1", false),
            ("kitty 0.26.5", "0.26.5", false), ("kitty", nil, false), ("", nil, false), ("kitten x.y", nil, false),
        ] as [(String, String?, Bool)])
    func `kitty brackets from 0-32-2 on`(text: String, shown: String?, canBracket: Bool) {
        let version = KittyVersion(text)
        #expect(version?.description == shown)
        #expect(version.map { $0 >= .bracketing } ?? false == canBracket)
    }

    @Test func `windows are read out of tabs out of windows`() {
        let text = """
            [{"id":1,"is_focused":true,"tabs":[
               {"id":2,"is_focused":true,"windows":[
                 {"id":3,"is_focused":true,"cmdline":["/k","s1","--runtime-dir","/r"],"columns":80,"lines":24,
                  "env":{"REEVE_TERMINAL_OWNER":"inst","REEVE_TERMINAL_NAME":"op-A"},"user_vars":{}},
                 {"id":4,"is_focused":false,"cmdline":["/k","s1","--runtime-dir","/r"],"env":{},"columns":1,"lines":2}]},
               {"id":5,"is_focused":false,"windows":[{"id":6,"is_focused":true,"cmdline":["bash"],"env":{}}]}]}]
            """
        let windows = KittyWindow.list(text)
        #expect(windows?.map(\.id) == ["3", "4", "6"])
        #expect(windows?.map(\.tab) == ["2", "2", "5"])
        #expect(windows?.map { $0.session?.text } == ["s1", nil, nil])
        #expect(windows?.map(\.isSeen) == [true, false, false])
        #expect(windows?.first?.width == 80 && windows?.first?.height == 24)
    }

    @Test(arguments: ["", "{}", "[{\"tabs\":[{\"windows\":[{}]}]}]", "Error"])
    func `what is no list is never an empty one`(text: String) { #expect(KittyWindow.list(text) == nil) }

    @Test(arguments: [
        ("unix:/tmp/kitty", "/tmp/kitty"), ("/tmp/kitty", "/tmp/kitty"), ("unix:@kitty", nil), ("tcp:localhost:1", nil),
        ("", nil),
    ])
    func `only a socket with a file can be talked to`(listenOn: String, path: String?) {
        #expect(KittySettings.socketPath(listenOn) == path)
    }

    @Test(arguments: [("kitten 0.39.1 created by Kovid Goyal", "kitten 0.39.1"), ("", "")])
    func `the version is two words`(text: String, shown: String) { #expect(KittyMultiplexer.shown(text) == shown) }

    @Test func `nothing of the window that the daemon was started in is passed on`() {
        let settings = KittySettings(
            binary: "kitten", socketPath: "/s", runtimeDirectory: "/r",
            environment: ["KITTY_WINDOW_ID": "1", "KITTY_LISTEN_ON": "unix:/x", "KITTY_RC_PASSWORD": "p", "PATH": "/bin"])
        #expect(settings.callEnvironment == ["PATH": "/bin"])
    }
}
