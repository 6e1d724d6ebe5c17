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

/// `Tests/Fakes/wezterm` with our backend on it and real keepers in its panes. The mux server is a private tmux server. Ends with
/// everything killed.
final class FakeWezterm: Stage {
    let multiplexer: any Multiplexer
    let fleet: KeeperFleet
    let scratch: Scratch
    let server: FakeServer
    private let seen: Mutex<[MultiplexerEvent]> = Mutex([])
    private let loops: MultiThreadedEventLoopGroup

    static func with(_ body: (FakeWezterm) async throws -> Void) async throws {
        let stage = try FakeWezterm()
        do {
            try await stage.server.start("hidden")
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
        multiplexer = WeztermMultiplexer(
            settings: WeztermSettings(
                binary: FakeServer.program("wezterm"), socketPath: server.socketPath, environment: server.environment),
            time: RealTime(), logger: Logger(label: "test"))
        fleet = KeeperFleet(
            program: Programs.path("reeve-keeper"), runtimeDirectory: runtime, stateDirectory: state, group: loops,
            time: RealTime(), logger: Logger(label: "test"))
    }

    func events() -> [MultiplexerEvent] { seen.withLock { $0 } }

    func hang() async throws { try await server.signal(SIGSTOP) }
    func wake() async throws { try await server.signal(SIGCONT) }

    /// A server that has ended is started by nobody of ours; a person does that.
    func kill() async throws {
        try await server.signal(SIGKILL)
        try await server.start("hidden")
    }

    /// The fake itself, as a person would use it.
    func wezterm(_ arguments: String..., input: String? = nil) async throws -> ProcessRunner.Output {
        var environment = server.environment
        environment["WEZTERM_UNIX_SOCKET"] = server.socketPath
        return try await ProcessRunner.run(
            [FakeServer.program("wezterm")] + arguments, environment: environment, input: input.map { Array($0.utf8) },
            timeLimit: .init(.seconds(10), RealTime()))
    }

    private func tearDown() async {
        fleet.disconnect()
        await server.end()
        try? await loops.shutdownGracefully()
        scratch.remove()
    }
}

/// The private tmux server under a fake.
final class FakeServer: Sendable {
    let socketPath: String
    let environment: [String: String]
    private let pid: Mutex<pid_t?> = Mutex(nil)

    init(socketPath: String, home: String) {
        self.socketPath = socketPath
        environment = [
            // The system's own Python first: every call starts one, and wrappers of other ones are slow.
            "PATH": "/usr/bin:/bin:" + (ProcessInfo.processInfo.environment["PATH"] ?? ""), "HOME": home, "LANG": "C.UTF-8",
            "SHELL": "/bin/sh",
        ]
    }

    /// A program of `Tests/Fakes`.
    static func program(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Fakes/\(name)")
            .standardizedFileURL
            .path
    }

    func start(_ sessions: String...) async throws {
        for session in sessions {
            try await tmux("new-session", "-d", "-s", session, "-x", "120", "-y", "40", "--", "tail", "-f", "/dev/null")
        }
        let text = try await tmux("display-message", "-p", "-t", sessions.first ?? "", "#{pid}")
        pid.withLock { $0 = pid_t(text.filter(\.isNumber)) }
    }

    func signal(_ number: Int32) async throws {
        guard let pid = pid.withLock({ $0 }) else { return }
        kill(pid, number)
        if number == SIGSTOP { await awaitStop(Int(pid)) }
        guard number == SIGKILL else { return }
        #expect(await eventually { ["Z", "X", nil].contains(ProcessTable.state(Int(pid))) })
    }

    func end() async {
        try? await signal(SIGCONT)
        try? await signal(SIGKILL)
    }

    @discardableResult
    func tmux(_ arguments: String...) async throws -> String {
        let output = try await ProcessRunner.run(
            ["tmux", "-u", "-S", socketPath, "-f", "/dev/null"] + arguments, environment: environment)
        return output.text + output.errors
    }
}
