import Foundation
import Processes
import ReeveModel
import ReeveTestSupport

@testable import ReeveMultiplexers

/// `Tests/Fakes/kitten` with our backend on it and real keepers in its windows. kitty is a private tmux server. Ends with everything
/// killed.
final class FakeKitty: Stage {
    let multiplexer: any Multiplexer
    let ground: StageGround
    let server: FakeServer

    static func with(_ body: (FakeKitty) async throws -> Void) async throws { try await with(version: "0.39.1", body) }

    static func with(version: String, _ body: (FakeKitty) async throws -> Void) async throws {
        let stage = try FakeKitty(version)
        try await stage.ground.run(stage.multiplexer) {
            try await stage.server.start("kitty")
        } beside: {
            try await body(stage)
        } ending: {
            await stage.server.end()
        }
    }

    private init(_ version: String) throws {
        ground = try StageGround()
        server = FakeServer(ground, with: ["FAKE_KITTY_VERSION": version])
        multiplexer = Self.multiplexer(on: server)
    }

    private static func multiplexer(on server: FakeServer, at socketPath: String? = nil) -> KittyMultiplexer {
        KittyMultiplexer(
            settings: KittySettings(
                binary: StageGround.fake("kitten"), socketPath: socketPath ?? server.socketPath,
                runtimeDirectory: server.ground.runtimeDirectory, environment: server.environment),
            time: server.ground.time)
    }

    func successor() throws -> any Multiplexer { Self.multiplexer(on: server) }
    func absent() throws -> any Multiplexer { Self.multiplexer(on: server, at: "\(scratch.path)/nobody") }
    /// The stand-in's windows are a tmux server's, which refuses where kitty, as far as it is documented, makes smaller ones.
    var boundless: String? { "no limit of kitty's layouts is documented" }

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
            [StageGround.fake("kitten"), "@", "--to", "unix:\(server.socketPath)"] + arguments, environment: server.environment,
            input: input.map { Array($0.utf8) }, timeLimit: .init(.seconds(10), RealTime()))
    }
}
