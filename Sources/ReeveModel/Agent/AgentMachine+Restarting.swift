/// After a restart of the daemon; timers; the multiplexer's health.
extension AgentMachine {
    mutating func adopt(_ next: PreparedLaunch?, at now: Moment) -> [Effect] {
        isAdopted = true
        if let intent = ticket.intent { deferred = Request(intent: intent, next: next, reply: nil) }
        guard case .running = launch.state else {
            phase = .opening
            return [.openSession(session)]
        }
        phase = .running
        inheritsDelivery = steps.progress.advance != nil
        isUnconfirmed = true
        shown = (.running, nil)
        if launch.prompt == .delivering {
            note = "its prompt may not have arrived: the daemon ended while it was typed"
            shown = (.running, note)
        }
        return [.inspect(launch)]
    }

    mutating func adoptFinished(at now: Moment) -> [Effect] {
        phase = .settled
        shown = derived
        let open = now.wall.milliseconds - (ticket.finishedAt ?? now.wall).milliseconds
        // Between none and all of it, wherever the clock has been put meanwhile.
        let left = min(max(0, settings.linger.milliseconds - open), settings.linger.milliseconds)
        return [.timer(.linger(generation: generation), .milliseconds(left))]
    }

    mutating func timer(_ timer: Timer, at now: Moment) -> [Effect] {
        switch timer {
        case .ladder(let generation, let step):
            return generation == self.generation ? ladder(.timer(step: step), at: now) : []
        case .linger(let generation):
            guard generation == self.generation, !isInWork, !isGone, !isClosing else { return [] }
            isClosing = true
            return [.closeSession(session, evenIfWatched: false)]
        case .proven(let id):
            guard id == launch.id, isInWork, launch.startedAt != nil, !isJudged else { return [] }
            isJudged = true
            return [.judged(kind: launch.kind, .worked)]
        case .deliver(let visit): return delivery?.visit == visit ? deliver(at: now) : []
        case .farewell(let id): return id == launch.id ? beginFarewell(at: now) : []
        case .inspect:
            guard isUnconfirmed, isInWork else { return [] }
            if case .opening = phase { return [.openSession(session)] }
            return [.inspect(launch)]
        }
    }

    /// The multiplexer lists its sessions, and this one is not among them.
    mutating func sessionMissing(at now: Moment) -> [Effect] {
        guard !isGone, !isClosing, session.handle != nil else { return [] }
        switch phase {
        // Perhaps it was listed a moment before it was made.
        case .opening, .starting: return []
        // The keeper has the last word: if it lives, the list was made before the session was.
        case .running, .leaving, .settled: return [.diagnoseLoss]
        }
    }

    mutating func backend(_ isUp: Bool, _ detail: String, at now: Moment) -> [Effect] {
        guard isUp != isBackendUp || detail != backendDetail else { return [] }
        isBackendUp = isUp
        backendDetail = detail
        return isInWork ? [record([], at: now)] : []
    }
}
