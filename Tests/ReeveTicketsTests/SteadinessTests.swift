import ReeveTickets
import Testing

private func stamp(_ size: Int64, _ modified: Int64 = 0) -> FileStamp { FileStamp(inode: 1, size: size, modified: modified) }

@Suite struct SteadinessTests {
    @Test func `a file whose writer has closed it is read now`() {
        var rule = Steadiness(at: .seconds(5))
        let look1 = rule.look(stamp(1), at: .seconds(5))
        #expect(look1 == .wait(until: .milliseconds(5500)))
        rule.close()
        let look2 = rule.look(stamp(2), at: .milliseconds(5001))
        #expect(look2 == .read)
    }

    @Test func `a file that stands still for 500 ms is read`() {
        var rule = Steadiness(at: .zero)
        let look3 = rule.look(stamp(1), at: .milliseconds(10))
        #expect(look3 == .wait(until: .milliseconds(500)))
        let look4 = rule.look(stamp(1), at: .milliseconds(499))
        #expect(look4 == .wait(until: .milliseconds(500)))
        let look5 = rule.look(stamp(1), at: .milliseconds(500))
        #expect(look5 == .read)
    }

    @Test(arguments: [stamp(2), stamp(1, 7), FileStamp(inode: 2, size: 1, modified: 0)])
    func `another size, time or file begins the wait again`(next: FileStamp) {
        var rule = Steadiness(at: .zero)
        _ = rule.look(stamp(1), at: .milliseconds(10))
        let look6 = rule.look(next, at: .milliseconds(400))
        #expect(look6 == .wait(until: .milliseconds(900)))
        let look7 = rule.look(next, at: .milliseconds(900))
        #expect(look7 == .read)
    }

    @Test func `somebody who opens it again and writes begins the wait again`() {
        var rule = Steadiness(at: .zero)
        rule.close()
        rule.touch(at: .milliseconds(300))
        let look8 = rule.look(stamp(1), at: .milliseconds(500))
        #expect(look8 == .wait(until: .milliseconds(800)))
    }

    @Test func `a file that never stands still is read after 10 s`() {
        var rule = Steadiness(at: .seconds(1))
        for tick in stride(from: 1000, to: 11_000, by: 100) {
            guard case .wait(let until) = rule.look(stamp(Int64(tick)), at: .milliseconds(tick)) else {
                Issue.record("read at \(tick) ms")
                return
            }
            #expect(until <= .seconds(11))
        }
        let look9 = rule.look(stamp(1), at: .seconds(11))
        #expect(look9 == .read)
    }
}

@Suite struct SteadyFilesTests {
    @Test func `a file is due when its writer is done, or when it may stand still`() {
        var files = SteadyFiles<String>()
        #expect(files.next == nil)
        files.note("a", isComplete: false, at: .zero)
        files.note("b", isComplete: true, at: .milliseconds(100))
        #expect(files.next == .milliseconds(100))
        #expect(files.due(at: .milliseconds(100)) == ["b"])
        let look10 = files.look("b", stamp(1), at: .milliseconds(100))
        #expect(look10)
        #expect(files.unsettled == ["a"])
        #expect(files.next == .milliseconds(500))
        let look11 = files.look("a", stamp(1), at: .milliseconds(500))
        #expect(look11)
        #expect(files.unsettled.isEmpty)
    }

    @Test func `a file that is written on is looked at later`() {
        var files = SteadyFiles<String>()
        files.note("a", isComplete: false, at: .zero)
        let look12 = files.look("a", stamp(1), at: .milliseconds(400))
        #expect(!look12)
        let look13 = files.look("a", stamp(2), at: .milliseconds(500))
        #expect(!look13)
        #expect(files.next == .seconds(1))
        let look14 = files.look("a", stamp(2), at: .seconds(1))
        #expect(look14)
    }

    @Test func `a file that is gone is forgotten, and one that nobody wrote may be read`() {
        var files = SteadyFiles<String>()
        files.note("a", isComplete: false, at: .zero)
        files.forget("a")
        #expect(files.next == nil)
        let look15 = files.look("z", stamp(1), at: .zero)
        #expect(look15)
    }
}
