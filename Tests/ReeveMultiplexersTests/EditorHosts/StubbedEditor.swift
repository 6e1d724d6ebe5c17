import Foundation
import Logging
import ReeveControl
import ReeveModel
import ReeveTestSupport
import ServiceLifecycle
import Synchronization
import Testing

@testable import ReeveDaemon
@testable import ReeveMultiplexers

/// A window of the stub of VS Code (`contrib/vscode/test/stub`: `vscode.d.ts` 1.93) with the extension's own connection and terminals in it, and
/// the daemon's own socket and desk at the other end. Real keepers in real pseudo-terminals.
final class StubbedEditor: Stage {
    let ground: StageGround
    private let editor: EditorMultiplexer
    private let services: ServiceGroup
    private let window: Mutex<SpawnedProgram?> = Mutex(nil)

    var multiplexer: any Multiplexer { editor }

    /// The stub's terminals are made by python3.
    static var canRun: Bool { ["node", "python3"].allSatisfy { program($0) != nil } }

    private static func program(_ name: String) -> String? {
        ["/usr/local/bin", "/usr/bin", "/bin"].map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static func with(_ body: (StubbedEditor) async throws -> Void) async throws {
        let stage = try StubbedEditor()
        try await stage.ground.run(stage.editor, awaitsConnection: false) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await stage.services.run() }
                try await stage.relaunch()
                try await body(stage)
                try await stage.kill()
                await stage.services.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        } ending: {
            if stage.window.withLock({ $0?.isRunning }) == true { stage.signal(SIGKILL) }
        }
    }

    private init() throws {
        ground = try StageGround()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let fleet = ground.fleet
        let editor = EditorMultiplexer(name: "vscode", time: ground.time) { await fleet.isAlive($0) }
        let desk = HostDesk(multiplexers: [editor], instance: "inst", directory: "/", ids: CountingIDs(prefix: "host"))
        let (registered, registrations) = AsyncStream<String>.makeStream()
        var router = Router(ledger: IdempotencyLedger(journal: MemoryJournal()))
        desk.serve(on: &router, telling: registrations)
        services = ServiceGroup(
            services: [
                HostService(desk: desk, registered: registered),
                ControlServer(
                    listener: try ListeningSocket(path: "\(ground.scratch.path)/sock"), router: router, feed: NoEvents(),
                    group: ground.loops, logger: logger),
            ], logger: logger)
        self.editor = editor
    }

    private func signal(_ number: Int32) {
        ground.time.setHung(number == SIGSTOP)
        if let pid = window.withLock({ $0?.processIdentifier }) { _ = Foundation.kill(pid, number) }
    }

    func hang() async throws {
        signal(SIGSTOP)
        await awaitStop(Int(try #require(window.withLock { $0?.processIdentifier })))
    }

    func wake() async throws { signal(SIGCONT) }

    func successor() throws -> any Multiplexer {
        throw ReeveError.unavailable("the windows are connected to one daemon, and their terminals end with them")
    }

    /// The windows come to one daemon: it is the same for whoever asks.
    func bystander() throws -> any Multiplexer { editor }

    /// No window has come to it.
    func absent() throws -> any Multiplexer {
        let fleet = ground.fleet
        return EditorMultiplexer(name: "vscode", time: ground.time) { await fleet.isAlive($0) }
    }

    var boundless: String? { "an editor opens further terminals beside one, however small they are" }

    /// Its terminals end with it.
    func kill() async throws {
        signal(SIGKILL)
        #expect(await eventually { editor.titles.isEmpty })
    }

    func relaunch() async throws {
        let stub = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../contrib/vscode/test/stub/window.js").standardized.path
        let log = "\(scratch.path)/window.log"
        let program = try SpawnedProgram(
            [try #require(Self.program("node")), stub, "\(scratch.path)/sock"],
            environment: ground.environment(), output: .file(log),
            errors: .file(log))
        window.withLock { $0 = program }
        let isThere = await eventually { !editor.titles.isEmpty && !events().isEmpty }
        #expect(isThere, "\((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")")
    }
}

private struct NoEvents: EventFeed {
    func newest() async -> Int64 { 0 }
    func next(after cursor: Int64, limit: Int) async throws -> (events: [StoredEvent], isLagging: Bool) {
        try await Task.sleep(for: .seconds(3600))
        return ([], false)
    }
}
