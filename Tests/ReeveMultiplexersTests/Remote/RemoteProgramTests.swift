import Foundation
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

/// What WezTerm's and kitty's backends share.
@Suite struct RemoteProgramTests {
    private func program(in runtimeDirectory: String) -> RemoteProgram {
        RemoteProgram(
            name: "any", command: ["any"], environment: [:], socketPath: "/nowhere", runtimeDirectory: runtimeDirectory,
            time: RealTime(), hint: "")
    }

    /// Two daemons of one person, one of which began with the other's backup: ids are in both.
    @Test func `another daemon's keeper of the same id is not ours`() async throws {
        let scratch = try Scratch()
        let id = Samples.session()
        // Called like a keeper, and waits for ever.
        try Data("mkfifo f && exec 3<>f && read line <&3".utf8).write(to: URL(filePath: "\(scratch.path)/\(id)"))
        let keeper = try SpawnedProgram(
            ["/bin/sh", "-c", "cd '\(scratch.path)' && exec /bin/sh \(id) --runtime-dir \(scratch.path)/theirs"],
            environment: ["PATH": "/usr/bin:/bin"])
        defer { kill(keeper.processIdentifier, SIGKILL) }
        #expect(await eventually { program(in: "\(scratch.path)/theirs").keeperLives(id) })
        #expect(!program(in: "\(scratch.path)/ours").keeperLives(id))
        #expect(program(in: "\(scratch.path)/ours").programs(in: id).isEmpty)
    }
}
