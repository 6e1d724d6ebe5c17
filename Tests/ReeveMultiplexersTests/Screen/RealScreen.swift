import Foundation
import Logging
import Processes
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

/// GNU screen below a private directory, with our backend on it and real keepers in its sessions. Ends with everything killed.
final class RealScreen: Stage {
    let multiplexer: any Multiplexer
    let ground: StageGround
    let settings: ScreenSettings

    static func with(_ body: (RealScreen) async throws -> Void) async throws {
        let stage = try RealScreen()
        try await stage.ground.run(stage.multiplexer) {
            try await body(stage)
        } ending: {
            stage.signal(SIGCONT)
            stage.signal(SIGKILL)
        }
    }

    private init() throws {
        ground = try StageGround()
        settings = ScreenSettings(
            binary: "screen", socketDirectory: "\(ground.scratch.path)/d", runtimeDirectory: ground.runtimeDirectory,
            environment: ground.environment(), hasUserManager: false)
        multiplexer = ScreenMultiplexer(settings: settings, time: RealTime(), logger: Logger(label: "test"))
    }

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

    /// The screen program itself, as a person would use it.
    @discardableResult
    func screen(_ arguments: String...) async throws -> String {
        let output = try await ProcessRunner.run(
            ["screen"] + arguments, environment: settings.callEnvironment, timeLimit: .init(.seconds(5), RealTime()))
        return output.text + output.errors
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
