import ReeveTestSupport
import Testing

@testable import ReeveCLI

/// What the pane commands say fits into a line of 80 columns, whatever is in it.
@Suite struct PaneSentenceTests {
    private static let server = "/run/user/1000/a/rather/long/directory/for/sockets/tmux-1000/default-of-the-person"
    private static let host = #"{"server":"\#(server)","pane":"%3"}"#
    private static let following = #"{"host":\#(host),"since":"2026-01-02T03:04:05.678Z"}"#
    private static let opened = #"""
        {"decision":{"type":"TYPE"},"reason":{"code":"x","sentence":"3 agents need 120×36 cells, there are 98×24; 2 fit beside the 4 others that stand there"}}
        """#

    private static func opened(_ type: String) -> String { opened.replacing("TYPE", with: type) }

    private static let answers: [(command: [String], answers: [String: String], begins: String)] = [
        (
            ["follow", "--server", server, "--host", "%3"], ["panes.follow": #"{"following":[\#(following)]}"#],
            "each agent that starts comes beside %3; reeve panes open --all shows those"
        ),
        (
            ["follow", "--server", server, "--host", "%3"],
            ["panes.follow": #"{"following":[\#(following)],"before":{"server":"\#(server)","pane":"%17"}}"#],
            "each agent that starts comes beside %3, and no more beside %17; reeve panes"
        ),
        (
            ["follow", "--off", "--server", server, "--host", "%3"],
            ["panes.follow": #"{"following":[],"before":\#(host)}"#], "new agents come beside %3 of"
        ),
        (["list"], ["panes.list": #"{"panes":[],"following":[\#(following)]}"#], "new agents come beside %3 of"),
        (
            ["open", "T-1", "--server", server, "--host", "%3"],
            ["agent.list": #"{"agents":[]}"#, "panes.open": opened("skip")], "T-1 gets no pane: 3 agents need 120×36 cells"
        ),
        (
            ["close", "T-1"], ["panes.list": #"{"panes":[],"following":[]}"#, "panes.close": opened("close")],
            "T-1: 3 agents need 120×36 cells"
        ),
        (["arrange", "--server", server, "--host", "%3"], ["panes.arrange": opened("arrange")], "3 agents need 120×36 cells"),
    ]

    @Test(arguments: answers)
    func `every line fits, but for a path that somebody wants to copy`(
        command: [String], answers: [String: String], begins: String
    ) async throws {
        try await FakeDaemon.with(answers) { daemon in
            let ran = await Ran.program([Programs.path("reeve"), "panes"] + command + ["--socket", daemon.socket])
            #expect(ran.text.hasPrefix(begins), "\(ran)")
            for line in ran.text.split(separator: "\n") where line.trimmingPrefix(while: { $0 == " " }) != Self.server {
                #expect(Terminal.columns(String(line)) <= 80, "\(line)")
            }
        }
    }
}
