import ReeveModel
import ReeveTestSupport
import ReeveWorkflows
import Testing

/// Issue types of Operator's.
@Suite struct OperatorTypeTests {
    private func read(_ text: String) -> TypeFile.Reading { TypeFile.read(text, file: "t.json", form: .json) }

    static let land = #"""
        {
          "$schema": "../schemas/issuetype_schema.json",
          "key": "LAND",
          "name": "Land a request",
          "description": "for people",
          "mode": "paired",
          "glyph": "L",
          "color": null,
          "project_required": true,
          "agent": "claude",
          "agent_prompt": "Write a system prompt.",
          "prompt": "You work in {{ project }}.\n{{#if acceptance_criteria}}Criteria: {{ acceptance_criteria }}{{/if}}",
          "fields": [
            {"name": "id", "description": "d", "type": "string", "required": true, "auto": "id"},
            {"name": "pr_url", "description": "d", "type": "string", "max_length": 120}
          ],
          "steps": [
            {
              "name": "collect",
              "display_name": "Collect",
              "type": "task",
              "outputs": ["report"],
              "prompt": "Collect {{ pr_url }}.",
              "allowed_tools": ["Read", "Bash"],
              "artifact_patterns": ["notes/{{ id }}.md"],
              "next_step": "prove"
            },
            {
              "name": "prove",
              "outputs": [],
              "prompt": "Prove it.",
              "review_type": "visual",
              "visual_config": {"url": "http://localhost:8000", "startup_command": "make serve", "startup_timeout_secs": 45},
              "on_reject": {"goto_step": "mend", "prompt": "No: {{ rejection_reason }}"},
              "permission_mode": "plan",
              "next_step": null
            },
            {
              "name": "mend",
              "outputs": ["code"],
              "prompt": "Mend {{ content }}. {{ operator_output_instructions }}",
              "agent": "codex",
              "permissions": {"tools": {}},
              "type": "rag",
              "rag_config": {},
              "next_step": "prove"
            }
          ]
        }
        """#

    @Test func `an issue type is read with all that is known of it`() throws {
        let reading = read(Self.land)
        #expect(reading.faults.map(\.spoken) == [])
        let type = try #require(reading.type)
        #expect(type.name == "LAND" && type.title == "Land a request" && type.mode == .paired && type.agent == "claude")
        #expect(type.fields == ["id", "pr_url"])
        #expect(type.steps.map(\.name) == ["collect", "prove", "mend"])
        let (collect, prove, mend) = (type.steps[0], type.steps[1], type.steps[2])
        #expect(collect.title == "Collect" && collect.allowedTools == ["Read", "Bash"] && collect.outputs == ["report"])
        #expect(collect.doneWhen == [.report, .exit, .artifacts] && collect.artifacts == ["notes/{{ id }}.md"])
        #expect(prove.review == .visual && prove.permissionMode == .plan && prove.doneWhen == [.report, .exit])
        #expect(prove.visual == .init(command: "make serve", url: "http://localhost:8000", timeout: .seconds(45)))
        #expect(prove.onReject == .init(step: "mend", prompt: "No: {{ rejection_reason }}"))
        #expect(mend.agent == "codex")
    }

    @Test func `a step that names no next one is the last, wherever it stands`() throws {
        let type = try #require(read(Self.land).type)
        #expect(type.steps.map { type.following($0)?.name } == ["prove", nil, "prove"])
    }

    @Test func `keys of Operator's that have no effect here are notes`() {
        #expect(
            read(Self.land).notes.map(\.path) == [
                "$schema", "description", "glyph", "project_required", "agent_prompt", "steps[2].permissions", "steps[2].type",
                "steps[2].rag_config",
            ])
    }

    @Test func `keys that nobody knows are errors`() {
        let text = Self.land.replacing("\"glyph\": \"L\"", with: "\"glif\": \"L\"").replacing(
            "\"auto\": \"id\"", with: "\"atuo\": 1")
        #expect(read(text).faults.map(\.path) == ["glif"])
    }

    @Test func `a prompt comes with the type's before it, and the ticket and how to report after it`() throws {
        let type = try #require(read(Self.land).type)
        let ticket = Samples.ticket("LAND-1", project: "/src/x", title: "Land it")
        let writer = PromptWriter(
            type: type,
            setting: PromptSetting(
                now: Samples.now, criteria: PromptCriteria(acceptance: "green"), fields: ["pr_url": "https://x/1"]))
        let run = StepRun(
            ticket: ticket.id, visit: 1, step: "collect", agent: "a", outcome: .done, summary: "collected", startedAt: Samples.now
        )
        let first = try writer.prompt(for: ticket, in: StepProgress(step: type.steps[0].name))
        #expect(
            first.hasPrefix(
                "You work in /src/x.\nCriteria: green\n\nCollect https://x/1.\n\n## Ticket LAND-1\n\nLand it\n\nWhen the step 'collect'"
            ))
        #expect(first.contains("    notes/LAND-1.md"))
        let second = try writer.prompt(for: ticket, in: StepProgress(step: "prove", visit: 2), runs: [run])
        #expect(
            second.contains("Land it\n\n## What the step before this one reported\n\ncollected\n\nWhen the step 'prove'"))
    }

    @Test func `what a prompt names itself is not said twice`() throws {
        let type = try #require(read(Self.land).type)
        #expect(!type.steps[2].prompt.contains("{{ prompt }}"))
        #expect(!type.steps[2].prompt.contains("{{ report_instructions }}"))
    }

    /// The rows of the table in docs/workflows.md.
    enum Promise: String, CaseIterable, Sendable {
        case preamble = "the type's `prompt`"
        case prompt = "a step's `prompt`"
        case artifacts = "`artifact_patterns`"
        case last = "no `next_step`"
        case fields = "`fields`"
        case agent = "`agent`"
        case kind = "a step's `type` other than `task`"
        case idle = "`permissions`, `cli_args`, `json_schema` and other keys of Operator's"
        case proof = "`review_type: \"proof\"`"
        case unknown = "a key that neither knows"
    }

    @Test(arguments: Promise.allCases) func `what a key of Operator's means here`(promise: Promise) throws {
        let reading = read(Self.land)
        let type = try #require(reading.type)
        let ticket = Samples.ticket("LAND-1", project: "/src/x")
        let writer = PromptWriter(type: type, setting: PromptSetting(now: Samples.now))
        let prompts = try type.steps.map { try writer.prompt(for: ticket, in: StepProgress(step: $0.name)) }
        switch promise {
        case .preamble: #expect(prompts.allSatisfy { $0.hasPrefix("You work in /src/x.") })
        case .prompt: #expect(prompts[0].contains(ticket.title) && prompts[0].contains("reeve step done"))
        case .artifacts: #expect(type.steps[0].doneWhen == [.report, .exit, .artifacts])
        case .last: #expect(type.following(type.steps[1]) == nil)
        case .fields: #expect(type.fields.contains("pr_url"))
        case .agent: #expect(type.agent == "claude" && type.steps[2].agent == "codex")
        case .kind: #expect(reading.notes.contains { $0.message.hasPrefix("Reeve has no 'rag' steps") })
        case .idle: #expect(reading.notes.contains { $0.path == "steps[2].permissions" })
        case .proof: #expect(read(Self.land.replacing("\"visual\",", with: "\"proof\",")).faults.count == 1)
        case .unknown: #expect(read(Self.land.replacing("\"outputs\"", with: "\"outputz\"")).faults.count == 3)
        }
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        var from: String
        var to: String
        var line: Int
        var path: String
        var says: String
        var testDescription: String { "\(path): \(says)" }
    }

    static let wrongs = [
        Wrong(
            from: "\"goto_step\": \"mend\"", to: "\"goto_step\": \"men\"", line: 34, path: "steps[1].on_reject.goto_step",
            says: "no step 'men'"),
        Wrong(
            from: "\"next_step\": null", to: "\"next_step\": \"collect\"", line: 36, path: "steps[1].next_step",
            says: "never ends: collect → prove → collect"),
        Wrong(from: "\"visual\",", to: "\"proof\",", line: 32, path: "steps[1].review_type", says: "no 'proof' reviews"),
        Wrong(from: "\"visual_config\"", to: "\"visual_confg\"", line: 33, path: "steps[1].visual_confg", says: "unknown key"),
        Wrong(from: "45", to: "4.5", line: 33, path: "steps[1].visual_config.startup_timeout_secs", says: "expected seconds"),
        Wrong(
            from: "Prove it.", to: "Prove\\n{{ it }}.", line: 31, path: "steps[1].prompt",
            says: "line 2 of the text: unknown variable 'it'"),
        Wrong(from: "{{ project }}", to: "{{ projet }}", line: 12, path: "prompt", says: "unknown variable 'projet'"),
        Wrong(
            from: "\"type\": \"rag\"", to: "\"type\": \"ragg\"", line: 44, path: "steps[2].type", says: "'ragg' is none of task,"),
        Wrong(
            from: "\"mode\": \"paired\"", to: "\"mode\": \"paired\", \"mode\": \"autonomous\"", line: 6, path: "mode",
            says: "there twice"),
        Wrong(from: "\"glyph\": \"L\",", to: "\"glyph\": \"L\"", line: 8, path: "", says: "a comma is missing"),
    ]

    @Test(arguments: wrongs) func `what is wrong is said with line and path`(row: Wrong) throws {
        let text = Self.land.replacing(row.from, with: row.to)
        #expect(text != Self.land)
        let reading = read(text)
        #expect(reading.type == nil)
        let fault = try #require(reading.faults.first { $0.path == row.path }, "\(reading.faults.map(\.spoken))")
        #expect(fault.line == row.line)
        #expect(fault.message.contains(row.says), "\(fault)")
    }

    @Test(arguments: ["[]", "3", "\"x\"", "null"]) func `a text that is no object is refused`(text: String) {
        #expect(read(text).faults.map(\.message).first?.hasPrefix("expected a table, found ") == true)
    }

    @Test func `a text that is too long is refused`() {
        #expect(read(String(repeating: " ", count: TypeFile.longest + 1)).faults.first?.message.contains("at most") == true)
    }
}
