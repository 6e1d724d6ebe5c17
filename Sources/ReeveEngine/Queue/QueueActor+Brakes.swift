import Logging
import ReeveModel

/// What stops launching by itself when launches fail one after another.
extension QueueActor {
    /// Takes down what a launch has shown. Nothing suspends here, so no launch slips in between the failure and the brake.
    func judge(_ ticket: TicketID, kind: String, _ outcome: LaunchOutcome) {
        switch outcome {
        case .worked: policy.breaker.worked(ticket, kind: kind)
        case .failed(let reason): policy.breaker.failed(ticket, kind: kind, reason: reason, now: time.wall())
        case .unjudged: policy.breaker.unjudged(ticket)
        }
        let changes = brakeChanges()
        // Not waited for: a brake that a full disk does not take holds all the same, until the next change writes it or this process ends.
        if !changes.isEmpty { _ = journal.enqueue(changes) }
    }

    /// Judged while its agent works on.
    func judged(_ ticket: TicketID, kind: String, _ outcome: LaunchOutcome) {
        judge(ticket, kind: kind, outcome)
        publish()
        schedule()
    }

    /// A person says that all is well: what has to be written down of it.
    func releaseBrakes() -> [JournalChange] {
        policy.breaker.reset()
        return brakeChanges()
    }

    func restoreBrakes(_ snapshot: JournalSnapshot) {
        policy.breaker.restore(snapshot.breaker)
        writtenBreaker = policy.breaker.stored
        toldBrakes = Set(policy.breaker.brakes.map(\.scope))
        staysDown = snapshot.staysDown
    }

    private func brakeChanges() -> [JournalChange] {
        let stored = policy.breaker.stored
        guard stored != writtenBreaker else { return [] }
        writtenBreaker = stored
        let brakes = policy.breaker.brakes
        let open = Set(brakes.map(\.scope))
        var changes: [JournalChange] = [.setMeta(key: "breaker", value: stored)]
        for brake in brakes where !toldBrakes.contains(brake.scope) {
            logger.error("\(LaunchBreaker.spoken(brake))")
            changes.append(.event(.queueBraked(brake)))
        }
        for scope in toldBrakes.subtracting(open).sorted(by: { $0.word < $1.word }) {
            logger.notice("launching goes on", metadata: ["scope": "\(scope.word)"])
            changes.append(.event(.queueUnbraked(scope)))
        }
        toldBrakes = open
        return changes
    }
}
