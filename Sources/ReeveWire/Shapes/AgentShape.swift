package import ReeveModel

extension AgentState: WireWord {}

/// How a program ended: one of the two members.
package struct ExitShape: WireObject, Equatable {
    package var code: Int?
    package var signal: Int?

    package init() {}
    package init(_ exit: Exit) {
        switch exit {
        case .code(let value): code = value
        case .signal(let value): signal = value
        }
    }

    package static let fields: [Field<ExitShape>] = [
        .optional("code", \.code, "the exit status"),
        .optional("signal", \.signal, "the signal that killed it"),
    ]
}

/// `agent` of the protocol.
package struct AgentShape: WireObject, Equatable {
    package var ticket = ""
    package var kind = ""
    package var state = AgentState.unknown
    package var since = ""
    package var reason: String?
    package var session = ""
    package var backend = ""
    package var pane: String?
    package var launch = ""
    package var pid: Int?
    package var startedAt = ""
    package var exit: ExitShape?

    package init() {}

    package init(_ agent: Agent) {
        ticket = agent.ticket.text
        kind = agent.kind
        state = agent.state
        since = agent.since.rfc3339
        reason = agent.reason
        session = agent.session.text
        backend = agent.backend
        pane = agent.pane
        launch = agent.launch.text
        pid = agent.pid
        startedAt = agent.startedAt.rfc3339
        exit = agent.exit.map { ExitShape($0) }
    }

    package static let fields: [Field<AgentShape>] = [
        .required("ticket", \.ticket, "the ticket it works on"),
        .required("kind", \.kind, "the agent kind"),
        .required("state", \.state, "what it is doing"),
        .required("since", \.since, "when that began"),
        .optional("reason", \.reason, "why, in a few words"),
        .required("session", \.session, "its session's name"),
        .required("backend", \.backend, "the multiplexer that holds the session"),
        .optional("pane", \.pane, "the multiplexer's id of its pane"),
        .required("launch", \.launch, "the launch: exactly-once by this id"),
        .optional("pid", \.pid, "while it runs"),
        .required("startedAt", \.startedAt, "when this launch began"),
        .optional("exit", \.exit, "how it ended"),
    ]
}
