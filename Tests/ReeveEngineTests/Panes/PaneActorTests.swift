import Logging
import ReeveEngine
import ReeveModel
import ReeveTestSupport
import Testing

/// Panes by the actor that keeps them, on windows and sessions in memory and a clock of the test's.
@Suite struct PaneActorTests {
    @Test func `a session gets a pane beside the host, and another wish for it gets the same one`() async throws {
        let stage = PaneActorStage()
        stage.sessions.add("one", ticket: "T-1")
        let answer = try await stage.open("one")
        #expect(answer.pane == stage.windows.pane(of: "one") && answer.pane != nil)
        let again = try await stage.actor.open(PaneWish(.ticket(try #require(TicketID("T-1"))), host: FakePaneWindows.host))
        #expect(again.pane == answer.pane && stage.windows.agents == ["one"])
        guard case .skip(.duplicate) = again.decision else {
            Issue.record("\(again.decision)")
            return
        }
        let listed = await stage.actor.list()
        #expect(listed.map(\.pane) == [answer.pane] && listed.first?.ticket?.text == "T-1")
        #expect(stage.news().map(\.what) == [.opened])
    }

    @Test func `turned off nothing is opened`() async throws {
        let stage = PaneActorStage { $0.sizes.enabled = false }
        stage.sessions.add("one")
        #expect(try await stage.open("one").decision == .skip(reason: .disabled))
        #expect(stage.windows.planCount == 0)
    }

    @Test func `a session that is still being made is waited for, and not for ever`() async throws {
        let stage = PaneActorStage()
        stage.sessions.add("late", after: 3)
        stage.sessions.add("never", after: 1_000_000)
        // It waits from now on, and for the other as long as there is time.
        async let refusal = #expect(throws: ReeveError.self) { try await stage.open("never") }
        #expect(await eventually { stage.time.hasSleepers })
        async let answer = stage.open("late")
        while stage.time.uptime() < .seconds(10) {
            #expect(await eventually { stage.time.hasSleepers })
            stage.time.advance(by: .milliseconds(100))
        }
        #expect(try await answer.pane != nil)
        #expect(await refusal?.kind == .timeout)
    }

    @Test func `without room a session waits, and gets the room that another leaves`() async throws {
        let stage = PaneActorStage()
        try await stage.fill(4)
        stage.sessions.add("s5")
        let answer = try await stage.open("s5")
        guard case .defer(.noRoom) = answer.decision else {
            Issue.record("\(answer.decision)")
            return
        }
        #expect(answer.position == 1 && answer.pane == nil)
        #expect(try await stage.open("s5").position == 1)
        #expect(await stage.actor.list().last?.pane == nil)
        stage.sessions.set("s2", .over)
        _ = await stage.actor.take(.look)
        #expect(stage.windows.agents == ["s1", "s3", "s4", "s5"])
        #expect(stage.news().suffix(2).map(\.what) == [.closed, .opened])
    }

    @Test func `who does not want to wait is told, and does not`() async throws {
        let stage = PaneActorStage()
        try await stage.fill(4)
        stage.sessions.add("s5")
        #expect(try await stage.open("s5", waits: false).position == nil)
        #expect(await stage.actor.list().count == 4)
    }

    @Test func `nobody waits behind somebody who does not fit`() async throws {
        let stage = PaneActorStage()
        try await stage.fill(4)
        for name in ["s5", "s6"] {
            stage.sessions.add(name)
            _ = try await stage.open(name)
        }
        // The first of them hangs in its making; the second is ready.
        stage.sessions.add("s5", after: 1_000_000)
        stage.sessions.set("s1", .over)
        _ = await stage.actor.take(.look)
        #expect(stage.windows.agents == ["s2", "s3", "s4", "s6"])
    }

    @Test func `a session that is lost while it waits takes nobody else out of the queue`() async throws {
        let stage = PaneActorStage()
        try await stage.fill(4)
        for name in ["s5", "s6"] {
            stage.sessions.add(name)
            _ = try await stage.open(name)
        }
        stage.sessions.lose("s5")
        stage.sessions.set("s1", .over)
        _ = await stage.actor.take(.look)
        #expect(stage.windows.agents == ["s2", "s3", "s4", "s6"])
        #expect(stage.news().contains { $0.what == .refused && $0.session?.text == "s5" })
    }

    @Test func `a wait ends after its time, and that is told`() async throws {
        let stage = PaneActorStage { $0.queue.lifetime = .seconds(300) }
        try await stage.fill(4)
        stage.sessions.add("s5")
        _ = try await stage.open("s5")
        stage.time.advance(by: .seconds(299))
        _ = await stage.actor.take(.tick)
        #expect(await stage.actor.list().count == 5)
        stage.time.advance(by: .seconds(1))
        _ = await stage.actor.take(.tick)
        #expect(await stage.actor.list().count == 4)
        #expect(stage.news().last?.what == .refused)
    }

    @Test func `a full queue refuses the newcomer and says who has waited longest`() async throws {
        let stage = PaneActorStage { $0.queue.capacity = 1 }
        try await stage.fill(4)
        for name in ["s5", "s6"] { stage.sessions.add(name) }
        _ = try await stage.open("s5")
        let error = await #expect(throws: ReeveError.self) { try await stage.open("s6") }
        #expect(error?.kind == .conflict && error?.message.contains("s5") == true)
    }

    @Test func `a wait can be taken back`() async throws {
        let stage = PaneActorStage()
        try await stage.fill(4)
        stage.sessions.add("s5")
        _ = try await stage.open("s5")
        #expect(
            try await stage.actor.close(.session(Samples.name("s5"))).decision == .skip(reason: .waitsNoMore("s5")))
        #expect(await stage.actor.list().count == 4)
        stage.sessions.set("s1", .over)
        _ = await stage.actor.take(.look)
        #expect(stage.windows.agents == ["s2", "s3", "s4"])
    }

    @Test func `a wish for another place takes the place of the earlier one`() async throws {
        let stage = PaneActorStage { $0.isolation = .inline }
        try await stage.fill(4)
        stage.sessions.add("s5")
        _ = try await stage.open("s5")
        stage.windows.change { $0.window.activePane = "%0" }
        let other = PaneHost(server: FakePaneWindows.server, pane: try #require(stage.windows.pane(of: "s1")))
        stage.sessions.add("s6")
        let again = try await stage.actor.open(PaneWish(.session(Samples.name("s5")), host: other))
        #expect(again.position == 1)
        #expect(try await stage.open("s6").position == 1)
    }

    @Test func `who waits for a server that has been replaced gets nothing beside its successor`() async throws {
        let stage = PaneActorStage()
        try await stage.fill(4)
        stage.sessions.add("s5")
        _ = try await stage.open("s5")
        stage.windows.replace()
        stage.sessions.set("s1", .over)
        _ = await stage.actor.take(.look)
        #expect(!stage.windows.agents.contains("s5"))
        #expect(stage.news().last?.what == .refused)
    }

    @Test func `an agent that has ended waits for a pane no longer`() async throws {
        let stage = PaneActorStage()
        try await stage.fill(4)
        stage.sessions.add("s5")
        _ = try await stage.open("s5")
        stage.sessions.set("s5", .ended, since: stage.time.wall())
        _ = await stage.actor.take(.look)
        #expect(await stage.actor.list().count == 4)
    }

    @Test func `a server that hangs when the daemon starts is asked again, and is not forgotten`() async throws {
        let stage = PaneActorStage(windows: FakePaneWindows(width: 400, height: 50))
        stage.sessions.add("kept")
        stage.windows.put("%10", tag("kept"))
        stage.windows.hang(true)
        _ = await stage.actor.take(.look)
        #expect(stage.windows.servers() == [FakePaneWindows.server])
        #expect(await stage.actor.list().isEmpty)
        stage.windows.hang(false)
        stage.time.advance(by: .seconds(3))
        _ = await stage.actor.take(.tick)
        #expect(await stage.actor.list().map(\.pane) == ["%10"])
    }

    @Test func `the pane of an agent that has ended stays for a moment, that of a session that is over does not`() async throws {
        let stage = PaneActorStage { $0.linger = .seconds(10) }
        try await stage.fill(2)
        stage.sessions.set("s1", .ended, since: stage.time.wall())
        stage.sessions.set("s2", .over)
        _ = await stage.actor.take(.look)
        #expect(stage.windows.agents == ["s1"])
        stage.time.advance(by: .seconds(10))
        _ = await stage.actor.take(.tick)
        #expect(stage.windows.agents.isEmpty)
    }

    @Test func `only an idle agent gives its pane away`() async throws {
        let stage = PaneActorStage { $0.sizes.evict = .idle }
        try await stage.fill(4)
        stage.sessions.add("s5")
        guard case .defer = try await stage.open("s5").decision else {
            Issue.record("a busy one was closed")
            return
        }
        stage.sessions.set("s3", .idle)
        stage.sessions.add("s6")
        guard case .replace(_, "s3", _) = try await stage.open("s6").decision else {
            Issue.record("not s3")
            return
        }
        #expect(stage.windows.agents == ["s1", "s2", "s4", "s6"])
        #expect(await stage.actor.list().filter { $0.pane != nil }.map(\.session.text) == ["s1", "s2", "s4", "s6"])
    }

    @Test func `a pane that a person has closed is forgotten, and its session can have another`() async throws {
        let stage = PaneActorStage()
        try await stage.fill(2)
        let pane = try #require(stage.windows.pane(of: "s1"))
        stage.windows.change { $0.remove(pane) }
        stage.time.advance(by: .seconds(3))
        _ = await stage.actor.take(.tick)
        #expect(await stage.actor.list().map(\.session.text) == ["s2"])
        #expect(try await stage.open("s1").pane != nil)
    }

    @Test func `a pane whose program has ended is closed by plan`() async throws {
        let stage = PaneActorStage()
        try await stage.fill(2)
        let pane = try #require(stage.windows.pane(of: "s1"))
        stage.windows.change { $0.dead.insert(pane) }
        stage.time.advance(by: .seconds(3))
        _ = await stage.actor.take(.tick)
        #expect(stage.windows.agents == ["s2"] && stage.windows.killed.isEmpty && stage.windows.planCount == 3)
        // Closed once, and not found again in what was seen before that.
        #expect(stage.news().filter { $0.what == .closed }.map(\.session?.text) == ["s1"])
        #expect(await stage.actor.list().map(\.session.text) == ["s2"])
    }

    @Test func `a window that grows gives room at once`() async throws {
        let stage = PaneActorStage()
        try await stage.fill(4)
        _ = await stage.actor.take(.look)
        stage.sessions.add("s5")
        _ = try await stage.open("s5")
        stage.windows.change { there in
            there.window.height = 100
            for index in there.window.panes.indices {
                let isLast = index == there.window.panes.count - 1
                if index == 0 || isLast { there.window.panes[index].rectangle.height += 50 }
            }
        }
        stage.time.advance(by: .seconds(3))
        _ = await stage.actor.take(.tick)
        #expect(stage.windows.agents.contains("s5"))
    }

    @Test func `a main pane that is gone is told, and nothing is opened elsewhere`() async throws {
        let stage = PaneActorStage()
        stage.sessions.add("one")
        let error = await #expect(throws: ReeveError.self) {
            try await stage.actor.open(
                PaneWish(.session(Samples.name("one")), host: PaneHost(server: FakePaneWindows.server, pane: "%77")))
        }
        #expect(error?.kind == .notFound && stage.windows.agents.isEmpty)
    }

    @Test func `a terminal is not shown in itself`() async throws {
        let stage = PaneActorStage()
        stage.sessions.add("one", handle: TerminalHandle(session: "$0", pane: "%0", epoch: "1.1"))
        let error = await #expect(throws: ReeveError.self) { try await stage.open("one") }
        #expect(error?.kind == .conflict && stage.windows.agents.isEmpty)
    }

    @Test func `a server that does not answer keeps its panes, one that has ended has none`() async throws {
        let stage = PaneActorStage()
        try await stage.fill(2)
        stage.windows.hang(true)
        stage.time.advance(by: .seconds(3))
        _ = await stage.actor.take(.tick)
        #expect(await stage.actor.list().count == 2)
        stage.windows.end()
        stage.time.advance(by: .seconds(3))
        _ = await stage.actor.take(.tick)
        #expect(await stage.actor.list().isEmpty)
    }

    // MARK: Isolation

    @Test(arguments: [PaneIsolation.window, .session])
    func `isolated panes stand among themselves, and the host's window stays as it is`(isolation: PaneIsolation) async throws {
        let stage = PaneActorStage()
        for name in ["one", "two", "three"] {
            stage.sessions.add(name)
            #expect(try await stage.open(name, isolation: isolation).pane != nil)
        }
        #expect(stage.windows.windowCount == 2 && stage.windows.agents == ["one", "three", "two"])
        #expect(try await stage.windows.look(FakePaneWindows.host).window.panes.count == 1)
        for name in ["one", "two", "three"] {
            let answer = try await stage.actor.close(.session(Samples.name(name)))
            guard case .close = answer.decision else {
                Issue.record("\(answer.decision)")
                return
            }
        }
        #expect(stage.windows.windowCount == 1 && stage.windows.agents.isEmpty)
    }

    @Test func `an isolated pane never comes to stand beside the host instead`() async throws {
        let stage = PaneActorStage { $0.isolation = .window }
        for number in 1...5 {
            stage.sessions.add("s\(number)")
            _ = try await stage.open("s\(number)")
        }
        stage.sessions.add("s6")
        guard case .defer = try await stage.open("s6").decision else {
            Issue.record("it found another place")
            return
        }
        #expect(try await stage.windows.look(FakePaneWindows.host).window.panes.count == 1)
    }

    @Test(arguments: [PaneIsolation.window, .session])
    func `the first isolated pane has its minimum too, or the agent waits`(isolation: PaneIsolation) async throws {
        let stage = PaneActorStage(windows: FakePaneWindows(width: 51, height: 50))
        stage.sessions.add("one")
        let answer = try await stage.open("one", isolation: isolation)
        #expect(answer.pane == nil && answer.position == 1 && stage.windows.windowCount == 1)
        #expect(answer.decision.reason.sentence == "1 agent needs 52×11 cells, there are 51×50; 0 fit")
        stage.windows.change { there in
            there.window.width = 52
            there.window.panes[0].rectangle.width = 52
        }
        stage.time.advance(by: .seconds(5))
        _ = await stage.actor.take(.tick)
        #expect(stage.windows.pane(of: "one") != nil && stage.windows.windowCount == 2)
    }

    // MARK: Restart

    private func tag(_ name: String, at milliseconds: Int64 = 0, instance: String = "me") -> PaneTag {
        PaneTag(
            instance: instance, session: Samples.session("s-" + name), host: "%0", isolation: .inline,
            createdAt: Timestamp(milliseconds: milliseconds), name: Samples.name(name))
    }

    @Test func `after a restart panes are known by their tags, and those of sessions that are over are closed`() async throws {
        let stage = PaneActorStage(windows: FakePaneWindows(width: 400, height: 50))
        stage.sessions.add("kept", ticket: "T-1")
        stage.windows.put("%10", tag("kept"))
        stage.windows.put("%11", tag("over"))
        _ = await stage.actor.take(.look)
        #expect(stage.windows.agents == ["kept"])
        let listed = await stage.actor.list()
        #expect(listed.map(\.pane) == ["%10"] && listed.first?.ticket?.text == "T-1")
        guard case .skip(.duplicate) = try await stage.open("kept").decision else {
            Issue.record("a second pane")
            return
        }
    }

    @Test func `of two panes of one session the older one stays`() async throws {
        let stage = PaneActorStage(windows: FakePaneWindows(width: 400, height: 50))
        stage.sessions.add("one")
        stage.windows.put("%10", tag("one", at: 2))
        stage.windows.put("%11", tag("one", at: 1))
        _ = await stage.actor.take(.look)
        #expect(stage.windows.killed == ["%10"])
    }
}
