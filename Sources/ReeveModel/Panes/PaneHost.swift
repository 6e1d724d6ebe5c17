/// A pane of tmux that others are put beside: a person's, or an agent's own for what the agent itself runs.
package struct PaneHost: Sendable, Hashable {
    /// The path of the server's socket: what `$TMUX` holds up to its first comma.
    package var server: String
    /// `%` and digits: `$TMUX_PANE`.
    package var pane: String

    package init(server: String, pane: String) {
        self.server = server
        self.pane = pane
    }
}

/// Whose pane.
package enum PaneSubject: Sendable, Hashable {
    case ticket(TicketID)
    case session(SessionName)
}

/// Where the panes of agents stand.
package enum PaneIsolation: String, Sendable, Hashable, CaseIterable {
    /// In the host's own window, beside it.
    case inline
    /// In a window of their own in the host's session.
    case window
    /// In a session of their own on the host's server.
    case session
}

/// What says on a pane whose it is, in one option of it: `INSTANCE SESSION HOST ISOLATION CREATED NAME`. After a restart of the daemon it is
/// all that is known of the pane.
package struct PaneTag: Sendable, Hashable {
    package static let option = "@reeve_pane"

    /// The daemon's.
    package var instance: String
    package var session: SessionID
    /// The host's pane on the same server.
    package var host: String
    package var isolation: PaneIsolation
    package var createdAt: Timestamp
    package var name: SessionName

    package init(
        instance: String, session: SessionID, host: String, isolation: PaneIsolation, createdAt: Timestamp, name: SessionName
    ) {
        self.instance = instance
        self.session = session
        self.host = host
        self.isolation = isolation
        self.createdAt = createdAt
        self.name = name
    }

    /// Nil for what is no tag of any daemon.
    package init?(_ text: some StringProtocol) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 6, let session = SessionID(String(words[1])), PaneWindow.number(String(words[2])) != nil,
            let isolation = PaneIsolation(rawValue: String(words[3])), let created = Int64(words[4]),
            let name = SessionName(String(words[5]))
        else { return nil }
        self.init(
            instance: String(words[0]), session: session, host: String(words[2]), isolation: isolation,
            createdAt: Timestamp(milliseconds: created), name: name)
    }

    package var text: String {
        "\(instance) \(session) \(host) \(isolation.rawValue) \(createdAt.milliseconds) \(name)"
    }
}
