/// A terminal that a multiplexer holds for us: what is stored about it.
package struct SessionRecord: Sendable, Hashable {
    package var id: SessionID
    package var name: SessionName
    package var backend: String
    /// The ticket it belongs to; nil for a session that somebody made by `session.spawn`.
    package var ticket: TicketID?
    package var handle: TerminalHandle?
    package var openedAt: Timestamp
    package var closedAt: Timestamp?

    package init(
        id: SessionID, name: SessionName, backend: String, ticket: TicketID?, handle: TerminalHandle? = nil,
        openedAt: Timestamp, closedAt: Timestamp? = nil
    ) {
        self.id = id
        self.name = name
        self.backend = backend
        self.ticket = ticket
        self.handle = handle
        self.openedAt = openedAt
        self.closedAt = closedAt
    }
}

/// Where a backend finds a session again: exact, never a name to be matched. Meaningless to everybody but the backend that made it.
package struct TerminalHandle: Sendable, Hashable {
    /// The backend's own id of the session, e.g. tmux `$3`.
    package var session: String
    /// The pane that the keeper runs in, e.g. tmux `%7`.
    package var pane: String
    /// Tells one life of the multiplexer from the next (ids restart with it), e.g. the server's pid and start time; behind a blank, which
    /// of several servers of the multiplexer it is, if not the usual one.
    package var epoch: String

    package init(session: String, pane: String, epoch: String) {
        self.session = session
        self.pane = pane
        self.epoch = epoch
    }

    /// Whether this is in that life of a server, whichever server it is.
    package func isIn(life: String) -> Bool { epoch.split(separator: " ", maxSplits: 1).first.map(String.init) == life }
}

/// A session as the multiplexer sees it now.
package struct TerminalSession: Sendable, Hashable {
    /// Our id from the ownership tag; nil for a session that is not ours.
    package var id: SessionID?
    package var name: String
    package var handle: TerminalHandle
    package var width: Int
    package var height: Int
    /// People looking at it.
    package var attached: Int
    package var panes: Int
    /// The program of the pane has ended and the multiplexer keeps the corpse.
    package var dead: Bool
    /// The instance id in the ownership tag.
    package var owner: String?

    package init(
        id: SessionID?, name: String, handle: TerminalHandle, width: Int, height: Int, attached: Int, panes: Int, dead: Bool,
        owner: String?
    ) {
        self.id = id
        self.name = name
        self.handle = handle
        self.width = width
        self.height = height
        self.attached = attached
        self.panes = panes
        self.dead = dead
        self.owner = owner
    }
}

/// A pane made by a split.
package struct TerminalPane: Sendable, Hashable {
    package var id: String
    package var width: Int
    package var height: Int
    package var active: Bool

    package init(id: String, width: Int, height: Int, active: Bool) {
        self.id = id
        self.width = width
        self.height = height
        self.active = active
    }
}

/// Horizontal: side by side. Vertical: one above the other.
package enum SplitDirection: String, Sendable, Hashable, CaseIterable {
    case horizontal, vertical
}
