import ReeveTestSupport
import Testing

@Suite struct StandardStreamTests {
    @Test func `what cannot be written is an error`() async throws {
        try await FakeDaemon.with(["system.status": Answer.status]) { daemon in
            let full = await Ran.shell(#""$REEVE" status --socket "$SOCKET" >/dev/full"#, ["SOCKET": daemon.socket])
            #expect(full.code == 1)
            #expect(full.errors == "reeve: cannot write to standard output: No space left on device\n")
            let help = await Ran.shell(#""$REEVE" --help >/dev/full"#)
            #expect(help.code == 1)
        }
    }

    @Test func `a closed standard output is an error, and nothing of it reaches the daemon`() async throws {
        try await FakeDaemon.with(["system.status": Answer.status]) { daemon in
            let closed = await Ran.shell(#""$REEVE" status --socket "$SOCKET" >&-"#, ["SOCKET": daemon.socket])
            #expect(closed.code == 1)
            #expect(closed.errors == "reeve: cannot write to standard output: Bad file descriptor\n")
            #expect(daemon.requests.map(\.method) == ["system.status"])
            let all = await Ran.shell(#""$REEVE" status --socket "$SOCKET" <&- >&- 2>&-"#, ["SOCKET": daemon.socket])
            #expect(all.code == 1)
        }
    }

    @Test func `a reader that has gone is no message, also where SIGPIPE is ignored`() async throws {
        try await FakeDaemon.with(["system.status": Answer.status]) { daemon in
            // The reader is gone for certain: it is waited for before anything is written.
            let line = #"""
                trap "" PIPE
                exec 3> >(exit 0)
                wait $!
                "$REEVE" status --socket "$SOCKET" >&3
                """#
            let ran = await Ran.shell(line, ["SOCKET": daemon.socket])
            #expect(ran.code == 141 && ran.errors.isEmpty, "\(ran)")
        }
    }

    @Test func `a quiet command needs no standard output`() async throws {
        try await FakeDaemon.with(["session.send": #"{"delivered":true}"#]) { daemon in
            let ran = await Ran.shell(
                #""$REEVE" session send play x -q --socket "$SOCKET" >&-"#, ["SOCKET": daemon.socket])
            #expect(ran.code == 0 && ran.errors.isEmpty)
        }
    }
}
