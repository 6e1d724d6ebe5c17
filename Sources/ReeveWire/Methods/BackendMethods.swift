package enum BackendList: WireMethod {
    package static let name = "backend.list"
    package static let summary = "The multiplexers in use."
    package typealias Params = Empty
    package struct Result: WireObject {
        package var backends: [BackendShape] = []
        package init() {}
        package static let fields: [Field<Result>] = [.required("backends", \.backends, "with their state")]
    }
}

package enum BackendGet: WireMethod {
    package static let name = "backend.get"
    package static let summary = "One multiplexer and what it can do."
    package struct Params: WireObject {
        package var name = ""
        package init() {}
        package static let fields: [Field<Params>] = [.required("name", \.name, "e.g. tmux", .safeName)]
    }
    package struct Result: WireObject {
        package var backend = BackendShape()
        package var capabilities: [String] = []
        package init() {}
        package static let fields: [Field<Result>] = [
            .required("backend", \.backend, "its state"),
            .required("capabilities", \.capabilities, "by name"),
        ]
    }
}
