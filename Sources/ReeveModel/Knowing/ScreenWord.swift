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
