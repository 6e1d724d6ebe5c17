import ReeveEngine
import ReeveModel
import ReeveTestSupport
import Testing

/// Tickets that go through steps, on a whole engine.
@Suite struct StepTests {
    /// Prompts say which step they are for, and why.
    private struct Story: Workflows {
        var feat = TicketType(
            name: "FEAT",
            steps: [
                WorkflowStep(name: "plan", prompt: "", review: .plan, onReject: .init(step: "plan")),
                WorkflowStep(name: "build", prompt: ""),
                WorkflowStep(name: "code", prompt: "", agent: "codex", review: .plan, onReject: .init(step: "code")),
            ])

        func type(_ name: String) -> TicketType { name == "FEAT" ? feat : .single(name) }
        func prompt(
            _ ticket: Ticket, type: TicketType, progress: StepProgress, directory: String, file: String?, runs: [StepRun],
            isNewcomer: Bool
        ) -> String {
            "\(progress.step) \(progress.visit)" + (progress.feedback.map { ": \($0)" } ?? "")
        }
    }

    private func add(_ f: EngineFixture, _ name: String = "A", agent: String? = nil) async throws {
        _ = try await f.engine.queue.create(NewTicket(id: Samples.id(name), title: name, type: "FEAT", agent: agent))
        #expect(await f.awaitState(name, .running), "\(f.journal.allTickets[Samples.id(name)]?.reason ?? "")")
    }

    private func report(_ f: EngineFixture, _ summary: String = "", _ name: String = "A") async throws {
        _ = try await f.engine.queue.report(
            Samples.id(name), launch: f.launch(of: name), StepReport(status: .complete, summary: summary))
    }

    private func review(_ f: EngineFixture, _ rejection: String? = nil, _ name: String = "A") async throws {
        _ = try await f.engine.queue.review(
            Samples.id(name), ReviewVerdict(isApproval: rejection == nil, text: rejection, reviewer: "ann"), CommandContext())
    }

    @Test func `plan, approve, build, code with another agent, reject with feedback, code again, done`() async throws {
        try await EngineFixture.with(workflows: Story()) { f in
            try await add(f)
            let first = try #require(f.launch(of: "A"))
            try await report(f, "the plan")
            #expect(try await f.awaitTicket("A", .review))
            try await review(f)
            // The same agent goes on in the same terminal.
            #expect(await eventually { f.world.keys.contains("build 2") })
            #expect(await eventually { f.journal.allTickets[Samples.id("A")]?.progress == StepProgress(step: "build", visit: 2) })
            #expect(f.launch(of: "A") == first)
            try await report(f, "built")
            #expect(await eventually { f.engine.board.agent(Samples.id("A"))?.kind == "codex" })
            #expect(await f.awaitState("A", .running))
            #expect(f.journal.launches.last?.arguments == ["codex", "code 3"])
            try await report(f, "coded")
            #expect(try await f.awaitTicket("A", .review))
            try await review(f, "no tests")
            #expect(await eventually { f.world.keys.contains("code 4: no tests") })
            #expect(await eventually { f.journal.allTickets[Samples.id("A")]?.progress?.visit == 4 })
            try await report(f, "coded with tests")
            #expect(try await f.awaitTicket("A", .review))
            try await review(f)
            #expect(try await f.awaitTicket("A", .done))
            let runs = try await f.journal.stepRuns(of: Samples.id("A"))
            #expect(runs.map(\.step) == ["plan", "build", "code", "code"])
            #expect(runs.map(\.outcome) == [.approved, .done, .rejected, .approved])
            #expect(runs.map(\.summary) == ["the plan", "built", "coded", "coded with tests"])
            #expect(runs[2].verdict == "no tests" && runs[2].reviewer == "ann")
            #expect(f.world.keys.filter { $0 == "build 2" }.count == 1)
            #expect(f.journal.launches.count == 2)
        }
    }

