import ReeveModel
import ReeveTestSupport
import ReeveWorkflows
import Testing

@Suite struct PromptWriterTests {
    private static func type(_ steps: [WorkflowStep], fields: [String] = []) -> TicketType {
        TicketType(name: "T", steps: steps, fields: fields, origin: "/types/t.toml")
    }

    private static func run(
        _ visit: Int, _ step: String, _ outcome: StepRun.Outcome = .done, summary: String = "", files: [String] = [],
        verdict: String? = nil, reviewer: String? = nil
    ) -> StepRun {
        StepRun(
            ticket: Samples.id("T-1"), visit: visit, step: step, agent: "a", outcome: outcome, summary: summary, files: files,
            verdict: verdict, reviewer: reviewer, startedAt: Samples.now)
    }

    private static let setting = PromptSetting(
        directory: "/w/t-1", branch: "t/t-1", ticketPath: "/tickets/queue/20261121-0905-T-x-y.md", now: Samples.now,
        criteria: PromptCriteria(acceptance: "criteria", done: "done is", ready: "ready is"),
        fields: ["pr_url": "https://x/1"])

    private static var ticket: Ticket {
        var ticket = Samples.ticket("T-1", priority: .p1, project: "/src/x", state: .running, title: "The title")
        ticket.type = "T"
        ticket.body = "The body"
        return ticket
    }

    /// Each variable of docs/workflows.md with its value in the entry below.
    static let values: [String: String] = [
        "id": "T-1", "type": "T", "ticket_type": "T", "title": "The title", "summary": "The title", "body": "The body",
        "content": "The body", "prompt": "The title\n\nThe body", "priority": "P1", "status": "running", "project": "/src/x",
        "cwd": "/w/t-1", "branch": "t/t-1", "ticket_path": "/tickets/queue/20261121-0905-T-x-y.md",
        "filepath": "/tickets/queue/20261121-0905-T-x-y.md", "filename": "20261121-0905-T-x-y.md",
        "timestamp": Samples.now.rfc3339,
        "step": "code", "step_title": "Coding", "step_count": "2", "step_names": "plan, code", "feedback": "",
        "rejection_reason": "",
        "rejected_step": "", "reviewer": "ann", "previous_summary": "planned", "previous_files": "p.md, q.md",
        "previous_recommendation": "", "acceptance_criteria": "criteria", "definition_of_done": "done is",
        "definition_of_ready": "ready is",
    ]

    @Test(arguments: PromptNames.catalog.map(\.name)) func `each variable has its value`(name: String) throws {
        let code = WorkflowStep(name: "code", title: "Coding", prompt: "<{{ \(name) }}>", doneWhen: [.exit])
        let type = Self.type([WorkflowStep(name: "plan", prompt: "p"), code])
        let runs = [
            Self.run(1, "plan", .approved, summary: "planned", files: ["p.md", "q.md"], verdict: "good", reviewer: "ann")
        ]
        let text = try PromptWriter(type: type, setting: Self.setting).prompt(
            for: Self.ticket, in: StepProgress(step: "code", visit: 2), runs: runs)
        if name == "report_instructions" || name == "operator_output_instructions" {
            #expect(text == "<The step is over when you exit; exit with an error if it is not done.>")
        } else {
            #expect(text == "<\(try #require(Self.values[name]))>")
        }
    }

    @Test(arguments: [("summary", "second"), ("files", "b.swift"), ("status", "rejected"), ("verdict", "smaller")])
    func `each variable of a step is of its latest run before this one`(name: String, value: String) throws {
        let test = WorkflowStep(name: "test", prompt: "<{{ steps.code.\(name) }}>")
        let type = Self.type([WorkflowStep(name: "code", prompt: "p", review: .plan), test])
        let runs = [
            Self.run(3, "code", .rejected, summary: "second", files: ["b.swift"], verdict: "smaller"),
            Self.run(1, "code", .approved, summary: "first"), Self.run(2, "test"), Self.run(5, "code", summary: "after"),
        ]
        let text = try PromptWriter(type: type, setting: Self.setting).prompt(
            for: Self.ticket, in: StepProgress(step: "test", visit: 4), runs: runs)
        #expect(text == "<\(value)>")
        #expect(PromptNames.ofStep.map(\.name).contains(name))
    }

