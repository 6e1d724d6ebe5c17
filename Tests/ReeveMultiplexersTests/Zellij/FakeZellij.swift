import Foundation
import Logging
import Processes
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

/// A stand-in for zellij with our backend connected to it and real keepers in its panes. Ends with everything killed.
final class FakeZellij: Stage {
    /// Where the agents are.
    enum Placement: Sendable { case alone, inPersonsSession, inPersonsSessionWithoutThem }

    static let program = StageGround.fake("zellij")
    static let personsSession = "work"

    let zellij: ZellijMultiplexer
    let ground: StageGround
    let environment: [String: String]
    private let settings: ZellijSettings

    var multiplexer: any Multiplexer { zellij }

    static func with(_ body: (FakeZellij) async throws -> Void) async throws {
        try await with(version: "0.45.0", .alone, body)
    }

    /// - Parameter pause: between two looks at what nobody tells.
    static func with(
        version: String, _ placement: Placement, pause: Duration = .seconds(3), _ body: (FakeZellij) async throws -> Void
    ) async throws {
        let stage = try FakeZellij(version: version, placement, pause)
        try await stage.ground.run(stage.zellij) {
            guard placement != .alone else { return }
            try await stage.personComes(stays: placement == .inPersonsSession)
        } beside: {
            try await body(stage)
        } ending: {
            stage.set("hang", false)
            _ = try? await stage.zellij("fake-end")
        }
    }

    private init(version: String, _ placement: Placement, _ pause: Duration) throws {
        // Everything that a layout's quotes have to hold.
        ground = try StageGround(runtime: "r \"q\" $x \\")
        environment = ground.environment(with: [
            "FAKE_ZELLIJ_HOME": try ground.scratch.directory("z"), "FAKE_ZELLIJ_VERSION": version,
        ])
        settings = ZellijSettings(
            binary: Self.program, session: placement == .alone ? nil : Self.personsSession, requireInZellij: false, prefix: "op-",
            instance: "inst", runtimeDirectory: ground.runtimeDirectory, environment: environment, hasUserManager: false)
        zellij = ZellijMultiplexer(
            settings: settings, group: ground.loops, time: ground.time, logger: Logger(label: "test"), pause: pause)
    }

    func successor() throws -> any Multiplexer {
        ZellijMultiplexer(settings: settings, group: ground.loops, time: ground.time, logger: Logger(label: "test"))
    }

    func absent() throws -> any Multiplexer {
        var settings = settings
        settings.binary = "/nowhere/zellij"
        return ZellijMultiplexer(settings: settings, group: ground.loops, time: ground.time, logger: Logger(label: "test"))
    }

    var column: String { "sessions of their own, 0.45.0" }
    var boundless: String? { "the stand-in does not know where a pane is in its tab" }

    /// - Parameter stays: they have the session in front of them afterwards.
    func personComes(stays: Bool) async throws {
        try await zellij("attach", "--create-background", Self.personsSession)
        if stays { try await zellij("fake-attach", Self.personsSession) }
    }

    /// What the next daemon has under another setting of the place, connected while `body` runs.
    func moved(to session: String?, _ body: (ZellijMultiplexer) async throws -> Void) async throws {
        var settings = settings
        settings.session = session
        let other = ZellijMultiplexer(
            settings: settings, group: ground.loops, time: ground.time, logger: Logger(label: "test"))
        let connection = OpenConnection(of: other)
        #expect(await eventually { connection.isUp })
        do { try await body(other) } catch {
            _ = await connection.ends()
            throw error
        }
        #expect(await connection.ends())
    }

    /// Each agent has a session of its own, and nobody in one can be taken to another.
    var hasOneView: Bool { settings.session != nil }

    func visit(_ session: Session, _ body: (PersonAtTerminal?) async throws -> Void) async throws {
        try await zellij("fake-attach", session.handle.session)
        try await body(nil)
        try await zellij("fake-detach", session.handle.session)
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

    /// Sets a switch of the stand-in: `hang`, `timeout`, `unanswered`.
    func set(_ name: String, _ isOn: Bool) {
        let path = "\(scratch.path)/z/\(name)"
        if isOn { _ = FileManager.default.createFile(atPath: path, contents: nil) } else { unlink(path) }
    }

    func hang() async throws {
        ground.time.setHung(true)
        set("hang", true)
    }
    func wake() async throws {
        ground.time.setHung(false)
        set("hang", false)
    }
    func kill() async throws { try await zellij("fake-end") }
}

/// The same with tabs in the session of a person who has it in front of them, with the oldest version that is not refused.
final class FakeZellijTabs: Stage {
    private let stage: FakeZellij

    private init(_ stage: FakeZellij) { self.stage = stage }

    var multiplexer: any Multiplexer { stage.multiplexer }
    var ground: StageGround { stage.ground }
    var column: String { "tabs of yours, 0.44.1" }
    var boundless: String? { stage.boundless }
    func hang() async throws { try await stage.hang() }
    func wake() async throws { try await stage.wake() }
    func kill() async throws { try await stage.kill() }
    func successor() throws -> any Multiplexer { try stage.successor() }
    func absent() throws -> any Multiplexer { try stage.absent() }

    /// Their session ended with everything else.
    func relaunch() async throws { try await stage.personComes(stays: true) }

    /// They go to the agent's tab, and back to where they were.
    func visit(_ session: Session, _ body: (PersonAtTerminal?) async throws -> Void) async throws {
        let tab = try #require(ZellijEpoch(session.handle.epoch)).tab
        let before = try #require(try await tabs().first(where: \.isActive)).id
        try await stage.zellij("fake-focus", session.handle.session, "\(tab)")
        try await body(nil)
        try await stage.zellij("fake-focus", session.handle.session, "\(before)")
    }

    private func tabs() async throws -> [ZellijTab] {
        let text = try await stage.zellij("--session", FakeZellij.personsSession, "action", "list-tabs", "--json")
        return try #require(ZellijTab.list(text))
    }

    static func with(_ body: (FakeZellijTabs) async throws -> Void) async throws {
        try await FakeZellij.with(version: "0.44.1", .inPersonsSession) { try await body(FakeZellijTabs($0)) }
    }
}
