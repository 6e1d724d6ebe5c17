import ReeveModel
import ReeveTestSupport
import Testing

@Suite struct PaneFollowingTests {
    private func host(_ pane: String, on server: String = "/a", since: Int64 = 0) -> PaneFollowing.Host {
        PaneFollowing.Host(PaneHost(server: server, pane: pane), epoch: "1.1", since: Timestamp(milliseconds: since))
    }

    private func agent(_ name: String, _ launch: String, at moment: Int64 = 0, runs: Bool = true) -> PaneFollowing.Agent {
        PaneFollowing.Agent(
            session: Samples.name(name), sessionID: Samples.session("s-" + name), launch: Samples.launchID(launch),
            startedAt: Timestamp(milliseconds: moment), isRunning: runs)
    }

    /// Who would get a pane now; nil: nobody follows.
    private func names(_ following: PaneFollowing, _ agents: [PaneFollowing.Agent], again: Bool = false) -> [String]? {
        var following = following
        return following.wanting(agents, again: again)?.agents.map(\.session.text)
    }

    private func followed(_ agents: [PaneFollowing.Agent] = []) -> PaneFollowing {
        var following = PaneFollowing()
        _ = following.begin(host("%0"), agents)
        return following
    }

    @Test func `who runs at the beginning is settled, who is being started is not`() {
        #expect(names(PaneFollowing(), [agent("a", "1")]) == nil)
        let agents = [agent("a", "1"), agent("b", "2", runs: false)]
        let following = followed(agents)
        #expect(names(following, agents) == [])
        #expect(names(following, [agent("a", "1"), agent("b", "2")]) == ["b"])
    }

    @Test func `the eldest comes first, and settled is a launch, not a session`() {
        var following = followed()
        let agents = [agent("c", "3", at: 2), agent("b", "2", at: 1), agent("a", "1", at: 2)]
        #expect(names(following, agents) == ["b", "a", "c"])
        for launch in ["1", "2", "3"] { following.settle(Samples.launchID(launch)) }
        #expect(names(following, agents) == [])
        #expect(names(following, [agent("b", "4")]) == ["b"])
    }

    @Test func `what could not be done is tried again when it is time`() {
        var following = followed()
        following.postpone(Samples.launchID("1"))
        #expect(names(following, [agent("a", "1")]) == [])
        #expect(names(following, [agent("a", "1")], again: true) == ["a"])
    }

    @Test func `one pane on each server, and the last one that began gets the agents`() {
        var following = PaneFollowing()
        let (first, second, third) = (host("%0"), host("%5", on: "/b"), host("%1"))
        let replaced = [first, second, third].map { following.begin($0, []) }
        #expect(replaced == [nil, nil, first] && following.hosts == [second, third])
        let ended = [first, third].map { following.end($0) }
        #expect(ended == [false, true] && following.hosts == [second])
        let last = following.wanting([], again: false)
        #expect(last?.host == second)
    }

    @Test func `another pane on another server settles nothing`() {
        var following = followed()
        _ = following.begin(host("%5", on: "/b"), [agent("a", "1")])
        #expect(names(following, [agent("a", "1")]) == ["a"])
        following.settle(Samples.launchID("1"))
        _ = following.begin(host("%6", on: "/b"), [])
        #expect(names(following, [agent("a", "1")]) == [])
        following.unsettle(Samples.launchID("1"))
        #expect(names(following, [agent("a", "1")]) == ["a"])
    }

    @Test func `what is settled is forgotten with the last pane, and long after its agent`() {
        var following = followed()
        for number in 0..<600 { following.settle(Samples.launchID("l\(number)")) }
        _ = following.wanting([agent("a", "l0"), agent("b", "l50")], again: false)
        #expect(following.settled.count == 500)
        #expect(following.settled.contains(Samples.launchID("l0")) && following.settled.contains(Samples.launchID("l50")))
        #expect(!following.settled.contains(Samples.launchID("l101")) && following.settled.contains(Samples.launchID("l102")))
        _ = following.end(host("%0"))
        #expect(following.settled.isEmpty)
    }
}
