import Foundation
import Logging
import NIOCore
import NIOPosix
import ReeveModel
import ReeveMultiplexers
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// An order to a keeper has the values of its agent's environment in it.
@Suite struct ForeignKeeperTests {
    @Test(.enabled(if: AnotherUser.isPossible, "needs root, setpriv and socat"))
    func `no order is given to whoever listens where a keeper should, if it is another user`() async throws {
        try await Scratch.with { scratch in
            let runtime = try scratch.directory("r")
            let sessions = try scratch.directory("r/sessions")
            for path in [scratch.path, runtime, sessions] { #expect(chmod(path, 0o777) == 0) }
            let session = try #require(SessionID("aaaaaaaaaaaa"))
            let socket = "\(sessions)/\(session).sock"
            let got = "\(scratch.path)/got"
            let listener = try SpawnedProgram(
                AnotherUser.running(["/usr/bin/socat", "-u", "UNIX-LISTEN:\(socket),fork,mode=666", "CREATE:\(got)"]),
                environment: ["PATH": "/usr/bin:/bin"])
            defer { listener.terminate() }
            #expect(await eventually { access(socket, F_OK) == 0 })
            let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let fleet = KeeperFleet(
                program: "/p", runtimeDirectory: runtime, stateDirectory: scratch.path, group: loops, time: RealTime(),
                logger: Logger(label: "test"))
            let order = LaunchOrder(
                id: Samples.launchID("L"), label: "x", arguments: ["x"], directory: "/", environment: ["KEY": "secret"],
                standardInput: nil)
            let error = await #expect(throws: ReeveError.self) { try await fleet.run(order, in: session) }
            #expect(error?.message == "another user (uid \(AnotherUser.uid)) listens at \(socket)")
            #expect(error?.hint?.isEmpty == false)
            #expect(FileManager.default.contents(atPath: got)?.isEmpty != false)
            try await loops.shutdownGracefully()
        }
    }
}
