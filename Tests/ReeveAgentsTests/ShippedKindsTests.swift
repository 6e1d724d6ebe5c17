import ReeveAgents
import ReeveModel
import ReeveTestSupport
import Testing

@Suite struct ShippedKindsTests {
    @Test func `names are unique and may become configuration tables`() {
        #expect(Set(ShippedKinds.all.map(\.name)).count == ShippedKinds.all.count)
        #expect(ShippedKinds.all.allSatisfy { SafeName.isValid($0.name) && !$0.start.isEmpty })
    }

    /// Each kind's own words, as its documentation and our reference notes give them.
    @Test(arguments: [
        ("claude", ["claude", "--session-id", "C", "--", "do it"], "/exit"),
        ("codex", ["codex", "--", "do it"], "/quit"),
        ("gemini", ["gemini", "--session-id", "C", "--prompt-interactive=do it"], "/quit"),
        ("opencode", ["opencode", "--prompt=do it"], "/exit"),
        ("amp", ["amp"], ""), ("pi", ["pi", "--session-id", "C", "--", "do it"], "/quit"),
        (
            "aider",
            [
                "aider", "--no-check-update", "--no-show-release-notes", "--no-show-model-warnings", "--analytics-disable",
                "--no-gitignore",
            ], "/exit"
        ), ("shell", ["/bin/sh"], "exit"),
        ("demo", ["reeve-demo-agent", "--", "do it"], "/exit"),
    ])
    func `a fresh start and the way out`(name: String, arguments: [String], exit: String) throws {
        let kind = try #require(ShippedKinds.all.first { $0.name == name })
        let plan = LaunchPlan(
            kind: kind, form: .start, ticket: Samples.id("T"), conversation: "C", project: "/", prompt: "do it", promptFile: "/p")
        #expect(plan.arguments == arguments)
        #expect(kind.exit.first == (exit.isEmpty ? nil : .text(exit)))
        #expect((plan.paste != nil) == (kind.prompt == .paste))
    }

    /// A program that names its conversations itself has nothing that an id of ours would continue.
    @Test func `only those that take our id say by themselves how they are continued`() {
        #expect(ShippedKinds.all.filter { !$0.resume.isEmpty }.map(\.name) == ["claude", "gemini", "pi"])
    }

    @Test func `claude resumes by the id it was started with`() throws {
        let plan = LaunchPlan(
            kind: .claude, form: .resume, ticket: Samples.id("T"), conversation: "C", project: "/", prompt: nil, promptFile: "/p")
        #expect(plan.arguments == ["claude", "--resume", "C"])
    }
}
