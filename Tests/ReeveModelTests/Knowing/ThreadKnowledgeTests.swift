import Foundation
import ReeveModel
import Testing

/// Promises that are about time, restarts and explanations. Which source is believed when is in the corpus of `ReeveAgentsTests`.
@Suite struct ThreadKnowledgeTests {
    private let key = ThreadKey(kind: "claude", id: "s")
    private let start = Timestamp(milliseconds: 1_777_629_600_000)

    private func at(_ seconds: Double) -> Timestamp { start.advanced(by: .milliseconds(Int64(seconds * 1000))) }

    private func thread() -> ThreadKnowledge { ThreadKnowledge(key: key, now: start) }

    private func tell(
        _ thread: inout ThreadKnowledge, _ meaning: Signal.Meaning, _ seconds: Double, from channel: ThreadReport.Channel = .hook,
        rule: String = "a rule", matched: String = ""
    ) {
        let signal = Signal(meaning, rule: rule, matched: matched, at: at(seconds), isExplicit: channel == .hook)
        thread.take(ThreadReport(kind: key.kind, thread: key.id, channel: channel, signals: [signal]), now: at(seconds))
        thread.settle(now: at(seconds))
    }

    private func guess(_ state: ThreadState) -> ScreenGuess {
        ScreenGuess(state: state, detail: nil, rule: "screen", matched: "")
    }

    // MARK: - Time

    @Test func `an idle screen after a busy one is believed when it has stayed for two seconds`() throws {
        var thread = thread()
        thread.presence = .alive
        thread.take(guess(.running), now: at(0))
        thread.settle(now: at(0))
        thread.take(guess(.idle), now: at(1))
        thread.settle(now: at(1))
        #expect(thread.verdict.state == .running)
        let deadline = try #require(thread.deadline())
        #expect(deadline == at(3))
        thread.settle(now: deadline)
        #expect(thread.verdict.state == .idle)
        #expect(thread.deadline() == nil)
    }

    @Test func `a screen that flickers to idle and back never shows idle`() {
        var thread = thread()
        for second in 0..<10 {
            thread.take(guess(second % 2 == 0 ? .running : .idle), now: at(Double(second)))
            thread.settle(now: at(Double(second)))
            #expect(thread.verdict.state == .running)
        }
    }

    @Test func `an open turn without a known process asks to be looked at again after ten minutes`() throws {
        var thread = thread()
        tell(&thread, .prompt, 5)
        let deadline = try #require(thread.deadline())
        #expect(deadline == at(605))
        thread.settle(now: at(604))
        #expect(thread.verdict.state == .running)
        thread.settle(now: deadline)
        #expect(thread.verdict.state == .unknown)
        #expect(thread.deadline() == nil)
        tell(&thread, .working(), 700)
        #expect(thread.verdict.state == .running)
    }

    @Test func `with a known process silence means nothing`() {
        var thread = thread()
        thread.presence = .alive
        tell(&thread, .prompt, 5)
        #expect(thread.deadline() == nil)
        thread.settle(now: at(100_000))
        #expect(thread.verdict.state == .running)
    }

    @Test func `settling twice changes nothing and tells nothing`() {
        var thread = thread()
        tell(&thread, .prompt, 1)
        #expect(thread.settle(now: at(2)) == nil)
        let before = thread.verdict
        thread.settle(now: at(3))
        #expect(thread.verdict == before)
    }

    // MARK: - Unseen

    @Test(arguments: [
        (Signal.Meaning.turnEnded(Signal.TurnEnd(.done)), true), (.turnEnded(Signal.TurnEnd(.error)), true),
        (.turnEnded(Signal.TurnEnd(.interrupted)), true), (.asked(Signal.Ask("permission")), true), (.working(), false),
        (.toolStarted(Signal.Tool(id: "t", name: "Bash")), false), (.sessionEnded, false),
    ])
    func `what a person wants to know is unseen until it was seen`(meaning: Signal.Meaning, isNews: Bool) {
        var thread = thread()
        tell(&thread, .prompt, 1)
        tell(&thread, meaning, 2)
        #expect(thread.verdict.isUnseen == isNews)
        thread.see(now: at(3))
        thread.settle(now: at(3))
        #expect(!thread.verdict.isUnseen)
        tell(&thread, .prompt, 4)
        #expect(!thread.verdict.isUnseen)
    }