    @Test func `a ticket that was done and is tried again gets the prompt of its second step again, in the same terminal`()
        async throws
    {
        let type = TicketType(
            name: "FEAT", steps: [WorkflowStep(name: "plan", prompt: ""), WorkflowStep(name: "build", prompt: "")])
        try await EngineFixture.with(workflows: Story(feat: type)) { f in
            try await add(f)
            for times in 1...2 {
                try await report(f)
                #expect(await eventually { f.world.keys.count { $0 == "build 2" } == times })
                #expect(await eventually { f.journal.allTickets[Samples.id("A")]?.progress?.visit == 2 })
                try f.end("A")
                #expect(try await f.awaitTicket("A", .done))
                guard times == 1 else { break }
                _ = try await f.engine.queue.retry(Samples.id("A"), CommandContext())
                #expect(await f.awaitState("A", .running))
            }
            #expect(Set(f.journal.launches.map(\.session)).count == 1)
        }
    }

    @Test func `a ticket that was done and is tried again begins with the agent of its first step`() async throws {
        try await EngineFixture.with(workflows: Story()) { f in
            try await add(f)
            try await report(f)
            try await review(f)
            #expect(await eventually { f.journal.allTickets[Samples.id("A")]?.progress?.visit == 2 })
            try await report(f)
            #expect(await eventually { f.engine.board.agent(Samples.id("A"))?.kind == "codex" })
            #expect(await f.awaitState("A", .running))
            try f.end("A")
            #expect(try await f.awaitTicket("A", .review))
            try await review(f)
            #expect(try await f.awaitTicket("A", .done))
            _ = try await f.engine.queue.retry(Samples.id("A"), CommandContext())
            #expect(await f.awaitState("A", .running))
            #expect(f.journal.launches.last?.arguments == ["claude", "plan 1"])
        }
    }

    @Test func `an agent named by the ticket does all its steps`() async throws {
        try await EngineFixture.with(workflows: Story()) { f in
            try await add(f, agent: "claude")
            try await report(f)
            try await review(f)
            #expect(await eventually { f.world.keys.contains("build 2") })
            #expect(await eventually { f.journal.allTickets[Samples.id("A")]?.progress?.visit == 2 })
            try await report(f)
            #expect(await eventually { f.world.keys.contains("code 3") })
            #expect(f.journal.launches.count == 1)
        }
    }

    @Test func `in review an agent that has ended holds no slot, and an approval queues the next step`() async throws {
        try await EngineFixture.with(workflows: Story(), { $0.limits.maxParallel = 1 }) { f in
            try await add(f)
            try f.end("A")
            #expect(try await f.awaitTicket("A", .review))
            try await f.add("B")
            #expect(await f.awaitState("B", .running))
            try await review(f)
            #expect(try await f.awaitTicket("A", .queued))
            try f.end("B")
            #expect(await f.awaitState("A", .running))
            let launch = try #require(f.journal.launches.last)
            #expect(launch.arguments == ["claude", "build 2"])
            #expect(f.journal.allTickets[Samples.id("A")]?.attempts == 1)
        }
    }

