import ReeveAgents
import ReeveModel
import Testing

/// Agents are programs that need a terminal: those that ship, those that have a reader, and what an adapter makes of them.
@Suite struct AgentCommandTests {
    @Test(arguments: AgentProgram.names.map(\.program))
    func `an agent that is known here is known to need a terminal`(program: String) {
        let verdict = InteractiveCommand.judge(arguments: [program])
        #expect(verdict.needsTerminal && verdict.program == program, "\(verdict.reason)")
    }

    @Test(arguments: ShippedKinds.all.filter { $0.name != "demo" }.map(\.start))
    func `a kind that ships is started with what needs a terminal`(start: [String]) {
        #expect(InteractiveCommand.judge(arguments: Self.filled(start)).needsTerminal, "\(start)")
    }

    @Test(arguments: ShippedAdapters.all)
    func `an adapter's forms with a person need a terminal, the one without needs none`(adapter: LaunchAdapter) {
        for range in adapter.ranges {
            for form in [range.start, range.resume].compactMap(\.self) {
                let verdict = InteractiveCommand.judge(arguments: Self.filled(form.words))
                #expect(verdict.needsTerminal, "\(form.words): \(verdict.reason)")
            }
            guard let form = range.headless else { continue }
            // Gemini has no word for it: what it gets at its input decides.
            let line = (adapter.name == "gemini" ? "cat prompt | " : "") + Self.filled(form.words).joined(separator: " ")
            let verdict = InteractiveCommand.judge(line)
            #expect(!verdict.needsTerminal, "\(line): \(verdict.reason)")
        }
    }

    /// With a conversation and a prompt, and without the flags that a person may add.
    private static func filled(_ words: [String]) -> [String] {
        words.compactMap { word in
            let filled = word.replacing("{session_id}", with: "c1").replacing("{prompt}", with: "text").replacing(
                "{prompt_file}", with: "file")
            return filled.contains("{") ? nil : filled
        }
    }
}
