import Foundation
import Logging
import NIOCore
import NIOPosix
import ReeveModel
import ReeveTestSupport
import Synchronization
import Testing

@testable import ReeveMultiplexers

/// What every stage stands on: a private directory, real keepers, and what the backend has reported.
final class StageGround: Sendable {
    let scratch: Scratch
    let runtimeDirectory: String
    let fleet: KeeperFleet
    let loops: MultiThreadedEventLoopGroup
    let time = PatientTime()
    private let reported: Mutex<[MultiplexerEvent]> = Mutex([])
    private let ends: Mutex<[String]> = Mutex([])

    /// - Parameter runtime: the name of the runtime directory.
    init(runtime: String = "r") throws {
        scratch = try Scratch()
        loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        runtimeDirectory = try scratch.directory(runtime)
        let state = try scratch.directory("s")
        _ = try scratch.directory("\(runtime)/sessions")
        _ = try scratch.directory("s/launches")
        fleet = KeeperFleet(
            program: Programs.path("reeve-keeper"), runtimeDirectory: runtimeDirectory, stateDirectory: state, group: loops,
            time: time, logger: Logger(label: "test"))
    }

    /// A program of `Tests/Fakes`.
    static func fake(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Fakes/\(name)").standardized
            .path
    }

    /// What a program of the multiplexer is started with. The system's own Python first: every call of a fake starts one, and one behind a
    /// shim takes three times as long.
    func environment(with own: [String: String] = [:]) -> [String: String] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return ["PATH": "/usr/bin:/bin:\(path)", "HOME": scratch.path, "LANG": "C.UTF-8"].merging(own) { $1 }
    }

    var events: [MultiplexerEvent] { reported.withLock { $0 } }
    var connections: [String] { events.compactMap { if case .connected(let detail) = $0 { detail } else { nil } } }
    /// Why connections ended or could not be had.
    var refusals: [String] { ends.withLock { $0 } }

    func note(_ event: MultiplexerEvent) { reported.withLock { $0.append(event) } }

    /// Runs the backend beside `body`, and again whenever its connection has ended, as `BackendActor` does.
    /// - Parameters:
    ///   - prepare: what a person does before.
    ///   - awaitsConnection: false: `body` waits for it, or for its refusal.
    ///   - ending: kills all that there is of the multiplexer. Keepers, loops and the directory go here.
    func run(
        _ multiplexer: any Multiplexer, awaitsConnection: Bool = true, prepare: () async throws -> Void = {},
        beside body: () async throws -> Void, ending: () async -> Void
    ) async throws {
        do {
            try await prepare()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [self] in
                    while !Task.isCancelled {
                        do { try await multiplexer.run { [self] event in note(event) } } catch {
                            ends.withLock { $0.append((error as? ReeveError)?.spoken ?? "\(error)") }
                        }
                        try? await Task.sleep(for: .milliseconds(50))
                    }
                }
                if awaitsConnection {
                    let isConnected = await eventually { !connections.isEmpty }
                    #expect(isConnected, "\(refusals)")
                }
                try await body()
                group.cancelAll()
            }
        } catch {
            await tearDown(ending)
            throw error
        }
        await tearDown(ending)
    }

    private func tearDown(_ ending: () async -> Void) async {
        fleet.disconnect()
        await ending()
        try? await loops.shutdownGracefully()
        scratch.remove()
    }
}
