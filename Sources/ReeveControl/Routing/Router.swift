import ReeveJSON
package import ReeveModel
package import ReeveWire

/// The closed table of methods. A method that is not in it does not exist; there is no reflection.
package struct Router: Sendable {
    /// The JSON of a result.
    typealias Fast = @Sendable (Request) throws(ReeveError) -> [UInt8]
    typealias Slow = @Sendable (Request, RequestContext) async throws -> [UInt8]

    /// A method's body, and whether it is carried out to its end when the peer has gone.
    struct Entry: Sendable {
        var isMutating: Bool
        var body: Slow
    }

    enum Handler: Sendable {
        /// Answered at once on the connection's own thread: only reads what is published.
        case fast(Fast)
        case slow(Entry)
    }

    private(set) var handlers: [String: Handler] = [:]
    private let ledger: IdempotencyLedger

    package init(ledger: IdempotencyLedger) { self.ledger = ledger }

    package var methods: [String] { handlers.keys.sorted() }

    /// A method answered without leaving the event loop; `body` must neither block nor wait.
    package mutating func registerFast<M: WireMethod>(
        _ method: M.Type, _ body: @escaping @Sendable (M.Params) throws(ReeveError) -> [UInt8]
    ) {
        handlers[M.name] = .fast { (request) throws(ReeveError) in try body(try request.decode(M.Params.self)) }
    }

    /// - Parameter storesAnswer: the body puts the recorded answer into the very commit that carries out the command; otherwise it is
    ///   recorded once the body has returned.
    package mutating func register<M: WireMethod>(
        _ method: M.Type, storesAnswer: Bool = false,
        _ body: @escaping @Sendable (M.Params, RequestContext) async throws -> M.Result
    ) {
        let ledger = ledger
        handlers[M.name] = .slow(
            Entry(isMutating: M.isMutating) { request, context in
                guard M.isMutating else { return try await body(try request.decode(M.Params.self), context).json }
                let params = try request.decode(M.Params.self, alsoAllowing: IdempotencyKey.member)
                guard let key = try Self.key(of: request) else { return try await body(params, context).json }
                let ticket = IdempotencyTicket(key: key, method: M.name, fingerprint: Self.fingerprint(request))
                return try await ledger.once(ticket, storesAnswer: storesAnswer) {
                    var keyed = context
                    keyed.idempotency = ticket
                    return try await body(params, keyed).json
                }
            })
    }

    func handler(_ method: String) throws(ReeveError) -> Handler {
        if let handler = handlers[method] { return handler }
        throw ReeveError(
            .unknownMethod, "no method '\(method.prefix(64))'",
            hint: NearestName.hint(method, in: handlers.keys) ?? "rpc.discover lists them all")
    }

    private static func key(of request: Request) throws(ReeveError) -> String? {
        guard let view = request.params?.member(IdempotencyKey.member) else { return nil }
        let path = "$.\(IdempotencyKey.member)"
        guard let key = view.string else { throw .invalid(path, "expected a string, found \(view.kindName)") }
        guard (1...IdempotencyKey.longest).contains(key.unicodeScalars.count), !key.utf8.contains(0) else {
            throw .invalid(path, "1 to \(IdempotencyKey.longest) characters, none of them NUL", hint: "a UUID is a good key")
        }
        return key
    }

    /// Tells requests apart that use one key, in 64 bits: against accidents, not attacks, since whoever can send a request may send any.
    private static func fingerprint(_ request: Request) -> String {
        String(request.params?.fingerprint ?? 0, radix: 16)
    }
}

/// What a method's body may use besides its parameters.
package struct RequestContext: Sendable {
    /// The connection's subscription.
    package let subscriber: any Subscriber
    /// Who asks.
    package let peer: any PeerLink
    /// Set for a mutating request with a key.
    package var idempotency: IdempotencyTicket?

    /// The recorded answer for a commit, if the request has a key.
    package func recorded(_ result: some WireObject) -> RecordedAnswer? {
        idempotency.map {
            RecordedAnswer(
                key: $0.key, method: $0.method, fingerprint: $0.fingerprint, result: String(decoding: result.json, as: UTF8.self))
        }
    }
}

/// A connection that can be told of events.
package protocol Subscriber: Sendable {
    /// Begins once the answer to the current request has been written; replaces an earlier subscription.
    func subscribe(after cursor: Int64, _ filter: EventFilter)
    func unsubscribe()
}

package struct IdempotencyTicket: Sendable, Hashable {
    package var key: String
    package var method: String
    package var fingerprint: String

    package init(key: String, method: String, fingerprint: String) {
        self.key = key
        self.method = method
        self.fingerprint = fingerprint
    }
}
