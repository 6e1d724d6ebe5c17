import FileEvents
import Foundation
package import Logging
import NIOCore
import NIOPosix
import ReeveAgents
import ReeveControl
import ReeveEngine
import ReeveGit
import ReeveHooks
import ReeveModel
import ReeveMultiplexers
import ReeveStore
import ReeveTickets
import ReeveWire
import ReeveWorkflows
import ResidentMemory
import ServiceLifecycle
import Synchronization
import UnixSignals

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The composition root: one function per service, wired by hand.
package struct Daemon: Sendable {
    package struct Options: Sendable {
        package var directories: Directories
        package var environment: [String: String]
        /// The folder of `reeve-keeper` and the demo agent.
        package var programs: String

        package init(directories: Directories, environment: [String: String], programs: String) {
            self.directories = directories
            self.environment = environment
            self.programs = programs
        }
    }

    private let options: Options
    private let logger: Logger
    private let time = SystemTime()
    private let manager = ServiceManager()

    package init(options: Options, logger: Logger) {
        self.options = options
        self.logger = logger
    }

    /// Runs until it is told to stop.
    package func run() async throws {
        Memory.limitArenas()
        umask(0o077)
        signal(SIGPIPE, SIG_IGN)
        // Until somebody listens for it: a reload that comes too early is none, and must not be the end.
        signal(SIGHUP, SIG_IGN)
        DescriptorBudget.raiseLimit(to: 65_536)
        let directories = options.directories
        let configuration: Configuration
        do {
            configuration = try ConfigurationLoader.load(directories)
        } catch {
            throw ReeveError.invalid("", error.spoken, hint: "reeve config check")
        }
        try directories.prepare()
        let lock = try StateLock(path: directories.lock)
        defer { withExtendedLifetime(lock) {} }
        manager.extend(by: .seconds(60))

        let startedAt = time.wall()
        let (incoming, commits) = AsyncStream<[StoredEvent]>.makeStream()
        let live = LiveSettings(configuration.engine)
        let journal = try SQLiteJournal(
            path: directories.database, time: time, retention: { live.current.retention }, logger: logger,
            encode: { EventData.json($0) }, onCommit: { commits.yield($0) })
        let instance = try await instanceID(journal)
        let listener = try listen()
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: max(1, min(2, System.coreCount)))
        let home = options.environment["HOME"] ?? NSHomeDirectory()
        let folder =
            configuration.ticketDirectory.isEmpty
            ? nil : TicketFolder(Self.path(AgentEnvironment.expand(configuration.ticketDirectory, home: home)))
        let environment = AgentEnvironment(
            environment: options.environment, directories: directories, programs: options.programs,
            defaultDirectory: configuration.directory, folder: folder, time: time)
        let fleet = KeeperFleet(
            program: "\(options.programs)/reeve-keeper", runtimeDirectory: directories.runtime, stateDirectory: directories.state,
            group: loops, time: time, logger: logger)
        let workflows = LiveWorkflows(
            catalog: TypeCatalog.load(folder: directories.types), criteria: configuration.workflows.criteria, time: time)
        let git = try git(configuration)
        Reloader.tellFaults(workflows.current, logger)
        let recovered = Gate()
        let ready = Gate()
        let multiplexers = Multiplexers(
            configuration: configuration, instance: instance, directories: directories, programs: options.programs,
            environment: options.environment, inherited: environment.base,
            hasUserManager: manager.canStartUnits(options.environment), group: loops, time: time, logger: logger
        )
        let editors = multiplexers.editors { await fleet.isAlive($0) }
        let (registered, registrations) = AsyncStream<String>.makeStream()
        let hosts = HostDesk(
            multiplexers: editors, instance: instance, directory: directories.home, ids: RandomIDs())
        let chosen = multiplexers.all(with: editors)
        let engine = Engine(
            journal: journal, incoming: incoming, cursor: journal.cursor,
            multiplexer: chosen.primary, others: chosen.others, keepers: fleet, environment: environment,
            workflows: workflows, worktrees: GitWorktrees(settings: git, time: time), settings: live,
            instance: instance, time: time,
            ids: RandomIDs(), logger: logger,
            onRecovered: { recovered.open() })
        let reloader = Reloader(
            directories: directories, configuration: configuration, live: live, workflows: workflows, logger: logger)
        let group = GroupBox()
        let watcher = try? DirectoryWatcher()
        let senses = Senses(
            stored: try await journal.threads().compactMap { Senses.decode($0) },
            watch: TranscriptWatch(
                places: TranscriptPaths.places(home: directories.home, environment: options.environment), watcher: watcher),
            queue: engine.queue, backends: engine.backends, board: engine.board, journal: journal, time: time, logger: logger)
        let notifier = try await Notifications(
            keys: configuration.notifications, environment: options.environment, inherited: environment.base, engine: engine,
            journal: journal, time: time, logger: logger
        ).service()
        let tickets = try folder.map { try ticketFolder($0, engine, journal) }
        let desk = DatabaseDesk(directories: directories, journal: journal, time: time, logger: logger)
        let panes = PaneActor(
            windows: multiplexers.panes, subjects: EnginePaneSessions(engine), journal: journal,
            memory: PaneMemory(stored: try await journal.meta(PaneActor.memoryKey) ?? ""), settings: live, time: time,
            instance: instance, logger: logger)
        let runs = RunDesk(sessions: engine.sessions, journal: journal, time: time, ids: RandomIDs(), logger: logger)
        let handlers = Handlers(
            engine: engine, panes: panes, runs: runs, journal: journal, database: desk, folder: tickets?.folder, senses: senses,
            hosts: hosts, watchedHosts: registrations,
            environment: environment, cursor: { journal.cursor },
            time: time, startedAt: startedAt,
            reload: { () throws(ReeveError) in
                let outcome = try reloader.reload()
                await engine.applySettings()
                return outcome
            }, shutDown: { await group.stop() })
        _ = journal.enqueue([.event(.systemStarted(version: ReeveVersion.text))])

        let (replacements, replace) = AsyncStream<ListeningSocket>.makeStream()
        let stopNotice = StopNotice(manager: manager, journal: journal)
        var aside: [any Service] = [
            SenseService(
                senses: senses, watcher: watcher, spool: HookSpool(directory: directories.spool), board: engine.board, time: time,
                logger: logger, recovered: recovered),
            notifier, HostService(desk: hosts, registered: registered),
            RunService(desk: runs, hub: engine.hub, time: time, recovered: recovered),
            PaneService(panes: panes, hub: engine.hub, board: engine.board, time: time, recovered: recovered),
            ArtifactWatch(queue: engine.queue, time: time, recovered: recovered),
        ]
        let requests = RequestDesk(
            requests: ProviderRequests(settings: git, time: time), queue: engine.queue,
            metadata: engine.metadata, journal: journal, interval: configuration.git.pollInterval, time: time,
            logger: logger)
        let browser = LocalBrowser(command: configuration.workflows.openCommand, environment: environment.base)
        let visuals = VisualDesk(
            engine: engine, workflows: workflows, journal: journal, browser: browser, time: time, logger: logger)
        aside.append(VisualService(desk: visuals, browser: browser, hub: engine.hub, time: time, recovered: recovered))
        aside.append(RequestFollower(desk: requests, hub: engine.hub, time: time, recovered: recovered))
        if let tickets {
            aside.append(
                FolderWatch(
                    folder: tickets.folder, watcher: tickets.watcher, hub: engine.hub, time: time, recovered: recovered))
        }
        let services = ServiceGroup(
            configuration: serviceConfiguration(
                [engine] + aside + [
                    Watchdog(
                        manager: manager, engine: engine, journal: journal, time: time, logger: logger,
                        trouble: { journal.trouble }, isReady: { recovered.isOpen }),
                    ReloadService(manager: manager, ready: ready, reload: handlers.reload),
                    LateCheck(desk: desk, isWanted: journal.wantsCheck, time: time),
                    ControlDoor(
                        gate: recovered,
                        server: server(
                            listener, replacements, handlers, engine, loops, ready, agents: configuration.limits.maxParallel)),
                    SocketGuard(directories: directories, time: time, logger: logger, replace: replace),
                    stopNotice,
                ]))
        await group.set(services)
        var failure: (any Error)?
        do { try await services.run() } catch { failure = error }
        fleet.disconnect()
        commits.finish()
        try? journal.close()
        try? await loops.shutdownGracefully()
        // What did not end within its time when we were told to stop is no failure; anything else is, and the service manager restarts us.
        if let failure, !stopNotice.wasAsked {
            if let damage = failure as? ReeveError, damage.kind == .damaged { throw damage }
            throw ReeveError.unavailable("stopped by an error: \(failure)", hint: "the log has what led to it")
        }
        logger.info("stopped")
    }

    // MARK: Services

    private func server(
        _ listener: ListeningSocket, _ replacements: AsyncStream<ListeningSocket>, _ handlers: Handlers, _ engine: Engine,
        _ loops: any EventLoopGroup, _ ready: Gate, agents: Int
    ) -> ControlServer {
        var router = Router(ledger: IdempotencyLedger(journal: handlers.journal))
        handlers.register(in: &router)
        return ControlServer(
            listener: listener, router: router, feed: HubFeed(hub: engine.hub), group: loops,
            limits: ControlServer.Limits(
                connections: DescriptorBudget.connections(limit: DescriptorBudget.limit, agents: agents)), logger: logger,
            replacements: replacements,
            onListening: { [manager, logger, options] in
                manager.status(Watchdog.statusLine(engine.board))
                // First this: who reloads at once, on hearing that we are ready, must get the answer to it.
                ready.open()
                manager.ready()
                logger.info("ready", metadata: ["socket": "\(options.directories.controlSocket)"])
            })
    }

    private func git(_ configuration: Configuration) throws -> GitSettings {
        let keys = configuration.git
        let home = options.environment["HOME"] ?? NSHomeDirectory()
        return GitSettings(
            branch: try BranchTemplate(keys.branch),
            directory: keys.directory.isEmpty ? nil : AgentEnvironment.expand(keys.directory, home: home), remote: keys.remote,
            fetch: keys.fetch, fetchTimeout: keys.fetchTimeout, setup: keys.setup, setupTimeout: keys.setupTimeout,
            provider: GitSettings.Provider(rawValue: keys.provider) ?? .auto, environment: options.environment)
    }

    private func ticketFolder(
        _ folder: TicketFolder, _ engine: Engine, _ journal: any Journal
    ) throws -> (folder: FolderActor, watcher: DirectoryWatcher) {
        let watcher = try DirectoryWatcher()
        let folder = FolderActor(
            folder: folder, watcher: watcher, queue: engine.queue, journal: journal, time: time, ids: RandomIDs(), logger: logger)
        return (folder, watcher)
    }

    /// Without slashes at its end: events name directories as they were given.
    private static func path(_ text: String) -> String {
        let trimmed = text.reversed().drop { $0 == "/" }.reversed()
        return trimmed.isEmpty ? "/" : String(trimmed)
    }

    private func serviceConfiguration(_ services: [any Service]) -> ServiceGroupConfiguration {
        var configuration = ServiceGroupConfiguration(
            services: services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // A client that stopped reading must not keep the daemon from stopping.
        configuration.maximumGracefulShutdownDuration = .seconds(5)
        configuration.maximumCancellationDuration = .seconds(5)
        return configuration
    }

    // MARK: Beginnings

    private func listen() throws -> ListeningSocket {
        if let descriptor = try manager.inheritedSocket() { return ListeningSocket(inherited: descriptor) }
        return try ListeningSocket(path: options.directories.controlSocket)
    }

    /// Who we are in the ownership tags: made once per state directory.
    private func instanceID(_ journal: SQLiteJournal) async throws -> String {
        if let known = try await journal.meta("instance") { return known }
        let fresh = RandomIDs().token(12)
        try await journal.enqueue([.setMeta(key: "instance", value: fresh)]).value()
        return fresh
    }
}
