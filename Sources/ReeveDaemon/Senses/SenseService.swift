import Dispatch
import FileEvents
import Logging
import Ownership
import ReeveEngine
import ReeveHooks
import ReeveJSON
import ReeveModel
import ServiceLifecycle

/// Keeps the senses awake for as long as the daemon runs.
struct SenseService: Service {
    let senses: Senses
    let watcher: DirectoryWatcher?
    let spool: HookSpool
    let board: StatusBoard
    let time: any TimeSource
    let logger: Logger
    /// Open when everything that was in work has its actor again.
    let recovered: Gate

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await recovered.pass()
            await withDiscardingTaskGroup { group in
                if let watcher { group.addTask { for await event in watcher.events { senses.line.yield(.file(event)) } } }
                senses.line.yield(.agents)
                group.addTask { await followSpool() }
                group.addTask { await followAgents() }
                await senses.takeAll(&group, time: time)
                group.cancelAll()
            }
        }
    }

    static let spoolInterval = Duration.seconds(1)

    /// Looked at again and again: who found no daemon may be slower to say so to the disk than the next one is to start, and one that
    /// has no room for another connection sends its caller there too.
    private func followSpool() async {
        while !Task.isCancelled {
            await DispatchQueue.global(qos: .utility).blocking { readSpool() }
            try? await time.sleep(for: Self.spoolInterval)
        }
    }

    /// What agents said while no daemon was there to hear it.
    private func readSpool() {
        let taken = spool.take { bytes in
            guard let view = try? JSONDocument(bytes, allowsLoneSurrogates: true).root, let envelope = try? HookEnvelope(view)
            else { return }
            senses.line.yield(.event(envelope))
        }
        if taken.events + taken.dropped + taken.broken > 0 {
            logger.info(
                "what agents said while no daemon heard it has been read",
                metadata: ["events": "\(taken.events)", "dropped": "\(taken.dropped)", "broken": "\(taken.broken)"])
        }
    }

    /// The board changes with every commit; only who is there, and as which process, matters here.
    private func followAgents() async {
        var before: Set<String> = []
        while !Task.isCancelled {
            let version = board.version
            let now = Set(board.agents.filter { $0.exit == nil }.map { "\($0.launch) \($0.pid ?? 0)" })
            if now != before {
                before = now
                senses.line.yield(.agents)
            }
            await board.change(since: version)
            // Under load it changes thousands of times a second.
            try? await time.sleep(for: .milliseconds(5))
        }
    }
}
