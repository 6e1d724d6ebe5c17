import ReeveAgents
import ReeveControl
import ReeveEngine
import ReeveModel
import ReeveWire

extension Handlers {
    func registerPrograms(_ router: inout Router) {
        let settings = engine.settings
        router.register(AgentKinds.self) { [environment] params, _ in
            let kinds = settings.current.kinds.values.sorted { $0.name < $1.name }
            var result = AgentKinds.Result()
            // Each of them may take its time: beside each other they take that of the slowest.
            let shapes = await withTaskGroup(of: AgentKindShape.self) { group in
                for kind in kinds { group.addTask { await Self.shape(kind, params.check, environment) } }
                var shapes: [AgentKindShape] = []
                for await shape in group { shapes.append(shape) }
                return shapes
            }
            result.kinds = shapes.sorted { $0.name < $1.name }
            return result
        }
    }

    private static func shape(_ kind: AgentKind, _ isChecked: Bool, _ environment: AgentEnvironment) async -> AgentKindShape {
        var shape = AgentKindShape()
        shape.name = kind.name
        shape.program = kind.start.first ?? ""
        shape.path = environment.installed?.path(of: shape.program)
        guard isChecked, shape.path != nil else { return shape }
        var remarks: [String] = []
        if let adapter = kind.adapter, let check = await environment.installed?.check(shape.program, adapter) {
            shape.version = check.version?.description
            shape.fine = check.isFine
            remarks = check.findings.map { $0.sentence(adapter.program) }
        }
        for variable in environment.missingVariables(of: kind) {
            shape.fine = false
            remarks.append("it needs \(variable.name) from the daemon's \(variable.source), which is not set")
        }
        shape.remarks = remarks.isEmpty ? nil : remarks
        return shape
    }
}
