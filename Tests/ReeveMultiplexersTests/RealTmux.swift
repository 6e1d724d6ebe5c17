import Foundation
import Logging
import Processes
import ReeveModel
import ReeveTestSupport
import Synchronization
import Testing

@testable import ReeveMultiplexers

/// A private tmux server with our backend connected to it and real keepers in its sessions. Ends with everything killed.
final class RealTmux: Stage {
    let tmuxMultiplexer: TmuxMultiplexer
    var multiplexer: any Multiplexer { tmuxMultiplexer }
    let ground: StageGround
    static let socketName = "rv-test"
    var socketName: String { Self.socketName }
    private let environment: [String: String]

    static func with(_ body: (RealTmux) async throws -> Void) async throws {
        let stage = try RealTmux()
        try await stage.ground.run(stage.multiplexer) {
            try await body(stage)
        } ending: {
            _ = try? await stage.tmux("kill-server")
        }
    }

    private init() throws {
        ground = try StageGround()
        // tmux leaves the file of a dead server's socket behind; here it goes with the rest.
        environment = ground.environment(with: ["TMUX_TMPDIR": try ground.scratch.directory("t")])
        tmuxMultiplexer = Self.multiplexer(on: ground, environment)
    }

    private static func multiplexer(
        on ground: StageGround, _ environment: [String: String], binary: String = "tmux"
    ) -> TmuxMultiplexer {
        TmuxMultiplexer(
            settings: TmuxSettings(
                binary: binary, socketName: socketName, configFile: "", keepSession: "op-keep", instance: "inst",
                runtimeDirectory: ground.runtimeDirectory, environment: environment, hasUserManager: false),
            group: ground.loops, time: ground.time, logger: Logger(label: "test"))
    }

    func successor() throws -> any Multiplexer { try successor(with: [:]) }
    func successor(with own: [String: String]) throws -> any Multiplexer {
        Self.multiplexer(on: ground, environment.merging(own) { $1 })
    }

    func absent() throws -> any Multiplexer { Self.multiplexer(on: ground, environment, binary: "/nowhere/tmux") }

    var hasCopyMode: Bool { true }

    /// Not by keys: two that come within a millisecond tmux takes for pasted ones (`assume-paste-time`).
    func scroll(_ isOn: Bool, in session: Session, _ person: PersonAtTerminal) async throws {
        let pane = session.handle.pane
        if isOn { try await tmux("copy-mode", "-t", pane) } else { try await tmux("send-keys", "-t", pane, "-X", "cancel") }
    }

    /// Where the server listens.
    var socketPath: String { "\(scratch.path)/t/tmux-\(getuid())/\(socketName)" }

    func personal(_ name: String) async throws { try await tmux("new-session", "-d", "-s", name, "--", "sleep", "100") }

    private func server() async throws -> pid_t {
        pid_t(try await tmux("display-message", "-p", "#{pid}").split(separator: "\n").first ?? "") ?? 0
    }
    private let stopped = Mutex<pid_t>(0)

    func hang() async throws {
        ground.time.setHung(true)
        let pid = try await server()
        stopped.withLock { $0 = pid }
        #expect(Glibc.kill(pid, SIGSTOP) == 0)
        await awaitStop(Int(pid))
    }
    func wake() async throws {
        ground.time.setHung(false)
        #expect(Glibc.kill(stopped.withLock { $0 }, SIGCONT) == 0)
    }
    func kill() async throws {
        ground.time.setHung(false)
        #expect(Glibc.kill(try await server(), SIGKILL) == 0)
    }

    /// The tmux program itself, as a person would use it.
    @discardableResult
    func tmux(_ arguments: String...) async throws -> String {
        let output = try await ProcessRunner.run(["tmux", "-u", "-L", socketName] + arguments, environment: environment)
        return output.text + output.errors
    }
}