    @Test func `the ticket's own keys are variables where the type names them`() throws {
        let step = WorkflowStep(name: "land", prompt: "{{ pr_url }}{{ allow_merge }}!")
        let writer = PromptWriter(type: Self.type([step], fields: ["pr_url", "allow_merge"]), setting: Self.setting)
        #expect(try writer.prompt(for: Self.ticket, in: StepProgress(step: step.name)) == "https://x/1!")
        let error = #expect(throws: ReeveError.self) {
            try PromptWriter(type: Self.type([step]), setting: Self.setting).prompt(
                for: Self.ticket, in: StepProgress(step: step.name))
        }
        #expect(error?.message.contains("unknown variable 'pr_url'") == true)
    }

    @Test func `ticket text that contains braces is never expanded`() throws {
        let step = WorkflowStep(name: "s", prompt: "{{ title }}/{{ body }}")
        var ticket = Self.ticket
        ticket.title = "{{ body }}"
        ticket.body = "{{#each steps}}{{ id }}"
        #expect(
            try PromptWriter(type: Self.type([step]), setting: Self.setting).prompt(
                for: ticket, in: StepProgress(step: step.name))
                == "{{ body }}/{{#each steps}}{{ id }}")
    }

    @Test func `what agents and reviewers say is cleaned of controls, with its lines`() throws {
        let step = WorkflowStep(name: "s", prompt: "{{ previous_summary }}|{{ previous_files }}|{{ reviewer }}")
        let runs = [
            Self.run(
                1, "s", summary: "a\u{1b}[201~\nb\u{202e}", files: ["x\u{7}", "\u{200b}", "two\nlines"], reviewer: "an\u{0}n")
        ]
        let text = try PromptWriter(type: Self.type([step]), setting: Self.setting).prompt(
            for: Self.ticket, in: StepProgress(step: "s", visit: 2), runs: runs)
        #expect(text == "a[201~\nb|x, twolines|ann")
    }

    // MARK: Before a launch

    @Test func `an unknown variable stops a prompt before the launch, with the line and what was meant`() {
        let step = WorkflowStep(name: "s", prompt: "one\n{{ titel }}")
        let error = #expect(throws: ReeveError.self) {
            try PromptWriter(type: Self.type([step]), setting: Self.setting).prompt(
                for: Self.ticket, in: StepProgress(step: step.name))
        }
        #expect(error?.kind == .conflict)
        #expect(error?.message == "prompt of the step 's' of type T (/types/t.toml), line 2: unknown variable 'titel'")
        #expect(error?.hint?.contains("title") == true)
    }

    @Test func `a prompt that says nothing for this ticket is refused`() {
        let step = WorkflowStep(name: "s", prompt: " {{ feedback }}\n")
        let error = #expect(throws: ReeveError.self) {
            try PromptWriter(type: Self.type([step]), setting: Self.setting).prompt(
                for: Self.ticket, in: StepProgress(step: step.name))
        }
        #expect(error?.message.contains("says nothing") == true)
    }

    @Test func `a prompt of more than a mebibyte is refused, and says whose it is`() {
        let step = WorkflowStep(name: "s", prompt: "{{ prompt }}")
        var ticket = Self.ticket
        ticket.body = String(repeating: "x", count: 1 << 20)
        let error = #expect(throws: ReeveError.self) {
            try PromptWriter(type: Self.type([step]), setting: Self.setting).prompt(
                for: ticket, in: StepProgress(step: step.name))
        }
        #expect(error?.kind == .tooLarge)
        #expect(error?.message.contains("step 's' of type T") == true)
    }

    @Test func `a type that nobody has defined gives the ticket's own words`() throws {
        let type = TicketType.single("CHORE")
        #expect(
            try PromptWriter(type: type, setting: Self.setting).prompt(
                for: Self.ticket, in: StepProgress(step: type.steps[0].name)) == Self.ticket.prompt)
    }

    // MARK: Rejections

    private static let plan = WorkflowStep(
        name: "plan", prompt: "Plan it: {{ title }}", review: .plan,
        onReject: .init(step: "plan", prompt: "No: {{ feedback }} ({{ rejection_reason }}, {{ rejected_step }}, {{ reviewer }})"))
    private static let code = WorkflowStep(name: "code", prompt: "Code it: {{ title }}", review: .pr, doneWhen: [.report])

    private func rejected(_ step: WorkflowStep, by rejected: WorkflowStep, reader: PromptWriter.Reader) throws -> String {
        let runs = [Self.run(1, rejected.name, .rejected, summary: "s", verdict: "smaller", reviewer: "ann")]
        return try PromptWriter(type: Self.type([Self.plan, Self.code]), setting: Self.setting).prompt(
            for: Self.ticket, in: StepProgress(step: step.name, visit: 2, feedback: "smaller", rejected: rejected.name),
            runs: runs, reader: reader)
    }

    @Test func `a rejection is worded by the rejected step's on_reject`() throws {
        let text = try rejected(Self.plan, by: Self.plan, reader: .worker)
        #expect(text.hasPrefix("No: smaller (smaller, plan, ann)\n\nWhen the step 'plan' is done"))
        #expect(!text.contains("Plan it"))
    }

    @Test func `an agent that knows nothing yet gets the step's own prompt too`() throws {
        let text = try rejected(Self.plan, by: Self.plan, reader: .newcomer)
        #expect(text == "No: smaller (smaller, plan, ann)\n\n---\n\nPlan it: The title")
    }

    @Test func `without words of the type's there are some of ours, with the feedback`() throws {
        let text = try rejected(Self.code, by: Self.code, reader: .newcomer)
        #expect(
            text.hasPrefix(
                "The step 'code' of ticket T-1 has been rejected by ann. What has to change:\n\nsmaller\n\nChange exactly"))
        #expect(text.hasSuffix("\n\n---\n\nCode it: The title"))
    }

    @Test func `a step that the type has lost is a conflict that says what to do`() {
        let error = #expect(throws: ReeveError.self) {
            try PromptWriter(type: Self.type([Self.plan, Self.code]), setting: Self.setting).prompt(
                for: Self.ticket, in: StepProgress(step: "gone"))
        }
        #expect(error?.kind == .conflict)
        #expect(error?.message == "the type T (/types/t.toml) has no step 'gone' any more")
        #expect(error?.hint == "put the step back, or reeve cancel T-1")
    }

    @Test func `a step that was approved says nothing of the rejection before it`() throws {
        let runs = [Self.run(1, "plan", .rejected, verdict: "smaller"), Self.run(2, "plan", .approved)]
        let text = try PromptWriter(type: Self.type([Self.plan, Self.code]), setting: Self.setting).prompt(
            for: Self.ticket, in: StepProgress(step: "code", visit: 3), runs: runs)
        #expect(text == "Code it: The title")
    }

    // MARK: How to report

    static let ends: [(Set<WorkflowStep.DoneWhen>, String)] = [
        ([.report], "reeve step done --summary"), ([.report, .exit], "reeve step done --summary"),
        ([.exit], "The step is over when you exit"), ([.idle], "The step is over when you stop working"),
        ([.artifacts], "    plans/T-1.md"),
    ]

    @Test(arguments: ends) func `an agent is told what ends its step`(doneWhen: Set<WorkflowStep.DoneWhen>, says: String) throws {
        let step = WorkflowStep(
            name: "s", prompt: "{{ report_instructions }}", doneWhen: doneWhen,
            artifacts: doneWhen.contains(.artifacts) ? ["plans/{{ id }}.md"] : [])
        let text = try PromptWriter(type: Self.type([step]), setting: Self.setting).prompt(
            for: Self.ticket, in: StepProgress(step: step.name))
        #expect(text.contains(says))
        #expect(text.contains("reeve step") == doneWhen.contains(.report))
    }

    @Test(arguments: WorkflowStep.Review.allCases) func `an agent is told who reviews its step`(review: WorkflowStep.Review)
        throws
    {
        let step = WorkflowStep(name: "s", prompt: "{{ report_instructions }}", review: review)
        let text = try PromptWriter(type: Self.type([step]), setting: Self.setting).prompt(
            for: Self.ticket, in: StepProgress(step: step.name))
        #expect(text.contains("approves or rejects") == (review == .plan || review == .visual))
        #expect(text.contains("pull request") == (review == .pr))
    }

    @Test func `the command that reports is the caller's`() throws {
        let step = WorkflowStep(name: "s", prompt: "{{ report_instructions }}")
        var setting = Self.setting
        setting.reportCommand = "/opt/reeve step done"
        let text = try PromptWriter(type: Self.type([step]), setting: setting).prompt(
            for: Self.ticket, in: StepProgress(step: step.name))
        #expect(text.contains("    /opt/reeve step done --summary"))
    }

    // MARK: Globs and addresses

    @Test func `globs and addresses are rendered for their ticket`() throws {
        let step = WorkflowStep(
            name: "s", prompt: "p", doneWhen: [.artifacts], artifacts: ["plans/{{ id }}.md", "{{ step }}/*.{{ type }}"],
            visual: .init(command: "", url: "http://localhost:3000/{{ id }}?p={{ priority }}"))
        let writer = PromptWriter(type: Self.type([step]), setting: Self.setting)
        #expect(try writer.artifacts(of: step, Self.ticket) == ["plans/T-1.md", "s/*.T"])
        #expect(try writer.visualURL(of: step, Self.ticket) == "http://localhost:3000/T-1?p=P1")
    }

    @Test(arguments: ["{{ title }}", "{{ branch }}", "{{ steps.s.summary }}"])
    func `free text is refused in globs and addresses`(text: String) {
        let step = WorkflowStep(
            name: "s", prompt: "p", artifacts: ["x/\(text)"], visual: .init(command: "", url: "http://localhost/\(text)"))
        let writer = PromptWriter(type: Self.type([step]), setting: Self.setting)
        #expect(throws: ReeveError.self) { try writer.artifacts(of: step, Self.ticket) }
        #expect(throws: ReeveError.self) { try writer.visualURL(of: step, Self.ticket) }
    }
}
