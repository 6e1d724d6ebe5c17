import ReeveEngine
import ReeveModel
import ReeveTestSupport
import Testing

@Suite struct EngineTests {
    @Test func `a ticket goes from the queue to an agent to done`() async throws {
        try await EngineFixture.with { f in
            try await f.add("A")
            #expect(await f.awaitState("A", .running))
            #expect(f.engine.board.picture.running == 1)
            try f.end("A")
            #expect(try await f.awaitTicket("A", .done))
            #expect(await eventually { f.engine.board.picture.running == 0 && f.engine.board.picture.counts[.done] == 1 })
            let kinds = f.journal.kinds.filter { !$0.hasPrefix("backend") }
            #expect(
                kinds == [
                    "ticket.created", "ticket.updated", "agent.state", "session.opened", "agent.state", "agent.exited",
                    "ticket.finished",
                    "agent.state",
                ])
        }
    }

    /// Fifty clients at once: nothing is doubled, nothing exceeds a limit, and everything is launched once.
    @Test func `fifty concurrent creates keep the limit and launch each once`() async throws {
        try await EngineFixture.with { f in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<50 { group.addTask { try await f.add("T\(index)") } }
                try await group.waitForAll()
            }
            var most = 0
            for _ in 0..<50 {
                #expect(await eventually { !f.world.running().isEmpty })
                most = max(most, f.world.running().count)
                if let launch = f.world.running().first { f.world.end(launch, .code(0)) }
            }
            #expect(await eventually { f.engine.board.picture.counts[.done] == 50 })
            #expect(most <= 3)
            #expect(f.world.starts.count == 50 && f.world.starts.values.allSatisfy { $0 == 1 })
        }
    }

    @Test func `an id can be taken once, by whoever comes first`() async throws {
        try await EngineFixture.with { f in
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 { group.addTask { (try? await f.add("SAME")) != nil } }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(outcomes == 1)
        }
    }

    @Test func `a paused queue launches nothing from any door`() async throws {
        try await EngineFixture.with { f in
            try await f.add("RUNS")
            #expect(await f.awaitState("RUNS", .running))
            try await f.add("ENDED")
            #expect(await f.awaitState("ENDED", .running))
            try f.end("ENDED")
            #expect(try await f.awaitTicket("ENDED", .done))
            try await f.engine.queue.setPaused(true)
            try await f.add("WAITS")
            for door in ["launch", "any", "switch", "exited", "restart"] {
                let error = await #expect(throws: ReeveError.self, "\(door)") {
                    switch door {
                    case "launch": _ = try await f.engine.queue.launch(Samples.id("WAITS"))
                    case "any": _ = try await f.engine.queue.launch(nil)
                    case "switch":
                        _ = try await f.engine.queue.switchAgent(Samples.id("RUNS"), to: "codex", prompt: nil, policy: nil)
                    case "exited":
                        _ = try await f.engine.queue.switchAgent(Samples.id("ENDED"), to: "codex", prompt: nil, policy: nil)
                    default: _ = try await f.engine.queue.restart(Samples.id("RUNS"))
                    }
                }
                #expect(error?.kind == .conflict && error?.message == "the queue is paused")
            }
            _ = try await f.engine.queue.retry(Samples.id("ENDED"), CommandContext())
            #expect(f.world.starts.count == 2)
            try await f.engine.queue.setPaused(false)
            #expect(await f.awaitState("WAITS", .running))
            #expect(await f.awaitState("ENDED", .running))
        }
    }

    @Test func `with auto_launch off a ticket starts only when it is asked for`() async throws {
        try await EngineFixture.with({ $0.limits.autoLaunch = false }) { f in
            try await f.add("A")
            try await f.add("B", priority: .p0)
            // The board knows that the multiplexer is there a moment before the queue does.
            #expect(await eventually { await f.engine.queue.waitingReason(Samples.id("A")) == nil })
            let first = try await f.engine.queue.launch(nil)
            #expect(first.id == Samples.id("B"))
            _ = try await f.engine.queue.launch(Samples.id("A"))
            #expect(await f.awaitState("A", .running))
            #expect(f.world.starts.count == 2)
            try f.end("A", .code(0))
            try await f.add("C")
            #expect(try await f.awaitTicket("A", .done))
            #expect(f.world.starts.count == 2 && f.engine.board.picture.queued == 1)
        }
    }

    @Test func `a dependent ticket starts when the one before it is done, also if that happens while it is created`() async throws
    {
        try await EngineFixture.with { f in
            try await f.add("FIRST")
            #expect(await f.awaitState("FIRST", .running))
            try await f.add("SECOND", after: ["FIRST"])
            #expect(await f.engine.queue.waitingReason(Samples.id("SECOND")) == "after FIRST")
            try f.end("FIRST")
            #expect(await f.awaitState("SECOND", .running))
            let error = await #expect(throws: ReeveError.self) { try await f.add("X", after: ["NO-SUCH"]) }
            #expect(error?.path == "$.after")
        }
    }

    @Test func `a dependency that fails keeps its dependents waiting, and a retry frees them`() async throws {
        try await EngineFixture.with { f in
            try await f.add("FIRST")
            try await f.add("SECOND", after: ["FIRST"])
            #expect(await f.awaitState("FIRST", .running))
            try f.end("FIRST", .code(1))
            #expect(try await f.awaitTicket("FIRST", .failed))
            #expect(f.world.starts.count == 1)
            _ = try await f.engine.queue.retry(Samples.id("FIRST"), CommandContext())
            #expect(await f.awaitState("FIRST", .running))
            try f.end("FIRST")
            #expect(await f.awaitState("SECOND", .running))
        }
    }

    @Test func `a switch keeps the session and the slot`() async throws {
        try await EngineFixture.with { f in
            try await f.add("A")
            #expect(await f.awaitState("A", .running))
            let before = f.engine.board.agent(Samples.id("A"))
            let result = try await f.engine.queue.switchAgent(Samples.id("A"), to: "codex", prompt: "go on", policy: nil)
            #expect(result.rung == .exit && result.from == "claude" && result.agent.session == before?.session)
            #expect(f.world.sessionCount == 1 && f.engine.board.picture.running == 1)
            #expect(f.world.orders.last?.arguments == ["codex", "go on"])
            try f.end("A")
            #expect(try await f.awaitTicket("A", .done))
        }
    }

    @Test(arguments: [("C-c", SwitchLadder.Rung.interrupt), ("C-d", .eof), (nil, .signal)] as [(String?, SwitchLadder.Rung)])
    func `the ladder goes down to the rung that works`(key: String?, rung: SwitchLadder.Rung) async throws {
        try await EngineFixture.with { f in
            f.world.agentsLeave(on: key)
            try await f.add("A")
            #expect(await f.awaitState("A", .running))
            let result = try await f.engine.queue.switchAgent(Samples.id("A"), to: "codex", prompt: nil, policy: nil)
            #expect(result.rung == rung)
        }
    }

    @Test func `a switch to a program that is not there leaves the old agent untouched`() async throws {
        try await EngineFixture.with { f in
            f.world.isMissing("codex")
            try await f.add("A")
            #expect(await f.awaitState("A", .running))
            let error = await #expect(throws: ReeveError.self) {
                _ = try await f.engine.queue.switchAgent(Samples.id("A"), to: "codex", prompt: nil, policy: nil)
            }
            #expect(error?.kind == .unavailable)
            #expect(f.world.keys.isEmpty && f.engine.board.agent(Samples.id("A"))?.state == .running)
        }
    }

    @Test func `a switch respects the new kind's limit, and counts for it afterwards`() async throws {
        try await EngineFixture.with({ $0.limits.maxPerAgent = ["codex": 1] }) { f in
            try await f.add("A")
            try await f.add("B")
            #expect(await f.awaitState("A", .running))
            #expect(await f.awaitState("B", .running))
            _ = try await f.engine.queue.switchAgent(Samples.id("A"), to: "codex", prompt: nil, policy: nil)
            let error = await #expect(throws: ReeveError.self) {
                _ = try await f.engine.queue.switchAgent(Samples.id("B"), to: "codex", prompt: nil, policy: nil)
            }
            #expect(error?.kind == .conflict)
            try f.end("A")
            #expect(try await f.awaitTicket("A", .done))
            #expect(await eventually { f.engine.board.picture.running == 1 })
            _ = try await f.engine.queue.switchAgent(Samples.id("B"), to: "codex", prompt: nil, policy: nil)
        }
    }

    @Test func `switching a ticket whose agent has exited starts the next in the same session`() async throws {
        try await EngineFixture.with { f in
            try await f.add("A")
            #expect(await f.awaitState("A", .running))
            try f.end("A")
            #expect(try await f.awaitTicket("A", .done))
            #expect(await eventually { f.engine.board.picture.running == 0 })
            let result = try await f.engine.queue.switchAgent(Samples.id("A"), to: "codex", prompt: nil, policy: nil)
            #expect(result.rung == .alreadyExited && f.world.sessionCount == 1)
            #expect(try await f.journal.ticket(Samples.id("A"))?.state == .running)
            try f.end("A")
            #expect(try await f.awaitTicket("A", .done))
            #expect(await eventually { f.engine.board.picture.running == 0 })
        }
    }

    @Test func `stop and cancel end the agent and free the slot`() async throws {
        try await EngineFixture.with { f in
            for name in ["S", "C"] {
                try await f.add(name)
                #expect(await f.awaitState(name, .running))
            }
            _ = try await f.engine.queue.stop(Samples.id("S"))
            let cancelled = try await f.engine.queue.cancel(Samples.id("C"), CommandContext())
            #expect(cancelled.state == .cancelled)
            #expect(await eventually { f.engine.board.picture.running == 0 && f.world.sessionCount == 1 })
        }
    }

    @Test func `a failed run is tried again by the retry policy, and then no more`() async throws {
        try await EngineFixture.with({ $0.retry = RetryPolicy(attempts: 1, backoff: .milliseconds(20)) }) { f in
            try await f.add("A")
            for attempt in 1...2 {
                #expect(await eventually { f.world.starts.count == attempt && !f.world.running().isEmpty })
                #expect(await f.awaitState("A", .running))
                try f.end("A", .code(1))
            }
            #expect(try await f.awaitTicket("A", .failed))
            #expect(f.world.starts.count == 2)
        }
    }

    @Test func `a killed keeper makes its ticket lost and launches nothing by itself, whatever the retry policy`() async throws {
        try await EngineFixture.with({ $0.retry = RetryPolicy(attempts: 3, backoff: .milliseconds(1)) }) { f in
            try await f.add("A")
            #expect(await f.awaitState("A", .running))
            f.world.killKeeper(try #require(f.engine.board.agent(Samples.id("A"))?.sessionID), terminal: false)
            #expect(try await f.awaitTicket("A", .lost))
            #expect(f.world.starts.count == 1)
        }
    }

    @Test func `a terminal that is gone makes its ticket lost, and the retry policy may launch it again in a new one`()
        async throws
    {
        try await EngineFixture.with({ $0.retry = RetryPolicy(attempts: 1, backoff: .milliseconds(1)) }) { f in
            try await f.add("A")
            #expect(await f.awaitState("A", .running))
            let first = try #require(f.engine.board.agent(Samples.id("A"))?.sessionID)
            f.world.killKeeper(first, terminal: true)
            #expect(await eventually { f.world.starts.count == 2 && f.engine.board.agent(Samples.id("A"))?.state == .running })
            #expect(f.engine.board.agent(Samples.id("A"))?.sessionID != first)
        }
    }

    /// A create is refused with nothing half done, and space back is enough. The row of that name in the README.
    @Test func `the disk is full`() async throws {
        try await EngineFixture.with { f in
            f.journal.fail(with: .unavailable("the disk is full"))
            let error = await #expect(throws: ReeveError.self) { try await f.add("A") }
            #expect(error?.kind == .unavailable)
            #expect(f.engine.board.picture.queued == 0 && f.world.starts.isEmpty)
            await #expect(throws: ReeveError.self) { try await f.engine.queue.setPaused(true) }
            #expect(!f.engine.board.picture.isPaused)
            f.journal.fail(with: nil)
            try await f.add("A")
            #expect(await f.awaitState("A", .running))
        }
    }

    @Test func `a prompt that the disk does not take puts its launch off and fails no ticket`() async throws {
        try await EngineFixture.with({ $0.kinds["claude"]?.prompt = .stdin }) { f in
            f.world.refusePrompts(true)
            try await f.add("A")
            #expect(await eventually { await f.engine.queue.waitingReason(Samples.id("A"))?.hasPrefix("next try in") == true })
            let error = await #expect(throws: ReeveError.self) { _ = try await f.engine.queue.launch(Samples.id("A")) }
            #expect(error?.message == "cannot write a prompt: the disk is full")
            #expect(try await f.journal.ticket(Samples.id("A"))?.state == .queued && f.journal.launches.isEmpty)
            #expect(f.engine.board.picture.running == 0 && f.engine.board.picture.brakes.isEmpty)
            f.world.refusePrompts(false)
            _ = try await f.engine.queue.launch(Samples.id("A"))
            #expect(await f.awaitState("A", .running))
            #expect(f.world.starts.count == 1 && f.world.promptCount == 1)
        }
    }

    @Test func `a launch that cannot be written down leaves no prompt behind`() async throws {
        try await EngineFixture.with({
            $0.kinds["claude"]?.prompt = .stdin
            $0.limits.autoLaunch = false
        }) { f in
            try await f.add("A")
            f.journal.fail(with: .unavailable("the disk is full"))
            await #expect(throws: ReeveError.self) { _ = try await f.engine.queue.launch(Samples.id("A")) }
            #expect(f.world.promptCount == 0)
            f.journal.fail(with: nil)
            _ = try await f.engine.queue.launch(Samples.id("A"))
            #expect(await f.awaitState("A", .running) && f.world.promptCount == 1)
        }
    }

    @Test(arguments: ["the disk", "the agent"], [true, false])
    func `a switch or restart that does not come about leaves no prompt behind`(_ refuser: String, isSwitch: Bool) async throws {
        try await EngineFixture.with({
            $0.kinds["codex"]?.prompt = .stdin
            $0.lastResort = .giveUp
        }) { f in
            f.world.agentsLeave(on: nil)
            try await f.add("A", agent: isSwitch ? "claude" : "codex")
            #expect(await f.awaitState("A", .running))
            let before = f.world.promptCount
            if refuser == "the disk" { f.journal.fail(with: .unavailable("the disk is full")) }
            await #expect(throws: ReeveError.self) {
                if isSwitch {
                    _ = try await f.engine.queue.switchAgent(Samples.id("A"), to: "codex", prompt: nil, policy: .giveUp)
                } else {
                    _ = try await f.engine.queue.restart(Samples.id("A"))
                }
            }
            f.journal.fail(with: nil)
            #expect(f.world.promptCount == before)
        }
    }

    @Test func `an end that cannot be written down is written down when the disk takes it`() async throws {
        try await EngineFixture.with { f in
            try await f.add("A")
            #expect(await f.awaitState("A", .running))
            f.journal.fail(with: .unavailable("the disk is full"))
            try f.end("A")
            // Twice, so that it is seen to be committed again and again, and not only once more.
            #expect(await eventually { f.journal.refusedKinds.count { $0 == "ticket.finished" } >= 2 })
            #expect(try await f.journal.ticket(Samples.id("A"))?.state == .running)
            #expect(f.engine.board.agent(Samples.id("A"))?.state == .running, "what is not written down is not shown")
            f.journal.fail(with: nil)
            #expect(try await f.awaitTicket("A", .done))
            #expect(f.journal.kinds.count { $0 == "ticket.finished" } == 1)
            #expect(f.world.starts.values.allSatisfy { $0 == 1 })
        }
    }

    @Test func `of the states an agent goes through on a full disk the last is written down, and its end after it`() async throws
    {
        try await EngineFixture.with { f in
            try await f.add("A")
            #expect(await f.awaitState("A", .running))
            let launch = try #require(f.launch(of: "A"))
            let before = f.journal.kinds.count { $0 == "agent.state" }
            f.journal.fail(with: .unavailable("the disk is full"))
            for number in 1...50 {
                await f.engine.queue.observe(Samples.id("A"), launch, Observation(state: .waiting, reason: "question \(number)"))
            }
            #expect(
                await eventually {
                    if case .agentState(let agent)? = f.journal.refused.last { agent.reason == "question 50" } else { false }
                })
            try f.end("A")
            #expect(await eventually { f.journal.refusedKinds.contains("ticket.finished") })
            f.journal.fail(with: nil)
            #expect(try await f.awaitTicket("A", .done))
            let states = f.journal.payloads.compactMap { if case .agentState(let agent) = $0 { agent.reason } else { nil } }
            #expect(states.count { $0.hasPrefix("question") } == 1 && states.contains("question 50"))
            #expect(f.journal.kinds.count { $0 == "agent.state" } <= before + 2)
            let kinds = f.journal.kinds
            let finished = try #require(kinds.firstIndex(of: "ticket.finished"))
            #expect(kinds[..<finished].contains("agent.state"))
        }
    }

    // MARK: Restarts

    @Test func `a daemon that comes back adopts what runs and starts nothing twice`() async throws {
        let journal = MemoryJournal()
        let world = FakeWorld()
        try await EngineFixture.with(journal: journal, world: world) { f in
            for name in ["A", "B"] {
                try await f.add(name)
                #expect(await f.awaitState(name, .running))
            }
        }
        let ended = try #require(journal.launches.first { $0.ticket == Samples.id("B") }?.id)
        world.end(ended, .code(4))
        try await EngineFixture.with(journal: journal, world: world, ids: "u") { f in
            #expect(await f.awaitState("A", .running))
            #expect(try await f.awaitTicket("B", .failed))
            #expect(f.world.starts.values.allSatisfy { $0 == 1 } && f.world.starts.count == 2)
            #expect(await eventually { f.engine.board.picture.running == 1 })
            try f.end("A")
            #expect(try await f.awaitTicket("A", .done))
        }
    }

    @Test func `a launch that was only intended is carried out after a restart, once`() async throws {
        let journal = MemoryJournal()
        let world = FakeWorld()
        var ticket = Samples.ticket("A", state: .running, attempts: 1)
        ticket.startedAt = Samples.now
        let launch = Samples.launch("L1", ticket: "A")
        try await journal.enqueue([.addTicket(ticket), .putLaunch(launch), .putSession(Samples.record("A"))]).value()
        try await EngineFixture.with(journal: journal, world: world) { f in
            #expect(await f.awaitState("A", .running))
            #expect(f.world.starts == [launch.id: 1])
        }
    }

    @Test func `a switch that was under way goes on after a restart`() async throws {
        let journal = MemoryJournal()
        let world = FakeWorld()
        try await EngineFixture.with(journal: journal, world: world) { f in
            try await f.add("A")
            #expect(await f.awaitState("A", .running))
        }
        var ticket = try #require(try await journal.ticket(Samples.id("A")))
        ticket.intent = .switch(to: "codex", prompt: nil, policy: .signal)
        try await journal.enqueue([.putTicket(ticket)]).value()
        try await EngineFixture.with(journal: journal, world: world, ids: "u") { f in
            #expect(
                await eventually {
                    f.engine.board.agent(Samples.id("A"))?.kind == "codex"
                        && f.engine.board.agent(Samples.id("A"))?.state == .running
                })
            let after = try await journal.ticket(Samples.id("A"))
            #expect(after?.intent == nil)
        }
    }

    // MARK: Waiting and events

    @Test func `wait returns when the states are reached, and says when they cannot be any more`() async throws {
        try await EngineFixture.with { f in
            try await f.add("A")
            try await f.add("B")
            #expect(await f.awaitState("B", .running))
            async let both = f.engine.desk.wait([Samples.id("A"), Samples.id("B")], until: ["done"], all: true, timeout: nil)
            #expect(await f.awaitState("A", .running))
            try f.end("A")
            try f.end("B")
            let reached = try await both
            #expect(reached.tickets.map(\.state) == [.done, .done])
            let hopeless = await #expect(throws: ReeveError.self) {
                _ = try await f.engine.desk.wait([Samples.id("A")], until: ["running"], all: true, timeout: nil)
            }
            #expect(hopeless?.kind == .conflict)
            try await f.add("C")
            let late = await #expect(throws: ReeveError.self) {
                _ = try await f.engine.desk.wait([Samples.id("C")], until: ["done"], all: true, timeout: .milliseconds(20))
            }
            #expect(late?.kind == .timeout)
        }
    }

    @Test func `the hub serves recent events from memory and older ones from the log, each once`() async throws {
        try await EngineFixture.with { f in
            for index in 0..<20 { try await f.journal.enqueue([.event(.backendUp(name: "\(index)", detail: ""))]).value() }
            var cursor: Int64 = 0
            var seen: [Int64] = []
            while cursor < f.journal.cursor {
                let batch = try await f.engine.hub.next(after: cursor, limit: 7)
                seen += batch.events.map(\.seq)
                cursor = batch.events.last?.seq ?? cursor
            }
            #expect(seen == Array(1...f.journal.cursor))
        }
    }
}
