package import ReeveModel

/// Values that tests begin with.
package enum Samples {
    package static func id(_ text: String) -> TicketID {
        guard let id = TicketID(text) else { preconditionFailure("a test uses an invalid id: \(text)") }
        return id
    }

    package static func session(_ text: String = "s1") -> SessionID {
        guard let id = SessionID(text) else { preconditionFailure("a test uses an invalid session id: \(text)") }
        return id
    }

    package static func launchID(_ text: String) -> LaunchID {
        guard let id = LaunchID(text) else { preconditionFailure("a test uses an invalid launch id: \(text)") }
        return id
    }

    package static func name(_ text: String) -> SessionName {
        guard let name = SessionName(text) else { preconditionFailure("a test uses an invalid name: \(text)") }
        return name
    }

    package static let now = Timestamp(milliseconds: 1_790_000_000_000)

    package static func ticket(
        _ name: String, sequence: Int64 = 1, priority: Priority = .p2, project: String? = nil, agent: String = "claude",
        after: [TicketID] = [], state: TicketState = .queued, attempts: Int = 0, notBefore: Timestamp? = nil, title: String? = nil
    ) -> Ticket {
        Ticket(
            id: id(name), sequence: sequence, title: title ?? "do \(name)", project: project, agent: agent, priority: priority,
            state: state, after: after, createdAt: now, attempts: attempts, notBefore: notBefore)
    }

    package static func kind(_ name: String = "claude", prompt: AgentKind.PromptDelivery = .none) -> AgentKind {
        AgentKind(name: name, start: [name], prompt: prompt)
    }

    package static func launch(
        _ name: String, ticket: String = "T", kind: String = "claude", state: Launch.State = .intended,
        prompt: Launch.PromptState = .none
    ) -> Launch {
        Launch(
            id: launchID(name), ticket: id(ticket), session: session(), kind: kind, arguments: [kind], directory: "/",
            prompt: prompt, state: state, createdAt: now)
    }

    package static func record(_ ticket: String = "T") -> SessionRecord {
        SessionRecord(id: session(), name: name("op-\(ticket)"), backend: "fake", ticket: id(ticket), openedAt: now)
    }
}
