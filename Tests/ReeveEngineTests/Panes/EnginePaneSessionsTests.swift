import ReeveEngine
import ReeveModel
import ReeveTestSupport
import Testing

/// What a session does, as far as its pane is concerned: of agents, of programs without a ticket, of what was taken in.
@Suite struct EnginePaneSessionsTests {
    private func standing(_ fixture: EngineFixture, _ session: SessionID) async -> PaneStanding? {
        await EnginePaneSessions(fixture.engine).standing(of: [session])[session]
    }

    private func work(_ fixture: EngineFixture, _ session: SessionID) async -> PaneStanding.Work? {
        await standing(fixture, session)?.work
    }

    @discardableResult
    private func spawn(_ fixture: EngineFixture, _ name: String = "play") async throws -> (session: SessionID, launch: LaunchID) {
        let made = try await fixture.engine.sessions.spawn(
            Samples.name(name), command: ["cat"], directory: nil, environment: [:])
        return (try #require(made.id), try #require(fixture.world.orders.last?.id))
    }

    @Test func `a session whose program runs is busy, one whose program has ended has ended, and a closed one is over`()
        async throws
    {
        try await EngineFixture.with { fixture in
            let (session, launch) = try await spawn(fixture)
            let (other, _) = try await spawn(fixture, "other")
            #expect(await standing(fixture, session) == PaneStanding(.busy))
            let before = RealTime().wall()
            fixture.world.end(launch, .code(3))
            #expect(await eventually { await work(fixture, session) == .ended })
            let since = try #require(await standing(fixture, session)?.since)
            #expect(since >= before && since <= RealTime().wall())
            // It stays so, and says nothing of the one beside it.
            #expect(await work(fixture, other) == .busy)
            try await fixture.engine.sessions.destroy(Samples.name("play"))
            #expect(await standing(fixture, session) == PaneStanding(.over))
            #expect(await standing(fixture, Samples.session("never")) == PaneStanding(.over))
        }
    }

    @Test func `a name that is used again begins anew`() async throws {
        try await EngineFixture.with { fixture in
            let (first, launch) = try await spawn(fixture)
            fixture.world.end(launch, .code(0))
            #expect(await eventually { await work(fixture, first) == .ended })
            try await fixture.engine.sessions.destroy(Samples.name("play"))
            let (second, _) = try await spawn(fixture)
            let both = await EnginePaneSessions(fixture.engine).standing(of: [first, second])
            #expect(both == [first: PaneStanding(.over), second: PaneStanding(.busy)])
        }
    }

    @Test func `an end that nobody saw is known after a restart, and a keeper that does not answer is not waited for`()
        async throws
    {
        let journal = MemoryJournal()
        let world = FakeWorld()
        var spawned: (session: SessionID, launch: LaunchID)?
        try await EngineFixture.with(journal: journal, world: world) { spawned = try await spawn($0) }
        let (session, launch) = try #require(spawned)
        world.end(launch, .signal(9))
        world.holdInspection(of: launch, whileMoreThan: 0)
        try await EngineFixture.with(journal: journal, world: world, ids: "u") { fixture in
            // Nobody has said that it has ended.
            #expect(await standing(fixture, session) == PaneStanding(.busy))
            world.holdInspection(of: launch, whileMoreThan: 1)
            #expect(await eventually { await work(fixture, session) == .ended })
        }
    }

    @Test func `a session that was taken in is busy for as long as its terminal has a program`() async throws {
        try await EngineFixture.with { fixture in
            let session = try #require(try await fixture.engine.sessions.adopt(Samples.name("mine"), backend: nil).id)
            #expect(await standing(fixture, session) == PaneStanding(.busy))
            fixture.world.setProgram(of: session, isAlive: false)
            #expect(await eventually { await work(fixture, session) == .ended })
            #expect(await standing(fixture, session)?.since != nil)
            fixture.world.setProgram(of: session, isAlive: true)
            #expect(await eventually { await work(fixture, session) == .busy })
            try await fixture.engine.sessions.destroy(Samples.name("mine"))
            #expect(await work(fixture, session) == .over)
        }
    }

    @Test func `an agent's session is as its agent is, with its ticket`() async throws {
        try await EngineFixture.with { fixture in
            try await fixture.add("A")
            #expect(await fixture.awaitState("A", .running))
            let session = try #require(fixture.engine.board.agent(Samples.id("A"))).sessionID
            #expect(await standing(fixture, session)?.work == .busy)
            #expect(await standing(fixture, session)?.ticket == Samples.id("A"))
            try fixture.end("A", .code(1))
            #expect(await eventually { await work(fixture, session) == .ended })
        }
    }
}
