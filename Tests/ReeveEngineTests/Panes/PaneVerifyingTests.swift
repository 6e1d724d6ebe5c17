import ReeveEngine
import ReeveModel
import ReeveTestSupport
import Testing

/// A person does something in the very moment in which the actor does: between its look and its deed, or between its deed and its next look.
@Suite struct PaneVerifyingTests {
    private let host = FakePaneWindows.host

    @Test func `a window that is changed between the look and the deed is looked at again`() async throws {
        let stage = PaneActorStage()
        stage.sessions.add("one")
        stage.windows.afterLook { $0.window.activePane = nil }
        #expect(try await stage.open("one").pane != nil)
        #expect(stage.windows.planCount == 1)
    }

    @Test func `a window that is changed every time is left alone, and the session waits`() async throws {
        let stage = PaneActorStage()
        stage.sessions.add("one")
        for _ in 0..<3 { stage.windows.afterLook { _ in } }
        let answer = try await stage.open("one")
        #expect(answer.decision == .defer(reason: .changing) && answer.position == 1)
        #expect(stage.windows.planCount == 0 && stage.windows.agents.isEmpty)
        stage.time.advance(by: .seconds(5))
        _ = await stage.actor.take(.tick)
        #expect(stage.windows.agents == ["one"])
    }

    @Test func `a pane that is not what was planned is taken back`() async throws {
        let stage = PaneActorStage()
        stage.sessions.add("one")
        // A person squeezes it in the very moment.
        stage.windows.afterPlan { $0.pull("%0", by: 70) }
        let answer = try await stage.open("one")
        #expect(stage.windows.killed.count == 1)
        #expect(answer.pane != nil && stage.windows.agents == ["one"])
    }

    @Test func `a person's change that harms nothing is kept`() async throws {
        let stage = PaneActorStage()
        stage.sessions.add("one")
        stage.windows.afterPlan { $0.pull("%0", by: 10) }
        #expect(try await stage.open("one").pane != nil)
        #expect(stage.windows.killed.isEmpty)
    }

    @Test func `a main pane that comes out too small gets its room back`() async throws {
        let stage = PaneActorStage()
        stage.sessions.add("one")
        stage.windows.afterPlan { $0.pull("%0", by: -30) }
        #expect(try await stage.open("one").pane != nil)
        #expect(stage.windows.killed.count == 1 && stage.windows.agents == ["one"])
        #expect(try await stage.windows.look(host).rectangles["%0"]?.width == 119)
    }

    @Test func `a main pane that was too small before is no reason to take a new one back`() async throws {
        // Eleven rows are its minimum, and the window has ten; beside it one agent of ten fits.
        let stage = PaneActorStage(windows: FakePaneWindows(width: 200, height: 10)) { $0.sizes.agentPaneMinHeight = 5 }
        stage.sessions.add("one")
        stage.windows.afterPlan { $0.pull("%0", by: 3) }
        #expect(try await stage.open("one").pane != nil)
        #expect(stage.windows.killed.isEmpty)
    }

    /// Host and, right of it, a pane of the person's: 200 and 99 columns.
    private func withNeighbour() -> PaneActorStage {
        let stage = PaneActorStage(windows: FakePaneWindows(width: 300, height: 50))
        stage.windows.change { $0.window.split("%0", leaving: 200, into: "%1") }
        stage.sessions.add("one")
        return stage
    }

    @Test func `a new pane that stands where a foreign one stood goes again, and a person's line stays where it is`() async throws
    {
        let stage = withNeighbour()
        stage.windows.afterPlan { there in
            guard let agent = there.tags.keys.first else { return }
            there.pull(agent, by: 5)
        }
        #expect(try await stage.open("one").pane != nil)
        let now = try await stage.windows.look(host).rectangles
        #expect(stage.windows.killed.count == 1 && stage.windows.agents == ["one"])
        #expect(now["%1"] == PaneRectangle(left: 206, top: 0, width: 94, height: 50))
    }

    @Test func `a foreign pane that its person closes or makes larger meanwhile is that person's business`() async throws {
        for act: @Sendable (inout FakePaneWindows.Window) -> Void in [
            { $0.remove("%1") },
            { there in
                guard let agent = there.tags.keys.first else { return }
                there.pull(agent, by: -5)
            },
        ] {
            let stage = withNeighbour()
            stage.windows.afterPlan(act)
            #expect(try await stage.open("one").pane != nil)
            #expect(stage.windows.killed.isEmpty && stage.windows.agents == ["one"])
        }
    }

    @Test(arguments: [PaneIsolation.window, .session])
    func `a first isolated pane that comes out too small goes again, and its agent waits`(isolation: PaneIsolation) async throws {
        let stage = PaneActorStage()
        stage.sessions.add("one")
        stage.windows.standsIn(width: 40, height: 50)
        let answer = try await stage.open("one", isolation: isolation)
        #expect(answer.pane == nil && answer.position == 1 && stage.windows.killed.count == 1)
        #expect(answer.decision.reason.sentence == "1 agent needs 52×11 cells, there are 40×50; 0 fit")
        stage.windows.standsIn(width: 200, height: 50)
        await stage.look(after: .seconds(5))
        #expect(stage.windows.agents == ["one"])
    }

    // MARK: Arranging and closing

    @Test func `what was arranged is looked at again, and arranged anew if it came out otherwise`() async throws {
        let stage = PaneActorStage()
        try await stage.fill(1)
        stage.windows.change { $0.pull("%0", by: 20) }
        stage.windows.afterPlan { $0.pull("%0", by: 10) }
        guard case .arrange = try await stage.actor.arrange(host, layout: nil).decision else {
            Issue.record("not arranged")
            return
        }
        #expect(stage.windows.planCount == 3)
        #expect(try await stage.windows.look(host).rectangles["%0"]?.width == 119)
    }

    @Test func `a window that is pulled at each time is not called arranged`() async throws {
        let stage = PaneActorStage()
        try await stage.fill(1)
        stage.windows.change { $0.pull("%0", by: 20) }
        for _ in 0..<3 { stage.windows.afterPlan { $0.pull("%0", by: 10) } }
        #expect(try await stage.actor.arrange(host, layout: nil).decision == .defer(reason: .changing))
    }

    @Test func `a pane that is still there after it was closed is closed again`() async throws {
        let stage = PaneActorStage()
        try await stage.fill(2)
        let before = try await stage.windows.look(host)
        stage.windows.afterPlan { $0.restore(before) }
        guard case .close = try await stage.actor.close(.session(Samples.name("s1"))).decision else {
            Issue.record("not closed")
            return
        }
        #expect(stage.windows.agents == ["s2"] && stage.windows.planCount == 4)
        #expect(stage.news().filter { $0.what == .closed }.map(\.reason) == ["closed by a client"])
    }

    @Test func `a pane that does not go is not told to be closed`() async throws {
        let stage = PaneActorStage()
        try await stage.fill(2)
        let before = try await stage.windows.look(host)
        for _ in 0..<3 { stage.windows.afterPlan { $0.restore(before) } }
        #expect(try await stage.actor.close(.session(Samples.name("s1"))).decision == .defer(reason: .changing))
        #expect(await stage.actor.list().map(\.session.text) == ["s1", "s2"])
        #expect(!stage.news().contains { $0.what == .closed })
    }
}
