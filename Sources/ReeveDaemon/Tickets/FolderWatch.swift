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
                await folder.takeAll(&group, time: time)
                group.cancelAll()
            }
            await folder.stop()
        }
    }

    private func followTickets() async {
        for await event in EventLog(hub: hub, cursor: await hub.cursor, time: time) where Self.kinds.contains(event.kind) {
            folder.line.yield(.look)
        }
    }

    /// After these a file may have to move or to say something else.
    private static let kinds: Set = [
        "ticket.created", "ticket.updated", "ticket.finished", "ticket.removed", "agent.step", "agent.review",
    ]
}
