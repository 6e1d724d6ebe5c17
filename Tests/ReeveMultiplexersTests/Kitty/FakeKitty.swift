import Foundation
import Logging
import NIOCore
import NIOPosix
import Processes
import ReeveModel
import ReeveTestSupport
import Synchronization
import Testing

@testable import ReeveMultiplexers

/// `Tests/Fakes/kitten` with our backend on it and real keepers in its windows. kitty is a private tmux server. Ends with everything
/// killed.
final class FakeKitty: Stage {
    let multiplexer: any Multiplexer
    let fleet: KeeperFleet
    let scratch: Scratch
    let server: FakeServer
    private let seen: Mutex<[MultiplexerEvent]> = Mutex([])
    private let loops: MultiThreadedEventLoopGroup

    static func with(_ body: (FakeKitty) async throws -> Void) async throws {
        let stage = try FakeKitty()
        do {
            try await stage.server.start("kitty")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !Task.isCancelled {
                        try? await stage.multiplexer.run { event in stage.seen.withLock { $0.append(event) } }
                        try? await Task.sleep(for: .milliseconds(50))
                    }
                }
                #expect(await eventually { !stage.events().isEmpty })
                try await body(stage)
                group.cancelAll()
            }
        } catch {
            await stage.tearDown()
            throw error
        }
        await stage.tearDown()
    }

    private init() throws {
        scratch = try Scratch()
        loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let runtime = try scratch.directory("r")
        let state = try scratch.directory("s")
        _ = try scratch.directory("r/sessions")
        _ = try scratch.directory("s/launches")
        server = FakeServer(socketPath: "\(scratch.path)/sock", home: scratch.path)
        multiplexer = KittyMultiplexer(
            settings: KittySettings(
                binary: FakeServer.program("kitten"), socketPath: server.socketPath, environment: server.environment),
            time: RealTime())
        fleet = KeeperFleet(
            program: Programs.path("reeve-keeper"), runtimeDirectory: runtime, stateDirectory: state, group: loops,
            time: RealTime(), logger: Logger(label: "test"))
    }

    func events() -> [MultiplexerEvent] { seen.withLock { $0 } }

    func hang() async throws { try await server.signal(SIGSTOP) }
    func wake() async throws { try await server.signal(SIGCONT) }

    /// A kitty that has ended is started again by a person.
    func kill() async throws {
        try await server.signal(SIGKILL)
        try await server.start("kitty")
    }

    /// The fake itself, as a person would use it.
    func kitten(_ arguments: String..., input: String? = nil) async throws -> ProcessRunner.Output {
        try await ProcessRunner.run(
            [FakeServer.program("kitten"), "@", "--to", "unix:\(server.socketPath)"] + arguments, environment: server.environment,
            input: input.map { Array($0.utf8) }, timeLimit: .init(.seconds(10), RealTime()))
    }

    private func tearDown() async {
        fleet.disconnect()
        await server.end()
        try? await loops.shutdownGracefully()
        scratch.remove()
    }
}
