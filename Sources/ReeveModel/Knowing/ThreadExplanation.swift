/// Why a thread is shown as it is: every source with its verdict, and what was believed instead.
package struct ThreadExplanation: Sendable, Hashable {
    package struct Line: Sendable, Hashable {
        package var evidence: Evidence
        /// Since it happened.
        package var age: Duration
        /// Nil for the one that decides.
        package var outranked: String?
    }

    package var key: ThreadKey
    package var verdict: ThreadKnowledge.Verdict
    package var title: String?
    package var prompt: String?
    package var directory: String?
    /// The decisive one first, then by authority.
    package var lines: [Line]
    /// Sources that have said nothing, in the order of authority.
    package var silent: [EvidenceSource]
}

extension ThreadKnowledge {
    package func explanation(now: Timestamp) -> ThreadExplanation {
        let decision = decide(now: now)
        func line(_ evidence: Evidence, _ why: String?) -> ThreadExplanation.Line {
            ThreadExplanation.Line(
                evidence: evidence, age: .milliseconds(max(0, now.milliseconds - evidence.at.milliseconds)), outranked: why)
        }
        let others = decision.others.sorted { $0.evidence.source < $1.evidence.source }
        let lines = [line(decision.evidence, nil)] + others.map { line($0.evidence, $0.why) }
        let spoken = Set(lines.map(\.evidence.source))
        let silent = EvidenceSource.allCases.filter { $0 != .none && $0 != .exit && !spoken.contains($0) }
        return ThreadExplanation(
            key: key, verdict: verdict, title: title, prompt: prompt, directory: directory, lines: lines, silent: silent)
    }
}
