import Logging
package import ReeveEngine
package import ReeveModel
import Synchronization

/// A whole engine on fakes: the journal in memory, the world in memory, time that runs.
package final class EngineFixture: Sendable {
    /// A clock on which no deadline ever comes: what happens then happens for another reason.
    package struct EndlessTime: TimeSource {
        package init() {}
        package func wall() -> Timestamp { RealTime().wall() }
        package func uptime() -> Duration { .zero }
        package func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
    }

    package enum Failure: Error {
        case neverReady
        /// The ticket has no agent.
        case noLaunch(String)
    }

    package let engine: Engine
    package let journal: MemoryJournal
    package let world: FakeWorld

    package static func with(
        journal: MemoryJournal = MemoryJournal(), world: FakeWorld = FakeWorld(), others: [FakeWorld] = [], ids: String = "t",
        time: any TimeSource = RealTime(), workflows: any Workflows = PlainWorkflows(), worktrees: (any Worktrees)? = nil,
        _ change: (inout EngineSettings) -> Void = { _ in },
        _ body: (EngineFixture) async throws -> Void
    ) async throws {
        let fixture = EngineFixture(
            journal: journal, world: world, others: others, ids: ids, time: time, workflows: workflows, worktrees: worktrees,
            change)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await fixture.engine.run() }
            do {
                let isReady = await eventually {
                    let picture = fixture.engine.board.picture
                    return fixture.isRecovered && picture.backends.first?.isUp == true && picture.hold == nil
                }
                guard isReady else { throw Failure.neverReady }
                try await body(fixture)
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
    }

    private init(
        journal: MemoryJournal, world: FakeWorld, others: [FakeWorld], ids: String, time: any TimeSource,
        workflows: any Workflows, worktrees: (any Worktrees)?,
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
            workflows: workflows, worktrees: worktrees, settings: LiveSettings(settings), instance: "inst", time: time,
            ids: CountingIDs(prefix: ids),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, onRecovered: { box.set() })
        self.journal = journal
        self.world = world
        self.box = box
    }

    private let box: RecoveredBox
    package var isRecovered: Bool { box.isSet }

    package func add(_ name: String, agent: String? = nil, after: [String] = [], project: String? = nil, priority: Priority = .p2)
        async throws
    {
        _ = try await engine.queue.create(
            NewTicket(
                id: Samples.id(name), title: name, project: project, agent: agent, priority: priority,
                after: after.map { Samples.id($0) }))
    }

    package func awaitState(_ name: String, _ state: AgentState) async -> Bool {
        await eventually { engine.board.agent(Samples.id(name))?.state == state }
    }

    package func awaitTicket(_ name: String, _ state: TicketState) async throws -> Bool {
        try await eventually { try await journal.ticket(Samples.id(name))?.state == state }
    }

    package func launch(of name: String) -> LaunchID? { engine.board.agent(Samples.id(name))?.launch }

    package func end(_ name: String, _ exit: Exit = .code(0)) throws {
        guard let launch = launch(of: name) else { throw Failure.noLaunch(name) }
        world.end(launch, exit)
    }
}

private final class RecoveredBox: Sendable {
    private let value = Mutex(false)
    var isSet: Bool { value.withLock { $0 } }
    package func set() { value.withLock { $0 = true } }
}
