import ReeveEngine
import ReeveModel
import ReeveTestSupport
import Testing

/// Requests that meet each other half-way: what one has begun the other finds done, or waits for.
@Suite struct ConcurrencyTests {
    @Test func `a second switch is refused and leaves the first one's limit alone`() async throws {
        try await EngineFixture.with({
            $0.limits.maxPerAgent = ["codex": 1]
            $0.kinds["gemini"] = AgentKind(name: "gemini", start: ["gemini"], enterDelay: .zero)
            $0.rungTimeout = .milliseconds(300)
        }) { f in
            f.world.agentsLeave(on: nil)
            for name in ["A", "B"] {
                try await f.add(name)
                #expect(await f.awaitState(name, .running))
            }
            // It stays half-way until the second has come.
            f.world.holdKeys(true)
            async let first = f.engine.queue.switchAgent(Samples.id("A"), to: "codex", prompt: nil, policy: nil)
            #expect(await f.awaitState("A", .switching))
            let second = await #expect(throws: ReeveError.self) {
                _ = try await f.engine.queue.switchAgent(Samples.id("A"), to: "gemini", prompt: nil, policy: nil)
            }
            #expect(second?.kind == .conflict)
            f.world.holdKeys(false)
            _ = try await first
            let limit = await #expect(throws: ReeveError.self) {
                _ = try await f.engine.queue.switchAgent(Samples.id("B"), to: "codex", prompt: nil, policy: nil)
            }
            #expect(limit?.message == "agent limit: 1 of codex in work")
        }
    }

    @Test func `a switch that a restart interrupts keeps its place in the limit, and gives it back when it fails`() async throws {
        let journal = MemoryJournal()
        let world = FakeWorld()
        let limited: (inout EngineSettings) -> Void = {
            $0.limits.maxPerAgent = ["codex": 1]
            $0.rungTimeout = .milliseconds(200)
        }
        try await EngineFixture.with(journal: journal, world: world, limited) { f in
            for name in ["A", "B"] {
                try await f.add(name)
                #expect(await f.awaitState(name, .running))
            }
        }
        var ticket = try #require(try await journal.ticket(Samples.id("A")))
        ticket.intent = .switch(to: "codex", prompt: nil, policy: .giveUp)
        try await journal.enqueue([.putTicket(ticket)]).value()
        world.agentsLeave(on: nil)
        world.holdKeys(true)
        try await EngineFixture.with(journal: journal, world: world, ids: "u", limited) { f in
            #expect(await f.awaitState("A", .switching))
            let error = await #expect(throws: ReeveError.self) {
                _ = try await f.engine.queue.switchAgent(Samples.id("B"), to: "codex", prompt: nil, policy: nil)
            }
            #expect(error?.message == "agent limit: 1 of codex in work")
            world.holdKeys(false)
            // It gives up, and the place is free.
            #expect(await f.awaitState("A", .running))
            world.agentsLeave(on: "/exit")
            let result = await eventuallyReturns {
                try await f.engine.queue.switchAgent(Samples.id("B"), to: "codex", prompt: nil, policy: nil)
            }
            #expect(result?.to == "codex")
        }
    }

    @Test func `a retry that would close a circle is refused`() async throws {
        try await EngineFixture.with { f in
            try await f.engine.queue.setPaused(true)
            try await f.add("CA")
            try await f.add("CB", after: ["CA"])
            _ = try await f.engine.queue.cancel(Samples.id("CB"), CommandContext())
            var change = TicketChange()
            change.after = [Samples.id("CB")]
            _ = try await f.engine.queue.update(Samples.id("CA"), change, CommandContext())
            let error = await #expect(throws: ReeveError.self) {
                _ = try await f.engine.queue.retry(Samples.id("CB"), CommandContext())
            }
            #expect(error?.kind == .conflict && error?.message.contains("wait for itself") == true)
            #expect(try await f.journal.ticket(Samples.id("CB"))?.state == .cancelled)
        }
    }

    @Test func `of a pause and a resume at once the last one decides, whichever is told of first`() async throws {
        try await EngineFixture.with { f in
            for last in [true, false] {
                f.journal.hold()
                async let first: Void = f.engine.queue.setPaused(!last)
                #expect(await eventually { f.journal.heldCount == 1 })
                async let second: Void = f.engine.queue.setPaused(last)
                #expect(await eventually { f.journal.heldCount == 2 })
                f.journal.letGo()
                _ = try await (first, second)
                #expect(f.engine.board.picture.isPaused == last)
                #expect(try await f.journal.meta("paused") == "\(last)")
            }
        }
    }

    @Test func `a cancel that comes while an edit is committed waits for it`() async throws {
        try await EngineFixture.with { f in
            try await f.engine.queue.setPaused(true)
            try await f.add("A")
            f.journal.hold()
            var change = TicketChange()
            change.title = "new"
            async let edited = f.engine.queue.update(Samples.id("A"), change, CommandContext())
            #expect(await eventually { f.journal.heldCount == 1 })
            async let cancelled = f.engine.queue.cancel(Samples.id("A"), CommandContext())
            f.journal.letGo()
            let (ticket, end) = try await (edited, cancelled)
            #expect(ticket.title == "new" && end.title == "new" && end.state == .cancelled)
        }
    }

    @Test func `a cancel that comes while a launch fails finds the ticket back in the queue`() async throws {
        try await EngineFixture.with({ $0.limits.autoLaunch = false }) { f in
            try await f.add("A")
            #expect(await eventually { await f.engine.queue.waitingReason(Samples.id("A")) == nil })
            f.journal.hold()
            f.journal.fail(with: .unavailable("the disk is full"))
            async let launched = f.engine.queue.launch(Samples.id("A"))
            #expect(await eventually { f.journal.heldCount == 1 })
            f.journal.fail(with: nil)
            async let cancelled = f.engine.queue.cancel(Samples.id("A"), CommandContext())
            for _ in 0..<1000 { await Task.yield() }
            f.journal.letGo()
            let running = try? await launched
            let end = try await cancelled
            #expect(running == nil && end.state == .cancelled)
        }
    }

    @Test func `one project is one, however its path is written`() async throws {
        try await EngineFixture.with({ $0.limits.maxPerProject = 1 }) { f in
            try await f.add("A", project: "/p1")
            try await f.add("B", project: "/p1/")
            #expect(await f.awaitState("A", .running))
            #expect(await f.engine.queue.waitingReason(Samples.id("B"))?.hasPrefix("project limit") == true)
            #expect(try await f.journal.ticket(Samples.id("B"))?.project == "/p1")
        }
    }

    @Test func `an id without a possible session name is refused before anything is promised`() async throws {
        try await EngineFixture.with { f in
            let error = await #expect(throws: ReeveError.self) { try await f.add(String(repeating: "x", count: 64)) }
            #expect(error?.kind == .invalidParams && error?.path == "$.id")
            #expect(f.engine.board.picture.queued == 0)
        }
    }

    @Test func `an agent that was lost with its terminal is resumed by its own conversation id`() async throws {
        try await EngineFixture.with({
            $0.retry = RetryPolicy(attempts: 1, backoff: .milliseconds(1))
            $0.kinds["claude"] = AgentKind(
                name: "claude", start: ["claude", "--session-id", "{conversation}"],
                resume: ["claude", "--resume", "{conversation}"])
        }) { f in
            try await f.add("A")
            #expect(await f.awaitState("A", .running))
            let first = try #require(f.world.orders.first?.arguments)
            f.world.killKeeper(try #require(f.engine.board.agent(Samples.id("A"))?.sessionID), terminal: true)
            #expect(await eventually { f.world.orders.count == 2 })
            #expect(f.world.orders.last?.arguments == ["claude", "--resume", first[2]])
        }
    }

    @Test func `a terminal that a person closes after its ticket is finished leaves the board`() async throws {
        try await EngineFixture.with { f in
            try await f.add("A")
            #expect(await f.awaitState("A", .running))
            let session = try #require(f.engine.board.agent(Samples.id("A"))?.sessionID)
            try f.end("A")
            #expect(try await f.awaitTicket("A", .done))
            f.world.removeSilently(session)
            f.world.reportChange()
            #expect(await eventually { f.engine.board.agent(Samples.id("A")) == nil })
        }
    }
}

/// The first result that is no error.
private func eventuallyReturns<T: Sendable>(_ body: () async throws -> T) async -> T? {
    var result: T?
    _ = await eventually {
        result = try? await body()
        return result != nil
    }
    return result
}
