import ReeveEngine
import ReeveModel
import ReeveTestSupport
import Testing

/// Panes that new agents come beside without being asked for.
@Suite struct PaneFollowTests {
    @Test func `an agent that starts comes beside the pane that follows, or waits for room there`() async throws {
        let stage = PaneActorStage()
        try await stage.follow()
        for number in 1...5 { stage.sessions.start("s\(number)", at: Int64(number)) }
        await stage.look()
        #expect(stage.windows.agents == ["s1", "s2", "s3", "s4"])
        #expect(await stage.waiting == ["s5"])
        stage.sessions.set("s2", .over)
        await stage.look()
        #expect(stage.windows.agents == ["s1", "s3", "s4", "s5"])
    }

    @Test func `an agent that ran before is left as it is`() async throws {
        let stage = PaneActorStage()
        stage.sessions.start("before")
        try await stage.follow()
        stage.sessions.start("after")
        await stage.look()
        #expect(stage.windows.agents == ["after"])
    }

    @Test func `a pane that a person has closed is not opened again, and is for the next agent in its terminal`() async throws {
        let stage = PaneActorStage()
        try await stage.follow()
        stage.sessions.start("one")
        await stage.look()
        let pane = try #require(stage.windows.pane(of: "one"))
        stage.windows.change { $0.remove(pane) }
        await stage.look(after: .seconds(3))
        await stage.look(after: .seconds(3))
        #expect(stage.windows.agents.isEmpty)
        stage.sessions.start("one", "l2")
        await stage.look()
        #expect(stage.windows.agents == ["one"])
    }

    @Test func `a pane that a client has closed is not opened again either`() async throws {
        let stage = PaneActorStage()
        try await stage.follow()
        stage.sessions.start("one")
        await stage.look()
        _ = try await stage.actor.close(.session(Samples.name("one")))
        await stage.look(after: .seconds(3))
        #expect(stage.windows.agents.isEmpty)
    }

    @Test func `the pane of an agent that has ended goes, and comes again with the next one`() async throws {
        let stage = PaneActorStage { $0.linger = .seconds(10) }
        try await stage.follow()
        stage.sessions.start("one")
        await stage.look()
        stage.sessions.end("one", at: stage.time.wall())
        await stage.look(after: .seconds(10))
        #expect(stage.windows.agents.isEmpty)
        await stage.look(after: .seconds(3))
        stage.sessions.start("one", "l2")
        await stage.look()
        #expect(stage.windows.agents == ["one"])
        // The one after that comes while the pane is still there.
        stage.sessions.end("one", at: stage.time.wall())
        await stage.look(after: .seconds(1))
        stage.sessions.start("one", "l3")
        await stage.look(after: .seconds(20))
        #expect(stage.windows.agents == ["one"] && stage.windows.planCount == 3)
    }

    @Test func `an agent without a terminal yet keeps nobody waiting, and comes when it has one`() async throws {
        let stage = PaneActorStage()
        try await stage.follow()
        stage.sessions.start("late", after: 1, at: 1)
        stage.sessions.start("ready", at: 2)
        await stage.look()
        #expect(stage.windows.agents == ["ready"])
        await stage.look(after: .seconds(3))
        #expect(stage.windows.agents == ["late", "ready"])
    }

    @Test func `what could not be done is not tried again with everything that happens`() async throws {
        let stage = PaneActorStage()
        try await stage.follow()
        stage.sessions.start("late", after: 2)
        for _ in 1...5 { await stage.look() }
        await stage.look(after: .seconds(3))
        #expect(stage.windows.agents.isEmpty)
        await stage.look(after: .seconds(3))
        #expect(stage.windows.agents == ["late"])
    }

    @Test(arguments: [PaneIsolation.window, .session])
    func `agents come apart from the pane's window if that is wanted`(isolation: PaneIsolation) async throws {
        let stage = PaneActorStage()
        try await stage.follow(isolation: isolation)
        for name in ["one", "two"] { stage.sessions.start(name) }
        await stage.look()
        #expect(stage.windows.agents == ["one", "two"] && stage.windows.windowCount == 2)
        #expect(try await stage.windows.look(FakePaneWindows.host).window.panes.count == 1)
    }

    @Test func `who waits without having asked waits for as long as it works`() async throws {
        let stage = PaneActorStage()
        try await stage.fill(4)
        try await stage.follow()
        stage.sessions.start("s5")
        await stage.look()
        for _ in 1...10 { await stage.look(after: .seconds(100)) }
        #expect(await stage.waiting == ["s5"])
        stage.sessions.end("s5", at: stage.time.wall())
        await stage.look()
        #expect(await stage.waiting.isEmpty)
    }

    @Test func `a full queue keeps nobody out for good`() async throws {
        let stage = PaneActorStage { $0.queue.capacity = 1 }
        try await stage.fill(4)
        try await stage.follow()
        for number in 5...6 { stage.sessions.start("s\(number)", at: Int64(number)) }
        await stage.look()
        #expect(await stage.waiting == ["s5"])
        stage.sessions.set("s1", .over)
        await stage.look()
        await stage.look(after: .seconds(3))
        #expect(stage.windows.agents == ["s2", "s3", "s4", "s5"])
        #expect(await stage.waiting == ["s6"])
    }

    // MARK: Beginning and ending

