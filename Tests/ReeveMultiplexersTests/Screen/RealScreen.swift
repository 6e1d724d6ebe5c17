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

/// GNU screen below a private directory, with our backend on it and real keepers in its sessions. Ends with everything killed.
final class RealScreen: Stage {
    let multiplexer: any Multiplexer
    let fleet: KeeperFleet
    let scratch: Scratch
    let settings: ScreenSettings
    private let seen: Mutex<[MultiplexerEvent]> = Mutex([])
    private let loops: MultiThreadedEventLoopGroup

    static func with(_ body: (RealScreen) async throws -> Void) async throws {
        let screen = try RealScreen()
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !Task.isCancelled {
                        try? await screen.multiplexer.run { event in screen.seen.withLock { $0.append(event) } }
                        try? await Task.sleep(for: .milliseconds(50))
                    }
                }
                #expect(await eventually { !screen.events().isEmpty })
                try await body(screen)
                group.cancelAll()
            }
        } catch {
            await screen.tearDown()
            throw error
        }
        await screen.tearDown()
    }

    private init() throws {
        scratch = try Scratch()
        loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let runtime = try scratch.directory("r")
        let state = try scratch.directory("s")
        _ = try scratch.directory("r/sessions")
        _ = try scratch.directory("s/launches")
        settings = ScreenSettings(
            binary: "screen", socketDirectory: "\(scratch.path)/d", runtimeDirectory: runtime,
            environment: [
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": scratch.path, "LANG": "C.UTF-8",
            ], hasUserManager: false)
        multiplexer = ScreenMultiplexer(settings: settings, time: RealTime(), logger: Logger(label: "test"))
        fleet = KeeperFleet(
            program: Programs.path("reeve-keeper"), runtimeDirectory: runtime, stateDirectory: state, group: loops,
            time: RealTime(), logger: Logger(label: "test"))
    }

    func events() -> [MultiplexerEvent] { seen.withLock { $0 } }

    func hang() async throws {
        signal(SIGSTOP)
        for pid in servers() { await awaitStop(Int(pid)) }
    }
    func wake() async throws { signal(SIGCONT) }
    func kill() async throws { signal(SIGKILL) }

    /// To every server below our directory: they are told by their own command lines.
    private func signal(_ number: Int32) {
        for pid in servers() { _ = Foundation.kill(pid, number) }
    }

    private func servers() -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: settings.socketDirectory)) ?? []
        return Set(names.compactMap { name in name.split(separator: ".").first.flatMap { pid_t($0) } }).filter { pid in
            ProcessTable.arguments(Int(pid))?.contains(settings.configPath) == true
        }
    }

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

    /// The screen program itself, as a person would use it.
    @discardableResult
    func screen(_ arguments: String...) async throws -> String {
        let output = try await ProcessRunner.run(
            ["screen"] + arguments, environment: settings.callEnvironment, timeLimit: .init(.seconds(5), RealTime()))
        return output.text + output.errors
    }

    private func tearDown() async {
        fleet.disconnect()
        signal(SIGCONT)
        signal(SIGKILL)
        try? await loops.shutdownGracefully()
        scratch.remove()
    }
}

/// A person in front of a session: a terminal of their own with `screen -x` in it.
final class ScreenPerson: Sendable {
    private let terminal: Int32
    private let program: Task<Void, Never>
    private let reader: Task<Void, Never>

    init(_ command: AttachCommand, _ settings: ScreenSettings) throws {
        var controller: Int32 = -1
        var theirs: Int32 = -1
        var size = winsize()
        size.ws_col = 100
        size.ws_row = 30
        try #require(openpty(&controller, &theirs, nil, nil, &size) == 0)
        for descriptor in [controller, theirs] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(controller, F_SETFL, O_NONBLOCK)
        let (ours, other) = (controller, theirs)
        terminal = ours
        program = Task {
            _ = try? await ProcessRunner.attach(command.arguments, environment: settings.callEnvironment, descriptor: other)
        }
        reader = Task {
            var chunk = [UInt8](repeating: 0, count: 65_536)
            while !Task.isCancelled {
                while read(ours, &chunk, chunk.count) > 0 {}
                try? await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    func type(_ text: String) { _ = write(terminal, text, text.utf8.count) }

    /// Closes the terminal's window.
    func leave() async {
        reader.cancel()
        await reader.value
        close(terminal)
        program.cancel()
        await program.value
    }
}