    @Test func `of many who decide a review while its agent ends, one decides`() async throws {
        try await EngineFixture.with(workflows: Story()) { f in
            try await add(f)
            try await report(f)
            #expect(try await f.awaitTicket("A", .review))
            // The agent is over, and the disk has not taken that yet.
            f.journal.hold()
            try f.end("A")
            #expect(await eventually { f.journal.heldCount > 0 })
            let decided = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<8 {
                    group.addTask { (try? await review(f, number.isMultiple(of: 2) ? nil : "no")) != nil }
                }
                group.addTask {
                    f.journal.letGo()
                    return false
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(decided == 1)
            #expect(await f.awaitState("A", .running))
            #expect(f.journal.launches.count == 2)
            #expect(await eventually { f.engine.board.picture.counts[.review] ?? 0 == 0 })
        }
    }

    @Test func `a review is cancelled, or approved to the end, without an agent`() async throws {
        try await EngineFixture.with(workflows: Story()) { f in
            for name in ["A", "B"] {
                try await add(f, name)
                try f.end(name)
                #expect(try await f.awaitTicket(name, .review))
            }
            _ = try await f.engine.queue.cancel(Samples.id("A"), CommandContext())
            #expect(try await f.awaitTicket("A", .cancelled))
            await #expect(throws: ReeveError.self) { try await review(f) }
            #expect(await eventually { f.engine.board.picture.counts[.review] == 1 })
        }
    }

    @Test func `a next step whose agent is at its limit waits for it, and then begins`() async throws {
        try await EngineFixture.with(workflows: Story(), { $0.limits.maxPerAgent = ["codex": 1] }) { f in
            try await f.add("B", agent: "codex")
            #expect(await f.awaitState("B", .running))
            try await add(f)
            try await report(f)
            try await review(f)
            #expect(await eventually { f.journal.allTickets[Samples.id("A")]?.progress?.visit == 2 })
            try await report(f)
            #expect(await f.awaitState("A", .error))
            try f.end("B")
            #expect(await eventually { f.engine.board.agent(Samples.id("A"))?.kind == "codex" })
        }
    }

    @Test func `in a paused queue a step goes on with the agent that runs, and one of another agent waits`() async throws {
        try await EngineFixture.with(workflows: Story()) { f in
            try await add(f)
            try await report(f)
            #expect(try await f.awaitTicket("A", .review))
            try await f.engine.queue.setPaused(true)
            try await review(f)
            // That is no launch: the agent that runs is told what comes next.
            #expect(await eventually { f.world.keys.contains("build 2") })
            #expect(await eventually { f.journal.allTickets[Samples.id("A")]?.progress?.visit == 2 })
            try await report(f)
            // `code` is another agent's.
            #expect(await f.awaitState("A", .error))
            #expect(f.engine.board.agent(Samples.id("A"))?.reason?.contains("the queue is paused") == true)
            #expect(f.engine.board.agent(Samples.id("A"))?.kind == "claude")
            #expect(f.journal.launches.count == 1 && f.world.starts.count == 1)
            try await f.engine.queue.setPaused(false)
            #expect(await eventually { f.engine.board.agent(Samples.id("A"))?.kind == "codex" })
            #expect(await f.awaitState("A", .running))
            #expect(f.journal.launches.last?.arguments == ["codex", "code 3"] && f.world.starts.count == 2)
        }
    }

    @Test func `in a paused queue the next step of an agent that has ended waits`() async throws {
        try await EngineFixture.with(workflows: Story()) { f in
            try await add(f)
            try f.end("A")
            #expect(try await f.awaitTicket("A", .review))
            try await f.engine.queue.setPaused(true)
            try await review(f)
            #expect(try await f.awaitTicket("A", .queued))
            #expect(await f.engine.queue.waitingReason(Samples.id("A")) == "queue paused")
            #expect(f.journal.launches.count == 1 && f.world.starts.count == 1)
            try await f.engine.queue.setPaused(false)
            #expect(await f.awaitState("A", .running))
            #expect(f.journal.launches.last?.arguments == ["claude", "build 2"])
        }
    }

    @Test func `killed between the approval and the prompt, the next daemon delivers it, once`() async throws {
        let journal = MemoryJournal()
        let world = FakeWorld()
        for crash in ["before the text", "after the text", "after Enter"] {
            let name = "T\(crash.count)"
            try await EngineFixture.with(journal: journal, world: world, ids: "\(name)first", workflows: Story()) { f in
                try await add(f, name)
                try await report(f, "", name)
                #expect(try await f.awaitTicket(name, .review))
            }
            // What a daemon that is killed in between leaves behind.
            var ticket = try #require(journal.allTickets[Samples.id(name)])
            ticket.state = .running
            ticket.progress = StepProgress(step: "plan", advance: .init(step: "build", visit: 2))
            _ = journal.apply([.putTicket(ticket)])
            let launch = try #require(journal.launches.last { $0.ticket == ticket.id })
            if crash != "before the text" {
                world.claim(launch.session, "\(launch.id).2" + (crash == "after Enter" ? " entered" : ""))
            }
            let before = world.keys.count
            try await EngineFixture.with(journal: journal, world: world, ids: name, workflows: Story()) { f in
                #expect(
                    await eventually { journal.allTickets[Samples.id(name)]?.progress == StepProgress(step: "build", visit: 2) })
                let typed = Array(world.keys.dropFirst(before))
                switch crash {
                case "before the text": #expect(typed == ["build 2", "Enter"])
                case "after the text": #expect(typed == ["Enter"])
                default: #expect(typed.isEmpty)
                }
                try f.end(name, .code(1))
                #expect(try await f.awaitTicket(name, .failed))
            }
        }
    }
}
