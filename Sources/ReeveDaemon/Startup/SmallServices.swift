import ReeveControl
import ReeveModel
import ServiceLifecycle
import Synchronization
import UnixSignals

/// Opens once. Whoever waits before that is let through then.
final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let opened = Mutex(false)

    init() { (stream, continuation) = AsyncStream.makeStream() }

    var isOpen: Bool { opened.withLock { $0 } }

    func open() {
        opened.withLock { $0 = true }
        continuation.finish()
    }
    func pass() async { for await _ in stream {} }
}

/// The control socket, opened when recovery is over: nobody is answered from half a picture.
struct ControlDoor: Service {
    let gate: Gate
    let server: ControlServer

    func run() async throws {
        await cancelWhenGracefulShutdown { await gate.pass() }
        // Told to stop before recovery was over: it never was ready, and must not say so.
        guard gate.isOpen else { return server.giveUp() }
        try await server.run()
    }
}

/// SIGHUP reloads the configuration, with the service manager's two messages around it. Before the daemon is ready it reloads in silence: the
/// message that ends a reload is the same as that which ends a start, and would come too early.
struct ReloadService: Service {
    let manager: ServiceManager
    let ready: Gate
    let reload: @Sendable () async throws(ReeveError) -> (changed: [String], needsRestart: [String])

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() {
            let isReady = ready.isOpen
            if isReady { manager.reloading(at: manager.monotonicMicroseconds) }
            _ = try? await reload()
            if isReady { manager.ready() }
        }
    }
}

/// The last service, so the first to hear of a shutdown: says so.
final class StopNotice: Service {
    private let manager: ServiceManager
    private let journal: any Journal
    private let asked = Mutex(false)

    init(manager: ServiceManager, journal: any Journal) {
        self.manager = manager
        self.journal = journal
    }

    /// The shutdown was asked for, by a signal or by `system.shutdown`.
    var wasAsked: Bool { asked.withLock { $0 } }

    func run() async throws {
        // Cancellation instead of a shutdown: another service has failed.
        do { try await gracefulShutdown() } catch { return }
        asked.withLock { $0 = true }
        manager.stopping()
        // Everything that is given up at the end has its time; see `serviceConfiguration`.
        manager.extend(by: .seconds(15))
        try? await journal.enqueue([.event(.systemStopping)]).value()
    }
}

/// The running group, for `system.shutdown`.
actor GroupBox {
    private var group: ServiceGroup?

    func set(_ group: ServiceGroup) { self.group = group }
    func stop() async { await group?.triggerGracefulShutdown() }
}
