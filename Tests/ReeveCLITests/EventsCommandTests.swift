import ReeveTestSupport
import Testing

@Suite struct EventsCommandTests {
    private static let event =
        #"{"method":"event","params":{"seq":7,"time":"2026-01-02T03:04:05.678Z","kind":"agent.exited","ticket":"A","data":{}}}"#
    private static let lagged = #"{"method":"event.lagged","params":{"resumeFrom":7}}"#
    private static let expired =
        #"{"method":"event.error","params":{"code":-32007,"message":"older than the log","data":{"kind":"not_found","hint":"begin anew"}}}"#

    private static func daemon(_ lines: [String], _ body: (FakeDaemon) async throws -> Void) async throws {
        try await FakeDaemon.with({ _, _, id in [#"{"id":\#(id),"result":{"cursor":6}}"#] + lines }, body)
    }

    @Test func `a subscription that the daemon ends ends the command, with the code of its error`() async throws {
        try await Self.daemon([Self.event, Self.expired]) { daemon in
            let ran = await Ran.reeve("events", "--follow", "--socket", daemon.socket)
            #expect(ran.code == 4)
            #expect(ran.text == "7  03:04:05  agent.exited  A\n")
            #expect(ran.errors == "reeve: older than the log\n  begin anew\n")
        }
    }

    @Test func `as JSON every line is what came, the error too, and nothing else is said`() async throws {
        try await Self.daemon([Self.event, Self.lagged, Self.expired]) { daemon in
            let ran = await Ran.reeve("events", "--follow", "--json", "--socket", daemon.socket)
            #expect(ran.code == 4 && ran.errors.isEmpty)
            #expect(ran.text == [Self.event, Self.lagged, Self.expired, ""].joined(separator: "\n"))
        }
    }

    @Test func `a reader that was too slow is told in one line`() async throws {
        try await Self.daemon([Self.lagged, Self.expired]) { daemon in
            let ran = await Ran.reeve("events", "--follow", "--socket", daemon.socket)
            #expect(ran.text == "   reader was too slow; reading on from the log at 7\n")
        }
    }

    @Test func `a follower ends with its reader, also where SIGPIPE is ignored`() async throws {
        try await Self.daemon([Self.event]) { daemon in
            let line = #"trap "" PIPE; { "$REEVE" events --follow --socket "$SOCKET"; echo "ended with $?" >&2; } | head -1"#
            let ran = await Ran.shell(line, ["SOCKET": daemon.socket])
            #expect(ran.text == "7  03:04:05  agent.exited  A\n")
            #expect(ran.errors == "ended with 141\n")
        }
    }

    @Test func `a follower of a daemon where nothing happens ends with its reader as well`() async throws {
        try await Self.daemon([]) { daemon in
            let line = #"{ "$REEVE" events --follow --socket "$SOCKET"; echo "ended with $?" >&2; } | true"#
            #expect(await Ran.shell(line, ["SOCKET": daemon.socket]).errors == "ended with 141\n")
        }
    }
}
