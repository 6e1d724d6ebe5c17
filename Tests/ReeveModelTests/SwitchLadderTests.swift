import ReeveModel
import ReeveTestSupport
import Testing

/// The ladder on virtual time. `script` feeds it and collects what it does.
@Suite struct SwitchLadderTests {
    private static let rung = Duration.seconds(3)

    private func ladder(_ policy: LastResort = .signal, kind: AgentKind = Samples.kind()) -> SwitchLadder {
        SwitchLadder(kind: kind, rungTimeout: Self.rung, policy: policy)
    }

    /// Climbs without the agent ever ending: every send succeeds at once, or none does because of `obstacle`, and every wait runs out.
    private func climb(_ ladder: inout SwitchLadder, obstacle: String? = nil) -> [SwitchLadder.Action] {
        var now = Duration.zero
        var log: [SwitchLadder.Action] = []
        var queue = ladder.begin(at: now)
        while !queue.isEmpty {
            let action = queue.removeFirst()
            log.append(action)
            switch action {
            case .send(let step, _):
                queue += ladder.handle(obstacle.map { .keysFailed(step: step, $0) } ?? .keysSent(step: step), at: now)
            case .wait(let step, let patience):
                now += patience
                queue += ladder.handle(.timer(step: step), at: now)
            case .signal, .report, .left, .gaveUp: break
            }
        }
        return log
    }

    /// What docs/switching.md says of scrolling.
    @Test(arguments: LastResort.allCases)
    func `an agent that no key can reach is treated like one that ignores them`(policy: LastResort) {
        var deaf = ladder(policy)
        var scrolled = ladder(policy)
        func signals(_ log: [SwitchLadder.Action]) -> [SwitchLadder.Action] {
            log.filter { if case .signal = $0 { true } else { false } }
        }
        #expect(signals(climb(&scrolled, obstacle: "copy mode")) == signals(climb(&deaf)))
        #expect(scrolled.reports.map(\.rung) == deaf.reports.map(\.rung))
        #expect(scrolled.reports.map(\.milliseconds) == deaf.reports.map(\.milliseconds))
        #expect(scrolled.reports.allSatisfy { $0.note == ($0.rung == .signal ? nil : "copy mode") })
    }

    @Test func `an agent that ignores everything is signalled last, each rung within its time`() {
        var ladder = ladder()
        let log = climb(&ladder)
        let sent = log.compactMap { action -> [KeyInput]? in if case .send(_, let keys) = action { keys } else { nil } }
        #expect(sent == [[.text("/exit"), .key(.enter)], [.key(.control("c"))], [.key(.control("c"))], [.key(.control("d"))]])
        let signals = log.compactMap { action -> SwitchLadder.Signal? in
            if case .signal(_, let signal) = action { signal } else { nil }
        }
        #expect(signals == [.terminate, .kill])
        #expect(ladder.reports.map(\.rung) == [.exit, .interrupt, .eof, .signal])
        #expect(ladder.reports.map(\.milliseconds) == [3000, 3000, 3000, 6000])
        #expect(log.last == .gaveUp)
        #expect(ladder.isOver)
    }

    @Test func `the policy give-up sends no signal`() {
        var ladder = ladder(.giveUp)
        let log = climb(&ladder)
        #expect(!log.contains { if case .signal = $0 { true } else { false } })
        #expect(log.last == .gaveUp)
        #expect(ladder.reports.map(\.rung) == [.exit, .interrupt, .eof])
    }

    @Test(arguments: [
        (0, SwitchLadder.Rung.exit), (1, .interrupt), (2, .interrupt), (3, .eof),
    ])
    func `an agent that ends on a rung is left by that rung and nothing more is sent`(sends: Int, rung: SwitchLadder.Rung) {
        var ladder = ladder()
        var queue = ladder.begin(at: .zero)
        var now = Duration.zero
        var seen = 0
        while !queue.isEmpty {
            switch queue.removeFirst() {
            case .send(let step, _):
                if seen == sends {
                    // It ends while the keys are being sent.
                    let actions = ladder.handle(.ended, at: now + .milliseconds(40))
                    #expect(actions.last == .left(rung))
                    #expect(ladder.reports.last?.ended == true)
                    #expect(ladder.handle(.keysSent(step: step), at: now).isEmpty)
                    #expect(ladder.handle(.timer(step: step), at: now).isEmpty)
                    return
                }
                seen += 1
                queue += ladder.handle(.keysSent(step: step), at: now)
            case .wait(let step, let patience):
                now += patience
                queue += ladder.handle(.timer(step: step), at: now)
            default: break
            }
        }
        Issue.record("the agent never got its keys")
    }

    @Test func `an agent that has ended before the first key was already gone`() {
        var ladder = ladder()
        #expect(ladder.handle(.ended, at: .zero).last == .left(.alreadyExited))
    }

    @Test func `keys that cannot be sent cost their rung its time and no less, and the report says why`() {
        var ladder = ladder()
        _ = ladder.begin(at: .zero)
        #expect(ladder.handle(.keysFailed(step: 0, "copy mode"), at: .milliseconds(10)) == [.wait(step: 0, Self.rung)])
        let actions = ladder.handle(.timer(step: 0), at: .milliseconds(3010))
        #expect(actions.first == .report(SwitchLadder.Report(rung: .exit, milliseconds: 3010, ended: false, note: "copy mode")))
        #expect(actions.contains { if case .send(step: 1, [.key(.control("c"))]) = $0 { true } else { false } })
    }

    @Test func `stale answers of an older step change nothing`() {
        var ladder = ladder()
        _ = ladder.begin(at: .zero)
        _ = ladder.handle(.keysSent(step: 0), at: .zero)
        _ = ladder.handle(.timer(step: 0), at: .seconds(3))
        #expect(ladder.handle(.timer(step: 0), at: .seconds(4)).isEmpty)
        #expect(ladder.handle(.keysSent(step: 0), at: .seconds(4)).isEmpty)
    }

    @Test func `a kind without exit words begins with its interrupt`() {
        var ladder = ladder(kind: AgentKind(name: "amp", start: ["amp"], exit: []))
        guard case .send(_, let keys)? = ladder.begin(at: .zero).first else {
            Issue.record("nothing was sent")
            return
        }
        #expect(keys == [.key(.control("c"))])
    }

    @Test func `presses of one rung share its time`() {
        let kind = AgentKind(name: "x", start: ["x"], exit: [], interruptRepeat: 3, eof: [])
        var ladder = ladder(.giveUp, kind: kind)
        let waits = climb(&ladder).compactMap { action -> Duration? in
            if case .wait(_, let patience) = action { patience } else { nil }
        }
        #expect(waits.reduce(.zero, +) == Self.rung)
        #expect(waits.dropLast().allSatisfy { $0 == SwitchLadder.pressInterval })
    }
}
