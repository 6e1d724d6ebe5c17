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

/// Built-in terminals with real keepers in them. Ends with everything killed.
final class RealTerminals: Stage {
    let builtIn: BuiltInMultiplexer
    let fleet: KeeperFleet
    let scratch: Scratch
    private let reported: Mutex<[MultiplexerEvent]> = Mutex([])
    private let environment: [String: String]
    private let loops: MultiThreadedEventLoopGroup

    var multiplexer: any Multiplexer { builtIn }
    func events() -> [MultiplexerEvent] { reported.withLock { $0 } }

    static func with(_ body: (RealTerminals) async throws -> Void) async throws {
        let stage = try RealTerminals()
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await stage.builtIn.run { event in stage.reported.withLock { $0.append(event) } } }
                #expect(await eventually { !stage.events().isEmpty })
                try await body(stage)
                group.cancelAll()
            }
        } catch {
            await stage.tearDown()
            if !(error is CancellationError) { throw error }
            return
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
        environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": scratch.path, "LANG": "C.UTF-8",
        ]
        builtIn = BuiltInMultiplexer(
            settings: BuiltInSettings(
                program: Programs.path("reeve-terminal"), scrollback: 10_000, detachKey: #"C-\"#, runtimeDirectory: runtime,
                environment: environment, hasUserManager: false), group: loops)
        fleet = KeeperFleet(
            program: Programs.path("reeve-keeper"), runtimeDirectory: runtime, stateDirectory: state, group: loops,
            time: RealTime(), logger: Logger(label: "test"))
    }

    /// Signals all terminals.
    private func signal(_ name: String) async throws {
        _ = try await ProcessRunner.run(
            ["pkill", "-\(name)", "-f", "reeve-terminal serve .*--runtime-dir \(scratch.path)/r "], environment: environment)
    }

    func hang() async throws { try await signal("STOP") }
    func wake() async throws { try await signal("CONT") }
    func kill() async throws { try await signal("KILL") }

    private func tearDown() async {
        fleet.disconnect()
        _ = try? await signal("KILL")
        try? await loops.shutdownGracefully()
        scratch.remove()
    }
}
