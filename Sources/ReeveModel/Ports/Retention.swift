/// How long what is over is kept. `[retention]` of the configuration.
package struct Retention: Sendable, Hashable {
    /// Events older than this are dropped …
    package var events: Duration = .seconds(7 * 86_400)
    /// … and the oldest beyond so many.
    package var maxEvents = 1_000_000
    /// Tickets that have been finished for so long go, with all that belongs to them; nil: they stay.
    package var finishedTickets: Duration? = .seconds(90 * 86_400)

    package init() {}
}

/// A finished ticket, or a closed session without one, that nothing needs any more; and whose files go with it.
package struct Remains: Sendable, Hashable {
    /// Nil for a session without a ticket.
    package var ticket: TicketID?
    /// The state in which the ticket was counted.
    package var state: TicketState?
    package var launches: [LaunchID]
    package var sessions: [SessionID]

    package init(ticket: TicketID?, state: TicketState?, launches: [LaunchID], sessions: [SessionID]) {
        self.ticket = ticket
        self.state = state
        self.launches = launches
        self.sessions = sessions
    }
}
