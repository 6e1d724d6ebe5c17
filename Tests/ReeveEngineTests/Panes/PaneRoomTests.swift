import ReeveEngine
import ReeveModel
import ReeveTestSupport
import Testing

/// Room that a person makes is found soon while somebody waits.
@Suite struct PaneRoomTests {
    /// - Parameter panes: so many agents have one already, and there is no room for another before a person acts.
    private func expectRoom(
        _ windows: FakePaneWindows, panes: Int, by act: (inout FakePaneWindows.Window) -> Void
    ) async throws {
        let stage = PaneActorStage(windows: windows)
        if panes > 0 { try await stage.fill(panes) }
        stage.sessions.add("waiting")
        guard case .defer(.noRoom) = try await stage.open("waiting").decision else {
            Issue.record("it has room")
            return
        }
        await stage.look()
        stage.windows.change { act(&$0) }
        await stage.look(after: .seconds(1))
        #expect(stage.windows.agents.contains("waiting"))
    }

    @Test func `room that a person makes is found within a second while somebody waits`() async throws {
        // One of the agents' panes is closed.
        try await expectRoom(FakePaneWindows(), panes: 4) { there in
            if let pane = there.tags.keys.first { there.remove(pane) }
        }
        // One of the person's own is, where no agent stands yet.
        let divided = FakePaneWindows(width: 200, height: 50)
        divided.change { $0.window.split("%0", leaving: 120, into: "%1") }
        try await expectRoom(divided, panes: 0) { $0.remove("%1") }
        // The window grows, where no agent stands yet.
        try await expectRoom(FakePaneWindows(width: 150, height: 50), panes: 0) { there in
            there.window.width = 200
            there.window.panes[0].rectangle.width = 200
        }
    }

    @Test func `with nobody waiting the windows are looked at every poll`() async throws {
        let stage = PaneActorStage { $0.poll = .seconds(3) }
        try await stage.fill(4)
        #expect(await stage.actor.take(.look) - stage.time.uptime() == .seconds(3))
        stage.sessions.add("s5")
        _ = try await stage.open("s5")
        stage.time.advance(by: .seconds(3))
        #expect(await stage.actor.take(.tick) - stage.time.uptime() == .seconds(1))
    }

    /// The first is what is set for everybody, the second for those who wait; the third is what then holds.
    @Test(arguments: [(100, 1000, 100), (3000, 250, 250), (3000, 5000, 3000)])
    func `while somebody waits the shorter one of poll and waiting_poll counts`(all: Int, waiting: Int, counts: Int) async throws
    {
        let stage = PaneActorStage {
            $0.poll = .milliseconds(all)
            $0.waitingPoll = .milliseconds(waiting)
        }
        try await stage.fill(4)
        stage.sessions.add("s5")
        _ = try await stage.open("s5")
        #expect(await stage.actor.take(.tick) - stage.time.uptime() == .milliseconds(counts))
    }
}
