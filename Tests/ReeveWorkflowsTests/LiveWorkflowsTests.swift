import Foundation
import ReeveModel
import ReeveTestSupport
import ReeveWorkflows
import Testing

/// What the engine asks of the types.
@Suite struct LiveWorkflowsTests {
    private struct Standstill: TimeSource {
        func wall() -> Timestamp { Samples.now }
        func uptime() -> Duration { .zero }
        func sleep(for duration: Duration) async throws {}
    }

    private func chore(_ prompt: String) -> String { "name = \"CHORE\"\n[[steps]]\nname = \"tidy\"\nprompt = \"\(prompt)\"" }

    private func prompt(_ workflows: LiveWorkflows, _ ticket: Ticket, isNewcomer: Bool = true) throws -> String {
        let type = try workflows.type(ticket.type)
        let progress = StepProgress(step: type.steps[0].name, visit: 2, feedback: "smaller", rejected: type.steps[0].name)
        return try workflows.prompt(
            ticket, type: type, progress: progress, directory: "/w", file: "/tickets/in-progress/t.md", runs: [],
            isNewcomer: isNewcomer)
    }

    @Test func `a prompt knows where it is worked on and who reads it`() async throws {
        try await Scratch.with { scratch in
            try Data(chore("in {{ cwd }}").utf8).write(to: URL(fileURLWithPath: "\(scratch.path)/c.toml"))
            let workflows = LiveWorkflows(catalog: .load(folder: scratch.path), time: Standstill())
            var ticket = Samples.ticket("T-1")
            ticket.type = "CHORE"
            let newcomers = try prompt(workflows, ticket)
            #expect(newcomers.contains("smaller") && newcomers.hasSuffix("in /w"))
            let workers = try prompt(workflows, ticket, isNewcomer: false)
            #expect(workers.contains("smaller") && !workers.contains("in /w"))
        }
    }

    @Test func `a prompt has what holds for all work, as it is written now, and the ticket's file`() async throws {
        try await Scratch.with { scratch in
            let words = "{{ acceptance_criteria }}, {{ definition_of_done }}, {{ definition_of_ready }}, {{ ticket_path }}"
            try Data(chore(words).utf8).write(to: URL(fileURLWithPath: "\(scratch.path)/c.toml"))
            let workflows = LiveWorkflows(catalog: .load(folder: scratch.path), time: Standstill())
            var ticket = Samples.ticket("T-1")
            ticket.type = "CHORE"
            #expect(try prompt(workflows, ticket).hasSuffix(", , , /tickets/in-progress/t.md"))
            workflows.replace(workflows.current, PromptCriteria(acceptance: "green", done: "merged", ready: "planned"))
            #expect(try prompt(workflows, ticket).hasSuffix("green, merged, planned, /tickets/in-progress/t.md"))
        }
    }

    @Test func `the page of a visual review is the step's, for this ticket`() async throws {
        try await Scratch.with { scratch in
            let text = """
                name = "CHORE"
                [[steps]]
                name = "tidy"
                review = "visual"
                visual = { url = "http://localhost:3000/{{ id }}", startup_command = "make serve", startup_timeout = "9s" }
                prompt = "x"
                """
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(scratch.path)/c.toml"))
            let workflows = LiveWorkflows(catalog: .load(folder: scratch.path), time: Standstill())
            var ticket = Samples.ticket("T-1")
            ticket.type = "CHORE"
            ticket.progress = StepProgress(step: "tidy", visit: 2)
            #expect(try workflows.page(ticket, directory: "/w") == nil)
            ticket.progress?.review = StepProgress.Review(kind: .visual, since: Samples.now)
            #expect(
                try workflows.page(ticket, directory: "/w")
                    == VisualPage(command: "make serve", directory: "/w", url: "http://localhost:3000/T-1", timeout: .seconds(9)))
        }
    }

    @Test func `a type whose file goes wrong is refused until it is mended`() async throws {
        try await Scratch.with { scratch in
            let file = URL(fileURLWithPath: "\(scratch.path)/c.toml")
            var ticket = Samples.ticket("T-1")
            ticket.type = "CHORE"
            let workflows = LiveWorkflows(catalog: .shipped, time: Standstill())
            for (text, isGood) in [("one", true), ("{{ titel }}", false), ("three", true)] {
                try Data(chore(text).utf8).write(to: file)
                workflows.replace(.load(folder: scratch.path), PromptCriteria())
                if isGood {
                    #expect(try prompt(workflows, ticket).hasSuffix(text))
                } else {
                    let error = #expect(throws: ReeveError.self) { try prompt(workflows, ticket) }
                    #expect(error?.kind == .conflict)
                    #expect(error?.message.contains("c.toml:4: steps[0].prompt: unknown variable 'titel'") == true)
                }
            }
        }
    }
}
