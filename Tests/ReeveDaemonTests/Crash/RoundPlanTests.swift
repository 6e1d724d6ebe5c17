import ReeveTestSupport
import Testing

/// How rounds of a crash run end, and what is said of a daemon that ends otherwise.
@Suite struct RoundPlanTests {
    private func plans(_ seed: UInt64, _ count: Int) -> [RoundPlan] {
        var plans = RoundPlans(seed: seed, mostParallel: 60)
        return (0..<count).map { _ in plans.next() }
    }

    @Test(arguments: [1, 2, 3, 703_316] as [UInt64])
    func `one round in four ends with SIGTERM and one in three reloads, wherever the seed puts them`(seed: UInt64) {
        let plans = plans(seed, 240)
        for first in stride(from: 0, to: 240, by: 4) {
            #expect(plans[first..<first + 4].count { $0.end == .terminated } == 1)
        }
        for first in stride(from: 0, to: 240, by: 3) { #expect(plans[first..<first + 3].count { $0.reload != nil } == 1) }
        #expect(plans.compactMap(\.reload).count(where: \.isWaitedFor) == 40)
    }

    @Test func `twenty-five rounds have some of each`() {
        for seed in 1...200 as ClosedRange<UInt64> {
            let plans = plans(seed, 25)
            #expect(plans.count { $0.end == .terminated } >= 6 && plans.count { $0.end == .killed } >= 18)
            #expect(plans.compactMap(\.reload).count(where: \.isWaitedFor) >= 4)
            #expect(plans.compactMap(\.reload).count { !$0.isWaitedFor } >= 4)
        }
    }

    @Test func `a seed means the same rounds again, and another seed others`() {
        #expect(plans(7, 60) == plans(7, 60))
        #expect(plans(7, 60) != plans(8, 60))
    }

    @Test func `each reload has another limit than the one before, and none is above the run's own`() {
        let limits = plans(5, 120).compactMap(\.reload?.parallel)
        #expect(zip(limits, limits.dropFirst()).allSatisfy { $0 != $1 })
        #expect(limits.allSatisfy { (54...60).contains($0) } && Set(limits).count > 2)
    }

    private static let ends: [(wanted: RoundPlan.End, end: SpawnedProgram.End?, isEarly: Bool, isRight: Bool)] = [
        (.killed, .signalled(9), false, true),
        (.killed, .signalled(9), true, false),
        (.killed, .exited(0), false, false),
        // Told to reload and ended by that.
        (.killed, .signalled(1), false, false),
        (.terminated, .exited(0), false, true),
        (.terminated, .exited(0), true, false),
        (.terminated, .exited(1), false, false),
        (.terminated, .signalled(15), false, false),
        (.terminated, .signalled(6), false, false),
        (.terminated, nil, false, false),
    ]

    @Test(arguments: ends)
    func `a daemon ends as it was told, not before, and with SIGTERM well`(
        wanted: RoundPlan.End, end: SpawnedProgram.End?, isEarly: Bool, isRight: Bool
    ) {
        let violation = wanted.violation(end, isEarly: isEarly, within: .seconds(15))
        #expect((violation == nil) == isRight)
        #expect(violation == nil || violation?.promise == .ends)
    }
}
