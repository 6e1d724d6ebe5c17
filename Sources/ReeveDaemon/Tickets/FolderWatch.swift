import FileEvents
import ReeveEngine
import ReeveModel
import ServiceLifecycle

/// Keeps the folder of tickets in line for as long as the daemon runs: hears of files from the system, of tickets from the event log.
struct FolderWatch: Service {
    let folder: FolderActor
    let watcher: DirectoryWatcher
    let hub: EventHub
    let time: any TimeSource
    /// Open when everything that was in work has its actor again.
    let recovered: Gate

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await recovered.pass()
            await withDiscardingTaskGroup { group in
                group.addTask { for await event in watcher.events { folder.line.yield(.file(event)) } }
                group.addTask { await followTickets() }
                folder.line.yield(.look)
                var armed: Duration?
                for await signal in folder.signals {
                    if case .tick = signal { armed = nil }
                    let next = await folder.take(signal)
                    if armed.map({ $0 > next }) ?? true {
                        armed = next
                        group.addTask {
                            try? await time.sleep(for: max(.milliseconds(1), next - time.uptime()))
                            folder.line.yield(.tick)
                        }
                    }
                }
                group.cancelAll()
            }
            await folder.stop()
        }
    }

    private func followTickets() async {
        var cursor = await hub.cursor
        while !Task.isCancelled {
            guard let batch = try? await hub.next(after: cursor, limit: 1000), let last = batch.events.last else {
                cursor = await hub.cursor
                continue
            }
            cursor = last.seq
            if batch.events.contains(where: { Self.kinds.contains($0.kind) }) { folder.line.yield(.look) }
        }
    }

    /// After these a file may have to move or to say something else.
    private static let kinds: Set = [
        "ticket.created", "ticket.updated", "ticket.finished", "ticket.removed", "agent.step", "agent.review",
    ]
}
