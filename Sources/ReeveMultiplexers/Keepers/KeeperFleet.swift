import KeeperLink
package import Logging
package import NIOCore
import Ownership
package import ReeveModel
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// All keepers of this daemon, one connection each.
package final class KeeperFleet: Keepers {
    private struct State {
        var listeners: [SessionID: [Int: AsyncStream<KeeperEvent>.Continuation]] = [:]
        var nextListener = 0
        var dismissed: Set<SessionID> = []
        /// Of systemd-run, once it has been asked for.
        var systemdVersion: Int?
    }

    private let state = Mutex(State())
    private let program: String
    private let runtimeDirectory: String
    private let stateDirectory: String
    private let pool: LinkPool<KeeperFrames>
    private let time: any TimeSource
    private let logger: Logger

    /// - Parameter program: absolute path of `reeve-keeper`.
    package init(
        program: String, runtimeDirectory: String, stateDirectory: String, group: any EventLoopGroup, time: any TimeSource,
        logger: Logger
    ) {
        self.program = program
        self.runtimeDirectory = runtimeDirectory
        self.stateDirectory = stateDirectory
        pool = LinkPool(group: group)
        self.time = time
        self.logger = logger
    }

    package func command(for session: SessionID) -> [String] {
        [program, session.text, "--runtime-dir", runtimeDirectory, "--state-dir", stateDirectory]
    }

    package func await(_ session: SessionID) async throws {
        state.withLock { _ = $0.dismissed.remove(session) }
        let deadline = time.uptime() + .seconds(10)
        var pause = Duration.milliseconds(1)
        while true {
            if (try? await connection(session)) != nil { return }
            guard time.uptime() < deadline else {
                throw ReeveError(.timeout, "the keeper of session '\(session)' did not come up within 10 s")
            }
            try await time.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(20))
        }
    }

    package func run(_ order: LaunchOrder, in session: SessionID) async throws -> LaunchFact {
        let request = KeeperRequest.run(
            KeeperOrder(
                launch: order.id.text, label: order.label, arguments: await arguments(order), directory: order.directory,
                environment: order.environment.map { "\($0.key)=\($0.value)" }.sorted(),
                standardInput: order.standardInput ?? ""))
        return try fact(await ask(request, session))
    }

    /// With a limit and a user manager the agent gets a scope of its own; without a manager it starts without the limit.
    private func arguments(_ order: LaunchOrder) async -> [String] {
        guard let limit = order.memoryMax else { return order.arguments }
        guard UserManager.isThere(order.environment), let version = await systemdVersion(order.environment) else {
            logger.warning(
                "started without its memory_max: no systemd user manager answers here",
                metadata: ["launch": "\(order.id)", "agent": "\(order.label)"])
            return order.arguments
        }
        return UserManager.scope(
            launch: order.id.text, label: order.label, memoryMax: limit, version: version, running: order.arguments)
    }

    private func systemdVersion(_ environment: [String: String]) async -> Int? {
        if let known = state.withLock(\.systemdVersion) { return known }
        let version = await UserManager.version(environment)
        state.withLock { $0.systemdVersion = version }
        return version
    }

    package func signal(_ launch: LaunchID, _ signal: KeeperSignal, in session: SessionID) async throws {
        let number =
            switch signal {
            case .terminate: SIGTERM
            case .kill: SIGKILL
            case .interrupt: SIGINT
            case .resume: SIGCONT
            }
        _ = try fact(await ask(.signal(launch: launch.text, signal: Int(number)), session))
    }

    package func inspect(_ launch: LaunchID, in session: SessionID) async throws -> LaunchFact {
        do {
            return try fact(await ask(.state(launch: launch.text), session))
        } catch {
            guard await !isAlive(session) else { throw error }
            return Self.translate(recordedFact(launch, session))
        }
    }

    package func runsOther(than launch: LaunchID, in session: SessionID) async throws -> Bool {
        guard await isAlive(session) else { return false }
        // The record has what was begun, and the keeper knows which of that is still there: one that an earlier keeper of this session
        // began has no end in it either.
        for other in try begun(in: session) where other != launch.text {
            if case .running = try fact(await ask(.state(launch: other), session)) { return true }
        }
        return false
    }

    package func inputConsumed(in session: SessionID) async throws -> Bool {
        guard case .fact(_, _, let unread) = try await ask(.state(launch: "-"), session) else { return false }
        return unread == 0
    }

    package func isAlive(_ session: SessionID) async -> Bool {
        LockFile.isHeld(KeeperPaths.lock(runtimeDirectory: runtimeDirectory, session: session.text))
    }

    package func events(of session: SessionID) -> AsyncStream<KeeperEvent> {
        let (stream, continuation) = AsyncStream<KeeperEvent>.makeStream()
        let number = state.withLock { state in
            state.nextListener += 1
            state.listeners[session, default: [:]][state.nextListener] = continuation
            return state.nextListener
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { state in
                state.listeners[session]?[number] = nil
                if state.listeners[session]?.isEmpty == true { state.listeners[session] = nil }
            }
        }
        return stream
    }

    package func dismiss(_ session: SessionID) async {
        state.withLock { _ = $0.dismissed.insert(session) }
        _ = try? await ask(.dismiss, session)
        removeFiles(session)
    }

    package func forget(_ session: SessionID) async {
        removeFiles(session)
        // Nothing will be told of it any more.
        let listeners = state.withLock { $0.listeners.removeValue(forKey: session) ?? [:] }
        for listener in listeners.values { listener.finish() }
    }

    /// A daemon that stops leaves the keepers as they are.
    package func disconnect() {
        let connected = pool.sessions
        state.withLock { $0.dismissed.formUnion(connected) }
        pool.disconnect()
    }

    // MARK: Connections

    private func ask(_ request: KeeperRequest, _ session: SessionID) async throws -> KeeperReply {
        try await connection(session).ask(request)
    }

    private func connection(_ session: SessionID) async throws -> LinkConnection<KeeperFrames> {
        do {
            return try await pool.connection(
                to: session, at: KeeperPaths.socket(runtimeDirectory: runtimeDirectory, session: session.text),
                onPush: { [weak self] in self?.pushed($0, session) }, onClose: { [weak self] in self?.closed(session) })
        } catch let error as Refusal {
            logger.warning("a keeper's socket is not used", metadata: ["session": "\(session)", "reason": "\(error.reason)"])
            throw ReeveError.unavailable(error.reason, hint: error.mend)
        }
    }

    private func pushed(_ push: KeeperPush, _ session: SessionID) {
        guard case .changed(let text, let fact) = push, let launch = LaunchID(text) else { return }
        switch fact {
        case .exited(let code): tell(session, .ended(launch, .code(code)))
        case .signalled(let number): tell(session, .ended(launch, .signal(number)))
        case .running(_, stopped: true): tell(session, .stopped(launch))
        case .running(_, stopped: false): tell(session, .continued(launch))
        case .neverStarted, .refused, .occupied, .unwritten, .lost: break
        }
    }

    private func closed(_ session: SessionID) {
        if state.withLock({ !$0.dismissed.contains(session) }) { tell(session, .gone) }
    }

    private func tell(_ session: SessionID, _ event: KeeperEvent) {
        let listeners = state.withLock { $0.listeners[session].map { Array($0.values) } ?? [] }
        for listener in listeners { listener.yield(event) }
    }

    // MARK: Facts

    private func fact(_ reply: KeeperReply) throws -> LaunchFact {
        switch reply {
        case .fact(_, let fact, _): return Self.translate(fact)
        case .failure(let reason): throw ReeveError.conflict(reason)
        }
    }

    private func recordedFact(_ launch: LaunchID, _ session: SessionID) -> KeeperFact {
        let path = KeeperPaths.record(stateDirectory: stateDirectory, session: session.text)
        do throws(Refusal) {
            return LaunchRecord(parsing: try PrivateFile.read(path) ?? []).fact(launch.text)
        } catch {
            // What cannot be read may say that it was started: it is not started again.
            logger.error("a launch's record cannot be read", metadata: ["launch": "\(launch)", "reason": "\(error.reason)"])
            return .lost
        }
    }

    /// What was begun there and has no end in the session's record.
    private func begun(in session: SessionID) throws -> [String] {
        let path = KeeperPaths.record(stateDirectory: stateDirectory, session: session.text)
        do throws(Refusal) {
            return LaunchRecord(parsing: try PrivateFile.read(path) ?? []).entries.compactMap { launch, entry in
                switch entry {
                case .claimed, .started: launch
                case .exited, .signalled, .hungUp, .refused: nil
                }
            }
        } catch {
            throw ReeveError.unavailable(error.reason, hint: error.mend)
        }
    }

    private func removeFiles(_ session: SessionID) {
        unlink(KeeperPaths.socket(runtimeDirectory: runtimeDirectory, session: session.text))
        unlink(KeeperPaths.lock(runtimeDirectory: runtimeDirectory, session: session.text))
        unlink(KeeperPaths.record(stateDirectory: stateDirectory, session: session.text))
    }

    private static func translate(_ fact: KeeperFact) -> LaunchFact {
        switch fact {
        case .neverStarted: .neverStarted
        case .running(let pid, let stopped): .running(pid: pid, stopped: stopped)
        case .exited(let code): .ended(.code(code))
        case .signalled(let number): .ended(.signal(number))
        case .refused(let reason): .refused(reason)
        case .occupied(let reason): .occupied(reason)
        case .unwritten(let reason): .unwritten(reason)
        case .lost: .lost
        }
    }
}
