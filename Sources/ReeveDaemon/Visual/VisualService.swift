import ReeveEngine
import ReeveModel
import ServiceLifecycle

/// Runs the desk of visual reviews: events of the log go in, its jobs are done beside each other.
struct VisualService: Service {
    let desk: VisualDesk
    let browser: any PageBrowser
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
                        case .serve(let ticket, let name, let page): await desk.serve(ticket, name, page)
                        case .follow(let ticket, let name): await desk.follow(ticket, name)
                        case .look(let ticket, let url): await desk.look(ticket, url)
                        case .open(let ticket, let url): await desk.open(ticket, url)
                        case .wait(let ticket, let duration, let turn):
                            try? await time.sleep(for: duration)
                            if await desk.isCurrent(ticket, turn: turn) { await desk.feed(ticket, .due) }
                        }
                    }
                }
                group.cancelAll()
            }
        }
        await browser.close()
    }

    private func follow(_ start: Int64) async {
        for await event in EventLog(hub: hub, cursor: start, time: time) { await desk.heed(event) }
    }
}