    @Test func `a second turn that ends like the first is news again`() {
        var thread = thread()
        tell(&thread, .prompt, 1)
        tell(&thread, .turnEnded(Signal.TurnEnd(.done)), 2)
        thread.see(now: at(3))
        let signals = [
            Signal(.prompt, rule: "r", at: at(4)), Signal(.turnEnded(Signal.TurnEnd(.done)), rule: "r", at: at(5)),
        ]
        thread.take(ThreadReport(kind: "claude", thread: "s", channel: .hook, signals: signals), now: at(6))
        thread.settle(now: at(6))
        #expect(thread.verdict.isUnseen)
        #expect(thread.verdict.since == at(5))
    }

    @Test func `what had ended long before the first look is nobody's news`() {
        var thread = thread()
        tell(&thread, .turnEnded(Signal.TurnEnd(.done)), -3600, from: .transcript("/t"))
        #expect(thread.verdict.state == .done)
        #expect(!thread.verdict.isUnseen)
    }

    // MARK: - Restart

    @Test func `what only hooks and people told survives a restart, as JSON too`() throws {
        var before = thread()
        tell(&before, .prompted("first words"), 0)
        tell(&before, .prompt, 0)
        tell(&before, .toolStarted(Signal.Tool(id: "t1", name: "Bash", input: .max)), 1)
        tell(&before, .asked(Signal.Ask("permission", toolName: "Bash", input: .max)), 2, rule: "hook PermissionRequest")
        let json = try JSONEncoder().encode(before.stored)
        let stored = try JSONDecoder().decode(ThreadKnowledge.Stored.self, from: json)
        #expect(stored == before.stored)
        var after = ThreadKnowledge(stored)
        after.settle(now: at(100))
        #expect(after.verdict.state == .waiting)
        #expect(after.verdict.detail == "permission")
        #expect(after.verdict.rule == "hook PermissionRequest")
        #expect(after.verdict.since == at(2))
        #expect(after.verdict.isUnseen)
        #expect(after.title == "first words")
        // The dialog is still about that very tool.
        tell(&after, .toolEnded(id: "t0"), 101)
        #expect(after.verdict.state == .waiting)
        tell(&after, .toolEnded(id: "t1"), 102)
        #expect(after.verdict.state == .running)
    }

    @Test func `what was shown before a restart holds until a source speaks again`() {
        var before = thread()
        tell(&before, .turnEnded(Signal.TurnEnd(.done)), 5, from: .transcript("/t"))
        var after = ThreadKnowledge(before.stored)
        #expect(after.settle(now: at(60))?.state != .unknown)
        #expect(after.verdict.state == .done)
        #expect(after.verdict.since == at(5))
        tell(&after, .prompt, 70, from: .transcript("/t"))
        #expect(after.verdict.state == .running)
        #expect(after.explanation(now: at(71)).lines.first?.evidence.rule == "a rule")
    }

    @Test func `an open turn that nobody speaks of after a restart is unknown in the end`() {
        var before = thread()
        tell(&before, .prompt, 5, from: .transcript("/t"))
        var after = ThreadKnowledge(before.stored)
        after.settle(now: at(60))
        #expect(after.verdict.state == .running)
        #expect(after.deadline() == at(605))
        after.settle(now: at(605))
        #expect(after.verdict.state == .unknown)
    }

    @Test func `the registry's rest after a restart is news only if it had been busy before`() {
        for (first, expected) in [(RegistryEntry.Status.busy, ThreadState.done), (.idle, .idle)] {
            var before = thread()
            before.take(entry(first, 1), now: at(1))
            before.settle(now: at(1))
            var after = ThreadKnowledge(before.stored)
            after.take(entry(.idle, 50), now: at(100))
            after.settle(now: at(100))
            #expect(after.verdict.state == expected)
        }
    }

    private func entry(_ status: RegistryEntry.Status, _ seconds: Double) -> RegistryEntry {
        RegistryEntry(kind: "claude", pid: 1, start: nil, thread: "s", directory: nil, status: status, at: at(seconds))
    }

    // MARK: - Explanation

    @Test func `an explanation names every source, its age, its rule, and what it was outranked by`() {
        var thread = thread()
        thread.presence = .alive
        tell(&thread, .prompt, 0, from: .transcript("/t"), rule: "a prompt", matched: "go")
        tell(&thread, .asked(Signal.Ask("permission")), 10, rule: "hook PermissionRequest", matched: "Bash")
        thread.take(guess(.idle), now: at(11))
        thread.settle(now: at(11))
        let explanation = thread.explanation(now: at(15))
        #expect(explanation.verdict.state == .waiting)
        #expect(explanation.lines.map(\.evidence.source) == [.hook, .inferred, .screen, .process])
        #expect(explanation.lines[0].evidence.matched == "Bash")
        #expect(explanation.lines[0].age == .seconds(5))
        #expect(explanation.lines[0].outranked == nil)
        #expect(explanation.lines.dropFirst().allSatisfy { $0.outranked != nil })
        #expect(explanation.silent == [.registry, .transcript])
        #expect(explanation.lines[2].evidence.isGuess)
    }

