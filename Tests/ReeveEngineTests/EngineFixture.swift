import Foundation
import Logging
import ReeveEngine
import ReeveModel
import ReeveTestSupport
import Synchronization
import Testing

/// A whole engine on fakes: the journal in memory, the world in memory, time that runs.
final class EngineFixture: Sendable {
    struct RunningTime: TimeSource {
        private static let start = ContinuousClock.now
        func wall() -> Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
        func uptime() -> Duration { Self.start.duration(to: .now) }
        func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
    }

    /// A clock on which no deadline ever comes: what happens then happens for another reason.
    struct EndlessTime: TimeSource {
        func wall() -> Timestamp { RunningTime().wall() }
        func uptime() -> Duration { .zero }
        func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
    }

    let engine: Engine
    let journal: MemoryJournal
    let world: FakeWorld

    static func with(
        journal: MemoryJournal = MemoryJournal(), world: FakeWorld = FakeWorld(), others: [FakeWorld] = [], ids: String = "t",
        time: any TimeSource = RunningTime(), workflows: any Workflows = PlainWorkflows(),
        _ change: (inout EngineSettings) -> Void = { _ in },
        _ body: (EngineFixture) async throws -> Void
    ) async throws {
        let fixture = EngineFixture(
            journal: journal, world: world, others: others, ids: ids, time: time, workflows: workflows, change)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await fixture.engine.run() }
            #expect(
                await eventually {
                    let picture = fixture.engine.board.picture
                    return fixture.isRecovered && picture.backends.first?.isUp == true && picture.hold == nil
                })
            do { try await body(fixture) } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
    }

    private init(
        journal: MemoryJournal, world: FakeWorld, others: [FakeWorld], ids: String, time: any TimeSource,
        workflows: any Workflows,
        _ change: (inout EngineSettings) -> Void
    ) {
        var settings = EngineSettings(
            limits: QueueLimits(maxParallel: 3), retry: RetryPolicy(), defaultAgent: "claude", sessionPrefix: "op-",
            linger: .seconds(600),
            rungTimeout: .milliseconds(60), lastResort: .signal, readyTimeout: .seconds(1),
            kinds: Dictionary(
                uniqueKeysWithValues: ["claude", "codex"].map { ($0, AgentKind(name: $0, start: [$0], enterDelay: .zero)) }))
        change(&settings)
        let (incoming, line) = AsyncStream<[StoredEvent]>.makeStream()
        journal.onCommit { line.yield($0) }
        let box = RecoveredBox()
        engine = Engine(
            journal: journal, incoming: incoming, cursor: journal.cursor, multiplexer: world,
            others: others, keepers: world, environment: world,
            workflows: workflows, settings: LiveSettings(settings), instance: "inst", time: time, ids: CountingIDs(prefix: ids),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, onRecovered: { box.set() })
        self.journal = journal
        self.world = world
        self.box = box
    }

    private let box: RecoveredBox
    var isRecovered: Bool { box.isSet }

    func add(_ name: String, agent: String? = nil, after: [String] = [], project: String? = nil, priority: Priority = .p2)
        async throws
    {
        _ = try await engine.queue.create(
            NewTicket(
                id: Samples.id(name), title: name, project: project, agent: agent, priority: priority,
                after: after.map { Samples.id($0) }))
    }

    func awaitState(_ name: String, _ state: AgentState) async -> Bool {
        await eventually { engine.board.agent(Samples.id(name))?.state == state }
    }

    func awaitTicket(_ name: String, _ state: TicketState) async throws -> Bool {
        try await eventually { try await journal.ticket(Samples.id(name))?.state == state }
    }

    func launch(of name: String) -> LaunchID? { engine.board.agent(Samples.id(name))?.launch }

    func end(_ name: String, _ exit: Exit = .code(0)) throws { world.end(try #require(launch(of: name)), exit) }
}

private final class RecoveredBox: Sendable {
    private let value = Mutex(false)
    var isSet: Bool { value.withLock { $0 } }
    func set() { value.withLock { $0 = true } }
}
