package import ReeveJSON
package import ReeveModel

extension TicketState: WireWord {}

extension Priority: WireCodable {
    package static var schema: Schema { .oneOf(allCases.map(\.word)) }
    package init(reading view: JSONView) throws(ReeveError) {
        let word = try String(reading: view)
        guard let value = Priority(word: word) else {
            throw .invalid("", "'\(word.prefix(16))' is none of P0, P1, P2, P3")
        }
        self = value
    }
    package func write(to writer: inout JSONWriter) { writer.value(word) }
}

/// `ticket` of the protocol.
package struct TicketShape: WireObject, Equatable {
    package var id = ""
    package var title = ""
    package var body: String?
    package var type = ""
    package var project: String?
    package var agent = ""
    package var priority = Priority.p2
    package var state = TicketState.queued
    package var after: [String]?
    package var step: String?
    package var visit: Int?
    package var review: WorkflowStep.Review?
    package var createdAt = ""
    package var startedAt: String?
    package var finishedAt: String?
    package var attempts = 0
    package var reason: String?
    package var staysDown: Bool?
    package var file: String?
    package var branch: String?
    package var worktree: String?
    package var worktreeKept: String?
    package var metadata: MetadataShape?

    package init() {}

    /// - Parameters:
    ///   - reason: replaces the stored reason: why a queued ticket waits is derived when it is asked for.
    ///   - withBody: lists leave the body out.
    package init(_ ticket: Ticket, reason: String? = nil, withBody: Bool = true) {
        id = ticket.id.text
        title = ticket.title
        body = withBody ? ticket.body : nil
        type = ticket.type
        project = ticket.project
        agent = ticket.agent
        priority = ticket.priority
        state = ticket.state
        after = ticket.after.isEmpty ? nil : ticket.after.map(\.text)
        step = ticket.step
        visit = ticket.progress?.visit
        review = ticket.state == .review ? ticket.progress?.review?.kind : nil
        createdAt = ticket.createdAt.rfc3339
        startedAt = ticket.startedAt?.rfc3339
        finishedAt = ticket.finishedAt?.rfc3339
        attempts = ticket.attempts
        self.reason = reason ?? ticket.reason
        staysDown = ticket.staysDown ? true : nil
        branch = ticket.extras.place?.branch.text
        worktree = ticket.extras.place?.root
        worktreeKept = ticket.extras.kept
    }

    package static let fields: [Field<TicketShape>] = [
        .required("id", \.id, "the ticket's id"),
        .required("title", \.title, "one line for people"),
        .optional("body", \.body, "what is to be done; not in lists"),
        .required("type", \.type, "the kind of work"),
        .optional("project", \.project, "the directory it is done in"),
        .required("agent", \.agent, "the agent kind"),
        .required("priority", \.priority, "P0 is the most urgent"),
        .required("state", \.state, "where it stands"),
        .optional("after", \.after, "tickets that must be done first"),
        .optional("step", \.step, "the step of its workflow"),
        .optional("visit", \.visit, "how many steps it has entered"),
        .optional("review", \.review, "what kind of review it waits for"),
        .required("createdAt", \.createdAt, "RFC 3339, UTC"),
        .optional("startedAt", \.startedAt, "first launch of the current run"),
        .optional("finishedAt", \.finishedAt, "when it reached a final state"),
        .required("attempts", \.attempts, "launches by the queue"),
        .optional("reason", \.reason, "why it is in its state, or why it waits"),
        .optional("staysDown", \.staysDown, "true: started too often, not started again by itself"),
        .optional("branch", \.branch, "the branch that its work is on"),
        .optional("worktree", \.worktree, "the worktree that its agents work in"),
        .optional("worktreeKept", \.worktreeKept, "why that stays although the ticket is done"),
        .optional("file", \.file, "its file, in the answer to the ticket's creation where tickets are files"),
        .optional("metadata", \.metadata, "what is told of it; in lists without its log, in events never"),
    ]
}
