import ReeveModel

/// Tickets go through the steps of their type as it says, each by one decision, and no decision is lost.
extension SimulationPromises {
    /// How far a ticket has come, as the log tells it.
    private struct Way {
        var visit = 0
        var step = ""
        /// What was decided on the review of this visit, and where in the log.
        var decision: (isApproval: Bool, at: Int)?
        /// The visit whose review is open.
        var openReview: Int?
    }

    /// Of tickets with steps: one decision for each review that was opened, and from one visit to the next only by what was decided on it.
    /// A visit is worked on again by another launch; never once it has been decided where it leads to.
    var stepsBroken: [String] {
        var ways: [TicketID: Way] = [:]
        var found: [String] = []
        for (index, payload) in log.enumerated() {
            switch payload {
            case .ticketCreated(let ticket), .ticketUpdated(let ticket), .ticketFinished(let ticket):
                // Done, and retried: from its first step on.
                if ticket.progress == nil { ways[ticket.id] = nil }
            case .agentStep(let news) where news.outcome == .running:
                found += entered(&ways[news.ticket, default: Way()], news, index)
            case .agentReview(let news):
                found += reviewed(&ways[news.ticket, default: Way()], news, index)
            default: break
            }
        }
        return found
    }

    private func entered(_ way: inout Way, _ news: StepNews, _ index: Int) -> [String] {
        // Of one that is worked on again an open review may stay open: an agent was exchanged under it.
        defer { if way.visit != news.visit { way = Way(visit: news.visit, step: news.step) } }
        let type = SimulatedWorkflows.feature
        let what = "\(news.ticket) began visit \(news.visit), '\(news.step)' (event \(index + 1)),"
        guard way.visit > 0, let before = type.step(way.step) else {
            return news.visit == 1 && news.step == type.steps.first?.name ? [] : ["\(what) as its first"]
        }
        if news.visit == way.visit {
            if news.step != way.step { return ["\(what) which was '\(way.step)'"] }
            guard let decision = way.decision, next(before, decision.isApproval) != nil else { return [] }
            let word = decision.isApproval ? "approved" : "rejected"
            return ["\(what) again, and it had been \(word) (event \(decision.at + 1)): that leads to another step"]
        }
        guard news.visit == way.visit + 1 else { return ["\(what) after visit \(way.visit), '\(way.step)'"] }
        guard before.review == .none || way.decision != nil else {
            return ["\(what) and nobody had decided on the review of '\(way.step)'"]
        }
        let expected = next(before, way.decision?.isApproval ?? true)
        return expected == news.step ? [] : ["\(what) after '\(way.step)', which leads to '\(expected ?? "the end")'"]
    }

    private func next(_ step: WorkflowStep, _ isApproval: Bool) -> String? {
        isApproval ? SimulatedWorkflows.feature.following(step)?.name : step.onReject?.step ?? step.name
    }

    private func reviewed(_ way: inout Way, _ news: ReviewNews, _ index: Int) -> [String] {
        guard let isApproval = news.isApproved else {
            way.openReview = news.visit
            return []
        }
        defer {
            way.openReview = nil
            way.decision = (isApproval, index)
        }
        let word = isApproval ? "approved" : "rejected"
        let what = "visit \(news.visit) of \(news.ticket) was \(word) by \(news.reviewer ?? "nobody") (event \(index + 1)),"
        if way.openReview != news.visit {
            guard let before = way.decision else { return ["\(what) and no review of it was open"] }
            return ["\(what) and its review had been decided (event \(before.at + 1))"]
        }
        let isAsked = ledger.asked.contains { asked in
            if case .review(news.reviewer ?? "", isApproval) = asked.wish { asked.ticket == news.ticket } else { false }
        }
        return isAsked ? [] : ["\(what) and nobody has asked for that"]
    }
}
