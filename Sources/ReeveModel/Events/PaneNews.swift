/// What has become of a session's pane beside a person's own, or of that one.
package struct PaneNews: Sendable, Hashable {
    package enum What: String, Sendable, Hashable, CaseIterable {
        case opened, closed
        /// There is no room; it waits.
        case waiting
        /// It waited and got none.
        case refused
        /// New agents come beside the host from now on; and do so no more.
        case following, unfollowed
    }

    package var what: What
    package var ticket: TicketID?
    /// Nil where it is about the host itself.
    package var session: SessionName?
    package var pane: String?
    package var host: PaneHost
    /// Why, in a sentence for people.
    package var reason: String

    package init(
        _ what: What, ticket: TicketID?, session: SessionName?, pane: String? = nil, host: PaneHost, reason: String
    ) {
        self.what = what
        self.ticket = ticket
        self.session = session
        self.pane = pane
        self.host = host
        self.reason = reason
    }
}
