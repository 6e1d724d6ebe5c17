// Who is believed. In the order of authority: the end of the process, the registry of live processes, what hooks told, the transcript,
// the presence of a process, the screen. A higher source is overruled by a lower one only where that is newer and says more; a dialog is
// closed only by what closes it.

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
        told = told ?? kept
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
