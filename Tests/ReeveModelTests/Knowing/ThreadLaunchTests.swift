import ReeveModel
import ReeveTestSupport
import Testing

/// One conversation in several launches, one after another: whose word counts, and what of the one before is left.
@Suite struct ThreadLaunchTests {
    private let start = Timestamp(milliseconds: 1_777_629_600_000)
    private static let last = Samples.launchID("last")
    private static let next = Samples.launchID("next")
    private let shared = ThreadKey(kind: "claude", id: "s")

    private func report(_ meaning: Signal.Meaning) -> ThreadReport {
        ThreadReport(
            kind: "claude", thread: "s", channel: .hook, signals: [Signal(meaning, rule: "r", isExplicit: true)])
    }

    private func say(
        _ roster: inout ThreadRoster, _ meaning: Signal.Meaning, of launch: LaunchID, at seconds: Int, told: Int? = nil
    ) {
        var report = report(meaning)
        report.launch = launch
        report.at = start.advanced(by: .seconds(told ?? seconds))
        roster.take(report, now: start.advanced(by: .seconds(seconds)))
        _ = roster.settle(now: start.advanced(by: .seconds(seconds)))
    }

    @Test(
        arguments: [
            (.stands(.waiting), .waiting), (.asked(Signal.Ask("question")), .waiting), (.prompt, .running),
            (.sessionStarted(), .idle), (.working(), .running), (.turnEnded(Signal.TurnEnd(.done)), .done),
            (.toolStarted(Signal.Tool(id: "t", name: "Bash")), .tool), (.sessionEnded, .ended),
        ] as [(Signal.Meaning, ThreadState)], [-3, 3])
    func `the first word of the next launch counts, whenever the end of the one before was noticed`(
        word: (meaning: Signal.Meaning, state: ThreadState), later: Int
    ) {
        var roster = ThreadRoster()
        say(&roster, .asked(Signal.Ask("permission", key: "k")), of: Self.last, at: 1)
        roster.end(shared, exit: .code(0), now: start.advanced(by: .seconds(10)))
        say(&roster, word.meaning, of: Self.next, at: 20, told: 10 + later)
        #expect(roster.verdict(of: shared)?.state == word.state)
        #expect(roster.verdict(of: shared)?.detail != "permission")
        #expect(roster.speaker(of: shared) == Self.next)
    }

    @Test func `what the launch before asked is not asked by the next one, though its end was never seen`() {
        var roster = ThreadRoster()
        say(&roster, .asked(Signal.Ask("permission", key: "k")), of: Self.last, at: 1)
        // Of the same launch that would close no dialog.
        say(&roster, .working(), of: Self.next, at: 2)
        #expect(roster.verdict(of: shared)?.state == .running)
        roster = ThreadRoster()
        say(&roster, .asked(Signal.Ask("permission", key: "k")), of: Self.last, at: 1)
        roster.endLaunch(of: shared, now: start.advanced(by: .seconds(2)))
        _ = roster.settle(now: start.advanced(by: .seconds(2)))
        #expect(roster.verdict(of: shared)?.state == .ended)
        #expect(roster.speaker(of: shared) == nil)
    }

    @Test func `a name or a sub-agent brings nothing back`() {
        var roster = ThreadRoster()
        say(&roster, .stands(.waiting), of: Self.last, at: 1)
        roster.end(shared, exit: .code(0), now: start.advanced(by: .seconds(2)))
        for meaning in [Signal.Meaning.titled("a name", .byUser), .subagent(id: "a", isRunning: true), .noise] {
            say(&roster, meaning, of: Self.next, at: 3)
            #expect(roster.verdict(of: shared)?.state == .ended)
        }
        say(&roster, .stands(.waiting), of: Self.next, at: 3)
        #expect(roster.verdict(of: shared)?.state == .waiting)
    }

    @Test func `what has ended in its own launch is not brought back by a late word of it`() {
        var roster = ThreadRoster()
        say(&roster, .stands(.running), of: Self.last, at: 1)
        say(&roster, .sessionEnded, of: Self.last, at: 2)
        say(&roster, .stands(.waiting), of: Self.last, at: 3)
        #expect(roster.verdict(of: shared)?.state == .ended)
    }

    @Test func `after a restart it is known whose words they were`() {
        var roster = ThreadRoster()
        say(&roster, .asked(Signal.Ask("permission", key: "k")), of: Self.last, at: 1)
        var same = ThreadRoster(roster.stored)
        #expect(same.speaker(of: shared) == Self.last)
        say(&same, .titled("a name", .byUser), of: Self.last, at: 2)
        #expect(same.verdict(of: shared)?.state == .waiting)
        var other = ThreadRoster(roster.stored)
        say(&other, .working(), of: Self.next, at: 2)
        #expect(other.verdict(of: shared)?.state == .running)
    }

    @Test func `a transcript that goes on after the end leaves the dialogs of before behind`() {
        var roster = ThreadRoster()
        say(&roster, .asked(Signal.Ask("permission", key: "k")), of: Self.last, at: 1)
        roster.end(shared, exit: .code(0), now: start.advanced(by: .seconds(2)))
        let line = Signal(.sessionStarted(), rule: "r", at: start.advanced(by: .seconds(3)), isExplicit: true)
        roster.take(
            ThreadReport(kind: "claude", thread: "s", channel: .transcript("/t"), signals: [line]),
            now: start.advanced(by: .seconds(3)))
        _ = roster.settle(now: start.advanced(by: .seconds(3)))
        #expect(roster.verdict(of: shared)?.state == .idle)
    }

    // MARK: The end of a turn

    @Test(
        arguments: [
            ([.prompt, .turnEnded(Signal.TurnEnd(.done))], [false, true]),
            ([.turnEnded(Signal.TurnEnd(.done))], [false]),
            ([.prompt, .turnEnded(Signal.TurnEnd(.error))], [false, false]),
            ([.asked(Signal.Ask("question")), .turnEnded(Signal.TurnEnd(.done))], [false, true]),
        ] as [([Signal.Meaning], [Bool])])
    func `a turn ends when it was open`(meanings: [Signal.Meaning], ends: [Bool]) {
        var roster = ThreadRoster()
        var seen: [Bool] = []
        for (second, meaning) in meanings.enumerated() {
            let now = start.advanced(by: .seconds(second))
            roster.take(report(meaning), now: now)
            seen += roster.settle(now: now).map(\.endsTurn)
        }
        #expect(seen == ends)
    }

    @Test func `of a second turn that is too quick to be seen the end is seen`() {
        var roster = ThreadRoster()
        func take(_ meanings: [Signal.Meaning], _ second: Int) -> [Bool] {
            let now = start.advanced(by: .seconds(second))
            for meaning in meanings { roster.take(report(meaning), now: now) }
            return roster.settle(now: now).map(\.endsTurn)
        }
        let turn = [Signal.Meaning.prompt, .turnEnded(Signal.TurnEnd(.done))]
        // What ended before anybody looked is nobody's turn.
        #expect(take(turn, 1) == [false])
        #expect(take(turn, 2) == [true])
        #expect(take([.turnEnded(Signal.TurnEnd(.done, hasBackground: true))], 3) == [false])
    }
}
