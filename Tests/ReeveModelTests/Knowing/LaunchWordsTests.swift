import ReeveModel
import ReeveTestSupport
import Testing

/// Whose word an event is, however words, starts and ends follow each other.
@Suite struct LaunchWordsTests {
    private static let first = Samples.launchID("first")
    private static let next = Samples.launchID("next")

    enum Step: Sendable {
        case word(String, LaunchID)
        /// Which launches run, and which are shown as ended.
        case board(Set<LaunchID>, ended: Set<LaunchID> = [])
    }

    /// What counts, in its order.
    private func counting(_ steps: [Step]) -> [String] {
        var words = LaunchWords<String>()
        var counted: [String] = []
        for step in steps {
            switch step {
            case .word(let word, let launch):
                if words.hear(word, bytes: 100, of: launch) == .own { counted.append(word) }
            case .board(let running, let ended): counted += words.meet(running: running, ended: ended)
            }
        }
        return counted
    }

    @Test(arguments: 0...3) func `each word counts once and in its order, whenever its launch becomes known`(known: Int) {
        var steps: [Step] = ["running", "waiting", "done"].map { .word($0, Self.first) }
        steps.insert(.board([Self.first]), at: known)
        steps.append(.board([Self.first]))
        #expect(counting(steps) == ["running", "waiting", "done"])
    }

    @Test(
        arguments: [
            ("the next one's start is known first", [.board([next]), .word("late", first), .board([next])], []),
            (
                "told before, its start never seen",
                [.word("early", first), .board([next], ended: [first]), .board([first, next])], []
            ),
            ("shown as ended", [.board([], ended: [first]), .word("late", first), .board([next], ended: [first])], []),
            ("seen running, then no more", [.board([first]), .board([]), .word("late", first), .board([next])], []),
            (
                "seen running, then the next", [.board([first]), .board([next]), .word("late", first), .word("own", next)],
                ["own"]
            ),
            ("both speak early", [.word("1", first), .word("2", next), .word("3", first), .board([next])], ["2"]),
            ("both run", [.word("1", first), .word("2", next), .board([first, next]), .word("3", first)], ["1", "2", "3"]),
            ("missed for a moment", [.board([first]), .board([]), .board([first]), .word("own", first)], ["own"]),
        ] as [(String, [Step], [String])])
    func `a word counts for its launch while that runs, and for no other`(name: String, steps: [Step], counted: [String]) {
        #expect(counting(steps) == counted, "\(name)")
    }

    @Test func `a word that is kept is told from one that comes too late`() {
        var words = LaunchWords<String>()
        #expect(!words.knows(Self.first))
        #expect(words.hear("a", bytes: 1, of: Self.first) == .early)
        #expect(!words.knows(Self.first))
        #expect(words.meet(running: [Self.first], ended: []) == ["a"])
        #expect(words.knows(Self.first))
        #expect(words.meet(running: [], ended: []).isEmpty)
        #expect(words.knows(Self.first))
        #expect(words.hear("b", bytes: 1, of: Self.first) == .late)
    }

    @Test(arguments: [(1, LaunchWords<Int>.mostKept), (LaunchWords<Int>.mostBytes / 4, 4), (LaunchWords<Int>.mostBytes + 1, 0)])
    func `of words that nobody is known for the last are kept`(bytes: Int, left: Int) {
        var words = LaunchWords<Int>()
        for number in 0..<1000 { #expect(words.hear(number, bytes: bytes, of: Self.first) == .early) }
        #expect(words.meet(running: [Self.first], ended: []) == Array((1000 - left)..<1000))
        // Their room is free again.
        #expect(words.hear(1, bytes: LaunchWords<Int>.mostBytes, of: Self.next) == .early)
        #expect(words.meet(running: [Self.next], ended: []) == [1])
    }

    @Test func `launches that are over are forgotten in the end, and their words count all the same for nobody`() {
        var words = LaunchWords<String>()
        for number in 0...1000 {
            _ = words.meet(running: [Samples.launchID("l\(number)")], ended: [])
            _ = words.meet(running: [], ended: [])
        }
        #expect(words.hear("late", bytes: 1, of: Samples.launchID("l1000")) == .late)
        #expect(!words.knows(Samples.launchID("l0")))
        #expect(words.hear("late", bytes: 1, of: Samples.launchID("l0")) == .early)
        #expect(words.meet(running: [Self.next], ended: []).isEmpty)
    }
}
