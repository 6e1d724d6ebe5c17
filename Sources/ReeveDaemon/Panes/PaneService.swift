import ReeveEngine
import ReeveModel
import ServiceLifecycle

extension PaneActor: SignalTaker {
    static var tick: Signal { .tick }
    static func isTick(_ signal: Signal) -> Bool { signal == .tick }
}

/// Follows the panes of agents for as long as the daemon runs: closes those of sessions that are over, gives room to who waits for it, and
/// panes to agents that start where somebody wants that.
/// The panes themselves stay when the daemon stops, as the agents do.
struct PaneService: Service {
    let panes: PaneActor
    let hub: EventHub
    let board: StatusBoard
    let time: any TimeSource
    /// Open when everything that was in work has its actor again.
    let recovered: Gate

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await recovered.pass()
            await withDiscardingTaskGroup { group in
                group.addTask { await followSessions() }
                group.addTask { await followAgents() }
                panes.line.yield(.look)
                await panes.takeAll(&group, time: time)
                group.cancelAll()
            }
        }
    }

    private func followSessions() async {
        for await event in EventLog(hub: hub, cursor: await hub.cursor, time: time) where Self.kinds.contains(event.kind) {
            panes.line.yield(.look)
        }
    }

    /// After these a pane may have to go.
    private static let kinds: Set = ["ticket.finished", "ticket.removed", "session.closed", "session.lost"]

    /// By the board, which is what is looked at: an event may be heard before its agent stands there as it tells.
    private func followAgents() async {
        while !Task.isCancelled {
            let version = board.version
            panes.line.yield(.look)
            await board.change(since: version)
        }
    }
}
