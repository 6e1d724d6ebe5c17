import ReeveEngine
import ReeveModel
import ServiceLifecycle

/// Runs the desk of requests: events of the log go in, its jobs are done beside each other.
struct RequestFollower: Service {
    let desk: RequestDesk
    let hub: EventHub
    let time: any TimeSource
    let recovered: Gate

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await recovered.pass()
            let cursor = await hub.cursor
            await desk.resume()
            await withDiscardingTaskGroup { group in
                group.addTask { await follow(cursor) }
                for await job in desk.jobs {
                    group.addTask {
                        switch job {
                        case .publish(let ticket): await desk.publish(ticket)
                        case .look(let ticket, let number): await desk.look(ticket, number: number)
                        case .wait(let ticket, let duration, let turn):
                            try? await time.sleep(for: duration)
                            if await desk.isCurrent(ticket, turn: turn) { await desk.feed(ticket, .due) }
                        }
                    }
                }
                group.cancelAll()
            }
        }
    }

    private func follow(_ start: Int64) async {
        for await event in EventLog(hub: hub, cursor: start, time: time) { await desk.heed(event) }
    }
}
