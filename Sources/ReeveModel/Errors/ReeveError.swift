/// The one error that crosses module borders. `kind` is the stable word that clients program against; the rest is for people.
package struct ReeveError: Error, Sendable, Hashable {
    /// The stable word of an error, with its number in the control protocol.
    ///
    /// A struct and not an enum so that a client of an older version meets a new kind as a word it does not know.
    package struct Kind: RawRepresentable, Sendable, Hashable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let parseError = Kind(rawValue: "parse_error")
        package static let invalidRequest = Kind(rawValue: "invalid_request")
        package static let unknownMethod = Kind(rawValue: "unknown_method")
        package static let invalidParams = Kind(rawValue: "invalid_params")
        package static let `internal` = Kind(rawValue: "internal")
        package static let tooLarge = Kind(rawValue: "too_large")
        package static let notFound = Kind(rawValue: "not_found")
        package static let conflict = Kind(rawValue: "conflict")
        package static let busy = Kind(rawValue: "busy")
        package static let unavailable = Kind(rawValue: "unavailable")
        package static let timeout = Kind(rawValue: "timeout")
        package static let shuttingDown = Kind(rawValue: "shutting_down")
        package static let cursorExpired = Kind(rawValue: "cursor_expired")
        package static let blocked = Kind(rawValue: "blocked")
        package static let damaged = Kind(rawValue: "damaged")
        package static let unsupported = Kind(rawValue: "unsupported")

        /// The client's own: no daemon could be asked, so no answer carries it.
        package static let unreachable = Kind(rawValue: "unreachable")

        /// Every kind with its JSON-RPC code and the sentence of `docs/protocol.md`, in the order of the table there.
        package static let catalog: [(kind: Kind, code: Int, meaning: String)] = [
            (.parseError, -32700, "not JSON, not UTF-8, nested deeper than 64"),
            (.invalidRequest, -32600, "JSON, but no request"),
            (.unknownMethod, -32601, "with the nearest method names as hint"),
            (.invalidParams, -32602, "wrong type, unknown member, out of range; `path` says where"),
            (.internal, -32603, "a bug; logged with an id that the message repeats"),
            (.tooLarge, -32000, "line over 1 MiB; the rest of the line is skipped and the connection lives on"),
            (.notFound, -32001, "no such ticket, agent, session, backend"),
            (.conflict, -32002, "the state forbids it; says the state"),
            (.busy, -32003, "too many requests in flight on this connection (limit 256), or too many connections"),
            (.unavailable, -32004, "the multiplexer, the disk or a program cannot be reached; says which and what to do"),
            (.timeout, -32005, "a bounded wait ended"),
            (.shuttingDown, -32006, "the daemon is stopping"),
            (.cursorExpired, -32007, "events older than the log keeps; `data.oldest` says from where to resync"),
            (.blocked, -32008, "input refused because the agent shows a dialog; `force:true` overrides"),
            (.damaged, -32009, "the database is damaged; nothing more is written to it, see docs/database.md"),
            (.unsupported, -32010, "the multiplexer that holds the session cannot do this at all; says why"),
        ]

        /// The JSON-RPC code; a kind this version does not know counts as internal.
        package var code: Int { Self.catalog.first { $0.kind == self }?.code ?? -32603 }
    }

    package var kind: Kind
    package var message: String
    /// What to do next, in one sentence.
    package var hint: String?
    /// Where in the request the fault is, as a JSON path (`$.priority`).
    package var path: String?
    /// For `cursor_expired`: the oldest event that is still there.
    package var oldest: Int64?

    /// The message with what to do next, for one line.
    package var spoken: String { message + (hint.map { "; \($0)" } ?? "") }

    package init(_ kind: Kind, _ message: String, hint: String? = nil, path: String? = nil, oldest: Int64? = nil) {
        self.kind = kind
        self.message = message
        self.hint = hint
        self.path = path
        self.oldest = oldest
    }
}

extension ReeveError {
    package static func notFound(_ noun: String, _ id: String) -> ReeveError {
        let hint =
            switch noun {
            case "session": "reeve session list shows the sessions"
            case "backend": "reeve status shows the multiplexers in use"
            default: "reeve list --all shows the tickets"
            }
        return ReeveError(.notFound, "no \(noun) '\(id)'", hint: hint)
    }

    package static func conflict(_ message: String, hint: String? = nil) -> ReeveError {
        ReeveError(.conflict, message, hint: hint)
    }

    package static func invalid(_ path: String, _ message: String, hint: String? = nil) -> ReeveError {
        ReeveError(.invalidParams, message, hint: hint, path: path)
    }

    /// The same with a hint, unless it has one.
    package func hinting(_ hint: String) -> ReeveError {
        var error = self
        error.hint = error.hint ?? hint
        return error
    }

    /// - Parameter reason: half a sentence of the backend's own.
    package static func unsupported(backend: String, capability: String, reason: String?) -> ReeveError {
        ReeveError(
            .unsupported, "\(backend) has no '\(capability)'" + (reason.map { ": \($0)" } ?? ""),
            hint: "docs/multiplexers.md shows which multiplexer can do what")
    }

    /// The hint where a disk is full, whoever writes on it.
    package static let makeRoom = "make room"

    /// A disk was full: the same works once there is room again.
    package var isWantOfRoom: Bool { kind == .unavailable && hint == Self.makeRoom }

    package static func unavailable(_ message: String, hint: String? = nil) -> ReeveError {
        ReeveError(.unavailable, message, hint: hint)
    }

    /// The database does not hold what was put into it, or something else stands in its place.
    package static func damaged(
        _ message: String, hint: String = "nothing was touched; 'reeve db check' says what to do, and so does docs/database.md"
    ) -> ReeveError {
        ReeveError(.damaged, message, hint: hint)
    }
}