    @Test func `text of agents is harmless and short in evidence, titles and prompts`() {
        let hostile = "\u{1b}]0;owned\u{7}\u{202e}evil " + String(repeating: "x", count: 100_000)
        #expect(ThreadText.match(hostile).utf8.count <= 200)
        #expect(ThreadText.title(hostile).map { DisplayWidth.columns($0) } == 80)
        #expect(ThreadText.prompt(hostile).map { $0.count <= ThreadText.longestPrompt } == true)
        for text in [ThreadText.match(hostile), ThreadText.title(hostile) ?? "", ThreadText.prompt(hostile) ?? ""] {
            #expect(!text.unicodeScalars.contains { InertText.isActive($0) })
        }
        #expect(ThreadText.title(" \n\t\n") == nil)
    }
}

@Suite struct ThreadRosterTests {
    private let start = Timestamp(milliseconds: 1_777_629_600_000)

    private func report(_ id: String?, _ meaning: Signal.Meaning, place: ThreadPlace = ThreadPlace(), parent: String? = nil)
        -> ThreadReport
    {
        ThreadReport(
            kind: "claude", thread: id, channel: .hook, signals: [Signal(meaning, rule: "r", isExplicit: true)], parent: parent,
            place: place)
    }

    private func process(_ pid: Int, start: String = "1", kind: String? = "claude", parent: Int = 1) -> ThreadProcess {
        ThreadProcess(pid: pid, parent: parent, start: start, kind: kind, tty: "/dev/pts/1", isForeground: true)
    }

    @Test func `only changes are told, each once`() {
        var roster = ThreadRoster()
        roster.take(report("a", .prompt), now: start)
        roster.take(report("b", .prompt), now: start)
        #expect(roster.settle(now: start).map(\.key.id) == ["a", "b"])
        #expect(roster.settle(now: start).isEmpty)
        roster.take(report("b", .turnEnded(Signal.TurnEnd(.done))), now: start.advanced(by: .seconds(1)))
        let changes = roster.settle(now: start.advanced(by: .seconds(1)))
        #expect(changes.map(\.key.id) == ["b"])
        #expect(changes.first?.before?.state == .running)
        #expect(changes.first?.after?.state == .done)
    }

    @Test func `a thread that turns out to be a part of another leaves the list`() {
        var roster = ThreadRoster()
        roster.take(report("root", .prompt), now: start)
        roster.take(report("part", .prompt), now: start)
        _ = roster.settle(now: start)
        roster.take(report("part", .working(), parent: "root"), now: start)
        let changes = roster.settle(now: start)
        #expect(changes.map(\.key.id) == ["part"])
        #expect(changes.first?.after == nil)
        #expect(roster.keys.map(\.id) == ["root"])
    }

    @Test func `a family that goes in a circle harms nothing`() {
        var roster = ThreadRoster()
        roster.take(report("a", .prompt, parent: "b"), now: start)
        roster.take(report("b", .prompt, parent: "a"), now: start)
        roster.take(report("a", .asked(Signal.Ask("permission", key: "k"))), now: start)
        _ = roster.settle(now: start)
        #expect(roster.keys.isEmpty)
    }

    @Test func `place and process are kept across a restart`() {
        var roster = ThreadRoster()
        roster.take(report("a", .prompt, place: ThreadPlace(pane: "%1", socket: "/s", pid: 42)), now: start)
        roster.take(processes: [process(42)])
        _ = roster.settle(now: start)
        var after = ThreadRoster(roster.stored)
        after.take(panes: [ThreadPane(id: "%1", session: "s", pid: 1, tty: nil, directory: nil, socket: "/s")])
        #expect(after.bindings(realPath: { $0 }).values.compactMap(\.pane?.id) == ["%1"])
        after.take(processes: [process(43)])
        _ = after.settle(now: start)
        #expect(after.newest.flatMap { after.verdict(of: $0) }?.state == .ended)
    }

