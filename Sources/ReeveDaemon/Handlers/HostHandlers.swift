import ReeveControl
import ReeveModel
import ReeveWire

extension Handlers {
    func registerHosts(_ router: inout Router) {
        let hosts = hosts
        router.register(HostRegister.self) { params, context in
            let result = try hosts.register(params, context.peer)
            watchedHosts.yield(result.host)
            return result
        }
        router.register(HostUnregister.self) { params, context in
            try hosts.unregister(params.host, context.peer)
            return Empty()
        }
        router.register(HostReport.self) { params, context in
            try hosts.report(params, context.peer)
            return Empty()
        }
    }
}
