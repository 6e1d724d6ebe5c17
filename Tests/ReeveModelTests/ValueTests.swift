import ReeveModel
import ReeveTestSupport
import Testing

@Suite struct ValueTests {
    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"), (1_790_000_000_123, "2026-09-21T14:13:20.123Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (4_102_444_799_999, "2099-12-31T23:59:59.999Z"),
    ])
    func `timestamps are RFC 3339 in UTC with milliseconds`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).rfc3339 == text)
    }

    @Test(arguments: [("150ms", 150), ("3s", 3000), ("5m", 300_000), ("2h", 7_200_000), ("7d", 604_800_000), ("0s", 0)])
    func `durations have a unit`(text: String, milliseconds: Int64) {
        #expect(DurationText.parse(text)?.milliseconds == milliseconds)
        #expect(DurationText.parse(DurationText.format(.milliseconds(milliseconds)))?.milliseconds == milliseconds)
    }

    @Test(arguments: ["", "3", "s", "3 s", "-3s", "3S", "1.5s", "99999999999999999999s", "9999999999999999d"])
    func `what is no duration is refused`(text: String) { #expect(DurationText.parse(text) == nil) }

    @Test(arguments: [("512B", 512), ("4KiB", 4096), ("512MiB", 536_870_912), ("2GiB", 2_147_483_648)])
    func `sizes have a unit`(text: String, bytes: Int64) { #expect(DurationText.parseSize(text) == bytes) }

    @Test(arguments: [
        ("12.1790000000", true), ("12.1790000000 /tmp/tmux-1000/default", true), ("12.17900000001", false),
        ("12.1790000000/tmp", false), ("", false), ("13.1790000000 12.1790000000", false),
    ])
    func `the life of a server is told from others, whichever server it is`(epoch: String, isIn: Bool) {
        #expect(TerminalHandle(session: "$1", pane: "", epoch: epoch).isIn(life: "12.1790000000") == isIn)
    }

    @Test(arguments: ["FEAT-1", "a", "_x", "A.b-c_d", String(repeating: "x", count: 64)])
    func `ids that may become names and paths`(text: String) { #expect(TicketID(text) != nil) }

    @Test(arguments: [
        "", ".", "..", "../x", "a/b", "-x", ".x", "a b", "a\n", "ä", "#(touch x)", "a;b", String(repeating: "x", count: 65),
        "a\0b", "=x", "~x",
    ])
    func `ids that may not`(text: String) {
        #expect(TicketID(text) == nil)
        #expect(SessionName(text) == nil)
    }

    @Test func `the most urgent state stands for a group`() {
        #expect(AgentState.mostUrgent([.done, .waiting, .error]) == .waiting)
        #expect(AgentState.mostUrgent([.running, .lost, .launching]) == .lost)
        #expect(AgentState.mostUrgent([.unknown, .exited]) == .exited)
        #expect(AgentState.mostUrgent([.unknown]) == .unknown)
        #expect(AgentState.mostUrgent([]) == nil)
    }

    @Test func `a key name is a key, anything else is typed`() {
        #expect(KeyInput(word: "Enter") == .key(.enter))
        #expect(KeyInput(word: "C-c") == .key(.control("c")))
        #expect(KeyInput(word: "enter") == .text("enter"))
        #expect(KeyInput(word: "C-cc") == .text("C-cc"))
        #expect(KeyInput(word: "/exit") == .text("/exit"))
        for name in Key.names { #expect(Key(name: name)?.name == name) }
    }

    @Test(arguments: [("ticket.crate", "ticket.create"), ("max_paralel", "max_parallel"), ("quue.pause", "queue.pause")])
    func `the nearest name is found`(word: String, name: String) {
        #expect(NearestName.of(word, in: ["ticket.create", "max_parallel", "queue.pause", "x"]).first == name)
        #expect(NearestName.of("zzzzzz", in: ["ticket.create"]).isEmpty)
    }

    @Test func `every kind of error has its own code, as documented`() {
        let codes = ReeveError.Kind.catalog.map(\.code)
        #expect(Set(codes).count == codes.count)
        #expect(ReeveError.Kind.busy.code == -32003)
        #expect(ReeveError.Kind(rawValue: "of-the-future").code == -32603)
    }

    @Test func `event kinds and their catalogue agree`() {
        let agent = MachineDriver().machine.agent
        let owner = MetadataOwner.ticket(Samples.id("T"))
        let payloads: [EventPayload] =
            [
                .ticketCreated(Samples.ticket("T")), .ticketUpdated(Samples.ticket("T")), .ticketFinished(Samples.ticket("T")),
                .ticketRemoved(Samples.id("T")),
                .ticketFile(FileNews(ticket: nil, what: "wrong-file", file: "queue/a.md", message: "m")), .queuePaused,
                .queueResumed,
                .queueBraked(LaunchBreaker.Brake(scope: .all, failures: 5, reason: "r", since: Samples.now, nextTry: nil)),
                .queueUnbraked(.all), .agentState(agent), .agentExited(agent),
                .agentSwitch(Samples.id("T"), from: "a", to: "b", SwitchLadder.Report(rung: .exit, milliseconds: 1, ended: true)),
                .agentStep(StepNews(ticket: Samples.id("T"), step: "plan", visit: 1, agent: "claude", outcome: .running)),
                .agentReview(ReviewNews(ticket: Samples.id("T"), step: "plan", visit: 1, review: .plan)),
                .agentInput(nil, session: Samples.name("s"), by: "client", what: "keys"), .sessionOpened(Samples.record()),
                .sessionClosed(Samples.record()), .sessionLost(Samples.record()), .backendUp(name: "tmux", detail: ""),
                .backendDown(name: "tmux", detail: ""),
                .metadata(MetadataNews(owner, .status(MetadataStatus(text: "s", time: Samples.now)))),
                .metadata(MetadataNews(owner, .progress(MetadataProgress(amount: .percent(1), time: Samples.now)))),
                .metadata(MetadataNews(owner, .log(MetadataLine(number: 1, message: "m", time: Samples.now)))),
                .metadata(MetadataNews(owner, .notify(MetadataNotice(body: "b")))),
                .metadata(MetadataNews(owner, .cleared([.log], expired: false))),
            ]
            + PaneNews.What.allCases.map {
                .pane(
                    PaneNews($0, ticket: nil, session: Samples.name("s"), host: PaneHost(server: "/s", pane: "%0"), reason: "r"))
            } + [
                .systemStarted(version: "1"), .systemStopping,
            ]
        #expect(payloads.map(\.kind) == EventPayload.allKinds)
    }

    @Test func `filters accept kinds by name or noun, and tickets by id`() {
        let event = StoredEvent(seq: 1, time: Samples.now, kind: "agent.exited", ticket: Samples.id("T"), data: "{}")
        #expect(EventFilter().accepts(event, agent: nil))
        #expect(EventFilter(kinds: ["agent.*"]).accepts(event, agent: nil))
        #expect(EventFilter(kinds: ["agent.exited"], tickets: ["T"]).accepts(event, agent: nil))
        #expect(!EventFilter(kinds: ["agent.state"]).accepts(event, agent: nil))
        #expect(!EventFilter(tickets: ["U"]).accepts(event, agent: nil))
        #expect(EventFilter(agents: ["claude"]).accepts(event, agent: "claude"))
        #expect(!EventFilter(agents: ["claude"]).accepts(event, agent: "codex"))
        #expect(!EventFilter(agents: ["claude"]).accepts(event, agent: nil))
    }
}

@Suite struct LaunchPlanTests {
    private func plan(
        _ start: [String], _ delivery: AgentKind.PromptDelivery, prompt: String? = "do it; $(x)", form: LaunchPlan.Form = .start,
        resume: [String] = []
    ) -> LaunchPlan {
        LaunchPlan(
            kind: AgentKind(name: "x", start: start, resume: resume, prompt: delivery), form: form, ticket: Samples.id("T-1"),
            conversation: "c-1", project: "/w", prompt: prompt, promptFile: "/p/L.txt")
    }

    @Test func `placeholders are replaced inside one argument, and values are never expanded again`() {
        let plan = plan(["x", "--id={session_id}", "{ticket}", "{project}/a b", "{unknown}", "{"], .none)
        #expect(plan.arguments == ["x", "--id=c-1", "T-1", "/w/a b", "{unknown}", "{"])
        #expect(self.plan(["x", "{prompt}"], .argument, prompt: "{ticket} {prompt}").arguments == ["x", "{ticket} {prompt}"])
    }

    @Test func `a prompt as argument is one argument at the end, whatever is in it`() {
        #expect(plan(["x"], .argument, prompt: "a \"b\" `c`\n$(d)").arguments == ["x", "a \"b\" `c`\n$(d)"])
        #expect(plan(["x", "--p={prompt}"], .argument).arguments == ["x", "--p=do it; $(x)"])
        #expect(plan(["x", "{prompt}"], .argument, prompt: nil).arguments == ["x"])
    }

    @Test func `a prompt longer than the kernel takes is pasted`() {
        let long = String(repeating: "y", count: LaunchPlan.longestArgument + 1)
        let plan = plan(["x", "{prompt}"], .argument, prompt: long)
        #expect(plan.arguments == ["x"] && plan.paste == long)
    }

    @Test func `pasted, file and standard input prompts are not in the arguments`() {
        #expect(plan(["x"], .paste).paste == "do it; $(x)")
        #expect(plan(["x"], .paste).arguments == ["x"])
        let file = plan(["x", "-f", "{prompt_file}"], .argument)
        #expect(file.arguments == ["x", "-f", "/p/L.txt"] && file.needsPromptFile)
        let input = plan(["x"], .stdin)
        #expect(input.promptIsStandardInput && input.needsPromptFile && input.arguments == ["x"])
    }

    @Test func `a resumed agent gets its resume form`() {
        #expect(
            plan(["x"], .argument, prompt: nil, form: .resume, resume: ["x", "--resume", "{session_id}"]).arguments == [
                "x", "--resume", "c-1",
            ])
        #expect(plan(["x"], .none, form: .resume).arguments == ["x"])
    }
}
