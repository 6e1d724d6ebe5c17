/// What a person is told of. The words are those of the configuration and of what webhooks and commands get.
package enum NoticeKind: String, Sendable, Hashable, CaseIterable {
    /// An agent waits for its person: a permission, a question.
    case waiting
    /// An agent has an error and may not go on by itself.
    case error
    case done, failed, lost
    /// A step's review is open.
    case review
    /// An agent did not leave for another one.
    case switchFailed = "switch_failed"
    /// Launches have failed one after another, and no more are made.
    case queueHeld = "queue_held"
    /// The multiplexer does not answer.
    case backendDown = "backend_down"
    /// An agent, or a script in its terminal, has something to say.
    case message
    /// Several kinds in one: what was not told at the time.
    case summary

    /// What can be chosen: a summary is made of the others.
    package static let choices = allCases.filter { $0 != .summary }

    package var urgency: NoticeUrgency {
        switch self {
        case .done: .low
        case .waiting, .review, .message, .summary: .normal
        case .error, .failed, .lost, .switchFailed, .queueHeld, .backendDown: .critical
        }
    }
}

/// The levels of the Desktop Notifications Specification.
package enum NoticeUrgency: String, Sendable, Hashable, CaseIterable {
    case low, normal, critical
}

/// One thing that a person is told, or several of a kind in one. Its texts are clean and bounded.
package struct Notice: Sendable, Hashable {
    /// How many of one kind, and the first of their names.
    package struct Tally: Sendable, Hashable {
        package static let mostNames = 8

        package var kind: NoticeKind
        package var count: Int
        package var names: [String]

        package init(kind: NoticeKind, count: Int, names: [String]) {
            self.kind = kind
            self.count = count
            self.names = names
        }
    }

    /// Tells this notice from all others, for ever: whoever gets a key twice got a repeat.
    package var key: String
    /// The newest event in it.
    package var seq: Int64
    package var time: Timestamp
    package var kind: NoticeKind
    /// Nil where it is about no ticket, or several.
    package var ticket: TicketID?
    package var urgency: NoticeUrgency
    package var title: String
    package var body: String
    /// Of a notice that stands for several; else empty.
    package var tallies: [Tally]

    package init(
        key: String, seq: Int64, time: Timestamp, kind: NoticeKind, ticket: TicketID?, urgency: NoticeUrgency, title: String,
        body: String, tallies: [Tally] = []
    ) {
        self.key = key
        self.seq = seq
        self.time = time
        self.kind = kind
        self.ticket = ticket
        self.urgency = urgency
        self.title = title
        self.body = body
        self.tallies = tallies
    }

    /// What takes the place of what on a screen: news of a ticket that of the same ticket, everything else that of its kind.
    package var slot: String { ticket?.text ?? "/\(kind.rawValue)" }

    /// For somebody who wants only `kinds`; nil when nothing is left.
    package func narrowed(to kinds: Set<NoticeKind>) -> Notice? {
        guard kind == .summary else { return kinds.contains(kind) ? self : nil }
        let wanted = tallies.filter { kinds.contains($0.kind) }
        guard !wanted.isEmpty else { return nil }
        var notice = self
        notice.tallies = wanted
        (notice.title, notice.body) = NoticeText.summary(wanted)
        return notice
    }
}
