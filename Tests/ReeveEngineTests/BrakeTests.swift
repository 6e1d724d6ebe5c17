import ReeveEngine
import ReeveModel
import ReeveTestSupport
import Testing

/// The brakes as the whole engine applies them.
@Suite struct BrakeTests {
    private func failAll(_ f: EngineFixture, _ names: [String]) async throws {
        for (index, name) in names.enumerated() {
            try await f.add(name)
            #expect(await f.awaitState(name, .running))
            try f.end(name, .code(1))
            #expect(await eventually { f.engine.board.picture.counts[.failed] == index + 1 })
        }
    }

    @Test func `launches that fail one after another stop the queue, and resuming it lets it go on`() async throws {
        try await EngineFixture.with({ $0.breaker = LaunchBreaker.Settings(failures: 3) }) { f in
            try await failAll(f, ["A", "B", "C"])
            #expect(await eventually { f.engine.board.picture.brakes.count == 1 })
            try await f.add("D")
            #expect(await f.engine.queue.waitingReason(Samples.id("D"))?.contains("3 in a row failed") == true)
            let refusal = await #expect(throws: ReeveError.self) { _ = try await f.engine.queue.launch(Samples.id("D")) }
            #expect(refusal?.kind == .conflict && refusal?.hint?.contains("reeve queue resume") == true)
            let refusesAny = await #expect(throws: ReeveError.self) { _ = try await f.engine.queue.launch(nil) }
            #expect(refusesAny?.kind == .conflict)
            #expect(f.journal.kinds.filter { $0.hasPrefix("queue.") } == ["queue.braked"])
            try await f.engine.queue.setPaused(false)
            #expect(await f.awaitState("D", .running))
            #expect(f.engine.board.picture.brakes.isEmpty)
            #expect(f.journal.kinds.filter { $0.hasPrefix("queue.") } == ["queue.braked", "queue.unbraked"])
        }
    }

    @Test func `a queue that was stopped by failures is so after a restart too`() async throws {
        let journal = MemoryJournal()
        try await EngineFixture.with(journal: journal, { $0.breaker = LaunchBreaker.Settings(failures: 2) }) { f in
            try await failAll(f, ["A", "B"])
            #expect(await eventually { journal.kinds.contains("queue.braked") })
        }
        try await EngineFixture.with(journal: journal, ids: "u", { $0.breaker = LaunchBreaker.Settings(failures: 2) }) { f in
            #expect(await eventually { f.engine.board.picture.brakes.first?.failures == 2 })
            try await f.add("C")
            #expect(
                await eventually { await f.engine.queue.waitingReason(Samples.id("C"))?.contains("launching is stopped") == true }
            )
            #expect(f.world.starts.isEmpty)
        }
    }

    @Test func `after the cooldown one ticket is tried and the others wait for it`() async throws {
        try await EngineFixture.with({
            $0.breaker = LaunchBreaker.Settings(failures: 2, cooldown: .milliseconds(50))
            $0.early = .seconds(60)
        }) { f in
            try await failAll(f, ["A", "B"])
            for name in ["C", "D"] { try await f.add(name) }
            #expect(await eventually { f.engine.board.picture.running == 1 })
            #expect(await eventually { f.engine.board.agents.contains { $0.state == .running } })
            let tried = try #require(f.engine.board.agents.first { $0.state == .running })
            #expect(f.engine.board.picture.queued == 1 && f.engine.board.picture.brakes.first?.nextTry == nil)
            #expect(await f.awaitState(tried.ticket.text, .running))
            try f.end(tried.ticket.text)
            #expect(await eventually { f.engine.board.picture.brakes.isEmpty && f.engine.board.picture.queued == 0 })
        }
    }

    @Test func `an agent that runs long enough lets the others follow, but for the kind that cannot be started`() async throws {
        try await EngineFixture.with({
            $0.breaker = LaunchBreaker.Settings(failures: 2, cooldown: .milliseconds(50))
            $0.early = .milliseconds(30)
        }) { f in
            f.world.isMissing("codex")
            for name in ["A", "B"] {
                try await f.add(name, agent: "codex")
                #expect(await eventually { f.engine.board.picture.counts[.failed] == (name == "A" ? 1 : 2) })
            }
            for name in ["C", "D"] { try await f.add(name) }
            for name in ["C", "D"] { #expect(await f.awaitState(name, .running)) }
            #expect(await eventually { f.engine.board.picture.brakes.map(\.scope) == [.kind("codex")] })
        }
    }

    @Test func `the retry budget is not renewed by a restart of the daemon`() async throws {
        let journal = MemoryJournal()
        let world = FakeWorld()
        let retry = RetryPolicy(attempts: 2, backoff: .milliseconds(1))
        for daemon in 1...5 {
            try await EngineFixture.with(journal: journal, world: world, ids: "d\(daemon)-", { $0.retry = retry }) { f in
                if daemon == 1 { try await f.add("A") }
                let isOver = try await journal.ticket(Samples.id("A"))?.state == .failed
                guard !isOver else { return }
                #expect(await f.awaitState("A", .running))
                let launch = try #require(f.launch(of: "A"))
                try f.end("A", .code(1))
                #expect(await eventually { journal.launches.first { $0.id == launch }?.state == .ended(.code(1)) })
            }
        }
        let ticket = try #require(try await journal.ticket(Samples.id("A")))
        #expect(ticket.state == .failed && ticket.attempts == 3 && world.starts.count == 3)
    }

    @Test func `a ticket that stays down is counted, also after a restart, until somebody retries it`() async throws {
        let journal = MemoryJournal()
        let retry = RetryPolicy(attempts: 9, backoff: .milliseconds(1), intensity: 2, period: .seconds(600))
        try await EngineFixture.with(journal: journal, { $0.retry = retry }) { f in
            try await f.add("A")
            for attempt in 1...2 {
                #expect(
                    await eventually {
                        f.engine.board.agent(Samples.id("A"))?.state == .running && f.world.starts.count == attempt
                    })
                try f.end("A", .code(1))
            }
            #expect(try await f.awaitTicket("A", .failed))
            #expect(await eventually { f.engine.board.picture.staysDown == [Samples.id("A")] })
        }
        try await EngineFixture.with(journal: journal, ids: "u", { $0.retry = retry }) { f in
            #expect(f.engine.board.picture.staysDown == [Samples.id("A")])
            _ = try await f.engine.queue.retry(Samples.id("A"), CommandContext())
            let runs = await f.awaitState("A", .running)
            let ticket = try #require(try await journal.ticket(Samples.id("A")))
            #expect(runs, "\(ticket) \(journal.launches) \(f.engine.board.agents)")
            #expect(f.engine.board.picture.staysDown.isEmpty)
        }
    }
}
