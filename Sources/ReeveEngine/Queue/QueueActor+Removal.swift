import Logging
import ReeveModel

/// Finished tickets that are no longer kept.
extension QueueActor {
    /// In one transaction: some milliseconds for everybody who commits meanwhile.
    private static let removalsAtOnce = 16

    /// Removes the oldest tickets that were finished before `moment` and that nothing needs any more, with all that belongs to them.
    /// - Returns: whether something was removed, so that another look is worth while.
    func removeFinished(before moment: Timestamp) async throws -> Bool {
        let candidates = try await journal.remains(before: moment, limit: Self.removalsAtOnce * 4)
        // A first look that spares commits in vain. The journal decides, in the transaction itself: it refuses to remove what is no
        // longer over, and to change what has been removed.
        let chosen = candidates.filter { $0.ticket.map { isAtRest($0) } ?? true }.prefix(Self.removalsAtOnce)
        guard !chosen.isEmpty else { return false }
        let tickets = chosen.compactMap(\.ticket)
        tickets.forEach(startChange)
        defer { tickets.forEach(endChange) }
        // Whoever looked one up as a prerequisite looks again.
        if !tickets.isEmpty { doneGeneration += 1 }
        // The files first: a crash in between leaves rows, which are found again, and not files, which nobody would look for.
        for remains in chosen { await removeFiles(remains) }
        let commits = chosen.map { ($0, journal.enqueue(removal($0))) }
        var hasRemoved = false
        for (remains, commit) in commits {
            do { try await commit.value() } catch let error as ReeveError where error.kind == .conflict {
                // Somebody has come to need it meanwhile.
                logger.debug("a finished ticket stays", metadata: ["why": "\(error.message)"])
                continue
            }
            hasRemoved = true
            if let state = remains.state { counts[state, default: 0] -= 1 }
            if let ticket = remains.ticket { staysDown.removeAll { $0 == ticket } }
            staysDown.removeAll { $0 == remains.ticket }
        }
        publish()
        return hasRemoved
    }

    /// Nobody works on it, waits for its terminal to be closed, or is about to put it back into the queue.
    private func isAtRest(_ id: TicketID) -> Bool {
        agents[id] == nil && !policy.runningIDs.contains(id) && policy.queuedTicket(id) == nil && !launching.contains(id)
            && !changing.contains(id) && !switching.contains(id)
    }

    private func removal(_ remains: Remains) -> [JournalChange] {
        if let ticket = remains.ticket { return [.removeTicket(ticket), .event(.ticketRemoved(ticket))] }
        return remains.sessions.map { .removeSession($0) }
    }

    private func removeFiles(_ remains: Remains) async {
        for launch in remains.launches { await surroundings.environment.discardPrompt(for: launch) }
        for session in remains.sessions { await surroundings.keepers.forget(session) }
    }
}
