package import Logging
package import ReeveModel
import ServiceLifecycle

/// Everything that runs between the doors and the journal, as one service.
package struct Engine: Service {
    package let queue: QueueActor
    package let sessions: SessionActor
    package let backends: Backends
    package let hub: EventHub
    package let board: StatusBoard
    package let desk: AgentDesk
    package let metadata: MetadataDesk
    package let settings: LiveSettings
    private let journal: any Journal
    private let time: any TimeSource
    private let logger: Logger
    private let onRecovered: @Sendable () async -> Void

    /// - Parameters:
    ///   - multiplexer: where new sessions are made.
    ///   - others: asked for by name, or by sessions of before; not connected to until then.
    ///   - onRecovered: everything that was in work has its actor again and has been asked after; the doors may open.
    package init(
        journal: any Journal, incoming: AsyncStream<[StoredEvent]>, cursor: Int64, multiplexer: any Multiplexer,
        others: [any Multiplexer] = [], keepers: any Keepers, environment: any LaunchEnvironment,
        workflows: any Workflows = PlainWorkflows(),
        worktrees: (any Worktrees)? = nil,
        settings: LiveSettings, instance: String,
        time: any TimeSource, ids: any IDGenerator, logger: Logger, onRecovered: @escaping @Sendable () async -> Void
    ) {
        self.journal = journal
        self.settings = settings
        self.time = time
        self.logger = logger
        self.onRecovered = onRecovered
        board = StatusBoard()
        hub = EventHub(journal: journal, incoming: incoming, cursor: cursor)
        let board = board
        let backend = { (multiplexer: any Multiplexer, isInUse: Bool) in
            BackendActor(
                multiplexer: multiplexer, isInUse: isInUse, keepers: keepers, journal: journal, board: board, time: time,
                instance: instance, logger: logger)
        }
        backends = Backends(primary: backend(multiplexer, true), others: others.map { backend($0, false) })
        queue = QueueActor(
            journal: journal, settings: settings, board: board, keepers: keepers, backends: backends, environment: environment,
            workflows: workflows, worktrees: worktrees, time: time, ids: ids, logger: logger)
        sessions = SessionActor(
            journal: journal, keepers: keepers, backends: backends, queue: queue, board: board, environment: environment,
            time: time, ids: ids, logger: logger)
        metadata = MetadataDesk(journal: journal, board: board, sessions: sessions, time: time, logger: logger)
        desk = AgentDesk(
            queue: queue, backends: backends, keepers: keepers, journal: journal, board: board, settings: settings, time: time)
    }

    /// Applies settings that have been replaced.
    package func applySettings() async { await queue.applySettings() }

    package func run() async throws {
        let snapshot = try await journal.load()
        for session in snapshot.work.map(\.session) + snapshot.sessions.map(\.session) {
            (try? backends.of(session))?.recall(session)
        }
        await withDiscardingTaskGroup { group in
            group.addTask { await hub.run() }
            for backend in backends.all { group.addTask { await backend.run() } }
            await useBackends(snapshot)
            group.addTask { await followHealth() }
            await queue.restore(snapshot)
            await sessions.restore(snapshot)
            let known = snapshot.sessions.filter { !SessionActor.isFailed($0.launch) }.map(\.session)
            group.addTask { for session in known { await sessions.restore(session) } }
            group.addTask { await runSessions() }
            group.addTask { await sessions.followLists() }
            group.addTask { await runQueue() }
            group.addTask { await metadata.run() }
            let sidebars = SidebarWriter(queue: queue, backends: backends, board: board, metadata: metadata)
            group.addTask { await sidebars.run() }
            group.addTask { await confirm(snapshot) }
            let housekeeper = Housekeeper(queue: queue, journal: journal, settings: settings, time: time, logger: logger)
            group.addTask { await housekeeper.run() }
            do { try await gracefulShutdown() } catch {}
            await queue.stop()
            await sessions.stop()
            group.cancelAll()
        }
    }

    /// Recovery is over when no adopted agent is `unknown` for want of a look, or after a bounded wait.
    private func confirm(_ snapshot: JournalSnapshot) async {
        let inWork = snapshot.work.filter(\.isInWork).map(\.ticket.id)
        let deadline = time.uptime() + .seconds(2)
        for id in inWork {
            while time.uptime() < deadline, await isUnasked(id) {
                try? await time.sleep(for: .milliseconds(2))
                if Task.isCancelled { return }
            }
        }
        await onRecovered()
    }

    private func isUnasked(_ id: TicketID) async -> Bool {
        // Not on the board: not yet, or no more, because it has ended meanwhile and its terminal is closed.
        guard let agent = board.agent(id) else { return await queue.hasAgent(id) }
        return agent.state == .unknown && agent.reason == AgentMachine.askingReason
    }

    /// Those that hold a session from before are connected to, whatever the configuration says of new ones.
    private func useBackends(_ snapshot: JournalSnapshot) async {
        let open = snapshot.work.map(\.session) + snapshot.sessions.map(\.session)
        for name in Set(open.map(\.backend)) { await (try? backends.named(name))?.use() }
    }

    /// While the multiplexer is away nothing is launched.
    private func followHealth() async {
        let backend = backends.primary
        for await health in await backend.healthChanges() {
            switch health {
            case .up: await queue.hold(nil)
            case .down(let detail): await queue.hold("\(backend.name): \(detail)")
            case .unknown: break
            }
        }
    }

    private func runQueue() async {
        await withDiscardingTaskGroup { group in
            for await job in queue.jobs {
                switch job {
                case .launch(let ticket): group.addTask { await queue.performLaunch(ticket) }
                case .run(let agent): group.addTask { await agent.run() }
                case .wakeUp(let moment):
                    group.addTask {
                        let wait = moment.milliseconds - time.wall().milliseconds
                        // A wall clock that jumps must not make a ticket wait for a day: look again at least every minute.
                        try? await time.sleep(for: .milliseconds(min(max(wait, 1), 60_000)))
                        await queue.wokenUp()
                    }
                case .workEnded(let ticket, let from, let outcome): await queue.workEnded(ticket, from: from, outcome)
                case .moved(let from, let to): await queue.moved(from: from, to: to)
                case .advance(let ticket): group.addTask { await queue.advance(ticket) }
                case .judged(let ticket, let kind, let outcome): await queue.judged(ticket, kind: kind, outcome)
                case .keepsKind(let id, let kind): await queue.keepsKind(id, kind)
                case .agentFinished(let id, let agent):
                    await queue.agentFinished(id, agent)
                    group.addTask { await queue.tidyPlace(of: id) }
                }
            }
            group.cancelAll()
        }
    }

    private func runSessions() async {
        await withDiscardingTaskGroup { group in
            for await job in sessions.jobs {
                switch job {
                case .watch(let session): group.addTask { await sessions.watch(session) }
                case .bury(let session): group.addTask { await sessions.bury(session) }
                case .discard(let session, let launch): group.addTask { await sessions.discard(session, launch) }
                }
            }
            group.cancelAll()
        }
    }
}
