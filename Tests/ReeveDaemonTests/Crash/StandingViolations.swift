/// Which violations stand, and since when, while other things move. Pure.
///
/// What is seen while something moves is several moments in one, so a violation may be only the seam between two of them. One that is
/// seen again and again while nothing changes of its ticket is none of that: it is wrong, however much moves elsewhere.
struct StandingViolations {
    /// The words of a violation of a ticket do not count: they may tell how long something has lasted.
    private struct Matter: Hashable {
        var promise: Violation.Promise
        var subject: String

        init(_ violation: Violation) {
            promise = violation.promise
            subject = violation.ticket ?? violation.text
        }
    }

    private var since: [Matter: (facts: Verdict.Facts?, moment: ContinuousClock.Instant)] = [:]
    private var found: [Violation] = []
    /// What every look so far has found; nil before the first.
    private var never: Set<Matter>?

    /// Each state has been right in one look at least. What is wrong in a later one only is for `longer` to judge.
    var haveAllBeenRight: Bool { never?.isEmpty == true }
    /// Of the last look, what has been wrong in all.
    var neverRight: [Violation] { found.filter { never?.contains(Matter($0)) == true } }

    /// Takes in one look. What it did not find stands no more, and a change of a ticket begins the time of its violations anew.
    mutating func see(_ found: [Violation], facts: [String: Verdict.Facts], at moment: ContinuousClock.Instant) {
        var seen: [Matter: (facts: Verdict.Facts?, moment: ContinuousClock.Instant)] = [:]
        for violation in found {
            let matter = Matter(violation)
            let now = violation.ticket.flatMap { facts[$0] }
            if let before = since[matter], before.facts == now { seen[matter] = before } else { seen[matter] = (now, moment) }
        }
        since = seen
        self.found = found
        let matters = Set(found.map { Matter($0) })
        never = never?.intersection(matters) ?? matters
    }

    /// Those of the last look that have stood for longer than `patience`.
    func longer(than patience: Duration, at moment: ContinuousClock.Instant) -> [Violation] {
        found.filter { violation in since[Matter(violation)].map { moment - $0.moment > patience } ?? false }
    }
}
