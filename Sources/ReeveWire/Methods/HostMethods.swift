package enum HostRegister: WireMethod {
    package static let name = "host.register"
    package static let summary =
        "Makes an editor's window a multiplexer: the daemon asks it on this connection, by `host.call`, to open terminals."
    package struct Params: WireObject {
        package var kind = ""
        package var window = ""
        package var title = ""
        package var version = ""
        package var capabilities: [String] = []
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("kind", \.kind, "the editor; `vscode`", .safeName),
            .required("window", \.window, "the window's id, the same after a reload", .line(1...128)),
            .defaulted("title", \.title, "the window's title, for people", .line(0...200)),
            .defaulted("version", \.version, "the editor's version", .line(0...64)),
            .defaulted(
                "capabilities", \.capabilities,
                "what its calls can do: `focus` (`show` brings a terminal before a person), `sendKey` (`type` hands over the bytes of"
                    + " keys), `split`; what is not named is refused as `unsupported` and not asked for; other words count for"
                    + " nothing"),
        ]
    }
    package struct Result: WireObject {
        package var host = ""
        package var backend = ""
        package var instance = ""
        package init() {}
        package static let fields: [Field<Result>] = [
            .required("host", \.host, "this registration's id; it ends with the connection"),
            .required("backend", \.backend, "the multiplexer that the window is a part of"),
            .required("instance", \.instance, "which daemon this is: the same as long as its state directory is"),
        ]
    }
}

package struct HostReference: WireObject {
    package var host = ""
    package init() {}
    package static let fields: [Field<HostReference>] = [.required("host", \.host, "from `host.register`", .safeName)]
}

package enum HostUnregister: WireMethod {
    package static let name = "host.unregister"
    package static let summary = "The window is no multiplexer any more; its terminals stay."
    package typealias Params = HostReference
    package typealias Result = Empty
}

package enum HostReport: WireMethod {
    package static let name = "host.report"
    package static let summary = "What has happened to a terminal in a registered window."
    package struct Params: WireObject {
        package var host = ""
        package var terminal = ""
        package var event = ""
        package var code: Int?
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("host", \.host, "from `host.register`", .safeName),
            .required("terminal", \.terminal, "the window's id of it", .line(1...128)),
            .required("event", \.event, "`closed`, or `shown` when a person has turned to it", .line(1...32)),
            .optional("code", \.code, "its program's exit code, where the editor knows it"),
        ]
    }
    package typealias Result = Empty
}
