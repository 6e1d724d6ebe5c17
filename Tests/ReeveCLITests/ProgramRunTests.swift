import ReeveTestSupport
import Testing

@testable import ReeveCLI

@Suite struct ProgramRunTests {
    @Test func `a program runs without a shell, its exit code and its words are told apart`() async throws {
        try await Scratch.with { scratch in
            let path = "\(try scratch.directory("a 'b' $(c); d"))/program"
            try await Script.write(path, #"echo "$1"; echo bad >&2; exit 3"#)
            let run = try #require(ProgramRun.of([path, "*; $HOME"]))
            #expect(run.status == 3 && run.firstLine == "*; $HOME" && run.errors == "bad\n")
            #expect(ProgramRun.of(["/bin/sh", "-c", "kill -9 $$"])?.status == 137)
            #expect(ProgramRun.of([path + "-missing"]) == nil)
            #expect(ProgramRun.of(["/bin/sleep", "1000"], within: .milliseconds(50)) == nil)
        }
    }
}