    @Test func `a pane that is gone is followed no more, and that is told`() async throws {
        let stage = PaneActorStage()
        stage.windows.change { $0.window.split("%0", leaving: 100, into: "%1") }
        try await stage.follow(PaneHost(server: FakePaneWindows.server, pane: "%1"))
        stage.windows.change { $0.remove("%1") }
        await stage.look(after: .seconds(3))
        #expect(await stage.actor.follows.isEmpty)
        #expect(stage.news().map(\.what) == [.following, .unfollowed] && stage.news().last?.reason == "the pane is gone")
        stage.sessions.start("one")
        await stage.look(after: .seconds(3))
        #expect(stage.windows.agents.isEmpty)
    }

    @Test func `a server that does not answer is followed on, and another one in its place is not`() async throws {
        let stage = PaneActorStage()
        try await stage.follow()
        stage.windows.hang(true)
        stage.sessions.start("one")
        await stage.look(after: .seconds(3))
        #expect(await stage.actor.follows.count == 1)
        stage.windows.hang(false)
        stage.windows.replace()
        // Before it is time to look after the pane itself.
        stage.sessions.start("two")
        await stage.look()
        #expect(stage.windows.agents.isEmpty)
        await stage.look(after: .seconds(3))
        #expect(await stage.actor.follows.isEmpty && stage.windows.agents.isEmpty)
    }

    @Test func `one pane of a server follows at a time, and who waits goes along`() async throws {
        let stage = PaneActorStage(windows: FakePaneWindows(width: 400, height: 50))
        stage.windows.change { $0.window.split("%0", leaving: 100, into: "%1") }
        let first = FakePaneWindows.host
        let second = PaneHost(server: FakePaneWindows.server, pane: "%1")
        #expect(try await stage.follow(first) == nil)
        stage.sessions.start("one")
        await stage.look()
        #expect(await stage.waiting == ["one"])
        #expect(try await stage.follow(second) == first)
        await stage.look()
        #expect(stage.windows.agents == ["one"] && stage.refusal(of: "one") == nil)
        #expect(await stage.actor.list().map(\.host) == [second])
        #expect(await stage.actor.follows.map(\.host) == [second])
    }

    @Test func `whoever has a pane keeps it when nobody follows any more, and who waits waits no more`() async throws {
        let stage = PaneActorStage()
        try await stage.follow()
        for number in 1...5 { stage.sessions.start("s\(number)", at: Int64(number)) }
        await stage.look()
        #expect(try await stage.actor.unfollow(on: FakePaneWindows.server) == FakePaneWindows.host)
        #expect(try await stage.actor.unfollow(on: FakePaneWindows.server) == nil)
        stage.sessions.start("s6")
        await stage.look(after: .seconds(3))
        #expect(stage.windows.agents == ["s1", "s2", "s3", "s4"])
        #expect(await stage.waiting.isEmpty)
        #expect(stage.refusal(of: "s5") == "a client wants it no more")
        #expect(try await stage.restarted().actor.follows.isEmpty)
    }

    @Test func `turned off nobody follows, and nothing comes`() async throws {
        let stage = PaneActorStage { $0.sizes.enabled = false }
        let error = await #expect(throws: ReeveError.self) { try await stage.follow() }
        #expect(error?.kind == .conflict)
    }

    @Test func `a beginning that is not on the disk is none`() async throws {
        let stage = PaneActorStage()
        stage.journal.fail(with: ReeveError(.unavailable, "the disk is full"))
        await #expect(throws: ReeveError.self) { try await stage.follow() }
        #expect(await stage.actor.follows.isEmpty)
    }

    @Test func `a change of who follows, or its end, that is not on the disk is none`() async throws {
        let stage = PaneActorStage(windows: FakePaneWindows(width: 400, height: 50))
        stage.windows.change { $0.window.split("%0", leaving: 100, into: "%1") }
        let first = FakePaneWindows.host
        let second = PaneHost(server: FakePaneWindows.server, pane: "%1")
        _ = try await stage.follow(first)
        stage.sessions.start("one")
        await stage.look()
        #expect(await stage.waiting == ["one"])
        let told = stage.news().count
        stage.journal.fail(with: ReeveError(.unavailable, "the disk is full"))
        await #expect(throws: ReeveError.self) { _ = try await stage.follow(second) }
        await #expect(throws: ReeveError.self) { _ = try await stage.actor.unfollow(on: FakePaneWindows.server) }
        #expect(await stage.actor.follows.map(\.host) == [first])
        #expect(await stage.waiting == ["one"])
        #expect(stage.news().count == told)
        stage.journal.fail(with: nil)
        #expect(try await stage.follow(second) == first)
        await stage.look()
        #expect(stage.windows.agents == ["one"])
    }

    // MARK: Restart

    @Test func `a daemon that comes after goes on following, and opens nothing again that a person has closed`() async throws {
        let before = PaneActorStage()
        try await before.follow()
        for name in ["one", "two"] { before.sessions.start(name) }
        await before.look()
        let pane = try #require(before.windows.pane(of: "one"))
        before.windows.change { $0.remove(pane) }
        let stage = try await before.restarted()
        before.sessions.start("three")
        await stage.look()
        #expect(stage.windows.agents == ["three", "two"])
        #expect(await stage.actor.follows == before.actor.follows)
    }

    @Test func `a daemon that comes after follows no pane of a server that has ended`() async throws {
        let before = PaneActorStage()
        try await before.follow()
        before.windows.replace()
        let stage = try await before.restarted()
        before.sessions.start("one")
        await stage.look()
        #expect(await stage.actor.follows.isEmpty && stage.windows.agents.isEmpty)
        #expect(stage.news().last?.what == .unfollowed)
    }
}
