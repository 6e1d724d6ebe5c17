/// How far a ticket has come in its type's steps. Stored with the ticket.
package struct StepProgress: Sendable, Hashable {
    /// A step that is finished but for somebody's word.
    package struct Review: Sendable, Hashable {
        package var kind: WorkflowStep.Review
        package var since: Timestamp

        package init(kind: WorkflowStep.Review, since: Timestamp) {
            self.kind = kind
            self.since = since
        }
    }

    /// A step that has been decided on and whose prompt has not reached an agent yet.
    package struct Advance: Sendable, Hashable {
        package var step: String
        package var visit: Int
        /// What the reviewer wants changed; nil when nothing was rejected.
        package var feedback: String?
        /// The step that was rejected: its `on_reject` words the prompt.
        package var rejected: String?

        package init(step: String, visit: Int, feedback: String? = nil, rejected: String? = nil) {
            self.step = step
            self.visit = visit
            self.feedback = feedback
            self.rejected = rejected
        }
    }

    package var step: String
    /// How many steps have been entered, this one included: names one prompt for ever, across restarts and rejections.
    package var visit: Int
    /// Why it was entered, if something was rejected: as in `Advance`. Kept for a launch that has to be made again.
    package var feedback: String?
    package var rejected: String?
    package var review: Review?
    package var advance: Advance?

    package init(
        step: String, visit: Int = 1, feedback: String? = nil, rejected: String? = nil, review: Review? = nil,
        advance: Advance? = nil
    ) {
        self.step = step
        self.visit = visit
        self.feedback = feedback
        self.rejected = rejected
        self.review = review
        self.advance = advance
    }
}

extension StepProgress {
    /// With the prompt of what was decided on delivered.
    package var entered: StepProgress {
        guard let advance else { return self }
        return StepProgress(step: advance.step, visit: advance.visit, feedback: advance.feedback, rejected: advance.rejected)
    }
}

/// What an agent says of its step.
package struct StepReport: Sendable, Hashable {
    package enum Status: String, Sendable, Hashable, CaseIterable { case complete, blocked, failed }

    package var status: Status
    package var summary: String
    package var files: [String]

    package init(status: Status, summary: String = "", files: [String] = []) {
        self.status = status
        self.summary = summary
        self.files = files
    }
}

/// One entry into one step and what came of it: what later steps' prompts may name, and the audit of reviews. Kept with the ticket.
package struct StepRun: Sendable, Hashable {
    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        case running, review, approved, rejected, done, failed, cancelled, lost
    }

    package var ticket: TicketID
    package var visit: Int
    package var step: String
    package var agent: String
    package var outcome: Outcome
    package var summary: String
    package var files: [String]
    /// What the reviewer said.
    package var verdict: String?
    /// Who reviewed: a user's name and the door it came by.
    package var reviewer: String?
    package var startedAt: Timestamp
    package var endedAt: Timestamp?
    package var reviewedAt: Timestamp?

    package init(
        ticket: TicketID, visit: Int, step: String, agent: String, outcome: Outcome = .running, summary: String = "",
        files: [String] = [], verdict: String? = nil, reviewer: String? = nil, startedAt: Timestamp, endedAt: Timestamp? = nil,
        reviewedAt: Timestamp? = nil
    ) {
        self.ticket = ticket
        self.visit = visit
        self.step = step
        self.agent = agent
        self.outcome = outcome
        self.summary = summary
        self.files = files
        self.verdict = verdict
        self.reviewer = reviewer
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.reviewedAt = reviewedAt
    }
}

/// What is to change of a step's entry; nil stays.
package struct StepRunChange: Sendable, Hashable {
    package var ticket: TicketID
    package var visit: Int
    package var outcome: StepRun.Outcome
    package var summary: String?
    package var files: [String]?
    package var verdict: String?
    package var reviewer: String?
    package var endedAt: Timestamp?
    package var reviewedAt: Timestamp?

    package init(
        ticket: TicketID, visit: Int, outcome: StepRun.Outcome, summary: String? = nil, files: [String]? = nil,
        verdict: String? = nil, reviewer: String? = nil, endedAt: Timestamp? = nil, reviewedAt: Timestamp? = nil
    ) {
        self.ticket = ticket
        self.visit = visit
        self.outcome = outcome
        self.summary = summary
        self.files = files
        self.verdict = verdict
        self.reviewer = reviewer
        self.endedAt = endedAt
        self.reviewedAt = reviewedAt
    }
}

extension StepRun {
    package mutating func apply(_ change: StepRunChange) {
        outcome = change.outcome
        summary = change.summary ?? summary
        files = change.files ?? files
        verdict = change.verdict ?? verdict
        reviewer = change.reviewer ?? reviewer
        endedAt = change.endedAt ?? endedAt
        reviewedAt = change.reviewedAt ?? reviewedAt
    }
}
