/// What an event says to the notifications: the part of it that may become news.
package struct Happening: Sendable, Hashable {
    package enum Fact: Sendable, Hashable {
        case agent(TicketID, kind: String, AgentState, reason: String?)
        /// Also `cancelled`, of which nobody is told: somebody asked for it.
        case finished(TicketID, TicketState, title: String, reason: String?)
        case reviewOpened(TicketID, step: String, visit: Int64, review: String)
        case reviewDecided(TicketID)
        /// Nil stands for all kinds.
        case braked(agent: String?, failures: Int64, reason: String)
        case unbraked(agent: String?)
        case queueResumed
        case backend(name: String, isUp: Bool, detail: String)
        /// Of a ticket, or of a session without one.
        case message(TicketID?, sender: String, title: String?, body: String, NoticeUrgency)
        case removed(TicketID)
    }

    package var seq: Int64
    package var time: Timestamp
    /// Nil: nothing in it concerns anybody here, but it has been read.
    package var fact: Fact?

    package init(seq: Int64, time: Timestamp, fact: Fact?) {
        self.seq = seq
        self.time = time
        self.fact = fact
    }
}
