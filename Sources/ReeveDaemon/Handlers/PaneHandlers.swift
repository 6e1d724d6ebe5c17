import ReeveControl
import ReeveEngine
import ReeveModel
import ReeveWire

extension Handlers {
    func registerPanes(_ router: inout Router) {
        // Pure: a plan of twenty panes takes microseconds.
        router.registerFast(PanesPlan.self) { (params) throws(ReeveError) in
            PanesPlan.Result(PanePlanner.plan(try params.question)).json
        }
        router.register(PanesOpen.self) { params, _ in
            let answer = try await panes.open(
                PaneWish(
                    try PaneSubject.read(params.ticket, params.session), host: params.host.model, layout: params.layout,
                    isolation: params.isolation, waits: params.wait))
            return PanesOpen.Result(answer.decision, pane: answer.pane, position: answer.position)
        }
        router.register(PanesClose.self) { params, _ in
            let answer = try await panes.close(try PaneSubject.read(params.ticket, params.session))
            return PanesOpen.Result(answer.decision)
        }
        router.register(PanesArrange.self) { params, _ in
            PanesOpen.Result(try await panes.arrange(params.host.model, layout: params.layout).decision)
        }
        router.register(PanesFollow.self) { params, _ in
            var result = PanesFollow.Result()
            let before =
                params.enabled
                ? try await panes.follow(params.host.model, layout: params.layout, isolation: params.isolation)
                : try await panes.unfollow(on: params.host.server)
            result.before = before.map { PaneHostShape($0) }
            result.following = await panes.follows.map { PaneFollowingShape($0) }
            return result
        }
        router.register(PanesList.self) { _, _ in
            var result = PanesList.Result()
            result.panes = await panes.list().map { Self.shape($0) }
            result.following = await panes.follows.map { PaneFollowingShape($0) }
            return result
        }
    }

    private static func shape(_ entry: PaneActor.Entry) -> PaneEntryShape {
        var shape = PaneEntryShape()
        shape.session = entry.session.text
        shape.ticket = entry.ticket?.text
        shape.host = PaneHostShape(entry.host)
        shape.isolation = entry.isolation
        shape.since = entry.since.rfc3339
        shape.pane = entry.pane
        shape.window = entry.windowID
        shape.width = entry.width
        shape.height = entry.height
        return shape
    }
}
