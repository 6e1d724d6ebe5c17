import ReeveEngine
import ReeveModel
import ReeveTestSupport
import Testing

/// Several multiplexers at once: each session is in one of them.
@Suite struct BackendsTests {
    @Test func `one that nobody wants is not connected to, and the first session there connects it`() async throws {
        let other = FakeWorld(name: "other")
        try await EngineFixture.with(others: [other]) { f in
            let backend = try f.engine.backends.named("other")
            #expect(await !backend.isInUse)
            #expect(f.engine.board.picture.backends.map(\.name) == ["fake"])
            #expect(try await f.engine.sessions.list(backend: "other").isEmpty)
            // It has no keepers of its own here, so the session does not come up; but it was asked for there.
            await #expect(throws: (any Error).self) {
                try await f.engine.sessions.spawn(
                    Samples.name("play"), command: ["cat"], directory: nil, environment: [:], backend: "other")
            }
            #expect(await backend.isInUse)
            #expect(await eventually { f.engine.board.picture.backends.contains { $0.name == "other" && $0.isUp == true } })
        }
    }

    @Test func `a name that is no multiplexer's is not found`() async throws {
        try await EngineFixture.with { f in
            let error = await #expect(throws: ReeveError.self) {
                try await f.engine.sessions.spawn(
                    Samples.name("play"), command: ["cat"], directory: nil, environment: [:], backend: "byobu")
            }
            #expect(error?.kind == .notFound)
            #expect(
                await #expect(throws: ReeveError.self) { try await f.engine.sessions.list(backend: "byobu") }?.kind == .notFound)
        }
    }

    @Test func `a session whose multiplexer this daemon does not know is unavailable, and says where it is`() async throws {
        try await EngineFixture.with { f in
            var session = Samples.record("T")
            session.backend = "elsewhere"
            let lost = session
            let error = await #expect(throws: ReeveError.self) {
                _ = try await f.engine.backends.capture(lost, lines: 1, styled: false)
            }
            #expect(error?.kind == .unavailable && error?.message.contains("elsewhere") == true)
        }
    }

    @Test func `a terminal whose place is not known is not gone while its multiplexer hangs, and is where there is none`()
        async throws
    {
        let (hung, absent) = (FakeWorld(name: "hung"), FakeWorld(name: "absent"))
        hung.setDown(ReeveError(.timeout, "hung does not answer"))
        absent.setDown(.unavailable("nobody listens"))
        try await EngineFixture.with(others: [hung, absent]) { f in
            func found(in backend: String) async throws -> TerminalLife {
                var session = Samples.record("T")
                session.backend = backend
                try await f.engine.backends.named(backend).use()
                return try await f.engine.backends.life(of: session)
            }
            let life = try await found(in: "absent")
            #expect(life == .gone)
            let error = await #expect(throws: ReeveError.self) { _ = try await found(in: "hung") }
            #expect(error?.message.contains("does not answer") == true, "\(error?.message ?? "none")")
        }
    }

    @Test func `a session that a list does not have is looked for itself before nobody is said to watch it`() async throws {
        try await EngineFixture.with { f in
            var session = Samples.record("T")
            session.handle = try await f.world.spawn(
                SpawnRequest(id: session.id, name: session.name, arguments: [], owner: "inst"))
            #expect(try await !f.engine.backends.isWatched(session))
            f.world.watch(session.id)
            f.world.nextListIsStale()
            #expect(try await f.engine.backends.isWatched(session))
            f.world.removeSilently(session.id)
            #expect(try await !f.engine.backends.isWatched(session))
        }
    }
}
