package import ReeveJSON
package import ReeveModel

package enum EventsSubscribe: WireMethod {
    package static let name = "events.subscribe"
    package static let summary = "Sends `event` notifications on this connection from now on, or from a cursor."
    package struct Params: WireObject {
        package var since: Int64?
        package var kinds: [String]?
        package var tickets: [String]?
        package var agents: [String]?
        package init() {}
        package static let fields: [Field<Params>] = [
            .optional("since", \.since, "the last seq you have; now when absent", .notNegative),
            .optional("kinds", \.kinds, "e.g. agent.exited, agent.*", .count(1...50, each: .bytes(1...64))),
            .optional("agents", \.agents, "agent kinds, e.g. claude", .count(1...50, each: .safeName)),
            .optional("tickets", \.tickets, "ids", .count(1...1000, each: .safeName)),
        ]
    }
    package struct Result: WireObject {
        package var cursor: Int64 = 0
        package init() {}
        package static let fields: [Field<Result>] = [.required("cursor", \.cursor, "events after this one follow")]
    }
}

package enum EventsUnsubscribe: WireMethod {
    package static let name = "events.unsubscribe"
    package static let summary = "Ends this connection's subscription."
    package typealias Params = Empty
    package typealias Result = Empty
}

package enum EventsRead: WireMethod {
    package static let name = "events.read"
    package static let summary = "A page of the event log."
    package struct Params: WireObject {
        package var since: Int64 = 0
        package var limit = 1000
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("since", \.since, "the last seq you have", .notNegative),
            .defaulted("limit", \.limit, "length of a page", .range(1...10_000)),
        ]
    }
    package struct Result: WireObject {
        package var events: [EventShape] = []
        package var cursor: Int64 = 0
        package init() {}
        package static let fields: [Field<Result>] = [
            .required("events", \.events, "oldest first"),
            .required("cursor", \.cursor, "the seq to read on from"),
        ]
    }
}

/// An event as it stands in `params` of a notification and in `events.read`.
package struct EventShape: WireObject {
    package var seq: Int64 = 0
    package var time = ""
    package var kind = ""
    package var ticket: String?
    package var data = RawJSON()
    package init() {}
    package init(_ event: StoredEvent) {
        seq = event.seq
        time = event.time.rfc3339
        kind = event.kind
        ticket = event.ticket?.text
        data = RawJSON(text: event.data)
    }
    package static let fields: [Field<EventShape>] = [
        .required("seq", \.seq, "one gap-free sequence for the daemon's whole life"),
        .required("time", \.time, "RFC 3339, UTC"),
        .required("kind", \.kind, "what happened"),
        .optional("ticket", \.ticket, "whom it concerns"),
        .required("data", \.data, "what changed, in the shapes of the answers"),
    ]
}

/// A JSON text that is passed on as it is.
package struct RawJSON: WireCodable, Equatable {
    package var text = "{}"
    package init() {}
    package init(text: String) { self.text = text }
    package static var schema: Schema { .anything }
    package init(reading view: JSONView) throws(ReeveError) { text = String(decoding: view.raw, as: UTF8.self) }
    package func write(to writer: inout JSONWriter) { writer.raw(text.utf8) }
}
