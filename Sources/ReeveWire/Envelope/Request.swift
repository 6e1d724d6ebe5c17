package import ReeveJSON
package import ReeveModel

/// One request as it stood on a line: strict JSON-RPC 2.0, or the relaxed form for people.
package struct Request: Sendable {
    package enum Form: Sendable, Equatable {
        case strict, relaxed
    }

    package var form: Form
    /// The id's own bytes, echoed as they are; nil when there is none.
    package var id: ArraySlice<UInt8>?
    package var method: String
    /// The value of `params`; nil when it is absent.
    package var params: JSONView?

    /// A strict request without an id is a notification: it is carried out and never answered.
    package var isNotification: Bool { form == .strict && id == nil }

    private static let shape = "a request has method, params (an object), id (a string or a number) and jsonrpc (\"2.0\")"

    /// Reads one request object.
    /// - Throws: `Rejection`, which says how to answer what could not be read.
    package init(_ view: JSONView) throws(Rejection) {
        guard view.kind == .object else {
            throw Rejection(
                form: .strict, id: nil,
                error: ReeveError(.invalidRequest, "a request is an object, this is \(view.kindName)", hint: Self.shape))
        }
        var form = Form.relaxed
        var id: ArraySlice<UInt8>?
        var method: String?
        var params: JSONView?
        var fault: ReeveError?
        var seen: UInt8 = 0
        func note(_ bit: UInt8, _ name: String) {
            if seen & bit != 0 {
                fault = fault ?? ReeveError(.invalidRequest, "the member '\(name)' is there twice", path: "$.\(name)")
            }
            seen |= bit
        }
        for (key, value) in view.members {
            if key.equals("method") {
                note(1, "method")
                method = value.string
                if method == nil { fault = fault ?? ReeveError(.invalidRequest, "method must be a string", path: "$.method") }
            } else if key.equals("params") {
                note(2, "params")
                params = value
                if value.kind != .object && value.kind != .array {
                    fault = fault ?? ReeveError(.invalidRequest, "params must be an object", path: "$.params")
                }
            } else if key.equals("id") {
                note(4, "id")
                switch value.kind {
                case .string, .number, .literalNull: id = value.raw
                default: fault = fault ?? ReeveError(.invalidRequest, "an id is a string or a number", path: "$.id")
                }
            } else if key.equals("jsonrpc") {
                note(8, "jsonrpc")
                form = .strict
                if !value.equals("2.0") {
                    fault =
                        fault
                        ?? ReeveError(.invalidRequest, "jsonrpc must be \"2.0\"", hint: "or leave it out", path: "$.jsonrpc")
                }
            } else if fault == nil {
                let name = (key.string ?? "").prefix(64)
                fault = ReeveError(
                    .invalidRequest, "unknown member '\(name)'", hint: Self.shape,
                    path: "$.\(name)")
            }
        }
        if method == nil, fault == nil {
            fault = ReeveError(
                .invalidRequest, "no method", hint: #"{"method":"system.ping"} is the shortest request"#, path: "$.method")
        }
        if let fault { throw Rejection(form: form, id: id, error: fault.hinting(Self.shape)) }
        self.form = form
        self.id = id
        self.method = method ?? ""
        self.params = params
    }

    /// The parameters as a method's type; an absent `params` is an empty object.
    package func decode<Params: WireObject>(_ type: Params.Type, alsoAllowing extra: String? = nil) throws(ReeveError) -> Params {
        guard let params, params.count > 0 || params.kind != .object else {
            let missing = Params.fields.first(where: \.isRequired)
            if let missing { throw .invalid("$.\(missing.name)", "the member is missing", hint: missing.description) }
            return Params()
        }
        guard params.kind == .object else {
            throw .invalid("$", "params are given by name, as an object; this is \(params.kindName)", hint: #"e.g. "params":{}"#)
        }
        do throws(ReeveError) { return try Params(reading: params, alsoAllowing: extra) } catch { throw error.inside("$") }
    }
}

/// A request that could not be read, with what is known of how to answer it.
package struct Rejection: Error, Sendable {
    package var form: Request.Form
    package var id: ArraySlice<UInt8>?
    package var error: ReeveError

    package init(form: Request.Form, id: ArraySlice<UInt8>?, error: ReeveError) {
        self.form = form
        self.id = id
        self.error = error
    }
}
