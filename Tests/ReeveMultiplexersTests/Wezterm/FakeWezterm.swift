import Foundation
import Logging
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
    let ground: StageGround
    let server: FakeServer

    static func with(_ body: (FakeWezterm) async throws -> Void) async throws {
        let stage = try FakeWezterm()
        try await stage.ground.run(stage.multiplexer) {
            try await stage.server.start("hidden")
        } beside: {
            try await body(stage)
        } ending: {
            await stage.server.end()
        }
    }

    private init() throws {
        ground = try StageGround()
        server = FakeServer(ground)
        multiplexer = Self.multiplexer(on: server)
    }

    private static func multiplexer(on server: FakeServer, at socketPath: String? = nil) -> WeztermMultiplexer {
        WeztermMultiplexer(
            settings: WeztermSettings(
                binary: StageGround.fake("wezterm"), socketPath: socketPath ?? server.socketPath,
                runtimeDirectory: server.ground.runtimeDirectory, environment: server.environment),
            time: server.ground.time, logger: Logger(label: "test"))
    }

    func successor() throws -> any Multiplexer { Self.multiplexer(on: server) }
    func absent() throws -> any Multiplexer { Self.multiplexer(on: server, at: "\(scratch.path)/nobody") }

    func visit(_ session: Session, _ body: (PersonAtTerminal?) async throws -> Void) async throws {
        try await server.tmux("set-option", "-g", "@people", session.handle.pane)
        try await body(nil)
        try await server.tmux("set-option", "-gu", "@people")
    }

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
            [StageGround.fake("wezterm")] + arguments, environment: environment, input: input.map { Array($0.utf8) },
            timeLimit: .init(.seconds(10), RealTime()))
    }
}

/// The private tmux server under a fake.
final class FakeServer: Sendable {
    let ground: StageGround
    let socketPath: String
    let environment: [String: String]
    private let pid: Mutex<pid_t?> = Mutex(nil)

    init(_ ground: StageGround, with own: [String: String] = [:]) {
        self.ground = ground
        socketPath = "\(ground.scratch.path)/sock"
        environment = ground.environment(with: own.merging(["SHELL": "/bin/sh"]) { $1 })
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
        ground.time.setHung(number == SIGSTOP)
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
