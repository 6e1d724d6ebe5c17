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

package enum BackendCheck: WireMethod {
    package static let name = "backend.check"
    package static let summary =
        "What each multiplexer needs and what of it is there. Their programs are asked for their versions; none is started."
    package typealias Params = Empty
    package struct Result: WireObject {
        package var findings: [BackendFindingShape] = []
        package init() {}
        package static let fields: [Field<Result>] = [
            .required("findings", \.findings, "by multiplexer, that for new sessions first")
        ]
    }
}

package struct BackendFindingShape: WireObject, Equatable {
    package var backend = ""
    package var wanted = false
    package var installed = false
    package var fine: Bool?
    package var detail = ""
    package var mend: String?
    package init() {}
    package static let fields: [Field<BackendFindingShape>] = [
        .required("backend", \.backend, "e.g. tmux"),
        .required("wanted", \.wanted, "whether new sessions are made there"),
        .required("installed", \.installed, "whether its program is there, or a window of it"),
        .optional("fine", \.fine, "false: no session can be made there; absent: something to know, and no fault"),
        .required("detail", \.detail, "what was found"),
        .optional("mend", \.mend, "what to do"),
    ]
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
