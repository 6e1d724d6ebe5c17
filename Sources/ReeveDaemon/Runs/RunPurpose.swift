import ReeveModel

/// Whom a command is run for: it does not outlive them.
enum RunOwner: Sendable, Hashable {
    case ticket(TicketID)
    /// One without a ticket.
    case session(SessionID)
}

/// `Launch.kind` of a command's session: that it is one, and whose. It is in the database, so a daemon that comes later knows it.
struct RunPurpose: Sendable, Hashable {
    var owner: RunOwner?

    init(owner: RunOwner?) { self.owner = owner }

    /// Nil for what is no command's session.
    init?(kind: String) {
        let words = kind.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.first == Self.word else { return nil }
        switch words.count {
        case 1: owner = nil
        case 2:
            guard let ticket = TicketID(words[1]) else { return nil }
            owner = .ticket(ticket)
        case 3:
            // Two words: a ticket may be called whatever a session's mark is.
            guard words[1] == Self.ofSession, let session = SessionID(words[2]) else { return nil }
            owner = .session(session)
        default: return nil
        }
    }

    var kind: String {
        switch owner {
        case nil: Self.word
        case .ticket(let ticket): "\(Self.word) \(ticket)"
        case .session(let session): "\(Self.word) \(Self.ofSession) \(session)"
        }
    }

    private static let word = "run"
    private static let ofSession = "session"
}
