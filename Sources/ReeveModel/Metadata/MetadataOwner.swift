/// Whose metadata: a ticket's, or that of a session that has none. A session of a ticket speaks for its ticket.
package enum MetadataOwner: Sendable, Hashable {
    case ticket(TicketID)
    /// By identity and not by name: names are used again, and a new session begins with nothing.
    case session(SessionID, name: SessionName)

    package var ticket: TicketID? {
        if case .ticket(let id) = self { return id }
        return nil
    }

    package var session: SessionName? {
        if case .session(_, let name) = self { return name }
        return nil
    }

    package static func == (a: MetadataOwner, b: MetadataOwner) -> Bool {
        switch (a, b) {
        case (.ticket(let a), .ticket(let b)): a == b
        case (.session(let a, _), .session(let b, _)): a == b
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .ticket(let id): hasher.combine(id)
        case .session(let id, _): hasher.combine(id)
        }
    }
}
