/// How far a ticket's branch has come as a request. Stored with the ticket: following it goes on after a restart.
package struct RequestRecord: Sendable, Hashable {
    package enum Stage: String, Sendable, Hashable, CaseIterable {
        /// Nothing has left this machine.
        case none
        /// The branch is at the remote, and no request of it is known.
        case pushed
        case open
        /// Open, and a reviewer wants changes that have been passed on.
        case changesRequested = "changes_requested"
        case merged
        case closed
    }

    package var stage: Stage
    package var number: Int64?
    package var url: String?
    /// The visit of the step whose work is to be offered and has not been yet.
    package var wanted: Int?
    /// The ticket waits for the request's end; false while its agent works.
    package var isAwaited: Bool
    /// The commit that we pushed last.
    package var pushed: String?
    /// The branch's newest commit when it was merged.
    package var mergedHead: String?
    /// The review that was passed on last.
    package var heard: String?
    /// What a person was asked to do last; nil once it is not needed any more.
    package var advice: RequestAdvice?

    package init(
        stage: Stage = .none, number: Int64? = nil, url: String? = nil, wanted: Int? = nil, isAwaited: Bool = false,
        pushed: String? = nil, mergedHead: String? = nil, heard: String? = nil, advice: RequestAdvice? = nil
    ) {
        self.stage = stage
        self.number = number
        self.url = url
        self.wanted = wanted
        self.isAwaited = isAwaited
        self.pushed = pushed
        self.mergedHead = mergedHead
        self.heard = heard
        self.advice = advice
    }
}
