import ReeveEngine
import ReeveModel
import ReeveTestSupport
import Testing

/// Waits that outlive the daemon.
@Suite struct PaneKeptTests {
    /// Four have a pane, two wait.
    private func withTwoWaiting(_ change: (inout PaneSettings) -> Void = { _ in }) async throws -> PaneActorStage {
        let stage = PaneActorStage(change)
        try await stage.fill(4)
        for name in ["s5", "s6"] {
            stage.sessions.add(name, ticket: "T-\(name)")
            _ = try await stage.open(name)
            stage.time.advance(by: .seconds(1))
        }
        return stage
    }

    @Test func `who waits goes on waiting after a restart of the daemon, and its time goes on`() async throws {
        let before = try await withTwoWaiting()
        let waited = await before.actor.list().filter { $0.pane == nil }
        before.time.advance(by: .seconds(200))
        let stage = try await before.restarted()
        // As soon as anybody asks.
        #expect(await stage.actor.list() == waited)
        await stage.look()
        #expect(await stage.actor.list().filter { $0.pane == nil } == waited)
        #expect(try await stage.open("s6").position == 2)
        await stage.look(after: .milliseconds(97_900))
        #expect(await stage.waiting == ["s5", "s6"])
        await stage.look(after: .milliseconds(100))
        #expect(await stage.waiting == ["s6"] && stage.refusal(of: "s5") == "no room within 5 min")
        await stage.look(after: .seconds(1))
        #expect(await stage.waiting.isEmpty && stage.refusal(of: "s6") == "no room within 5 min")
    }

    @Test func `room that came while no daemon ran is given at once`() async throws {
        let before = try await withTwoWaiting()
        let pane = try #require(before.windows.pane(of: "s2"))
        before.windows.change { $0.remove(pane) }
        let stage = try await before.restarted()
        await stage.look()
        #expect(stage.windows.agents == ["s1", "s3", "s4", "s5"])
        #expect(await stage.waiting == ["s6"])
    }

    @Test func `a wait for a server that has ended, or a session that is over, ends with a word`() async throws {
        let before = try await withTwoWaiting()
        before.sessions.close("s5")
        let stage = try await before.restarted()
        await stage.look()
        #expect(await stage.waiting == ["s6"] && stage.refusal(of: "s5") != nil)
        stage.windows.replace()
        let next = try await stage.restarted()
        await next.look()
        #expect(await next.waiting.isEmpty && next.refusal(of: "s6") == "the server of before has ended")
        // Nothing of them comes back.
        #expect(try await next.restarted().waiting.isEmpty)
    }

    @Test func `another session of the same name does not inherit a wait`() async throws {
        let before = try await withTwoWaiting()
        before.sessions.close("s5")
        before.sessions.add("s5", id: "another")
        let stage = try await before.restarted()
        await stage.look()
        #expect(stage.refusal(of: "s5") == "the session is over" && stage.windows.agents == ["s1", "s2", "s3", "s4"])
    }

    @Test func `a server that hangs when the daemon starts keeps who waits there`() async throws {
        let before = try await withTwoWaiting()
        before.windows.hang(true)
        let stage = try await before.restarted()
        await stage.look()
        #expect(await stage.waiting == ["s5", "s6"])
        stage.windows.hang(false)
        stage.sessions.set("s1", .over)
        await stage.look(after: .seconds(3))
        #expect(stage.windows.agents == ["s2", "s3", "s4", "s5"])
        stage.windows.end()
        let last = try await stage.restarted()
        await last.look()
        #expect(await last.waiting.isEmpty && last.refusal(of: "s6") == "the server has ended")
    }

    @Test func `a wait of before can be taken back, and is not there after the next restart`() async throws {
        let stage = try await withTwoWaiting().restarted()
        #expect(try await stage.actor.close(.session(Samples.name("s5"))).decision == .skip(reason: .waitsNoMore("s5")))
        #expect(try await stage.actor.close(.ticket(Samples.id("T-s6"))).decision == .skip(reason: .waitsNoMore("s6")))
        let next = try await stage.restarted()
        await next.look()
        #expect(await next.waiting.isEmpty)
    }

    @Test func `the end of a wait that the disk did not take is written once there is room`() async throws {
        let stage = try await withTwoWaiting()
        stage.journal.fail(with: ReeveError(.unavailable, "the disk is full"))
        // Nobody waits for the commit of this.
        stage.sessions.close("s5")
        stage.sessions.close("s6")
        await stage.look(after: .seconds(6))
        #expect(await stage.waiting.isEmpty)
        stage.journal.fail(with: nil)
        #expect(try await stage.journal.meta(PaneActor.memoryKey)?.contains("s5") == true)
        await stage.look(after: .seconds(3))
        #expect(try await eventually { try await stage.journal.meta(PaneActor.memoryKey)?.contains("s5") != true })
    }

    @Test func `a wait that is not on the disk is none`() async throws {
        let stage = PaneActorStage()
        try await stage.fill(4)
        stage.sessions.add("s5")
        stage.journal.fail(with: ReeveError(.unavailable, "the disk is full"))
        await #expect(throws: ReeveError.self) { try await stage.open("s5") }
        #expect(await stage.waiting.isEmpty)
        stage.journal.fail(with: nil)
        #expect(try await stage.open("s5").position == 1)
        #expect(try await stage.restarted().waiting == ["s5"])
    }
}
