import Foundation
import ReeveModel
import ReeveTestSupport
import ReeveWorkflows
import Testing

/// docs/workflows.md says what is so: its tables are those of the code, its examples are read and rendered.
@Suite struct WorkflowsDocumentTests {
    private static let path = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("../../docs/workflows.md").standardized

    private func lines() throws -> [String] {
        try String(contentsOf: Self.path, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
    }

    /// The rows of the table below this head.
    private func table(_ head: String) throws -> [String] {
        let lines = try lines()
        let start = try #require(lines.firstIndex(of: head), "\(head)")
        return Array(lines[(start + 2)...].prefix { $0.hasPrefix("|") })
    }

    private func tables(_ head: String) throws -> [[String]] {
        let lines = try lines()
        return lines.indices.filter { lines[$0] == head }.map { start in
            lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map { $0 }
        }
    }

    private func fences(_ language: String) throws -> [String] {
        let text = try String(contentsOf: Self.path, encoding: .utf8)
        return text.components(separatedBy: "\n```\(language)\n").dropFirst().map {
            ($0.components(separatedBy: "\n```").first ?? "") + "\n"
        }
    }

    private func cells(_ row: String) -> [String] {
        row.dropFirst(2).dropLast(2).components(separatedBy: " | ").map { String($0) }
    }

    // MARK: Tables

    @Test func `the types that ship`() throws {
        let rows = ShippedTypesTests.rows.map { "| \($0.name) | \($0.mode.rawValue) | \($0.steps) |" }
        #expect(try table("| Type | Mode | Steps (`{review→where a rejection leads}`) |") == rows)
    }

    @Test func `every key of a type and of a step`() throws {
        let spoken: Set = ["required", "the name", "the ticket's", "the type's", "the one below", "the same step again", ""]
        func rows(_ keys: [TypeKey]) -> [String] {
            keys.map {
                "| `\($0.name)` | \($0.type) | \(spoken.contains($0.fallback) ? $0.fallback : "`\($0.fallback)`") | \($0.note) |"
            }
        }
        #expect(try tables("| Key | Type | Default | Meaning |") == [rows(TypeKey.ofType), rows(TypeKey.ofStep)])
    }

    @Test func `every variable, and which of them are words`() throws {
        #expect(try table("| Variable | Value |") == PromptNames.catalog.map { "| `\($0.name)` | \($0.meaning) |" })
        #expect(
            try table("| Variable | Of the latest run of the step before this one |")
                == PromptNames.ofStep.map { "| `steps.STEP.\($0.name)` | \($0.meaning) |" })
        let status = try #require(PromptNames.ofStep.first { $0.name == "status" }).meaning
        for outcome in StepRun.Outcome.allCases { #expect(status.contains("`\(outcome.rawValue)`")) }
        let words = PromptNames.catalog.filter(\.isWord).map { "`\($0.name)`" }
        let list = words.dropLast().joined(separator: ", ") + " and " + (words.last ?? "")
        #expect(try lines().joined(separator: " ").contains("In `artifact_patterns` and `visual.url` only \(list) can be used"))
        let lists =
            PromptNames.catalog.filter { $0.kind == .list }.map { "`\($0.name)`" }
            + PromptNames.ofStep.filter { $0.kind == .list }.map { "`steps.STEP.\($0.name)`" }
        #expect(try lines().joined(separator: " ").contains("Lists are \(lists.joined(separator: " and "));"))
    }

    @Test func `every word of done_when and review`() throws {
        #expect(
            try table("| `done_when` | The step is over when |").map { cells($0)[0] }
                == WorkflowStep.DoneWhen.allCases.map { "`\($0.rawValue)`" })
        #expect(
            try table("| `review` | Before the next step |").map { cells($0)[0] }
                == WorkflowStep.Review.allCases.map { "`\($0.rawValue)`" })
    }

    /// Each template of the table with what it becomes with all values and with none.
    static let templates: [(row: String, full: String, empty: String)] = [
        ("`{{ title }}`", "T & <b>", ""), ("`{{#if feedback}}…{{else}}…{{/if}}`", "1", "2"),
        ("`{{#unless body}}…{{/unless}}`", "", "1"), ("`{{#each previous_files}}- {{this}}{{/each}}`", "- a- b", ""),
        ("`{{#feedback}}…{{/feedback}}`, `{{^feedback}}…{{/feedback}}`", "1, ", ", 2"), ("`{{! why }}`", "", ""),
        ("`\\{{ title }}`", "{{ title }}", "{{ title }}"),
    ]

    @Test func `every template of the table is in the tests`() throws {
        #expect(try table("| Template | What it becomes |").map { cells($0)[0] } == Self.templates.map(\.row))
    }

    @Test(arguments: templates) func `each template becomes what the table says`(row: String, full: String, empty: String) throws
    {
        var text = row.replacing("`", with: "")
        for number in 1...2 { if let place = text.firstRange(of: "…") { text.replaceSubrange(place, with: "\(number)") } }
        let template = try PromptTemplate(text, names: PromptNames(steps: []))
        var values = PromptVariables()
        #expect(try template.render(values) == empty)
        values[text: "title"] = "T & <b>"
        values[text: "body"] = "B"
        values[text: "feedback"] = "F"
        values["previous_files"] = .list(["a", "b"])
        #expect(try template.render(values) == full)
    }

    @Test func `every row about Operator's types is in the tests`() throws {
        #expect(try table("| There | Here |").map { cells($0)[0] } == OperatorTypeTests.Promise.allCases.map(\.rawValue))
    }

    // MARK: Examples

    @Test func `the examples are types without faults, and each prompt can be written`() throws {
        let examples = try fences("toml").map { ($0, TypeFile.Form.toml) } + fences("json").map { ($0, .json) }
        #expect(examples.count == 2)
        for (text, form) in examples {
            let reading = TypeFile.read(text, file: "example", form: form)
            #expect(reading.faults.map(\.spoken) == [])
            if form == .toml { #expect(reading.notes.map(\.spoken) == []) }
            let type = try #require(reading.type)
            let ticket = Samples.ticket("PAGE-1", title: "A page about bees")
            let writer = PromptWriter(type: type, setting: PromptSetting(now: Samples.now, fields: ["area": "the cellar"]))
            for (index, step) in type.steps.enumerated() {
                let runs = type.steps[..<index].enumerated().map { place, step in
                    StepRun(
                        ticket: ticket.id, visit: place + 1, step: step.name, agent: "a", outcome: .approved,
                        summary: "all is well",
                        startedAt: Samples.now)
                }
                let prompt = try writer.prompt(for: ticket, in: StepProgress(step: step.name, visit: index + 1), runs: runs)
                #expect(prompt.contains("PAGE-1") && prompt.contains("reeve step done"))
                #expect(prompt.contains("all is well") == (index > 0))
                #expect(!prompt.contains("\n\n\n"))
                #expect(prompt.contains("A page about bees") == (index == 0))
                if step.visual != nil { #expect(try writer.visualURL(of: step, ticket) == "http://localhost:8000/PAGE-1.html") }
            }
        }
    }

    @Test func `the message that is shown is the one that comes`() throws {
        let shown = try #require(fences("").first { $0.hasPrefix("~/") })
        let text = try #require(fences("toml").first).replacing("steps.draft.summary", with: "steps.darft.summary")
        let reading = TypeFile.read(text, file: "~/.config/reeve/types/page.toml", form: .toml)
        #expect(reading.faults.map { $0.spoken + "\n" } == [shown])
    }
}
