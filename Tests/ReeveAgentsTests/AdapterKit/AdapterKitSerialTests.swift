import Foundation
import ReeveAgents
import ReeveModel
import ReeveTestSupport
import Testing

/// Every launch line that Reeve can make is given to a stand-in for the program of that version, as a real process.
@Suite(.serialized) struct AdapterKitSerialTests {
    @Test func `every table has its stand-in, and every stand-in its table`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(StandIn.directory)/Tools")
        #expect(Set(files) == Set(StandIn.all.map(\.name)))
        for adapter in ShippedAdapters.all {
            for range in adapter.ranges where range.from >= adapter.supported {
                let known = StandIn.all.contains { $0.tool == adapter.name && adapter.range(of: $0.version) == range }
                // Pi before 1.0 has no page of its own.
                #expect(known || (adapter.name == "pi" && range.from.major == 0), "\(adapter.name) from \(range.from)")
            }
        }
    }

    @Test(arguments: StandIn.all) func `a table says its version, its source, and that the real program was not run`(
        standIn: StandIn
    ) throws {
        let lines = try String(contentsOfFile: standIn.path, encoding: .utf8).split(separator: "\n").prefix(3)
        #expect(lines.first?.hasPrefix("# \(standIn.tool) \(standIn.version)") == true)
        #expect(lines.contains { $0.hasPrefix("# Sources: ") && $0.count > 20 })
        #expect(lines.contains { $0.contains("The real program was not run") })
    }

    @Test(arguments: StandIn.all) func `every launch is taken or refused beforehand`(standIn: StandIn) async throws {
        try await Scratch.with { scratch in
            let file = "\(scratch.path)/prompt"
            try (Trial.prompt + "\n").write(toFile: file, atomically: true, encoding: .utf8)
            let range = try #require(try standIn.kind.adapter?.range(of: standIn.version))
            var taken = 0
            for form in LaunchPlan.Form.allCases {
                for permission in WorkflowStep.PermissionMode.allCases {
                    for wishes in [
                        LaunchWishes(permission: permission), LaunchWishes(model: "m/large {x}", permission: permission),
                        LaunchWishes(permission: permission, tools: ["Read", "Bash(git log *)"]),
                    ] {
                        let trial = Trial(standIn: standIn, form: form, wishes: wishes)
                        let isPossible =
                            range.form(form) != nil && range.permissions(form)[permission] != nil
                            && (wishes.tools.isEmpty || range.tools != nil)
                            // Pi's plan mode is a list of tools itself.
                            && !(standIn.tool == "pi" && permission == .plan && !wishes.tools.isEmpty)
                        guard isPossible else {
                            let error = #expect(throws: ReeveError.self) { try trial.plan() }
                            #expect(error?.message.isEmpty == false && error?.hint != nil, "\(form) \(permission)")
                            continue
                        }
                        try await expectTaken(trial, file: file)
                        taken += 1
                    }
                }
            }
            #expect(taken >= 8)
        }
    }

    private func expectTaken(_ trial: Trial, file: String) async throws {
        let (plan, line) = try trial.plan(file: file)
        #expect(plan.arguments.first == trial.standIn.tool)
        let run = await trial.standIn.run(plan.arguments.dropFirst(), input: plan.promptIsStandardInput ? file : "/dev/null")
        let told = "\(plan.arguments): \(run.errors)"
        #expect(run.code == 0, "\(told)")
        let said = Set(run.text.split(separator: "\n").map(String.init))
        // The prompt arrives whole, once, and as a prompt.
        let ways = said.filter { $0.hasSuffix(" \(Trial.prompt)") }
        let isFile = plan.arguments.contains(file)
        #expect(ways.count + (plan.paste == nil ? 0 : 1) + (isFile ? 1 : 0) == 1, "\(told) \(said)")
        if let way = ways.first {
            let expected = ["word ", "stdin ", "flag --prompt ", "flag --prompt-interactive "].contains { way.hasPrefix($0) }
            #expect(expected, "\(way)")
        }
        if line.isNamedByUs || trial.form == .resume {
            #expect(said.contains { $0.hasSuffix(" \(Trial.conversation)") }, "\(told)")
        }
        if let model = trial.wishes.model { #expect(said.contains { $0.hasSuffix(" \(model)") }, "\(told)") }
    }

    @Test(arguments: StandIn.all) func `a launch without a prompt leaves no empty word and no lone separator`(
        standIn: StandIn
    ) async throws {
        for form in LaunchPlan.Form.allCases {
            let trial = Trial(standIn: standIn, form: form)
            guard let plan = try? trial.plan(prompt: nil).0 else { continue }
            #expect(!plan.arguments.contains("") && plan.arguments.last != "--" && plan.paste == nil)
            #expect(!plan.arguments.contains { $0.hasSuffix("prompt=") || $0.hasSuffix("interactive=") })
            let run = await standIn.run(plan.arguments.dropFirst())
            #expect(run.code == 0, "\(plan.arguments): \(run.errors)")
        }
    }

    /// What the programs refuse, Reeve refuses before; and the stand-ins do refuse, so that the tests above can fail.
    @Test(arguments: Contradiction.all) func `what the program refuses is refused beforehand`(row: Contradiction) async throws {
        let trial = Trial(
            standIn: row.standIn, form: row.form, wishes: LaunchWishes(permission: row.permission, flags: row.flags))
        let error = #expect(throws: ReeveError.self) { try trial.plan() }
        #expect(error?.kind == .conflict && error?.hint != nil)
        let plain = try Trial(standIn: row.standIn, form: row.form, wishes: LaunchWishes(permission: row.permission)).plan().0
        let words = plain.arguments.dropFirst()
        let split = words.lastIndex { $0 == "--" || $0.hasPrefix("--prompt") } ?? words.endIndex
        let run = await row.standIn.run(words[..<split] + row.flags + words[split...])
        #expect(run.code != 0 && !run.errors.isEmpty, "\(words[..<split] + row.flags)")
    }

    struct Contradiction: Sendable {
        var standIn: StandIn
        var form: LaunchPlan.Form
        var permission: WorkflowStep.PermissionMode
        var flags: [String]

        init(
            _ standIn: StandIn, _ form: LaunchPlan.Form = .start, _ permission: WorkflowStep.PermissionMode = .standard,
            _ flags: String...
        ) {
            self.standIn = standIn
            self.form = form
            self.permission = permission
            self.flags = flags
        }

        static let claude = StandIn("claude", 2, 1, 292)
        static let codex = StandIn("codex", 0, 160, 1)
        static let gemini = StandIn("gemini", 0, 61, 0)
        static let pi = StandIn("pi", 1, 0, 4)
        static let all: [Contradiction] = [
            Contradiction(claude, .start, .standard, "--resume", "x"), Contradiction(claude, .start, .standard, "-c"),
            Contradiction(claude, .headless, .standard, "--output-format=stream-json"),
            Contradiction(codex, .headless, .standard, "--ask-for-approval", "never"),
            Contradiction(codex, .headless, .standard, "--search"),
            Contradiction(codex, .start, .standard, "--sandbox", "read-only", "--approve-for-me"),
            Contradiction(codex, .resume, .plan, "--not-so-yolo"), Contradiction(codex, .start, .delegate, "-a", "never"),
            Contradiction(gemini, .start, .plan, "--yolo"), Contradiction(gemini, .start, .standard, "--resume", "latest"),
            Contradiction(gemini, .start, .standard, "-p", "x"), Contradiction(pi, .start, .standard, "--continue"),
            Contradiction(pi, .start, .standard, "--session", "x"),
            Contradiction(StandIn("opencode", 1, 18, 31), .start, .standard, "--session", "x"),
            Contradiction(StandIn("opencode", 2, 0, 18), .start, .standard, "--agent", "plan"),
        ]
    }

    @Test(arguments: StandIn.all) func `a stand-in refuses an unknown flag and a value that is missing`(standIn: StandIn) async {
        let unknown = await standIn.run(["--no-such-flag"])
        #expect(unknown.code != 0 && unknown.errors.contains("no-such-flag"))
        let model = standIn.tool == "amp" ? "--mode" : "--model"
        #expect(await standIn.run([model]).code != 0)
        #expect(await standIn.run([model, "--version"]).code != 0)
    }

    @Test(arguments: StandIn.all) func `the check finds nothing wrong with the programs that it is made for`(standIn: StandIn)
        async throws
    {
        let adapter = try #require(try standIn.kind.adapter)
        let probes = AdapterCheck.probes(adapter)
        let version = await standIn.run(probes[0].dropFirst())
        var helps: [[String]: String] = [:]
        for probe in probes.dropFirst() {
            let run = await standIn.run(probe.dropFirst())
            #expect(run.code == 0, "\(probe)")
            helps[Array(probe.dropFirst().dropLast())] = run.text
        }
        let check = AdapterCheck(adapter, version: version.text, helps: helps)
        #expect(check.version == standIn.version)
        #expect(check.isFine, "\(check.findings)")
        let isOld = standIn.version < adapter.supported
        #expect(check.findings == (isOld ? [.unsupported(standIn.version, supported: adapter.supported)] : []))
    }
}
