package import Logging
package import NIOCore
package import ReeveModel
import Synchronization

/// Zellij 0.44.1 and later through its command line, one process for each call.
///
/// Its exit codes say nothing, so what counts is the shape of an answer, and every act on a pane is preceded by a look: is a pane
/// of this id there, and is it our keeper with this session's id? Nothing is ever asked without a session and the id of a pane or
/// tab. Both are exact: `--session` and `kill-session` take whole names (source of 0.40.0 to 0.45.0; only `attach` takes a
/// beginning), and no number of a pane comes again within one life of a session. So what may happen between a look and an act is
/// that the pane closes; and we make no session of a name while something is done in one of that name.
package final class ZellijMultiplexer: Multiplexer {
    package let name = "zellij"
    package let capabilities: Set<MultiplexerCapability>
    package let limits: [MultiplexerCapability: String]

    let settings: ZellijSettings
    let program: ZellijProgram
    let time: any TimeSource
    let turns = ZellijTurns()
    private let group: any EventLoopGroup
    private let logger: Logger
    private let watch = ZellijWatch()
    private let version = Mutex<ZellijVersion?>(nil)
    /// Asks for a look out of turn.
    private let wish = Mutex<AsyncStream<Void>.Continuation?>(nil)
    private let counter = Mutex(0)
    /// Sessions with panes of ours in them that are not where panes are made today, as far as they have been found.
    let places = Mutex<Set<String>>([])
    /// How often it is looked for what nobody tells: a program that has ended, a tab that somebody has closed by hand.
    private let pause: Duration

    /// - Parameter pause: between two looks.
    package init(
        settings: ZellijSettings, group: any EventLoopGroup, time: any TimeSource, logger: Logger, pause: Duration = .seconds(3)
    ) {
        self.pause = pause
        self.settings = settings
        self.group = group
        self.time = time
        self.logger = logger
        program = ZellijProgram(settings: settings, time: time)
        var limits: [MultiplexerCapability: String] = [
            .tag: "it keeps no values for others",
            .bell: "it has no command that rings a client's bell",
            .sidebar: "its bars belong to the person who looks",
            .adopt: "a pane is known as ours by the keeper that it was started with",
        ]
        if settings.session != nil { limits[.headless] = "the agents' tabs are in a session of a person" }
        self.limits = limits
        capabilities = Set(MultiplexerCapability.allCases).subtracting(limits.keys)
    }

    // MARK: The connection

    /// What a look has found, to see by the next one what has changed.
    private struct Sighting: Hashable {
        var id: SessionID
        var session: String
        var pane: String
        var isDead: Bool
    }

    package func run(_ report: @escaping @Sendable (MultiplexerEvent) -> Void) async throws {
        if settings.requireInZellij, settings.session == nil {
            throw ReeveError.unavailable(
                "Not running inside Zellij",
                hint:
                    "Reeve requires the ZELLIJ_SESSION_NAME environment variable to be set, which is present inside Zellij: "
                    + "start reeved there, name a session in [sessions.zellij] session, or set require_in_zellij = false")
        }
        let version = try await program.checkVersion()
        let first = try await look()
        self.version.withLock { $0 = version }
        let (wishes, wish) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.wish.withLock { $0 = wish }
        defer {
            self.version.withLock { $0 = nil }
            self.wish.withLock { $0 = nil }
        }
        report(.connected("zellij \(version)"))
        try await withThrowingDiscardingTaskGroup { group in
            defer { group.cancelAll() }
            group.addTask { [time, pause] in
                while true {
                    try await time.sleep(for: pause)
                    wish.yield()
                }
            }
            let run: @Sendable (String, Set<String>) async -> Void = { session, panes in
                await self.subscribe(session, panes) { _ in
                    report(.changed)
                    wish.yield()
                }
            }
            group.addTask {
                await self.findPlaces()
                wish.yield()
            }
            var last = first
            watch.follow(Self.panes(first), in: &group, run)
            for await _ in wishes {
                let now = try await look()
                if now != last { report(.changed) }
                last = now
                watch.follow(Self.panes(now), in: &group, run)
            }
        }
        try Task.checkCancellation()
    }

    private func subscribe(_ session: String, _ panes: Set<String>, _ onClosed: @escaping @Sendable (String) -> Void) async {
        do {
            try await ZellijSubscription(
                command: [settings.binary] + ZellijCommand.subscribe(session, panes.sorted()),
                environment: settings.callEnvironment, group: group, onClosed: onClosed
            ).run()
        } catch {
            // Looking every few seconds finds the same, later.
            if !Task.isCancelled {
                logger.warning("no subscription to zellij", metadata: ["session": "\(session)", "error": "\(error)"])
            }
        }
    }

    private func look() async throws -> Set<Sighting> {
        Set(
            try await found().map {
                Sighting(id: $0.tag.id, session: $0.session, pane: $0.pane.name, isDead: $0.pane.isDead)
            })
    }

    /// Dead panes are kept and never told of: a subscription to them would only end at once when they are closed.
    private static func panes(_ sightings: Set<Sighting>) -> [String: Set<String>] {
        sightings.reduce(into: [:]) { $0[$1.session, default: []].insert($1.pane) }
    }

    /// Something has come or gone by our own doing.
    func lookSoon() { wish.withLock { _ = $0?.yield() } }

    func current() throws -> ZellijVersion {
        guard let version = version.withLock({ $0 }) else {
            throw ReeveError.unavailable("no connection to Zellij", hint: "reeve status says why")
        }
        return version
    }

    package func probe() async throws {
        _ = try current()
        do {
            if let session = settings.session {
                _ = try await program.tabs(session, within: .seconds(2))
            } else {
                // It asks the server of each session whether it is there, so one that hangs is noticed.
                _ = try await program.sessions(within: .seconds(2))
            }
        } catch let error as ReeveError where error.kind == .notFound {
            throw noSession(settings.session ?? "")
        } catch let error as ReeveError {
            throw ReeveError.unavailable(error.message, hint: error.hint)
        }
    }

    /// A word for one life of one pane. The clock alone could stand still between two.
    func nextLife() -> String {
        let number = counter.withLock { counter in
            counter += 1
            return counter
        }
        return "\(time.wall().milliseconds)-\(number)"
    }

    func noSession(_ session: String) -> ReeveError {
        .unavailable("the Zellij session '\(session)' is not there", hint: "start it: zellij --session \(session)")
    }

    func gone(_ handle: TerminalHandle) -> ReeveError {
        ReeveError(.notFound, "the session is not there any more (\(handle.session) \(handle.pane))")
    }
}
