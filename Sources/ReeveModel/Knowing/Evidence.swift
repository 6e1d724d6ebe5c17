/// Who says so, the highest authority first.
package enum EvidenceSource: String, Sendable, Hashable, CaseIterable, Comparable {
    /// The end of the agent's process, seen in the table of processes or told by its keeper.
    case exit
    /// The agent's own list of its live processes, with the process verified.
    case registry
    /// What the agent told as it happened: hooks, plugins, its notify program, the generic push.
    case hook
    /// A line of the transcript that says how a turn begins or ends.
    case transcript
    /// What follows from the last line of the transcript.
    case inferred
    /// A process of that agent is there. Tells alive or not, never a state.
    case process
    /// Words on the screen. Always a guess.
    case screen
    case none

    package static func < (a: EvidenceSource, b: EvidenceSource) -> Bool { a.rank < b.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }

    /// The word for people and in answers: an exit is a fact about the process.
    package var word: String { self == .exit ? EvidenceSource.process.rawValue : rawValue }
}

/// One source's verdict with what it was derived from.
package struct Evidence: Sendable, Hashable {
    /// Columns of `matched` that are kept.
    package static let longestMatch = 200

    package var source: EvidenceSource
    package var state: ThreadState
    package var detail: String?
    /// The rule that was applied, in words: `hook PermissionRequest`, `stop_reason end_turn`.
    package var rule: String
    /// The text that it matched, cleaned and cut.
    package var matched: String
    /// When it happened, by the clock of whoever told it.
    package var at: Timestamp
    /// When it reached us.
    package var seen: Timestamp
    /// Work of the agent goes on in the background after its turn.
    package var hasBackground: Bool
    /// It tells that a turn is over, not how; another source that tells how is believed.
    package var isWeak: Bool

    package init(
        source: EvidenceSource, state: ThreadState, detail: String? = nil, rule: String, matched: String = "", at: Timestamp,
        seen: Timestamp, hasBackground: Bool = false, isWeak: Bool = false
    ) {
        self.source = source
        self.state = state
        self.detail = detail
        self.rule = rule
        self.matched = matched
        self.at = at
        self.seen = seen
        self.hasBackground = hasBackground
        self.isWeak = isWeak
    }

    package var isGuess: Bool { source == .screen }
}
