/// What a reviewer's word makes of a ticket in review, whether an agent still runs for it or not. Pure.
package struct ReviewOutcome: Sendable {
    package var ticket: Ticket
    package var steps: StepMachine
    package var changes: [JournalChange]

    /// `.conflict` when there is nothing to review, or another review is open than the one that is meant.
    package static func decide(
        ticket: Ticket, steps: StepMachine, verdict: ReviewVerdict, now: Timestamp
    ) -> Result<ReviewOutcome, ReeveError> {
        let before = steps.progress
        guard ticket.state == .review, let review = before.review else {
            return .failure(.conflict("nothing to review: '\(ticket.id)' is \(ticket.state.rawValue)"))
        }
        if let visit = verdict.visit, visit != before.visit {
            return .failure(
                .conflict(
                    "the review of visit \(visit) is not open; visit \(before.visit), step '\(before.step)', is",
                    hint: "reeve show \(ticket.id)"))
        }
        var steps = steps
        var ticket = ticket
        switch steps.handle(verdict.isApproval ? .approved : .rejected(verdict.text ?? ""), now: now) {
        case .advance:
            ticket.progress = steps.progress
            ticket.state = .running
            ticket.reason = nil
        case .finish:
            ticket.progress = steps.progress
            ticket.state = .running
            ticket.reason = AgentIntent.finishing
            ticket.intent = .finish(.done, reason: "step '\(before.step)' was approved")
        case .fail(let reason): return .failure(.conflict(reason, hint: "reeve show \(ticket.id)"))
        case .refuse(let error): return .failure(error)
        case .nothing, .review: return .failure(.conflict("nothing to review: '\(ticket.id)' is \(ticket.state.rawValue)"))
        }
        let changes: [JournalChange] = [
            .updateStepRun(
                StepRunChange(
                    ticket: ticket.id, visit: before.visit, outcome: verdict.isApproval ? .approved : .rejected,
                    verdict: verdict.text, reviewer: verdict.reviewer, reviewedAt: now)),
            .event(
                .agentReview(
                    ReviewNews(
                        ticket: ticket.id, step: before.step, visit: before.visit, review: review.kind,
                        isApproved: verdict.isApproval, text: verdict.text, reviewer: verdict.reviewer))),
            .event(.ticketUpdated(ticket)),
        ]
        return .success(ReviewOutcome(ticket: ticket, steps: steps, changes: changes))
    }
}
