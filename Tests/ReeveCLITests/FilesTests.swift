import Foundation
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveCLI

@Suite struct FilesTests {
    @Test func `a body that cannot be read makes no ticket`() async throws {
        try await FakeDaemon.with(["ticket.create": #"{"ticket":\#(Answer.ticket("A", "queued"))}"#]) { daemon in
            let latin = "\(daemon.scratch.path)/latin"
            try Data([0x63, 0x61, 0x66, 0xE9]).write(to: URL(fileURLWithPath: latin))
            for (file, complaint) in [
                (daemon.scratch.path, "Is a directory"), (latin, "is not UTF-8"), ("\(latin)-missing", "No such file"),
            ] {
                let ran = await Ran.reeve("add", "x", "--body-file", file, "--socket", daemon.socket)
                #expect(ran.code == 2 && ran.errors.contains(complaint), "\(ran)")
            }
            let closed = await Ran.shell(
                #""$REEVE" add x --body-file - --socket "$SOCKET" <&-"#, ["SOCKET": daemon.socket])
            #expect(closed.code == 2 && closed.errors.contains("standard input"), "\(closed)")
            #expect(daemon.requests.isEmpty)
            let fine = await Ran.shell(
                #"printf 'two\nlines\n' | "$REEVE" add x --body-file - --socket "$SOCKET""#, ["SOCKET": daemon.socket])
            #expect(fine.code == 0)
            #expect(daemon.requests.first?.params.contains(#""body":"two\nlines\n""#) == true)
        }
    }

    @Test func `a directory to work in is one, and has a name that can be sent`() async throws {
        try await Scratch.with { scratch in
            let file = "\(scratch.path)/file"
            try Data().write(to: URL(fileURLWithPath: file))
            let error = #expect(throws: ReeveError.self) { try Files.absolute(file, for: "cwd") }
            #expect(error?.path == "$.cwd" && error?.message == "\(file) is no directory")
            #expect(try Files.absolute(scratch.path, for: "cwd") == scratch.path)
        }
    }

    @Test func `a directory whose path is not UTF-8 is refused and not sent as another`() async throws {
        try await FakeDaemon.with([:]) { daemon in
            let line = #"mkdir "$DIR"/$'caf\xe9' && cd "$DIR"/caf* && "$REEVE" add x --project . --socket "$DIR/control.sock""#
            let ran = await Ran.shell(line, ["DIR": daemon.scratch.path])
            #expect(ran.code == 2 && ran.errors.contains("not UTF-8"), "\(ran)")
            #expect(daemon.requests.isEmpty)
        }
    }
}
