import Foundation
import ReeveModel
import Testing

/// The planner's own tests believe what its comments say of tmux; here tmux says it. `REEVE_PLANS=2000` carries out so many plans,
/// `REEVE_SEED=7` begins with that window.
@Suite(.serialized) struct PlansInTmuxSerialTests {
    @Test func `every plan applied to a real tmux equals what tmux then reports`() async throws {
        let environment = ProcessInfo.processInfo.environment
        var run = PlanRun(plans: environment["REEVE_PLANS"].flatMap { Int($0) } ?? 60)
        try await PaneStage.with { stage in
            try await run.carryOut(on: stage, firstSeed: environment["REEVE_SEED"].flatMap { UInt64($0) } ?? 1)
        }
        for disagreement in run.disagreements { Issue.record("\(disagreement)") }
        // Windows in which nothing ever happens would prove nothing; those of one seed may well be such.
        guard environment["REEVE_SEED"] == nil else { return }
        for kind in ["spawn", "replace", "close", "arrange", "zoomed", "foreign"] {
            #expect(run.kinds[kind, default: 0] > run.plans / 40, "\(run.kinds)")
        }
    }
}
