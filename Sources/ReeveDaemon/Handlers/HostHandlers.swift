import ReeveControl
import ReeveModel
import ReeveWire

extension HostDesk {
    /// - Parameter registered: is told the id of each registration.
    func serve(on router: inout Router, telling registered: AsyncStream<String>.Continuation) {
        router.register(HostRegister.self) { params, context in
            let result = try self.register(params, context.peer)
            registered.yield(result.host)
            return result
        }
        router.register(HostUnregister.self) { params, context in
            try self.unregister(params.host, context.peer)
            return Empty()
        }
        router.register(HostReport.self) { params, context in
            try self.report(params, context.peer)
            return Empty()
        }
    }
}
