import ReeveModel
import ReeveWorkflows
import Testing

@Suite struct TypeFileTests {
    private func read(_ text: String) -> TypeFile.Reading { TypeFile.read(text, file: "t.toml", form: .toml) }

    @Test func `every key of a type is read`() throws {
        let reading = read(
            #"""
            name = "PAGE"
            title = "A page"
            mode = "paired"
            agent = "claude"
            fields = ["pr_url"]

            [[steps]]
            name = "draw"
            title = "Draw it"
            prompt = """
            Draw {{ title }}.
            """
            agent = "codex"
            review = "visual"
            on_reject = { goto_step = "fix", prompt = "Again: {{ feedback }}" }
            next_step = "check"
            outputs = ["code", "documentation"]
            allowed_tools = ["Bash(make:*)"]
            permission_mode = "acceptEdits"
            done_when = ["report", "artifacts"]
            artifact_patterns = ["site/{{ id }}/*.html"]
            visual = { url = "http://localhost:3000/{{ id }}", startup_command = "npm run dev", startup_timeout = "90s" }

            [[steps]]
            name = "check"
            prompt = "Check {{ steps.draw.summary }} {{ pr_url }}"
            done_when = "idle"
            last = true

            [[steps]]
            name = "fix"
            prompt = "Mend it"
            next_step = "draw"
            """#)
        #expect(reading.faults.map(\.spoken) == [])
        #expect(reading.notes.map(\.spoken) == [])
        let draw = WorkflowStep(
            name: "draw", title: "Draw it", prompt: "Draw {{ title }}.\n", agent: "codex", review: .visual,
            onReject: .init(step: "fix", prompt: "Again: {{ feedback }}"), next: "check", outputs: ["code", "documentation"],
            allowedTools: ["Bash(make:*)"], permissionMode: .acceptEdits, doneWhen: [.report, .artifacts],
            artifacts: ["site/{{ id }}/*.html"],
            visual: .init(command: "npm run dev", url: "http://localhost:3000/{{ id }}", timeout: .seconds(90)))
        let check = WorkflowStep(
            name: "check", title: "check", prompt: "Check {{ steps.draw.summary }} {{ pr_url }}", isLast: true, doneWhen: [.idle])
        let fix = WorkflowStep(name: "fix", title: "fix", prompt: "Mend it", next: "draw")
        #expect(
            reading.type
                == TicketType(
                    name: "PAGE", title: "A page", mode: .paired, agent: "claude", steps: [draw, check, fix], fields: ["pr_url"],
                    origin: "t.toml"))
    }

    @Test func `what is left out has its default`() throws {
        let type = try #require(read("name = \"X\"\nsteps = [{ name = \"s\", prompt = \"{{ prompt }}\" }]").type)
        #expect(
            type
                == TicketType(
                    name: "X", title: "X", mode: .autonomous, agent: nil,
                    steps: [WorkflowStep(name: "s", title: "s", prompt: "{{ prompt }}")], origin: "t.toml"))
        #expect(type.steps[0].doneWhen == [.report, .exit])
    }

    @Test func `a rejection without a step leads to the same one again`() throws {
        let type = try #require(
            read("name = \"X\"\n[[steps]]\nname = \"s\"\nprompt = \"p\"\nreview = \"plan\"\non_reject = { prompt = \"no\" }").type
        )
        #expect(type.steps[0].onReject == .init(step: "s", prompt: "no"))
    }

    @Test func `patterns alone make artifacts an end of the step`() throws {
        let type = try #require(read("name = \"X\"\n[[steps]]\nname = \"s\"\nprompt = \"p\"\nartifact_patterns = [\"a\"]").type)
        #expect(type.steps[0].doneWhen == [.report, .exit, .artifacts])
    }

    // MARK: Faults

    struct Wrong: Sendable, CustomTestStringConvertible {
        /// The lines of the first step's table, from line 4, after `name` and `prompt`.
        var step: String
        /// Instead of a whole file.
        var whole: String?
        var line: Int
        var path: String
        var says: String
        var hint: String?
        var testDescription: String { "\(path): \(says)" }

        init(_ step: String, line: Int = 5, _ path: String, _ says: String, hint: String? = nil) {
            self.step = step
            self.line = line
            self.path = path
            self.says = says
            self.hint = hint
        }

        init(whole: String, line: Int, _ path: String, _ says: String, hint: String? = nil) {
            self.init("", line: line, path, says, hint: hint)
            self.whole = whole
        }

        var text: String {
            whole
                ?? "name = \"X\"\n[[steps]]\nname = \"plan\"\nprompt = \"p\"\n\(step)\n[[steps]]\nname = \"code\"\nprompt = \"p\"\n"
        }
    }

    private static let step = "[[steps]]\nname = \"plan\"\nprompt = \"p\"\n"

    static let wrongs = [
        Wrong(
            "on_reject = { goto_step = \"cod\" }\nreview = \"plan\"", "steps[0].on_reject.goto_step", "no step 'cod'",
            hint: "code"),
        Wrong("next_step = \"deploy\"", "steps[0].next_step", "no step 'deploy'", hint: "the steps are plan, code"),
        Wrong("next_step = \"plan\"", "steps[0].next_step", "this type never ends: plan → plan", hint: "on_reject"),
        Wrong(
            whole: "name = \"X\"\n\(step)[[steps]]\nname = \"code\"\nprompt = \"p\"\nnext_step = \"plan\"", line: 8,
            "steps[1].next_step",
            "this type never ends: plan → code → plan"),
        Wrong(
            whole: "name = \"X\"\n\(step)last = true\n[[steps]]\nname = \"a\"\nprompt = \"p\"\nnext_step = \"a\"", line: 9,
            "steps[1].next_step", "this type never ends: a → a"),
        Wrong("next_step = \"code\"\nlast = true", "steps[0].next_step", "is the last and has a next one"),
        Wrong(whole: "name = \"X\"\n\(step)\(step)", line: 6, "steps[1].name", "a second step 'plan'"),
        Wrong(whole: "name = \"X\"\nsteps = []", line: 2, "steps", "a type without steps"),
        Wrong(whole: "name = \"X\"\n", line: 0, "steps", "is missing"), Wrong(whole: step, line: 0, "name", "is missing"),
        Wrong(whole: "name = \"a b\"\n\(step)", line: 1, "name", "'a b' cannot be a name", hint: "A-Z"),
        Wrong(whole: "name = 1\n\(step)", line: 1, "name", "expected a string, found an integer"),
        Wrong(
            whole: "name = \"X\"\n[[steps]]\nname = \"a.b\"\nprompt = \"p\"", line: 3, "steps[0].name", "'a.b' cannot be a name"),
        Wrong(whole: "name = \"X\"\n[[steps]]\nname = \"\"\nprompt = \"p\"", line: 3, "steps[0].name", "'' cannot be a name"),
        Wrong(whole: "name = \"X\"\n[[steps]]\nprompt = \"p\"", line: 2, "steps[0].name", "is missing"),
        Wrong(
            whole: "name = \"X\"\n[[steps]]\nname = \"a\"", line: 3, "steps[0].name", "the step has no prompt",
            hint: "{{ prompt }}"),
        Wrong(whole: "name = \"X\"\n[[steps]]\nname = \"a\"\nprompt = \" \\n\"", line: 4, "steps[0].prompt", "an empty text"),
        Wrong(
            whole: "name = \"X\"\nsteps = \"plan\"", line: 2, "steps", "expected a list of tables, found a string",
            hint: "[[steps]]"),
        Wrong(whole: "name = \"X\"\nsteps = [1]", line: 2, "steps[0]", "expected a table, found an integer"),
        Wrong(
            whole: "name = \"X\"\nmode = \"pair\"\n\(step)", line: 2, "mode", "'pair' is none of autonomous, paired",
            hint: "paired"),
        Wrong(whole: "name = \"X\"\ntitle = \"a\\nb\"\n\(step)", line: 2, "title", "control characters"),
        Wrong(whole: "name = \"X\"\nfields = [\"a b\"]\n\(step)", line: 2, "fields[0]", "'a b' cannot be a name"),
        Wrong(whole: "name = \"X\"\ntitel = \"x\"\n\(step)", line: 2, "titel", "unknown key", hint: "title"),
        Wrong(whole: "name = \"X\"\n\(step)visal = { }", line: 5, "steps[0].visal", "unknown key", hint: "visual"),
        Wrong(
            "done_when = [\"artifacts\"]", "steps[0].done_when", "'artifacts' without artifact_patterns",
            hint: "artifact_patterns"),
        Wrong(
            "done_when = \"report\"\nartifact_patterns = [\"a\"]", line: 6, "steps[0].artifact_patterns", "leaves out 'artifacts'"
        ),
        Wrong(
            "done_when = [\"reprot\"]", "steps[0].done_when[0]", "'reprot' is none of report, exit, artifacts, idle",
            hint: "report"),
        Wrong("done_when = []", "steps[0].done_when", "nothing ends"),
        Wrong("done_when = 3", "steps[0].done_when", "expected a string"),
        Wrong("artifact_patterns = [\"/etc/x\"]", "steps[0].artifact_patterns[0]", "not below the ticket's directory"),
        Wrong("artifact_patterns = [\"a/../../x\"]", "steps[0].artifact_patterns[0]", "not below the ticket's directory"),
        Wrong("artifact_patterns = [\"{{ title }}\"]", "steps[0].artifact_patterns[0]", "'title' may hold any text", hint: "id"),
        Wrong("review = \"visual\"", "steps[0].review", "a visual review without 'visual'", hint: "url"),
        Wrong("review = \"visual\"\nvisual = { }", line: 6, "steps[0].visual.url", "is missing"),
        Wrong(
            "review = \"visual\"\nvisual = { url = \"file:///x\" }", line: 6, "steps[0].visual.url", "no address of a web page"),
        Wrong(
            "review = \"visual\"\nvisual = { url = \"http://x\", startup_timeout = \"30\" }", line: 6,
            "steps[0].visual.startup_timeout",
            "'30' is no duration"),
        Wrong(
            "review = \"visual\"\nvisual = { url = \"http://x\", startup_command = \"a\\nb\" }", line: 6,
            "steps[0].visual.startup_command", "more than one line"),
        Wrong(
            "review = \"visual\"\nvisual = { url = \"http://x\", comand = \"a\" }", line: 6, "steps[0].visual.comand",
            "unknown key"),
        Wrong("review = \"plans\"", "steps[0].review", "'plans' is none of none, plan, visual, pr", hint: "plan"),
        Wrong("permission_mode = \"yolo\"", "steps[0].permission_mode", "'yolo' is none of default, plan, acceptEdits, delegate"),
        Wrong("outputs = [\"cde\"]", "steps[0].outputs[0]", "'cde' is none of plan, code,", hint: "code"),
        Wrong("allowed_tools = \"Bash\"", "steps[0].allowed_tools", "expected a list, found a string"),
        Wrong("agent = \"../x\"", "steps[0].agent", "'../x' cannot be a name"),
        Wrong("last = \"yes\"", "steps[0].last", "expected true or false, found a string"),
        Wrong("on_reject = \"plan\"", "steps[0].on_reject", "expected a table with goto_step, prompt"),
        Wrong(
            "on_reject = { prompt = \"{{ fedback }}\" }", "steps[0].on_reject.prompt", "unknown variable 'fedback'",
            hint: "feedback"),
        Wrong(
            whole: "name = \"X\"\n[[steps]]\nname = \"a\"\nprompt = \"\"\"\none\ntwo {{ titel }}\n\"\"\"", line: 6,
            "steps[0].prompt",
            "unknown variable 'titel'", hint: "title"),
        Wrong(
            whole: "name = \"X\"\n[[steps]]\nname = \"a\"\nprompt = \"one\\ntwo {{ titel }}\"", line: 4, "steps[0].prompt",
            "line 2 of the text: unknown variable 'titel'"),
        Wrong(
            whole: "name = \"X\"\n[[steps]]\nname = \"a\"\nprompt = \"{{#if title}}\"", line: 4, "steps[0].prompt",
            "is not closed"),
        Wrong(
            whole: "name = \"X\"\n[[steps]]\nname = \"a\"\nprompt = \"{{ steps.b.summary }}\"", line: 4, "steps[0].prompt",
            "unknown step 'b'"),
        Wrong(whole: "name = \"X\"\n[[steps]\n", line: 2, "", ""), Wrong(whole: "name = \"X\"\nname = \"Y\"\n", line: 2, "", ""),
        Wrong(whole: "name = \"a\u{0}b\"", line: 1, "", "a NUL character"),
    ]

    @Test(arguments: wrongs) func `what is wrong is said with file, line, path and what was meant`(row: Wrong) throws {
        let reading = read(row.text)
        #expect(reading.type == nil)
        #expect(reading.faults.count == 1, "\(reading.faults.map(\.spoken))")
        let fault = try #require(reading.faults.first)
        #expect(fault.file == "t.toml")
        #expect(fault.line == (row.line == 0 ? nil : row.line), "\(fault)")
        #expect(fault.path == row.path)
        #expect(fault.message.contains(row.says), "\(fault)")
        if let hint = row.hint { #expect(fault.hint?.contains(hint) == true, "\(fault)") }
    }

    @Test func `all that is wrong is said, in the order of the file`() {
        let reading = read("name = \"a b\"\nmoed = \"paired\"\n[[steps]]\nname = \"s\"\nprompt = \"{{ x1 }}\"\nreview = \"vis\"")
        #expect(reading.faults.map(\.path) == ["name", "moed", "steps[0].prompt", "steps[0].review"])
        #expect(reading.faults.map(\.line) == [1, 2, 5, 6])
        #expect(
            reading.faults.first?.spoken
                == "t.toml:1: name: 'a b' cannot be a name; 1 to 64 of A-Z a-z 0-9 _ . -, not starting with . or -")
        #expect(reading.faults.first?.error.path == "name")
    }

    @Test func `what a file says in vain is noted`() {
        let reading = read(
            """
            name = "X"
            [[steps]]
            name = "a"
            prompt = "p"
            on_reject = { goto_step = "a" }
            visual = { url = "http://x" }
            last = true
            [[steps]]
            name = "b"
            prompt = "p"
            """)
        #expect(reading.type != nil)
        #expect(
            reading.notes.map(\.spoken) == [
                "t.toml:5: steps[0].on_reject: never used: nobody reviews this step",
                "t.toml:6: steps[0].visual: never used: the review is not 'visual'",
                "t.toml:8: steps[1]: no way leads to the step 'b'",
            ])
    }

    @Test func `what a file says does not move the terminal of who reads the complaint`() {
        let odd = "\\u001b[31m\\u202e"
        let reading = read(
            "name = \"\(odd)\"\n\"\(odd)\" = 1\nmode = \"\(odd)\"\n[[steps]]\nname = \"s\"\nprompt = \"p\"\nnext_step = \"\(odd)\""
        )
        #expect(reading.faults.count == 4)
        for fault in reading.faults { #expect(!fault.spoken.unicodeScalars.contains { InertText.isActive($0) }) }
    }

    @Test func `a type has at most 64 steps`() {
        func steps(_ count: Int) -> String {
            "name = \"X\"\n" + (0..<count).map { "[[steps]]\nname = \"s\($0)\"\nprompt = \"p\"\n" }.joined()
        }
        #expect(read(steps(64)).type?.steps.count == 64)
        #expect(read(steps(65)).faults.map(\.message) == ["65 steps; at most 64 make a type"])
    }

    @Test func `steps are counted as the file counts them even when one of them is wrong`() {
        let reading = read(
            "name = \"X\"\n[[steps]]\nname = \"a\"\nprompt = \"p\"\n[[steps]]\nname = 1\nprompt = \"p\"\n[[steps]]\nname = \"c\"\nprompt = 2"
        )
        #expect(reading.faults.map(\.path) == ["steps[1].name", "steps[2].prompt"])
    }
}
