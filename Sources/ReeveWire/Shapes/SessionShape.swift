package import ReeveModel

extension SplitDirection: WireWord {}
extension LastResort: WireWord {}
extension SwitchLadder.Rung: WireWord {}

/// `session` of the protocol.
package struct SessionShape: WireObject, Equatable {
    package var name = ""
    package var backend = ""
    package var id = ""
    package var width = 0
    package var height = 0
    package var attached = 0
    package var panes = 0
    package var owner: String?
    package var ticket: String?

    package init() {}

    package init(_ session: TerminalSession, name: String, backend: String, ticket: TicketID?) {
        self.name = name
        self.backend = backend
        id = session.handle.session
        width = session.width
        height = session.height
        attached = session.attached
        panes = session.panes
        owner = session.owner
        self.ticket = ticket?.text
    }

    package static let fields: [Field<SessionShape>] = [
        .required("name", \.name, "the true name, also where the multiplexer cannot hold it"),
        .required("backend", \.backend, "the multiplexer"),
        .required("id", \.id, "the multiplexer's own id"),
        .required("width", \.width, "columns"),
        .required("height", \.height, "rows"),
        .required("attached", \.attached, "people looking at it"),
        .required("panes", \.panes, "panes in it"),
        .optional("owner", \.owner, "the Reeve instance it belongs to"),
        .optional("ticket", \.ticket, "the ticket it belongs to"),
    ]
}

package struct PaneShape: WireObject, Equatable {
    package var id = ""
    package var width = 0
    package var height = 0
    package var active = false

    package init() {}
    package init(_ pane: TerminalPane) {
        id = pane.id
        width = pane.width
        height = pane.height
        active = pane.active
    }

    package static let fields: [Field<PaneShape>] = [
        .required("id", \.id, "the multiplexer's own id"),
        .required("width", \.width, "columns"),
        .required("height", \.height, "rows"),
        .required("active", \.active, "whether it has the session's focus"),
    ]
}

/// One rung of the ladder.
package struct RungShape: WireObject, Equatable {
    package var rung = SwitchLadder.Rung.exit
    package var ms: Int64 = 0
    package var ended = false
    package var note: String?

    package init() {}
    package init(_ report: SwitchLadder.Report) {
        rung = report.rung
        ms = report.milliseconds
        ended = report.ended
        note = report.note
    }

    package static let fields: [Field<RungShape>] = [
        .required("rung", \.rung, "what was tried"),
        .required("ms", \.ms, "how long"),
        .required("ended", \.ended, "whether the agent ended on it"),
        .optional("note", \.note, "why it could not be tried"),
    ]
}
