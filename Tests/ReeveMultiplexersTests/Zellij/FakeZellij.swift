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

/// A stand-in for zellij with our backend connected to it and real keepers in its panes. Ends with everything killed.
final class FakeZellij: Stage {
    /// Where the agents are.
    enum Placement: Sendable { case alone, inPersonsSession, inPersonsSessionWithoutThem }

    static let program =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Fakes/zellij").standardized.path
    static let personsSession = "work"

    let zellij: ZellijMultiplexer
    let fleet: KeeperFleet
    let scratch: Scratch
    let runtimeDirectory: String
    private let reported: Mutex<[MultiplexerEvent]> = Mutex([])
    private let environment: [String: String]
    private let loops: MultiThreadedEventLoopGroup

    var multiplexer: any Multiplexer { zellij }
    func events() -> [MultiplexerEvent] { reported.withLock { $0 } }

    static func with(_ body: (FakeZellij) async throws -> Void) async throws {
        try await with(version: "0.45.0", .alone, body)
    }

    /// - Parameter pause: between two looks at what nobody tells.
    static func with(
        version: String, _ placement: Placement, pause: Duration = .seconds(3), _ body: (FakeZellij) async throws -> Void
    ) async throws {
        let stage = try FakeZellij(version: version, placement, pause)
        do {
            if placement != .alone {
                try await stage.zellij("attach", "--create-background", personsSession)
                if placement == .inPersonsSession { try await stage.zellij("fake-attach", personsSession) }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                // Again when it has ended, as `BackendActor` does.
                group.addTask {
                    while !Task.isCancelled {
                        try? await stage.zellij.run { event in stage.reported.withLock { $0.append(event) } }
                        try? await Task.sleep(for: .milliseconds(50))
                    }
                }
                #expect(
                    await eventually {
                        stage.events().contains { if case .connected = $0 { true } else { false } }
                    })
                try await body(stage)
                group.cancelAll()
            }
        } catch {
            await stage.tearDown()
            throw error
        }
        await stage.tearDown()
    }

    private init(version: String, _ placement: Placement, _ pause: Duration) throws {
        scratch = try Scratch()
        loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        // Everything that a layout's quotes have to hold.
        let runtime = try scratch.directory("r \"q\" $x \\")
        let state = try scratch.directory("s")
        runtimeDirectory = runtime
        _ = try scratch.directory("r \"q\" $x \\/sessions")
        _ = try scratch.directory("s/launches")
        environment = [
            // The system's own python starts in a third of the time of one behind a shim.
            "PATH": "/usr/bin:/bin:" + (ProcessInfo.processInfo.environment["PATH"] ?? ""), "HOME": scratch.path,
            "LANG": "C.UTF-8",
            "FAKE_ZELLIJ_HOME": try scratch.directory("z"), "FAKE_ZELLIJ_VERSION": version,
        ]
        zellij = ZellijMultiplexer(
            settings: ZellijSettings(
                binary: Self.program, session: placement == .alone ? nil : Self.personsSession, requireInZellij: false,
                prefix: "op-",
                instance: "inst", runtimeDirectory: runtime, environment: environment, hasUserManager: false),
            group: loops, time: RealTime(), logger: Logger(label: "test"), pause: pause)
        fleet = KeeperFleet(
            program: Programs.path("reeve-keeper"), runtimeDirectory: runtime, stateDirectory: state, group: loops,
            time: RealTime(), logger: Logger(label: "test"))
    }

    func request(_ name: String) -> SpawnRequest {
        let id = Samples.session("s" + name.filter { $0.isLetter || $0.isNumber }.prefix(20))
        return SpawnRequest(id: id, name: Samples.name(name), arguments: fleet.command(for: id), owner: "inst")
    }

    /// A session with a keeper in it, running `command`.
    func session(_ name: String, _ command: [String]) async throws -> (handle: TerminalHandle, id: SessionID) {
        let request = request(name)
        let id = request.id
        let handle = try await zellij.spawn(request)
        try await fleet.await(id)
        _ = try await fleet.run(
            LaunchOrder(
                id: Samples.launchID("L-" + id.text), label: command[0], arguments: command, directory: "/",
                environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"], standardInput: nil), in: id)
        return (handle, id)
    }

    /// The keeper's process, as the kernel knows it: the one that holds the session's lock has its id in its command.
    func keeper(of id: SessionID) async throws -> pid_t {
        let found = try await ProcessRunner.run(["pgrep", "-f", "^[^ ]*/reeve-keeper \(id) "], environment: environment)
        return found.text.split(separator: "\n").first.flatMap { pid_t($0) } ?? 0
    }

    /// The program itself, as a person would use it.
    @discardableResult
    func zellij(_ arguments: String...) async throws -> String {
        let output = try await ProcessRunner.run([Self.program] + arguments, environment: environment)
        return output.text + output.errors
    }

    /// The tab in front of the person.
    func activeTab() async throws -> String? {
        ZellijTab.list(try await zellij("--session", Self.personsSession, "action", "list-tabs", "--json"))?.first(
            where: \.isActive)?
            .name
    }

    /// Sets a switch of the stand-in: `hang`, `timeout`.
    func set(_ name: String, _ isOn: Bool) {
        let path = "\(scratch.path)/z/\(name)"
        if isOn { _ = FileManager.default.createFile(atPath: path, contents: nil) } else { unlink(path) }
    }

    func hang() async throws { set("hang", true) }
    func wake() async throws { set("hang", false) }
    func kill() async throws { try await zellij("fake-end") }

    private func tearDown() async {
        set("hang", false)
        fleet.disconnect()
        _ = try? await zellij("fake-end")
        try? await loops.shutdownGracefully()
        scratch.remove()
    }
}
