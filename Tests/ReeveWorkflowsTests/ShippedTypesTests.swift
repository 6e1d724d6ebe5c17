import ReeveModel
import ReeveTestSupport
import ReeveWorkflows
import Testing

@Suite struct ShippedTypesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var mode: TicketType.Mode
        /// `step`, `step{review→target}`.
        var steps: String
        var testDescription: String { name }
    }

    /// The table "Types that ship" of docs/workflows.md.
    static let rows = [
        Row(name: "FEAT", mode: .autonomous, steps: "plan{plan→plan}, build, code, test, deploy{pr→code}"),
        Row(name: "FIX", mode: .autonomous, steps: "plan{plan→plan}, reproduce, test, fix, deploy{plan→fix}"),
        Row(name: "TASK", mode: .autonomous, steps: "execute"),
        Row(name: "SPIKE", mode: .paired, steps: "explore, summarize{plan→explore}, done"),
        Row(
            name: "INV", mode: .paired,
            steps: "triage, investigate, remediate{plan→investigate}, postmortem{plan→postmortem}, done"),
    ]

    @Test func `these types ship and no others`() {
        #expect(ShippedTypes.all.map(\.name) == Self.rows.map(\.name))
        #expect(TypeCatalog.shipped.names == Self.rows.map(\.name).sorted())
    }

    @Test(arguments: rows) func `each has its steps, reviews and ways back`(row: Row) throws {
        let type = try #require(ShippedTypes.all.first { $0.name == row.name })
        #expect(type.mode == row.mode)
        let steps = type.steps.map { step in
            guard step.review != .none else { return step.name }
            return "\(step.name){\(step.review.rawValue)→\(step.onReject?.step ?? step.name)}"
        }
        #expect(steps.joined(separator: ", ") == row.steps)
        for step in type.steps { #expect(step.agent == nil, "it would need an agent of that name") }
    }

    @Test(arguments: ShippedTypes.texts.map(\.name)) func `each is read without faults and notes`(name: String) throws {
        let text = try #require(ShippedTypes.texts.first { $0.name == name }).text
        let reading = TypeFile.read(text, file: "shipped", form: .toml)
        #expect(reading.faults.map(\.spoken) == [])
        #expect(reading.notes.map(\.spoken) == [])
        #expect(reading.type?.name == name)
    }

    /// With nothing but a ticket, and with everything that there can be.
    @Test(arguments: ShippedTypes.all.flatMap { type in type.steps.map { (type.name, $0.name) } })
    func `every prompt can be written, says what the ticket says and leaves no gaps`(type: String, step: String) throws {
        let type = try TypeCatalog.shipped.type(type)
        let step = try #require(type.step(step))
        var ticket = Samples.ticket("T-1", title: "Sort <the> \"list\" & keep {{ braces }}")
        ticket.type = type.name
        let bare = try PromptWriter(type: type, setting: PromptSetting(now: Samples.now)).prompt(
            for: ticket, in: StepProgress(step: step.name))
        ticket.body = "Second line.\n\n{{#each}}"
        let runs = type.steps.enumerated().map { index, step in
            StepRun(
                ticket: ticket.id, visit: index + 1, step: step.name, agent: "a", outcome: .approved,
                summary: "summary of \(step.name)", files: ["x/\(step.name).swift"], verdict: "well done", reviewer: "ann",
                startedAt: Samples.now)
        }
        let setting = PromptSetting(
            directory: "/w", branch: "feat/t-1", ticketPath: "/t/T-1.md", now: Samples.now,
            criteria: PromptCriteria(acceptance: "criteria", done: "done is", ready: "ready is"))
        let full = try PromptWriter(type: type, setting: setting).prompt(
            for: ticket, in: StepProgress(step: step.name, visit: 99), runs: runs)
        for prompt in [bare, full] {
            if type.name != "TASK" { #expect(prompt.contains("T-1")) }
            #expect(prompt.contains("Sort <the> \"list\" & keep {{ braces }}"))
            #expect(!prompt.contains("\n\n\n"), "an empty block left its lines")
            #expect(!prompt.hasSuffix("\n"))
            for line in prompt.split(separator: "\n") { #expect(!line.hasSuffix(" "), "\(line)") }
            if type.name != "TASK" { #expect(prompt.contains("reeve step done --summary")) }
        }
        if type.name != "TASK", step.name != type.steps.first?.name, step.name != "done" {
            #expect(full.contains("summary of "))
        }
        if step.name != "done" { #expect(full.contains("Second line.\n\n{{#each}}")) }
    }

    @Test(arguments: ShippedTypes.all.flatMap { type in type.steps.filter { $0.review != .none }.map { (type.name, $0.name) } })
    func `every rejection says what is wanted, who said so and how to report`(type: String, step: String) throws {
        let type = try TypeCatalog.shipped.type(type)
        let rejected = try #require(type.step(step))
        let target = try #require(type.step(rejected.onReject?.step ?? step))
        let ticket = Samples.ticket("T-1")
        let run = StepRun(
            ticket: ticket.id, visit: 3, step: step, agent: "a", outcome: .rejected, summary: "s", verdict: "smaller, please",
            reviewer: "ann", startedAt: Samples.now)
        for reader in [PromptWriter.Reader.newcomer, .worker] {
            let prompt = try PromptWriter(type: type, setting: PromptSetting(now: Samples.now)).prompt(
                for: ticket, in: StepProgress(step: target.name, visit: 4, feedback: "smaller, please", rejected: step),
                runs: [run], reader: reader)
            for words in ["smaller, please", "T-1", "ann", "reeve step done --summary"] { #expect(prompt.contains(words)) }
            #expect(prompt.contains(ticket.title) == (reader == .newcomer))
            #expect(!prompt.contains("\n\n\n"))
        }
    }

    @Test(arguments: [nil, "", "One line.", "With a tab\there,\r\nan end of line\n", "{{ title }} & <b>"])
    func `a task's prompt is the ticket's own words and nothing else`(body: String?) throws {
        var ticket = Samples.ticket("T-1", title: "Write {{ the }} parser")
        ticket.body = body
        let task = try TypeCatalog.shipped.type("TASK")
        let prompt = try PromptWriter(type: task, setting: PromptSetting(now: Samples.now)).prompt(
            for: ticket, in: StepProgress(step: task.steps[0].name))
        #expect(prompt == ticket.prompt)
        #expect(prompt == (body ?? "" == "" ? "Write {{ the }} parser" : "Write {{ the }} parser\n\n" + (body ?? "")))
    }
}
