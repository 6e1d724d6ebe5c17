import ReeveEngine
import ReeveModel
import ReeveTestSupport
import Testing

/// What a multiplexer's sidebar is told of an agent: its state, and what it says itself, for as long as it holds.
@Suite struct SidebarTests {
    /// One agent that runs and is shown.
    private func with(
        world: FakeWorld = FakeWorld(), time: any TimeSource = RealTime(),
        _ body: (EngineFixture, MetadataDesk.Address, SessionID) async throws -> Void
    ) async throws {
        try await EngineFixture.with(world: world, time: time) { fixture in
            try await fixture.add("A")
            #expect(await fixture.awaitState("A", .running))
            let session = try #require(fixture.engine.board.agent(Samples.id("A"))).sessionID
            #expect(await eventually { world.displayed(of: session).last == TerminalStatus(state: "running") })
            try await body(fixture, .ticket(Samples.id("A")), session)
        }
    }

    @Test func `progress and status reach the sidebar, and go with the end of the ticket`() async throws {
        try await with { fixture, address, session in
            let metadata = fixture.engine.metadata
            _ = try await metadata.set(status: "running the tests", tone: .info, timeToLive: nil, of: address)
            #expect(
                await eventually {
                    fixture.world.displayed(of: session).last == TerminalStatus(state: "running", text: "running the tests")
                })
            _ = try await metadata.set(progress: .steps(3, of: 8), label: "suites", timeToLive: nil, of: address)
            let both = TerminalStatus(state: "running", text: "running the tests", progress: 0.37, progressLabel: "3/8 suites")
            #expect(await eventually { fixture.world.displayed(of: session).last == both })
            // Taken away by the agent itself: that, too, is seen at once.
            _ = try await metadata.clear([.status], of: address)
            let less = TerminalStatus(state: "running", progress: 0.37, progressLabel: "3/8 suites")
            #expect(await eventually { fixture.world.displayed(of: session).last == less })
            try fixture.end("A")
            let ended = TerminalStatus(state: "done", text: "exited 0")
            #expect(await eventually { fixture.world.displayed(of: session).last == ended })
        }
    }

    @Test func `what a session tells of its ticket reaches the sidebar too`() async throws {
        try await with { fixture, _, session in
            _ = try await fixture.engine.metadata.set(
                progress: .percent(40), label: nil, timeToLive: nil, of: .session(session.text))
            #expect(
                await eventually {
                    fixture.world.displayed(of: session).last == TerminalStatus(state: "running", progress: 0.4)
                })
        }
    }

    @Test func `what is over vanishes by itself`() async throws {
        let time = ManualTime()
        try await with(time: time) { fixture, address, session in
            _ = try await fixture.engine.metadata.set(
                status: "for an hour", tone: .info, timeToLive: .seconds(3600), of: address)
            let told = TerminalStatus(state: "running", text: "for an hour")
            #expect(await eventually { fixture.world.displayed(of: session).last == told })
            #expect(
                await eventually {
                    time.advance(by: .seconds(60))
                    return fixture.world.displayed(of: session).last == TerminalStatus(state: "running")
                })
            #expect(time.uptime() >= .seconds(3600))
        }
    }

    @Test func `what is over vanishes although the disk does not take that`() async throws {
        let time = ManualTime()
        try await with(time: time) { fixture, address, session in
            _ = try await fixture.engine.metadata.set(
                progress: .percent(5), label: nil, timeToLive: .seconds(3600), of: address)
            let told = TerminalStatus(state: "running", progress: 0.05)
            #expect(await eventually { fixture.world.displayed(of: session).last == told })
            fixture.journal.fail(with: .unavailable("the disk is full"))
            #expect(
                await eventually {
                    time.advance(by: .seconds(60))
                    return fixture.world.displayed(of: session).last == TerminalStatus(state: "running")
                })
            fixture.journal.fail(with: nil)
        }
    }

    @Test func `what changes while the sidebar is slow is one more look, at the latest`() async throws {
        let world = FakeWorld()
        try await with(world: world) { fixture, address, session in
            let before = world.displayed(of: session).count
            world.holdDisplays(true)
            for percent in 1...10 {
                _ = try await fixture.engine.metadata.set(progress: .percent(percent), label: nil, timeToLive: nil, of: address)
                // One writer: however much changes, one is on its way.
                if percent == 1 { #expect(await eventually { world.heldDisplays == 1 }) }
                #expect(world.heldDisplays == 1)
            }
            world.holdDisplays(false)
            let latest = TerminalStatus(state: "running", progress: 0.1)
            #expect(await eventually { world.displayed(of: session).last == latest })
            #expect(world.displayed(of: session).count <= before + 2)
        }
    }

    @Test func `lines and the same again are nothing to show`() async throws {
        try await with { fixture, address, session in
            let metadata = fixture.engine.metadata
            _ = try await metadata.set(progress: .percent(50), label: nil, timeToLive: nil, of: address)
            #expect(await eventually { fixture.world.displayed(of: session).last?.progress == 0.5 })
            let before = fixture.world.displayed(of: session)
            _ = try await metadata.add(line: "a line", tone: .info, source: nil, timeToLive: nil, to: address)
            _ = try await metadata.set(progress: .fraction(5000), label: nil, timeToLive: nil, of: address)
            fixture.engine.board.noteMetadata()
            _ = try await metadata.set(progress: .percent(51), label: nil, timeToLive: nil, of: address)
            let after = before + [TerminalStatus(state: "running", progress: 0.51)]
            #expect(await eventually { fixture.world.displayed(of: session).count > before.count })
            #expect(fixture.world.displayed(of: session) == after)
        }
    }
}
