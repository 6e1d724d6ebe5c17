package import ReeveJSON

/// The id of a request: a text or a whole number. Unlike in JSON-RPC never null.
package enum MCPID: Sendable, Hashable {
    case text(String)
    case number(Int64)

    init?(_ view: JSONView) {
        if let text = view.string {
            self = .text(text)
        } else if let number = view.integer {
            self = .number(number)
        } else {
            return nil
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .text(let text): writer.value(text)
        case .number(let number): writer.value(number)
        }
    }
}

/// An error of the protocol, with the numbers of JSON-RPC 2.0 and of MCP 2026-07-28, "Error Codes".
package struct MCPError: Error, Sendable, Hashable {
    package enum Code: Int64, Sendable {
        case parseError = -32700
        case invalidRequest = -32600
        case methodNotFound = -32601
        case invalidParams = -32602
        case unsupportedVersion = -32022
    }

    package var code: Code
    package var message: String
    /// For `unsupportedVersion`: what was asked for.
    package var requested: String?

    init(_ code: Code, _ message: String, requested: String? = nil) {
        self.code = code
        self.message = message
        self.requested = requested
    }
}

/// One message of a client.
package enum MCPMessage: Sendable {
    case request(MCPID, method: String, params: JSONView?)
    case notification(method: String, params: JSONView?)
    /// To a request of ours; we make none.
    case response
    /// It cannot be carried out; answered unless it is a notification.
    case invalid(MCPID?, MCPError)

    package init(_ view: JSONView) {
        guard view.kind == .object else {
            self = .invalid(nil, MCPError(.invalidRequest, "a message is an object, this is \(view.kindName)"))
            return
        }
        let id = view.member("id")
        let known = id.flatMap { MCPID($0) }
        guard view.member("jsonrpc")?.equals("2.0") == true else {
            self = .invalid(known, MCPError(.invalidRequest, #"jsonrpc must be "2.0""#))
            return
        }
        guard let method = view.member("method") else {
            self =
                view.member("result") != nil || view.member("error") != nil
                ? .response : .invalid(known, MCPError(.invalidRequest, "no method"))
            return
        }
        guard let name = method.string else {
            self = .invalid(known, MCPError(.invalidRequest, "method must be a string"))
            return
        }
        let params = view.member("params")
        guard id != nil else {
            // Of a notification nobody is told what is wrong with it.
            self = .notification(method: name, params: params?.kind == .object ? params : nil)
            return
        }
        guard let known else {
            self = .invalid(nil, MCPError(.invalidRequest, "an id is a string or a whole number"))
            return
        }
        guard params == nil || params?.kind == .object else {
            self = .invalid(known, MCPError(.invalidParams, "params must be an object"))
            return
        }
        self = .request(known, method: name, params: params)
    }
}
