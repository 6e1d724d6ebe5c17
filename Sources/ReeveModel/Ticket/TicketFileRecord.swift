/// What the journal keeps of a ticket's file in the configured folder.
package struct TicketFileRecord: Sendable, Hashable {
    package var ticket: TicketID
    /// `queue`, `in-progress` or `completed`.
    package var place: String
    package var name: String
    /// Of all its bytes, as they were last read or written.
    package var mark: String
    /// Of what the ticket was last made or changed from.
    package var sense: String
    /// It was deleted, and that was told.
    package var isMissing: Bool
    /// It is still to be written.
    package var isWanted: Bool

    package init(
        ticket: TicketID, place: String, name: String, mark: String, sense: String, isMissing: Bool = false,
        isWanted: Bool = false
    ) {
        self.ticket = ticket
        self.place = place
        self.name = name
        self.mark = mark
        self.sense = sense
        self.isMissing = isMissing
        self.isWanted = isWanted
    }

    /// Of a ticket that is to get a file.
    package static func wanted(_ ticket: TicketID) -> TicketFileRecord {
        TicketFileRecord(ticket: ticket, place: "queue", name: "", mark: "", sense: "", isWanted: true)
    }
}
