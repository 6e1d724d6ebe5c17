import ReeveModel

/// What was answered has happened, and is still so unless somebody has asked for something else since.
extension SimulationPromises {
    var acknowledgedHappened: [String] {
        ledger.asked.compactMap { asked in
            guard asked.isAnswered, let end = asked.logAfter, asked.logBefore <= end, end <= log.count else { return nil }
            let told = log[asked.logBefore..<end]
            if happened(asked, told) { return nil }
            return "\(spoken(asked)) was acknowledged, and nothing between request and answer tells of it"
        } + refusedHappened
    }

    private func happened(_ asked: SimulationAsked, _ told: ArraySlice<EventPayload>) -> Bool {
        let shown = told.lazy.compactMap(\.shownTicket).filter { $0.id == asked.ticket }
        switch asked.wish {
        case .create:
            return told.contains { if case .ticketCreated(let ticket) = $0 { ticket.id == asked.ticket } else { false } }
        case .update(let title, let agent, let after):
            return shown.contains { ticket in
                (title == nil || ticket.title == title) && ticket.agent == agent && ticket.after == after
            }
        case .retry: return shown.contains { $0.state == .queued && $0.attempts == 0 }
        case .cancel, .stop: return shown.contains { $0.state == .cancelled }
        case .launch: return shown.contains { $0.state == .running }
        case .change(let kind):
            return launch(asked).map { $0.kind == kind && $0.ticket == asked.ticket } ?? false
        case .restart: return launch(asked).map { $0.ticket == asked.ticket } ?? false
        case .review(let reviewer, _): return told.contains { $0.decision?.reviewer == reviewer }
        case .spawn(let name):
            return told.contains { if case .sessionOpened(let session) = $0 { session.name == name } else { false } }
        case .destroy(let name):
            // Another may have ended it a moment before, on the disk and not yet in the daemon.
            return told.contains { $0.endedSession?.name == name }
                || log[..<asked.logBefore].last { $0.namesSession(name) }?.endedSession != nil
        // A pause tells of itself only where it is news: `brokenPause` looks at the disk instead. A report may be heard for the second time.
        case .pause, .resume, .report: return true
        }
    }

    /// What the answer named, if it was written down and has been started.
    private func launch(_ asked: SimulationAsked) -> Launch? {
        launches.first { $0.id == asked.launch && starts[$0.id] == 1 }
    }

    /// What was refused in one piece has left nothing.
    private var refusedHappened: [String] {
        ledger.asked.compactMap { asked in
            guard case .refused(let why) = asked.outcome else { return nil }
            let isThere =
                switch asked.wish {
                case .create: asked.ticket.map { tickets[$0] != nil } ?? false
                case .update(let title?, _, _): log.contains { $0.shownTicket?.title == title }
                case .review(let reviewer, _): log.contains { $0.decision?.reviewer == reviewer }
                default: false
                }
            return isThere ? "\(spoken(asked)) was refused (\(why)), and it has happened" : nil
        }
    }

    /// The last word counts, where none may have come after it.
    var acknowledgedHolds: [String] {
        var found: [String] = []
        for ticket in tickets.values.sorted(by: { $0.id < $1.id }) {
            let happened = ledger.asked.filter { $0.ticket == ticket.id && $0.mayHaveHappened }
            for asked in happened where asked.isAnswered {
                let later = happened.filter { $0.sent != asked.sent && $0.mayComeAfter(asked) }
                switch asked.wish {
                case .cancel, .stop:
                    if !later.contains(where: \.wish.revives), ticket.state != .cancelled {
                        let state = "\(ticket.state.rawValue) (\(ticket.reason ?? "-"))"
                        found.append("\(spoken(asked)) was acknowledged, and it is \(state)")
                    }
                case .update(let title, let agent, let after):
                    let edits = later.filter { if case .update = $0.wish { true } else { false } }
                    if let title, edits.isEmpty, ticket.title != title {
                        found.append("\(spoken(asked)) was acknowledged, and it is called '\(ticket.title)'")
                    }
                    if edits.isEmpty, ticket.after != after {
                        found.append("\(spoken(asked)) was acknowledged, and it comes after \(ticket.after.map(\.text))")
                    }
                    found += brokenAgent(of: ticket, agent, asked, later)
                case .change(let kind): found += brokenAgent(of: ticket, kind, asked, later)
                default: break
                }
            }
        }
        return found
    }

    /// The steps of a type bring their own agents, so that only plain tickets keep theirs.
    private func brokenAgent(
        of ticket: Ticket, _ agent: String, _ asked: SimulationAsked, _ later: [SimulationAsked]
    ) -> [String] {
        guard !SimulatedWorkflows.isStepwise(ticket.id), ticket.agent != agent else { return [] }
        let isLast = !later.contains {
            switch $0.wish {
            case .change, .update: true
            default: false
            }
        }
        return isLast ? ["\(spoken(asked)) was acknowledged, and its agent is \(ticket.agent)"] : []
    }

    private func spoken(_ asked: SimulationAsked) -> String {
        "request \(asked.sent)\(asked.ticket.map { " for \($0)" } ?? ""), \(asked.wish),"
    }
}

extension EventPayload {
    fileprivate func namesSession(_ name: SessionName) -> Bool {
        if case .sessionOpened(let session) = self { return session.name == name }
        return endedSession?.name == name
    }

    /// A review that this event says was decided.
    var decision: ReviewNews? {
        guard case .agentReview(let news) = self, news.isApproved != nil else { return nil }
        return news
    }
}
