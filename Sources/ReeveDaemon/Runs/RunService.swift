import ReeveEngine
import ReeveModel
import ServiceLifecycle

/// Follows the commands that have a terminal of their own.
struct RunService: Service {
    let desk: RunDesk
    let hub: EventHub
    let time: any TimeSource
    let recovered: Gate

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await recovered.pass()
            let cursor = await hub.cursor
            await desk.resume()
            await withDiscardingTaskGroup { group in
                group.addTask {
                    for await event in EventLog(hub: hub, cursor: cursor, time: time) { await desk.heed(event) }
                }
                for await id in desk.started { group.addTask { await desk.follow(id) } }
                group.cancelAll()
            }
        }
    }
}
