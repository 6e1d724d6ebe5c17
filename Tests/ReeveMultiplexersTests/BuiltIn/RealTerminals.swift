import Foundation
import Processes
import ReeveModel
import ReeveTestSupport

@testable import ReeveMultiplexers

/// Built-in terminals with real keepers in them. Ends with everything killed.
final class RealTerminals: Stage {
    let builtIn: BuiltInMultiplexer
    let ground: StageGround
    private let environment: [String: String]

    var multiplexer: any Multiplexer { builtIn }

    static func with(_ body: (RealTerminals) async throws -> Void) async throws {
        let stage = try RealTerminals()
        try await stage.ground.run(stage.builtIn) {
            try await body(stage)
        } ending: {
            _ = try? await stage.signal("KILL")
        }
    }

    private init() throws {
        ground = try StageGround()
        environment = ground.environment()
        builtIn = Self.multiplexer(on: ground)
    }

    private static func multiplexer(
        on ground: StageGround, program: String = Programs.path("reeve-terminal")
    ) -> BuiltInMultiplexer {
        BuiltInMultiplexer(
            settings: BuiltInSettings(
                program: program, scrollback: 10_000, detachKey: #"C-\"#,
                runtimeDirectory: ground.runtimeDirectory, environment: ground.environment(), hasUserManager: false),
            group: ground.loops)
    }

    func successor() throws -> any Multiplexer { Self.multiplexer(on: ground) }
    func absent() throws -> any Multiplexer { Self.multiplexer(on: ground, program: "/nowhere/reeve-terminal") }

    /// Signals all terminals.
    private func signal(_ name: String) async throws {
        ground.time.setHung(name == "STOP")
        _ = try await ProcessRunner.run(
            ["pkill", "-\(name)", "-f", "reeve-terminal serve .*--runtime-dir \(scratch.path)/r "], environment: environment)
    }

    func hang() async throws { try await signal("STOP") }
    func wake() async throws { try await signal("CONT") }
    func kill() async throws { try await signal("KILL") }
}
