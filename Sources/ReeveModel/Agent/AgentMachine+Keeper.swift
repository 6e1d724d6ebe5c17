/// What the keeper says, and what is found out when it says nothing more.
extension AgentMachine {
    mutating func keeper(_ event: KeeperEvent, at now: Moment) -> [Effect] {
        switch event {
        case .ended(let id, let exit):
            guard id == launch.id else { return [] }
            switch phase {
            case .running: return ended(exit, at: now)
            case .leaving: return left(exit, at: now)
            case .opening, .starting:
                earlyEnd = exit
                return []
            case .settled: return []
            }
        case .stopped(let id), .continued(let id):
            guard id == launch.id, isInWork else { return [] }
            if case .stopped = event { isStopped = true } else { isStopped = false }
            return [record([], at: now)]
        case .gone:
            if isInWork { isUnconfirmed = true }
            return [.diagnoseLoss]
        }
    }

    mutating func keeperLost(_ cause: LossCause, _ fact: LaunchFact, at now: Moment) -> [Effect] {
        guard isInWork else {
            // Promised to a launch that is on its way: that makes it anew.
            if isHeld { return [] }
            // A terminal that a person closed after its ticket was finished.
            return cause == .terminalGone ? sessionClosed(at: now) : lingerOn()
        }
        if case .ended(let exit) = fact {
            isUnconfirmed = false
            if case .leaving = phase { return left(exit, at: now) }
            return ended(exit, at: now)
        }
        // The terminal is being made, or asked for again until it is there.
        if case .opening = phase { return [] }
        isUnconfirmed = false
        let reason =
            switch cause {
            case .terminalGone: "its terminal is gone"
            case .keeperDied: "its keeper was killed"
            case .unclear: "its keeper is gone and \(session.backend) does not answer"
            }
        return lose(reason, cause: cause, at: now)
    }

    mutating func ended(_ exit: Exit, at now: Moment) -> [Effect] {
        if ticket.intent != nil, let wish = deferred {
            // Asked before a restart, and the agent left while no daemon was there: the wish goes on from here.
            deferred = nil
            request = wish
            phase = .leaving(SwitchLadder(kind: kind, rungTimeout: settings.rungTimeout, policy: .signal), begun: false)
            return left(exit, at: now)
        }
        if delivery?.isUnderWay == true {
            // Whether it took the prompt that was being typed decides what its end means.
            earlyEnd = exit
            return []
        }
        if case .finish(let state, let reason) = ticket.intent {
            return settle(state, launch: .ended(exit), reason: reason, failure: nil, at: now)
        }
        var reason = "\(launch.kind) \(exit.spoken)"
        // The kernel's way to end what takes too much; who else sent SIGKILL cannot be told.
        if exit == .signal(9), let limit = kind.memoryMax {
            reason += ", perhaps for its memory_max of \(DurationText.formatSize(limit))"
        }
        let decision = steps.handle(.exited(exit), now: now.wall)
        switch decision {
        case .finish: return settle(.done, launch: .ended(exit), reason: reason, failure: .conflict(reason), at: now)
        case .review(let kind):
            return settle(.review, launch: .ended(exit), reason: kind.reason, failure: .conflict(reason), at: now)
        case .advance: return settle(.queued, launch: .ended(exit), reason: reason, failure: .conflict(reason), at: now)
        case .nothing:
            // Between two steps, or in review: its part is done, however it ended.
            let state: TicketState = ticket.state == .review ? .review : .queued
            return settle(state, launch: .ended(exit), reason: ticket.reason ?? reason, failure: .conflict(reason), at: now)
        case .fail(let why):
            if exit.isSuccess { reason = "\(launch.kind) \(why)" }
            return settle(.failed, launch: .ended(exit), reason: reason, failure: .conflict(reason), at: now)
        case .refuse(let error):
            return settle(.failed, launch: .ended(exit), reason: error.message, failure: error, at: now)
        }
    }

    mutating func lose(_ reason: String, cause: LossCause, at now: Moment) -> [Effect] {
        settle(
            .lost, launch: .lost, reason: reason, failure: .conflict("'\(ticket.id)' is lost: \(reason)"), cause: cause, at: now)
    }
}
