import ReeveModel
import Testing

@Suite struct DeferredPanesTests {
    @Test func `nobody waits behind somebody else`() {
        var queue = DeferredPanes()
        for name in ["a", "b", "c"] { _ = queue.add(name, at: .seconds(0)) }
        let outcome = queue.take(at: .seconds(5)) { $0.session != "a" }
        #expect(
            outcome.taken.map(\.session) == ["b", "c"] && queue.entries.map(\.session) == ["a"] && queue.entries[0].looks == 1)
    }

    @Test func `each has its own time, wherever it stands`() {
        var queue = DeferredPanes()
        _ = queue.add("a", at: .seconds(0))
        _ = queue.add("b", at: .seconds(100))
        let early = queue.take(at: .milliseconds(299_999)) { _ in false }
        #expect(early.expired.isEmpty && early.taken.isEmpty)
        let outcome = queue.take(at: .seconds(300)) { _ in true }
        #expect(outcome.expired.map(\.session) == ["a"] && outcome.taken.map(\.session) == ["b"])
    }

    @Test func `one too many is reported and not kept`() {
        var queue = DeferredPanes()
        let arrivals = (1...20).map { queue.add("s\($0)", at: .seconds($0)) }
        #expect(arrivals == (1...20).map { .waits(position: $0) })
        let late = queue.add("late", at: .seconds(30))
        #expect(late == .overflow(waiting: 20, oldest: "s1"))
        let again = queue.add("s3", at: .seconds(31))
        #expect(again == .waitsAlready(position: 3) && queue.entries[2].since == .seconds(3))
        let removed = [queue.remove("s1"), queue.remove("s1")]
        #expect(removed == [true, false])
        let then = queue.add("late", at: .seconds(32))
        #expect(then == .waits(position: 20))
        var none = DeferredPanes(settings: .init(capacity: 0))
        let refused = none.add("a", at: .zero)
        #expect(refused == .overflow(waiting: 0, oldest: nil))
    }

    @Test func `it is looked at every five seconds, and when somebody's time is over`() {
        var queue = DeferredPanes()
        #expect(queue.nextLook == nil)
        _ = queue.add("a", at: .seconds(10))
        #expect(queue.nextLook == .seconds(15))
        // A pane has gone in between: an early look moves the next one.
        _ = queue.take(at: .seconds(12)) { _ in false }
        #expect(queue.nextLook == .seconds(17))
        _ = queue.take(at: .seconds(307)) { _ in false }
        #expect(queue.nextLook == .seconds(310))
        let last = queue.take(at: .seconds(310)) { _ in true }
        #expect(last.expired.count == 1 && last.taken.isEmpty)
        #expect(queue.nextLook == nil)
    }

    @Test func `who began to wait earlier has less time left, and who waits without an end has no time`() {
        var queue = DeferredPanes()
        _ = queue.add("before", at: .seconds(10), since: .seconds(-280))
        _ = queue.add("endless", at: .seconds(10), isEndless: true)
        #expect(queue.nextLook == .seconds(15))
        _ = queue.take(at: .seconds(18)) { _ in false }
        #expect(queue.nextLook == .seconds(20))
        let outcome = queue.take(at: .seconds(20)) { _ in false }
        #expect(outcome.expired.map(\.session) == ["before"])
        let late = queue.take(at: .seconds(1_000_000)) { _ in false }
        #expect(late.expired.isEmpty && queue.nextLook == .seconds(1_000_005))
    }

    @Test func `with the planner a queue empties as room comes`() {
        var queue = DeferredPanes()
        _ = queue.add("new", at: .zero)
        var question = PaneQuestion.filled(200, 50, agents: 4)
        func fits(_ entry: DeferredPanes.Entry) -> Bool {
            question.request = .open(session: entry.session)
            if case .spawn = PanePlanner.plan(question).decision { return true }
            return false
        }
        let full = queue.take(at: .seconds(5), where: fits)
        #expect(full.taken.isEmpty)
        question.window.height = 60
        for index in 0..<5 { question.window.panes[index].rectangle.height += index == 0 || index == 4 ? 10 : 0 }
        let larger = queue.take(at: .seconds(10), where: fits)
        #expect(larger.taken.map(\.session) == ["new"])
    }
}
