/// The registry's words over time: it tells busy or not, and only the change tells that a turn has ended.
struct RegistryWord: Sendable, Hashable {
    var state: ThreadState
    var detail: String?
    var hasBackground = false
    var at: Timestamp
    var seen: Timestamp
    var rule: String
    var matched: String
    /// When it last turned from rest to work.
    var busySince: Timestamp?
    /// When it last came to rest.
    var restedAt: Timestamp?

    /// Nil as long as it has said nothing.
    init?(after before: RegistryWord?, entry: RegistryEntry, now: Timestamp) {
        guard let status = entry.status else {
            guard let before else { return nil }
            self = before
            return
        }
        let at = min(entry.at ?? before?.at ?? now, now)
        let wasBusy = before?.state.isOpen ?? false
        self.at = at
        seen = now
        matched = entry.matched
        busySince = before?.busySince
        restedAt = before?.restedAt
        switch status {
        case .busy, .waiting:
            if case .waiting(let reason) = status {
                (state, detail, rule) = (.waiting, reason, "registry status waiting")
            } else {
                (state, rule) = (.running, "registry status busy")
            }
            if !wasBusy { busySince = at }
            if let before, before.state == state, before.detail == detail { self = before }
        case .idle, .shell:
            hasBackground = status == .shell
            let word = status == .shell ? "shell" : "idle"
            guard let before, !wasBusy else {
                let hasEnded = wasBusy || status == .shell
                state = hasEnded ? .done : .idle
                rule = wasBusy ? "registry status busy, then \(word)" : "registry status \(word) at first sight"
                restedAt = at
                return
            }
            (state, rule, self.at, seen) = (before.state, before.rule, before.at, before.seen)
        }
    }

    /// From before a restart.
    init(kept evidence: Evidence) {
        (state, detail, hasBackground) = (evidence.state, evidence.detail, evidence.hasBackground)
        (at, seen, rule, matched) = (evidence.at, evidence.seen, evidence.rule, evidence.matched)
        if state.isOpen { busySince = at } else { restedAt = at }
    }

    var evidence: Evidence {
        Evidence(
            source: .registry, state: state, detail: detail, rule: rule, matched: matched, at: at, seen: seen,
            hasBackground: hasBackground, isWeak: state == .done)
    }
}
