package import ReeveModel

extension PaneIsolation: WireWord {}

package enum PanesOpen: WireMethod {
    package static let name = "panes.open"
    package static let summary =
        "A pane for a session beside a person's own pane in tmux, laid out by plan, now or as soon as there is room."
    package static let isMutating = true
    package struct Params: WireObject {
        package var ticket: String?
        package var session: String?
        package var host = PaneHostShape()
        package var layout: PaneLayout?
        package var isolation: PaneIsolation?
        package var wait = true
        package init() {}
        package static let fields: [Field<Params>] = [
            .optional("ticket", \.ticket, "whose agent is shown; this or `session`", .safeName),
            .optional("session", \.session, "the session that is shown, by its name", .safeName),
            .required("host", \.host, "the pane that it is put beside"),
            .optional("layout", \.layout, "`[panes] layout` when absent"),
            .optional("isolation", \.isolation, "`[panes] isolation` when absent"),
            .defaulted("wait", \.wait, "without room it waits for some"),
        ]
    }
    package typealias Result = PaneOpenedShape
}

/// What became of a wish for a pane.
package struct PaneOpenedShape: WireObject {
    package var decision = PaneDecisionShape()
    package var reason = PaneReasonShape()
    package var pane: String?
    package var position: Int?
    package init() {}

    package init(_ decision: PaneDecision, pane: String? = nil, position: Int? = nil) {
        self.decision = PaneDecisionShape(decision)
        reason = PaneReasonShape(decision.reason)
        self.pane = pane
        self.position = position
    }

    package static let fields: [Field<PaneOpenedShape>] = [
        .required("decision", \.decision, "what became of it; `defer`: it waits, `skip`: it does not"),
        .required("reason", \.reason, "why, with its numbers"),
        .optional("pane", \.pane, "the session's pane, if it has one now"),
        .optional("position", \.position, "its place among those that wait for room; the first is 1"),
    ]
}

package enum PanesClose: WireMethod {
    package static let name = "panes.close"
    package static let summary = "Takes a session's pane away, or its wait for one; the session goes on."
    package static let isMutating = true
    package struct Params: WireObject {
        package var ticket: String?
        package var session: String?
        package init() {}
        package static let fields: [Field<Params>] = [
            .optional("ticket", \.ticket, "whose agent's; this or `session`", .safeName),
            .optional("session", \.session, "the session's name", .safeName),
        ]
    }
    package typealias Result = PanesOpen.Result
}

package enum PanesArrange: WireMethod {
    package static let name = "panes.arrange"
    package static let summary = "Lays a window's panes out again, as after a change of its size; foreign panes stay as they are."
    package static let isMutating = true
    package struct Params: WireObject {
        package var host = PaneHostShape()
        package var layout: PaneLayout?
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("host", \.host, "the main pane"),
            .optional("layout", \.layout, "`[panes] layout` when absent"),
        ]
    }
    package typealias Result = PanesOpen.Result
}

package enum PanesList: WireMethod {
    package static let name = "panes.list"
    package static let summary = "The panes that sessions have, who waits for one, and the panes that new agents come beside."
    package typealias Params = Empty
    package struct Result: WireObject {
        package var panes: [PaneEntryShape] = []
        package var following: [PaneFollowingShape] = []
        package init() {}
        package static let fields: [Field<Result>] = [
            .required("panes", \.panes, "first those that are there, then those that wait, each by age"),
            .required("following", \.following, "the panes that new agents come beside; with several the last one gets them"),
        ]
    }
}

package struct PaneHostShape: WireObject {
    package var server = ""
    package var pane = ""
    package init() {}

    package init(_ host: PaneHost) {
        server = host.server
        pane = host.pane
    }

    package var model: PaneHost { PaneHost(server: server, pane: pane) }

    package static let fields: [Field<PaneHostShape>] = [
        .required("server", \.server, "the path of the tmux server's socket: `$TMUX` up to its first comma", .line(1...4096)),
        .required("pane", \.pane, "the pane's id: `$TMUX_PANE`, e.g. %3", .line(1...32)),
    ]
}

package struct PaneEntryShape: WireObject {
    package var session = ""
    package var ticket: String?
    package var host = PaneHostShape()
    package var isolation = PaneIsolation.inline
    package var since = ""
    package var pane: String?
    package var window: String?
    package var width: Int?
    package var height: Int?
    package init() {}
    package static let fields: [Field<PaneEntryShape>] = [
        .required("session", \.session, "the session's name"),
        .optional("ticket", \.ticket, "whose agent works in it"),
        .required("host", \.host, "what it stands beside, or shall"),
        .required("isolation", \.isolation, "where it stands"),
        .required("since", \.since, "RFC 3339; when it was made, or began to wait"),
        .optional("pane", \.pane, "its pane; absent while it waits"),
        .optional("window", \.window, "the window that its pane is in"),
        .optional("width", \.width, "columns"),
        .optional("height", \.height, "rows"),
    ]
}

extension PaneSubject {
    /// A ticket or a session, and not both.
    package static func read(_ ticket: String?, _ session: String?) throws(ReeveError) -> PaneSubject {
        switch (ticket.map { TicketID($0) }, session.map { SessionName($0) }) {
        case (let ticket??, nil): return .ticket(ticket)
        case (nil, let name??): return .session(name)
        default: throw .invalid("$.ticket", "give either a ticket or a session", hint: "reeve session list shows the sessions")
        }
    }
}
