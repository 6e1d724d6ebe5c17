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

/// A private tmux server with our backend connected to it and real keepers in its sessions. Ends with everything killed.
final class RealTmux: Stage {
    let tmuxMultiplexer: TmuxMultiplexer
    var multiplexer: any Multiplexer { tmuxMultiplexer }
    let fleet: KeeperFleet
    let socketName: String
    let scratch: Scratch
    private let reported: Mutex<[MultiplexerEvent]> = Mutex([])
    private let environment: [String: String]
    private let loops: MultiThreadedEventLoopGroup

    static func with(_ body: (RealTmux) async throws -> Void) async throws {
        let tmux = try RealTmux()
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                // Again when it has ended, as `BackendActor` does: on a busy machine tmux may be slow to come up.
                group.addTask {
                    while !Task.isCancelled {
                        try? await tmux.multiplexer.run { event in tmux.note(event) }
                        try? await Task.sleep(for: .milliseconds(50))
                    }
                }
                #expect(await tmux.isConnected())
                try await body(tmux)
                group.cancelAll()
            }
        } catch {
            await tmux.tearDown()
            throw error
        }
        await tmux.tearDown()
    }

    private init() throws {
        scratch = try Scratch()
        socketName = "rv-test"
        loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let runtime = try scratch.directory("r")
        let state = try scratch.directory("s")
        _ = try scratch.directory("r/sessions")
        _ = try scratch.directory("s/launches")
        environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": scratch.path, "LANG": "C.UTF-8",
            // tmux leaves the file of a dead server's socket behind; here it goes with the rest.
            "TMUX_TMPDIR": try scratch.directory("t"),
        ]
        tmuxMultiplexer = TmuxMultiplexer(
            settings: TmuxSettings(
                binary: "tmux", socketName: socketName, configFile: "", keepSession: "op-keep", instance: "inst",
                runtimeDirectory: runtime,
                environment: environment, hasUserManager: false),
            group: loops, time: RealTime(), logger: Logger(label: "test"))
        fleet = KeeperFleet(
            program: Programs.path("reeve-keeper"), runtimeDirectory: runtime, stateDirectory: state, group: loops,
            time: RealTime(),
            logger: Logger(label: "test"))
    }

    /// Where the server listens.
    var socketPath: String { "\(scratch.path)/t/tmux-\(getuid())/\(socketName)" }

    func isConnected() async -> Bool {
        await eventually { events().contains { if case .connected = $0 { true } else { false } } }
    }

    func events() -> [MultiplexerEvent] { reported.withLock { $0 } }
    func note(_ event: MultiplexerEvent) { reported.withLock { $0.append(event) } }

    func personal(_ name: String) async throws { try await tmux("new-session", "-d", "-s", name, "--", "sleep", "100") }

    private func server() async throws -> pid_t {
        pid_t(try await tmux("display-message", "-p", "#{pid}").split(separator: "\n").first ?? "") ?? 0
    }
    private let stopped = Mutex<pid_t>(0)

    func hang() async throws {
        let pid = try await server()
        stopped.withLock { $0 = pid }
        #expect(Glibc.kill(pid, SIGSTOP) == 0)
        await awaitStop(Int(pid))
    }
    func wake() async throws { #expect(Glibc.kill(stopped.withLock { $0 }, SIGCONT) == 0) }
    func kill() async throws { #expect(Glibc.kill(try await server(), SIGKILL) == 0) }

    /// A session with a keeper in it, running `command`.
    func session(_ name: String, _ command: [String]) async throws -> (handle: TerminalHandle, id: SessionID) {
        let id = Samples.session("s" + name.filter { $0.isLetter || $0.isNumber }.prefix(20))
        let handle = try await multiplexer.spawn(
            SpawnRequest(id: id, name: Samples.name(name), arguments: fleet.command(for: id), owner: "inst"))
        try await fleet.await(id)
        _ = try await fleet.run(
            LaunchOrder(
                id: Samples.launchID("L-" + id.text), label: command[0], arguments: command, directory: "/",
                environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"], standardInput: nil), in: id)
        return (handle, id)
    }

    /// The tmux program itself, as a person would use it.
    @discardableResult
    func tmux(_ arguments: String...) async throws -> String {
        let output = try await ProcessRunner.run(["tmux", "-u", "-L", socketName] + arguments, environment: environment)
        return output.text + output.errors
    }

    private func tearDown() async {
        fleet.disconnect()
        _ = try? await tmux("kill-server")
        try? await loops.shutdownGracefully()
        scratch.remove()
    }
}
