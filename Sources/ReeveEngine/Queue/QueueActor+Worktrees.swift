import Logging
package import ReeveModel

/// What becomes of a ticket's worktree when its work is over.
extension QueueActor {
    /// Where the commit is kept that the provider says was merged: a squash leaves no other trace of it.
    package static func mergedKey(_ ticket: TicketID) -> String { "merged.\(ticket)" }

    /// Removes the worktree of a ticket that is done, if nothing can be lost by it; otherwise it stays, and the ticket says why.
    func tidyPlace(of id: TicketID) async {
        guard let worktrees = preparer.worktrees, !policy.runningIDs.contains(id), agents[id] == nil,
            let ticket = try? await journal.ticket(id), ticket.state == .done, let place = ticket.extras.place
        else { return }
        let mergedHead = (try? await journal.meta(Self.mergedKey(id))) ?? nil
        let outcome: WorktreeRemoval
        do { outcome = try await worktrees.remove(place, mergedHead: mergedHead) } catch {
            outcome = .kept(reasons: [error.message], look: error.hint ?? "reeve show \(id)")
        }
        startChange(id)
        defer { endChange(id) }
        // It may have been retried meanwhile; then the next launch makes its worktree anew.
        guard var now = try? await journal.ticket(id), now.extras.place == place, now.state == .done else { return }
        switch outcome {
        case .removed(_, let ignored):
            now.extras.place = nil
            now.extras.kept = nil
            logger.info("a worktree is removed", metadata: ["ticket": "\(id)", "ignored_files": "\(ignored.count)"])
        case .kept(let reasons, let look):
            let sentence = "\(reasons.joined(separator: "; ")); \(look)"
            guard now.extras.kept != sentence else { return }
            now.extras.kept = sentence
            logger.notice("a worktree stays", metadata: ["ticket": "\(id)", "reasons": "\(sentence)"])
        }
        try? await journal.enqueue([.putTicket(now), .event(.ticketUpdated(now))]).value()
    }
}
