import Logging
import ReeveEngine
import ReeveModel
import ResidentMemory
import ServiceLifecycle

/// Tells the service manager that the daemon lives: only after the queue, the journal and every backend's actor have answered. A
/// multiplexer that hangs is a backend that is down, not a daemon that hangs. Keeps the status line true as well.
struct Watchdog: Service {
    let manager: ServiceManager
    let engine: Engine
    let journal: any Journal
    let time: any TimeSource
    let logger: Logger
    /// What is wrong with the database.
    let trouble: @Sendable () -> String?
    let isReady: @Sendable () -> Bool

    func run() async throws {
        let interval = manager.watchdogInterval
        // Twice within the interval, as sd_notify(3) advises; without a watchdog only the status line is kept.
        let pause = interval.map { min($0 / 2, .seconds(1)) } ?? .seconds(1)
        await cancelWhenGracefulShutdown {
            var last = ""
            var version = 0
            var isTidy = false
            var hasStarted = false
            while !Task.isCancelled {
                let isReady = isReady()
                // Ten thousand agents to ask after take their time: as long as the queue answers, more of it is asked for.
                if !isReady, await everybodyAnswers() { manager.extend(by: .seconds(30)) }
                let line =
                    (isReady ? "" : "recovering: ") + Self.statusLine(engine.board) + (trouble().map { " · \($0)" } ?? "")
                if line != last {
                    manager.status(line)
                    last = line
                }
                if interval != nil, await everybodyAnswers() { manager.alive() }
                // A second without a change: the burst is over.
                if isReady, engine.board.version == version, !isTidy {
                    Memory.giveBackFreed()
                    if !hasStarted { Memory.giveBackCode() }
                    hasStarted = true
                    isTidy = true
                }
                if engine.board.version != version {
                    version = engine.board.version
                    isTidy = false
                }
                do { try await time.sleep(for: pause) } catch { return }
            }
        }
    }

    private func everybodyAnswers() async -> Bool {
        do {
            await engine.queue.probe()
            for backend in engine.backends.all { _ = await backend.currentHealth }
            try await journal.probe()
            return true
        } catch {
            logger.error("the watchdog's probe failed", metadata: ["error": "\(error)"])
            return false
        }
    }

    /// "2 running · 1 waiting · 5 queued"
    static func statusLine(_ board: StatusBoard) -> String {
        let picture = board.picture
        let waiting = board.waiting
        var parts = ["\(picture.running - waiting) running"]
        if waiting > 0 { parts.append("\(waiting) waiting") }
        parts.append("\(picture.queued) queued")
        if picture.isPaused { parts.append("paused") }
        for brake in picture.brakes {
            let what = if case .kind(let kind) = brake.scope { "\(kind) " } else { "" }
            parts.append("\(what)launching stopped after \(brake.failures) failures")
        }
        for backend in picture.backends where backend.isUp == false { parts.append("\(backend.name) is down") }
        return parts.joined(separator: " · ")
    }
}
