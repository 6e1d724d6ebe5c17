/// Pull requests and merge requests: a branch offered to its base. Implemented by `ReeveGit` with the provider's own command line.
package protocol MergeRequests: Sendable {
    /// Pushes the branch and makes its request, or finds the one that is open. Asked again it makes no second one.
    /// - Throws: `unavailable` when the remote or the provider does not answer as it should, `timeout`: worth another try.
    func publish(_ order: PublishOrder) async throws(ReeveError) -> PublishOutcome
    /// What has become of a request.
    /// - Throws: as `publish`, with the command that shows why as its hint.
    func look(_ reference: RequestReference) async throws(ReeveError) -> RequestReading
}

package struct PublishOrder: Sendable, Hashable {
    package var ticket: TicketID
    package var place: WorktreePlace
    package var title: String
    package var body: String
    /// The commit that we pushed last: only that one may be replaced on the remote.
    package var lastPushed: String?
    /// The commit of the branch that has been merged before: with nothing new there is nothing to offer.
    package var mergedHead: String?

    package init(
        ticket: TicketID, place: WorktreePlace, title: String, body: String, lastPushed: String? = nil, mergedHead: String? = nil
    ) {
        self.ticket = ticket
        self.place = place
        self.title = title
        self.body = body
        self.lastPushed = lastPushed
        self.mergedHead = mergedHead
    }
}

package struct RequestReference: Sendable, Hashable {
    package var place: WorktreePlace
    package var number: Int64

    package init(place: WorktreePlace, number: Int64) {
        self.place = place
        self.number = number
    }
}

package enum PublishOutcome: Sendable, Hashable {
    /// - Parameter pushed: the commit that the remote's branch is at.
    case requested(number: Int64, url: String, pushed: String)
    /// A person has to do the rest.
    /// - Parameter pushed: the commit that the remote's branch is at; nil when even that could not be done.
    case told(RequestAdvice, pushed: String?)
    /// All that the branch has was merged before: `mergedHead` is its newest commit.
    case nothingNew
}

/// What a person is asked to do, exactly.
package struct RequestAdvice: Sendable, Hashable {
    package var reason: String
    /// To be run one after another, as a shell takes them.
    package var commands: [String]

    package init(_ reason: String, commands: [String]) {
        self.reason = reason
        self.commands = commands
    }
}

/// What a provider says of a request at one moment. Its texts are clean.
package struct RequestReading: Sendable, Hashable {
    package enum State: String, Sendable, Hashable, CaseIterable { case open, merged, closed }

    package var number: Int64
    package var url: String
    package var state: State
    /// The newest commit of the request's branch.
    package var head: String?
    /// What reviewers want changed; nil when nobody does.
    package var review: RequestReview?

    package init(number: Int64, url: String, state: State, head: String? = nil, review: RequestReview? = nil) {
        self.number = number
        self.url = url
        self.state = state
        self.head = head
        self.review = review
    }
}

package struct RequestReview: Sendable, Hashable {
    /// Tells one review from the next: the same again is the same review.
    package var id: String
    /// Names at the provider, sorted.
    package var by: [String]
    package var text: String

    package init(id: String, by: [String], text: String) {
        self.id = id
        self.by = by
        self.text = text
    }
}
