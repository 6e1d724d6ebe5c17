// Who is believed. In the order of authority: the end of the process, the registry of live processes, what hooks told, the transcript,
// the presence of a process, the screen. A higher source is overruled by a lower one only where that is newer and says more; a dialog is
// closed only by what closes it.

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
        let at = entry.at ?? before?.at ?? now
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

/// What a screen rule says.
package struct ScreenGuess: Sendable, Hashable {
    package var state: ThreadState
    package var detail: String?
    package var rule: String
    package var matched: String

    package init(state: ThreadState, detail: String?, rule: String, matched: String) {
        self.state = state
        self.detail = detail
        self.rule = rule
        self.matched = matched
    }
}

struct ScreenWord: Sendable, Hashable {
    var guess: ScreenGuess
    var since: Timestamp
    var seen: Timestamp
    /// The work that it came to rest from.
    var busy: ScreenGuess?

    init(guess: ScreenGuess, since: Timestamp, before: ScreenWord?) {
        self.guess = guess
        self.since = since
        seen = since
        if let before, guess.state == .idle, before.guess.state == .running { busy = before.guess }
    }

    /// When an idle screen is believed after a busy one.
    var restsAt: Timestamp? { busy == nil ? nil : since.advanced(by: ThreadKnowledge.screenRest) }

    func evidence(now: Timestamp) -> Evidence {
        let guess = if let busy, let restsAt, now < restsAt { busy } else { self.guess }
        return Evidence(
            source: .screen, state: guess.state, detail: guess.detail, rule: guess.rule, matched: guess.matched, at: since,
            seen: seen)
    }
}

extension ThreadKnowledge {
    struct Decision {
        var evidence: Evidence
        /// Why each source that is not the decisive one is not.
        var others: [(evidence: Evidence, why: String)]
    }

    func decide(now: Timestamp) -> Decision {
        var others: [(evidence: Evidence, why: String)] = []
        let hookSays = hook.evidence(explicit: .hook, inferred: .hook)
        let transcriptSays = transcript?.evidence(explicit: .transcript, inferred: .inferred)
        let registrySays = registry?.evidence
        let screenSays = screen?.evidence(now: now)

        var told = pick(hookSays, transcriptSays, &others) { preferTranscript($0, $1) }
        told = pick(registrySays, told, &others) { preferTold($0, $1) }
        if told == nil, let opened = transcripts.values.compactMap(\.openedAt).min() {
            // Whatever anybody else says is more than this.
            told = Evidence(source: .inferred, state: .idle, rule: "no turn was ever opened", at: opened, seen: opened)
        }

        if let exit {
            for evidence in [told, screenSays].compactMap({ $0 }) { others.append((evidence, "its process has ended")) }
            return Decision(evidence: exit, others: others)
        }
        if let current = told, current.state.isOpen {
            if case .none(let since) = presence {
                others.append((current, "a turn cannot be open without a process"))
                if let screenSays { others.append((screenSays, "there is no process of this agent")) }
                let gone = Evidence(
                    source: .exit, state: .interrupted, rule: "an open turn and no process of \(key.kind)", at: since, seen: now)
                return Decision(evidence: gone, others: others)
            }
            let isTold = current.state == .waiting && current.source == .hook
            if presence == .unknown, !isTold, let lastGrowth, now >= lastGrowth.advanced(by: Self.longestSilence) {
                others.append((current, "no sign of life for 10 minutes and no known process"))
                told = Evidence(
                    source: current.source, state: .unknown, rule: "no sign of life for 10 minutes and no known process",
                    at: lastGrowth.advanced(by: Self.longestSilence), seen: now)
            }
        }
        guard let told, told.state != .unknown else {
            if let screenSays { return Decision(evidence: screenSays, others: others) }
            return Decision(evidence: told ?? present(now), others: others)
        }
        guard let screenSays else { return Decision(evidence: told, others: others) }
        if speaks(screenSays, over: told, hookSays, registrySays) {
            others.append((told, "a dialog is on the screen, and this source never tells of one"))
            return Decision(evidence: screenSays, others: others)
        }
        others.append((screenSays, "a guess is outranked by \(told.source.word)"))
        return Decision(evidence: told, others: others)
    }

    private func pick(
        _ higher: Evidence?, _ lower: Evidence?, _ others: inout [(evidence: Evidence, why: String)],
        _ prefersLower: (Evidence, Evidence) -> String?
    ) -> Evidence? {
        guard let higher else { return lower }
        guard let lower else { return higher }
        if let why = prefersLower(higher, lower) {
            others.append((higher, why))
            return lower
        }
        let why =
            higher.state == lower.state
            ? "\(higher.source.word) says the same and ranks higher"
            : lower.at > higher.at
                ? "\(higher.source.word) ranks higher, and this does not close what it tells"
                : "\(higher.source.word) ranks higher and is not older"
        others.append((lower, why))
        return higher
    }

    /// Why the transcript is believed and not the hook; nil when the hook is.
    private func preferTranscript(_ told: Evidence, _ read: Evidence) -> String? {
        if told.state == .waiting, !hook.asks.isEmpty { return nil }
        if told.isWeak, read.state != .running, read.state != .tool, read.state != .idle, read.at >= hook.turnBegan ?? .never {
            return "it tells that the turn is over, the \(read.source.word) tells how"
        }
        return read.at > told.at ? "the \(read.source.word) is newer" : nil
    }

    /// Why hook or transcript are believed and not the registry.
    private func preferTold(_ listed: Evidence, _ told: Evidence) -> String? {
        let isNewer = told.at > listed.at
        switch listed.state {
        case .waiting:
            // Other tools may go on beside a dialog.
            if told.state == .tool { return nil }
            let begins = told.state == .running && (told.source == .hook || (transcript?.turnBegan ?? .never) > listed.at)
            return isNewer && (!told.state.isOpen || begins) ? "the \(told.source.word) is newer and closes the dialog" : nil
        case .running:
            if isNewer { return "the \(told.source.word) is newer" }
            return told.state == .tool && told.at > registry?.restedAt ?? .never
                ? "the \(told.source.word) names the tool that is at work" : nil
        default:
            if isNewer { return "the \(told.source.word) is newer" }
            guard told.state.isNews, told.state != .waiting, let busySince = registry?.busySince, told.at >= busySince else {
                return nil
            }
            return "it tells that the turn is over, the \(told.source.word) tells how"
        }
    }

    /// Some transcripts never tell of a dialog: there the screen is the only witness, as long as no hook speaks.
    private func speaks(_ guess: Evidence, over told: Evidence, _ hookSays: Evidence?, _ registrySays: Evidence?) -> Bool {
        guess.state == .waiting && hookSays == nil && registrySays == nil && guess.at >= told.at
            && (told.state == .running || told.state == .tool)
    }

    private func present(_ now: Timestamp) -> Evidence {
        guard presence == .alive else {
            return Evidence(source: .none, state: .unknown, rule: "nothing is known", at: now, seen: now)
        }
        return Evidence(
            source: .process, state: .unknown, rule: "a process of \(key.kind) is there; that tells no state", at: now, seen: now)
    }
}