    @Test func `the agent above the program that forwards an event is the thread's process`() {
        var roster = ThreadRoster()
        let ancestors = [(30, "9"), (20, "5"), (10, "1")].map { ThreadPlace.Ancestor(pid: $0, start: $1) }
        let key = ThreadKey(kind: "claude", id: "a")
        roster.take(report("a", .prompt, place: ThreadPlace(ancestors: ancestors)), now: start)
        _ = roster.settle(now: start)
        #expect(roster.process(of: key) == nil)
        // The shell of that one event has gone by the time that anybody looks; 10 is another program by now.
        roster.take(processes: [process(10, start: "2"), process(20, start: "5"), process(7, kind: nil)])
        _ = roster.settle(now: start)
        #expect(roster.process(of: key) == 20)
        roster.take(processes: [process(10, start: "2"), process(7, kind: nil)])
        _ = roster.settle(now: start)
        #expect(roster.verdict(of: key)?.state == .ended)
    }

    @Test func `a process that begins another thread has left the one before`() {
        var roster = ThreadRoster()
        roster.take(processes: [process(42)])
        roster.take(report("a", .prompt, place: ThreadPlace(pid: 42)), now: start)
        _ = roster.settle(now: start)
        roster.take(report("b", .sessionStarted(), place: ThreadPlace(pid: 42)), now: start.advanced(by: .seconds(1)))
        _ = roster.settle(now: start.advanced(by: .seconds(1)))
        #expect(roster.verdict(of: ThreadKey(kind: "claude", id: "a"))?.state == .ended)
        #expect(roster.verdict(of: ThreadKey(kind: "claude", id: "b"))?.state == .idle)
    }

    @Test func `a process number that was only told proves nothing by its absence`() {
        var roster = ThreadRoster()
        roster.take(report("a", .turnEnded(Signal.TurnEnd(.done)), place: ThreadPlace(pid: 42)), now: start)
        roster.take(processes: [process(7)])
        _ = roster.settle(now: start)
        #expect(roster.newest.flatMap { roster.verdict(of: $0) }?.state == .done)
    }

    @Test func `a number that went to another program is the end of the first`() {
        var roster = ThreadRoster()
        roster.take(report("a", .prompt, place: ThreadPlace(pid: 42)), now: start)
        roster.take(processes: [process(42, start: "1")])
        _ = roster.settle(now: start)
        roster.take(processes: [process(42, start: "2")])
        _ = roster.settle(now: start)
        #expect(roster.verdict(of: ThreadKey(kind: "claude", id: "a"))?.state == .ended)
    }

    @Test func `a wrapper and the agent that it started are one process to be seen`() {
        var roster = ThreadRoster()
        roster.take(processes: [process(10), process(11, parent: 10)])
        _ = roster.settle(now: start)
        #expect(roster.keys.count == 1)
    }

    @Test func `an event without a thread from a pane goes to no thread that is elsewhere`() {
        var roster = ThreadRoster()
        roster.take(report("a", .prompt, place: ThreadPlace(pane: "%1", socket: "/s")), now: start)
        _ = roster.settle(now: start)
        roster.take(report(nil, .turnEnded(Signal.TurnEnd(.done)), place: ThreadPlace(pane: "%2", socket: "/s")), now: start)
        _ = roster.settle(now: start)
        #expect(roster.verdict(of: ThreadKey(kind: "claude", id: "a"))?.state == .running)
    }

    @Test func `of too many threads those leave that are over, seen, and longest silent`() {
        var roster = ThreadRoster()
        for number in 0..<(ThreadRoster.mostThreads + 10) {
            let now = start.advanced(by: .seconds(number))
            roster.take(report("t\(number)", number == 3 ? .prompt : .turnEnded(Signal.TurnEnd(.done))), now: now)
            _ = roster.settle(now: now)
            roster.see(ThreadKey(kind: "claude", id: "t\(number)"), now: now)
        }
        _ = roster.settle(now: start.advanced(by: .seconds(1000)))
        let left = Set(roster.keys.map(\.id))
        #expect(left.count == ThreadRoster.mostThreads)
        #expect(left.contains("t3"))
        #expect(!left.contains("t0") && !left.contains("t4"))
        #expect(left.contains("t\(ThreadRoster.mostThreads + 9)"))
    }

    @Test(
        arguments: [
            ("/tmp/t/default,50,0", "%7", "/tmp/t/default"), ("/tmp/a,b/default,50,0", "%7", "/tmp/a,b/default"), ("", "%7", nil),
            ("x", "%7", nil),
        ] as [(String, String, String?)])
    func `a pane's environment names pane and socket`(tmux: String, pane: String, socket: String?) {
        let place = ThreadPlace(environment: ["TMUX": tmux, "TMUX_PANE": pane])
        #expect(place.pane == pane)
        #expect(place.socket == socket)
        #expect(ThreadPlace(environment: [:]) == ThreadPlace())
    }
}
