import ReeveControl
import ReeveModel
import ReeveWire

extension Handlers {
    func registerPanes(_ router: inout Router) {
        // Pure: a plan of twenty panes takes microseconds.
        router.registerFast(PanesPlan.self) { (params) throws(ReeveError) in
            PanesPlan.Result(PanePlanner.plan(try params.question)).json
        }
    }
}
