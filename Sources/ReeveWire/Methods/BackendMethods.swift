package enum BackendList: WireMethod {
    package static let name = "backend.list"
    package static let summary = "All multiplexers; `unknown` is one that nobody has wanted yet."
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
        package var limits: [String: String] = [:]
        package init() {}
        package static let fields: [Field<Result>] = [
            .required("backend", \.backend, "its state"),
            .required("capabilities", \.capabilities, "by name"),
            .required("limits", \.limits, "why it lacks the others, where there is something to be said"),
        ]
    }
}
