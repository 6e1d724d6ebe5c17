import Foundation
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// Another user who gets through all file modes is still refused, by the kernel's word.
@Suite(.serialized, .enabled(if: AnotherUser.isPossible, "needs root, setpriv and socat"))
struct OtherUserSerialTests {
    @Test func `another uid gets no byte of an answer, and the log names it`() async throws {
        try await RealDaemon.with { d in
            let line = "\(d.scratch.path)/line"
            try #"{"id":1,"method":"system.ping"}"#.appending("\n").write(toFile: line, atomically: true, encoding: .utf8)
            for path in [d.scratch.path, "\(d.scratch.path)/r"] { #expect(chmod(path, 0o777) == 0) }
            #expect(chmod(d.socket, 0o666) == 0)
            let ours = await AnotherUser.ask(d.socket, line, asAnotherUser: false)
            #expect(ours.text.contains("22 72 65 73 75 6c 74 22"), "\(ours)")  // "result"
            let theirs = await AnotherUser.ask(d.socket, line, asAnotherUser: true)
            // It has come as far as to the daemon: what refuses is no mode.
            #expect(!theirs.errors.contains("Permission denied"), "\(theirs)")
            #expect(theirs.text == "", "\(theirs)")
            #expect(await eventually { d.log.contains("refused a connection of another user") })
            #expect(d.log.contains("uid=\(AnotherUser.uid)"))
            #expect(d.log.split(separator: "\n").filter { $0.contains("another user") }.count == 1)
            let again = await AnotherUser.ask(d.socket, line, asAnotherUser: false)
            #expect(again.text == ours.text)
        }
    }
}
