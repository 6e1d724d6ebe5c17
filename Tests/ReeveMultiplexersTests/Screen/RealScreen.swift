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
        multiplexer = ScreenMultiplexer(settings: settings, time: ground.time, logger: Logger(label: "test"))
    }

    func successor() throws -> any Multiplexer {
        ScreenMultiplexer(settings: settings, time: ground.time, logger: Logger(label: "test"))
    }

    func absent() throws -> any Multiplexer {
        var settings = settings
        settings.binary = "/nowhere/screen"
        return ScreenMultiplexer(settings: settings, time: ground.time, logger: Logger(label: "test"))
    }

    var hasCopyMode: Bool { true }

    func scroll(_ isOn: Bool, in session: Session, _ person: PersonAtTerminal) async throws {
        person.type(isOn ? "\u{1}[" : "q")
    }

    func hang() async throws {
        signal(SIGSTOP)
        for pid in servers() { await awaitStop(Int(pid)) }
    }
    func wake() async throws { signal(SIGCONT) }
    func kill() async throws { signal(SIGKILL) }

    /// To every server below our directory: they are told by their own command lines.
    private func signal(_ number: Int32) {
        ground.time.setHung(number == SIGSTOP)
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
            ["screen"] + arguments, environment: settings.callEnvironment, timeLimit: .init(.seconds(60), RealTime()))
        return output.text + output.errors
    }
}
