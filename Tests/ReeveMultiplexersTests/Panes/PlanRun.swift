import ReeveModel

/// Plans for random windows of a real tmux, carried out there until there are enough of them.
struct PlanRun {
    private static let requestsInWindow = 12
    private static let mostDisagreements = 5

    /// So many that do something.
    let plans: Int
    /// How many there were: of each decision, in zoomed windows, and beside foreign panes.
    private(set) var kinds: [String: Int] = [:]
    private(set) var disagreements: [String] = []
    private var done = 0

    init(plans: Int) { self.plans = plans }

    mutating func carryOut(on stage: PaneStage, firstSeed: UInt64) async throws {
        // One plan for each window, and a hundred windows without any, is what a planner would need that hardly does anything.
        var seed = firstSeed
        while done < plans, disagreements.count < Self.mostDisagreements, seed < firstSeed + UInt64(plans + 100) {
            try await window(stage, seed: seed)
            seed += 1
        }
        if done < plans, disagreements.isEmpty { disagreements.append("only \(done) plans in \(seed - firstSeed) windows") }
    }

    private mutating func window(_ stage: PaneStage, seed: UInt64) async throws {
        var life = PaneLife(seed: seed)
        let session = try await stage.window(width: life.width, height: life.height, border: life.border)
        try await life.beginning(stage, session)
        for number in 0..<Self.requestsInWindow where done < plans {
            if number > 0, life.personComes { try await stage.attempt(life.person(in: stage.read(session), session)) }
            if let wrong = try await request(stage, session, &life) {
                disagreements.append("seed \(seed), request \(number): \(wrong)")
                break
            }
        }
        try await stage.end(session)
    }

    /// - Returns: what tmux tells otherwise than the plan.
    private mutating func request(_ stage: PaneStage, _ session: String, _ life: inout PaneLife) async throws -> String? {
        let before = try await stage.read(session)
        guard let question = life.question(about: before) else { return "no window: \(before.layout)" }
        let plan = PanePlanner.plan(question)
        let kind = Self.kind(plan.decision)
        kinds[kind, default: 0] += 1
        guard !["defer", "skip"].contains(kind) else {
            life.note(plan, question, made: nil)
            if case .skip(.invalid(let fault)) = plan.decision { return "\(before.layout) is refused: \(fault.sentence)" }
            return plan.steps.isEmpty ? nil : "\(kind), but there is something to do"
        }
        done += 1
        if before.isZoomed { kinds["zoomed", default: 0] += 1 }
        if before.panes.contains(where: { $0.owner != PaneLife.owner && $0.id != question.host }) {
            kinds["foreign", default: 0] += 1
        }
        let context = "\(kind) in \(before.layout), \(question), \(plan.steps)"
        let made: String?
        do {
            made = try await stage.carryOut(plan, owner: PaneLife.owner)
        } catch {
            return "\(error) (\(context))"
        }
        life.note(plan, question, made: made)
        var outcome = PlanOutcome(
            question: question, plan: plan, made: made, before: before, after: try await stage.read(session))
        if let wrong = outcome.disagreement { return "\(wrong) (\(context))" }
        if outcome.after.isZoomed, life.zoomIsLookedBehind {
            // The panes behind a zoomed one must be as planned too once they can be seen.
            try await stage.must(["resize-pane", "-Z", "-t", session + ":"])
            outcome.plan.keepsZoom = false
            outcome.after = try await stage.read(session)
            if let wrong = outcome.disagreement { return "\(wrong) once it is not zoomed (\(context))" }
        }
        return nil
    }

    private static func kind(_ decision: PaneDecision) -> String {
        switch decision {
        case .spawn: "spawn"
        case .replace: "replace"
        case .defer: "defer"
        case .skip: "skip"
        case .close: "close"
        case .arrange: "arrange"
        }
    }
}
