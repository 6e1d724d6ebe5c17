import Foundation
import Logging
import NIOCore
import NIOPosix
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

#if canImport(Glibc)
import Glibc
#endif

/// What is known of a launch whose keeper is dead.
@Suite struct KeeperRecordTests {
    private func fact(_ prepare: (_ record: String) throws -> Void) async throws -> LaunchFact {
        try await Scratch.with { scratch in
            let runtime = try scratch.directory("r")
            _ = try scratch.directory("r/sessions")
            let launches = try scratch.directory("launches")
            let session = try #require(SessionID("aaaaaaaaaaaa"))
            try prepare("\(launches)/\(session).log")
            let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let fleet = KeeperFleet(
                program: "/p", runtimeDirectory: runtime, stateDirectory: scratch.path, group: loops, time: RealTime(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let fact = try await fleet.inspect(Samples.launchID("L"), in: session)
            try await loops.shutdownGracefully()
            return fact
        }
    }

    private func write(_ text: String, _ path: String, mode: Int) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    @Test func `a record that is there says what became of it, one that is not that it was never started`() async throws {
        #expect(try await fact { try write("claim L\nstart L 42\nexit L 3\n", $0, mode: 0o600) } == .ended(.code(3)))
        #expect(try await fact { _ in } == .neverStarted)
    }

    @Test func `a record that cannot be read does not say that nothing was started`() async throws {
        #expect(try await fact { try write("claim L\nstart L 42\n", $0, mode: 0o644) } == .lost)
        #expect(
            try await fact { try FileManager.default.createDirectory(atPath: $0, withIntermediateDirectories: false) } == .lost)
        #expect(
            try await fact { try FileManager.default.createSymbolicLink(atPath: $0, withDestinationPath: "/nowhere") } == .lost)
    }

    @Test(arguments: [(EMFILE, true), (ENFILE, true), (ENOMEM, true), (ENOENT, false), (ELOOP, false), (EACCES, false)])
    func `a keeper whose lock cannot be looked at for want of descriptors may live`(code: Int32, mayLive: Bool) {
        #expect(LockFile.mayBeHeld(code) == mayLive)
        #expect(!LockFile.mayBeHeld(nil))
    }
}
