import ReeveAgents
import ReeveModel
import ReeveTestSupport
import Testing

@Suite struct LaunchLineTests {
    private static let id = "5f2b7c1e-9a40-4a57-9d5c-0a4f0c1d2e3f"

    private func line(
        _ kind: AgentKind, _ form: LaunchPlan.Form = .start, _ version: ToolVersion? = nil, wishes: LaunchWishes = LaunchWishes(),
        conversation: String? = id
    ) throws -> LaunchLine {
        try LaunchLine(kind: kind, form: form, installed: version, wishes: wishes, conversation: conversation)
    }

    private func plan(_ kind: AgentKind, _ line: LaunchLine, _ form: LaunchPlan.Form = .start, prompt: String? = "do it")
        -> LaunchPlan
    {
        LaunchPlan(
            kind: kind, form: form, ticket: Samples.id("T"), conversation: Self.id, project: "/w", prompt: prompt,
            promptFile: "/p",
            line: line)
    }

    private func own(_ start: [String], adapter: LaunchAdapter? = .claude) -> AgentKind {
        AgentKind(name: "mine", start: start, prompt: .argument, adapter: adapter, own: [.start])
    }

    @Test func `what is asked for comes as whole arguments before the prompt`() throws {
        let wishes = LaunchWishes(
            model: "opus", permission: .plan, tools: ["Bash(git log *)", "Read"], flags: ["--add-dir=/a b", "--effort", "high"])
        let line = try line(.claude, .start, ToolVersion(2, 1, 292), wishes: wishes)
        #expect(
            plan(.claude, line).arguments == [
                "claude", "--session-id", Self.id, "--model", "opus", "--permission-mode", "plan",
                "--allowedTools=Bash(git log *)", "--allowedTools=Read", "--add-dir=/a b", "--effort", "high", "--", "do it",
            ])
        #expect(line.notes.isEmpty && line.isNamedByUs)
    }

    @Test func `a value is never expanded again`() throws {
        let line = try line(.claude, wishes: LaunchWishes(model: "{prompt}", tools: ["{ticket}"], flags: ["--name={project}"]))
        let arguments = plan(.claude, line).arguments
        #expect(arguments.contains("{prompt}") && arguments.contains("--allowedTools={ticket}"))
        #expect(arguments.contains("--name={project}"))
    }

    // MARK: - Versions

    @Test(
        arguments: [
            (.claude, "2.1.292 (Claude Code)", ToolVersion(2, 1, 292)), (.claude, "2.1.292", nil),
            (.codex, "codex-cli 0.160.1", ToolVersion(0, 160, 1)), (.codex, "codex-cli 0.161.0-alpha.2", ToolVersion(0, 161, 0)),
            (.gemini, "0.61.0\n", ToolVersion(0, 61, 0)), (.gemini, "warning: old node\n0.61.0", ToolVersion(0, 61, 0)),
            (.opencode, "1.18.31", ToolVersion(1, 18, 31)), (.opencode, "opencode v2.0.18", ToolVersion(2, 0, 18)),
            (.amp, "0.0.1790452833-gea4e33 (released 2026-09-26)", ToolVersion(0, 0, 1_790_452_833)),
            (.aider, "aider 0.86.2", ToolVersion(0, 86, 2)), (.pi, "1.0.4", ToolVersion(1, 0, 4)), (.pi, "pi 1.0.4", nil),
            (.gemini, "0.61", nil), (.gemini, "0.61.0.1", nil), (.gemini, "0.99999999999999999999.0", nil), (.gemini, "", nil),
        ] as [(LaunchAdapter, String, ToolVersion?)])
    func `a version is read in the shape of its program`(adapter: LaunchAdapter, text: String, version: ToolVersion?) {
        #expect(adapter.version.read(text) == version)
    }

    @Test func `versions are compared as numbers`() {
        #expect(ToolVersion(2, 1, 9) < ToolVersion(2, 1, 112) && ToolVersion(1, 999, 0) < ToolVersion(2, 0, 0))
        #expect(ToolVersion("1.2.3")?.description == "1.2.3" && ToolVersion("1.+2.3") == nil && ToolVersion("-1.2.3") == nil)
    }

    @Test func `the ranges of an adapter go upwards and end at a version that is known`() {
        for adapter in ShippedAdapters.all {
            let starts = adapter.ranges.map(\.from)
            #expect(starts == starts.sorted() && Set(starts).count == starts.count && !starts.isEmpty)
            #expect(adapter.ranges.allSatisfy { $0.from <= adapter.newest } && adapter.supported <= adapter.newest)
            #expect(!adapter.sources.isEmpty && adapter.asOf.count == 7)
            #expect(adapter.ranges.allSatisfy { $0.permission[.standard] == [] })
        }
    }

    @Test func `an unknown version is started as the newest, and that is noted`() throws {
        let line = try line(.claude)
        #expect(line.notes == ["the version of claude is not known; it is started as 2.1.292"])
    }

    @Test func `a version that is too old is refused with what to do`() throws {
        let error = #expect(throws: ReeveError.self) { try line(.claude, .start, ToolVersion(2, 0, 5)) }
        #expect(error?.message == "claude 2.0.5 is too old: how to start it is known from 2.1.0 on")
        #expect(error?.hint == "update claude, or write start in [agents.claude] yourself")
    }

    @Test func `an older version than promised is started, and that is noted`() throws {
        let line = try line(.codex, .start, ToolVersion(0, 120, 0))
        #expect(line.notes == ["codex 0.120.0 is older than 0.149.0, the oldest that Reeve promises to start"])
    }

    // MARK: - What cannot be had

    @Test(arguments: [
        (
            AgentKind.amp, ToolVersion(0, 0, 1_790_452_833), LaunchWishes(permission: .plan),
            "amp 0.0.1790452833 has no permission mode 'plan'"
        ),
        (.opencode, ToolVersion(2, 0, 18), LaunchWishes(permission: .plan), "opencode 2.0.18 has no permission mode 'plan'"),
        (
            .opencode, ToolVersion(1, 17, 10), LaunchWishes(permission: .delegate),
            "opencode 1.17.10 has no permission mode 'delegate'"
        ),
        (
            .aider, ToolVersion(0, 86, 2), LaunchWishes(permission: .acceptEdits),
            "aider 0.86.2 has no permission mode 'acceptEdits'"
        ),
        (.codex, ToolVersion(0, 160, 1), LaunchWishes(tools: ["Read"]), "codex 0.160.1 cannot be told on its command line"),
        (.pi, ToolVersion(1, 0, 4), LaunchWishes(tools: ["a,b"]), "'a,b' in allowed_tools"),
        (.pi, ToolVersion(1, 0, 4), LaunchWishes(permission: .plan, tools: ["read"]), "--tools would be sent to pi 1.0.4 twice"),
        (.claude, ToolVersion(2, 1, 292), LaunchWishes(model: "--print"), "is no name of a model"),
        (.claude, ToolVersion(2, 1, 292), LaunchWishes(model: ""), "is no name of a model"),
        (
            .claude, ToolVersion(2, 1, 292), LaunchWishes(model: "opus", flags: ["--model=haiku"]),
            "contradicts the delegator's model"
        ),
        (
            .claude, ToolVersion(2, 1, 292), LaunchWishes(permission: .plan, flags: ["--permission-mode", "auto"]),
            "contradicts permission_mode plan"
        ),
        (
            .claude, ToolVersion(2, 1, 292), LaunchWishes(flags: ["--permission-mode=plan", "--dangerously-skip-permissions"]),
            "does not take --permission-mode together"
        ),
        (.claude, ToolVersion(2, 1, 292), LaunchWishes(flags: ["--verbose", "a", "b"]), "would be taken for the prompt"),
        (.claude, ToolVersion(2, 1, 292), LaunchWishes(flags: ["hello"]), "would be taken for the prompt"),
        (.claude, ToolVersion(2, 1, 292), LaunchWishes(flags: ["--add-dir=/a", "x"]), "would be taken for the prompt"),
        (.claude, ToolVersion(2, 1, 292), LaunchWishes(flags: ["--"]), "'--' is no flag"),
        (.claude, ToolVersion(2, 1, 292), LaunchWishes(flags: [""]), "is no flag"),
        (.claude, ToolVersion(2, 1, 292), LaunchWishes(flags: ["--x=\u{1B}[2J"]), "is no flag"),
        (.aider, ToolVersion(0, 86, 2), LaunchWishes(flags: ["--gitignore"]), "does not take --no-gitignore together"),
    ])
    func `what cannot be had is refused, with what to do`(
        kind: AgentKind, version: ToolVersion, wishes: LaunchWishes, message: String
    ) {
        let error = #expect(throws: ReeveError.self) { try line(kind, .start, version, wishes: wishes) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "nothing")")
        #expect(error?.kind == .conflict)
    }

    @Test func `a flag that may be repeated is`() throws {
        let flags = ["-c", "a=1", "-c", "b=2", "--add-dir", "/a", "--add-dir", "/b"]
        let line = try line(.codex, wishes: LaunchWishes(flags: flags))
        #expect(plan(.codex, line).arguments == ["codex"] + flags + ["--", "do it"])
    }

    @Test func `the user's own permission flag goes where no mode is asked for`() throws {
        let line = try line(.codex, wishes: LaunchWishes(flags: ["--sandbox", "workspace-write", "--ask-for-approval", "never"]))
        #expect(plan(.codex, line).arguments.count == 7)
    }

    // MARK: - Conversations

    @Test(arguments: ["-x", "", "a b", "../x", "a\nb", String(repeating: "a", count: 129), "ä"])
    func `an id that is no plain word never becomes one of a command line`(id: String) {
        #expect(throws: ReeveError.self) { try line(.codex, .resume, ToolVersion(0, 160, 1), conversation: id) }
    }

    @Test func `a program that names its conversations itself is continued once its id is known`() throws {
        #expect(!AgentKind.codex.canResume(nil, installed: nil) && AgentKind.codex.canResume("x", installed: nil))
        #expect(!AgentKind.aider.canResume("x", installed: nil) && AgentKind.claude.canResume("x", installed: nil))
        let line = try line(.codex, .resume, ToolVersion(0, 160, 1), conversation: "019a-b")
        #expect(!line.isNamedByUs)
        let error = #expect(throws: ReeveError.self) { try self.line(.codex, .resume, conversation: nil) }
        #expect(error?.message.contains("has no id that Reeve knows") == true)
    }

    @Test func `a program without conversations is not continued`() {
        let error = #expect(throws: ReeveError.self) { try line(.aider, .resume, ToolVersion(0, 86, 2)) }
        #expect(error?.message == "aider 0.86.2 cannot continue a conversation that is named")
    }

    @Test func `a continued OpenCode is pasted to, because it drops a prompt that comes with a session`() throws {
        let line = try line(.opencode, .resume, ToolVersion(1, 18, 31), conversation: "ses_1")
        #expect(plan(.opencode, line, .resume).paste == "do it")
    }

    @Test func `a prompt that Pi would take for a file is pasted`() throws {
        let line = try line(.pi, .start, ToolVersion(1, 0, 4))
        let plan = plan(.pi, line, prompt: "@notes are wrong")
        #expect(plan.paste == "@notes are wrong" && plan.arguments == ["pi", "--session-id", Self.id])
    }

    @Test func `a prompt longer than an argument may be is pasted, and nothing of it is left in the words`() throws {
        let long = String(repeating: "y", count: LaunchPlan.longestArgument + 1)
        for kind in [AgentKind.claude, .codex, .gemini, .opencode] {
            let line = try line(kind)
            let plan = plan(kind, line, prompt: long)
            let silent = self.plan(kind, line, prompt: nil)
            #expect(plan.paste == long && plan.arguments == silent.arguments)
        }
    }

    // MARK: - The user's own words

    @Test func `the user's own words win and get only what they name`() throws {
        let kind = own(["claude", "{permission_flags}", "{model_flags}", "{tool_flags}", "{extra_flags}", "{prompt}"])
        let wishes = LaunchWishes(model: "opus", permission: .acceptEdits, tools: ["Read"], flags: ["--verbose"])
        let line = try line(kind, wishes: wishes)
        #expect(
            plan(kind, line).arguments == [
                "claude", "--permission-mode", "acceptEdits", "--model", "opus", "--allowedTools=Read", "--verbose", "do it",
            ])
        let plain = try self.line(kind)
        #expect(plan(kind, plain).arguments == ["claude", "do it"])
    }

    @Test func `what a step asks for and the user's words do not name is noted`() throws {
        let line = try line(own(["claude"]), wishes: LaunchWishes(permission: .plan, tools: ["Read"]))
        #expect(
            line.notes == [
                "permission_mode plan is not sent: start in [agents.mine] does not name {permission_flags}",
                "allowed_tools is not sent: start in [agents.mine] does not name {tool_flags}",
            ])
    }

    @Test(arguments: [
        (LaunchWishes(model: "opus"), LaunchAdapter?.some(.claude), "add \"{model_flags}\" to start, as an item of its own"),
        (LaunchWishes(flags: ["--verbose"]), .some(.claude), "add \"{extra_flags}\" to start, as an item of its own"),
        (LaunchWishes(model: "opus"), nil, "no flags of mine are known: write it into start itself"),
        (LaunchWishes(flags: ["--verbose"]), nil, "add \"{extra_flags}\" to start, as an item of its own"),
    ])
    func `what a delegator asks for and the user's words do not name is refused`(
        wishes: LaunchWishes, adapter: LaunchAdapter?, hint: String
    ) {
        let error = #expect(throws: ReeveError.self) { try line(own(["claude"], adapter: adapter), wishes: wishes) }
        #expect(error?.hint == hint)
    }

    @Test func `the user's own words are contradicted by nothing that is put into them`() {
        let kind = own(["claude", "--permission-mode", "default", "{permission_flags}"])
        #expect(throws: ReeveError.self) { try line(kind, wishes: LaunchWishes(permission: .plan)) }
        #expect(throws: Never.self) { try line(kind) }
    }

    @Test func `an agent without an adapter gets the user's flags and nothing else`() throws {
        let kind = own(["x", "{extra_flags}", "{permission_flags}"], adapter: nil)
        let line = try line(kind, wishes: LaunchWishes(permission: .plan, flags: ["-v"]))
        #expect(plan(kind, line).arguments == ["x", "-v", "do it"])
        #expect(line.notes == ["permission_mode plan is not sent: no flags of mine are known"])
    }

    @Test func `the user's word on how the prompt goes counts for the words that ship`() throws {
        var kind = AgentKind.claude
        kind.prompt = .paste
        kind.own = [.prompt]
        let plan = plan(kind, try line(kind))
        #expect(plan.paste == "do it" && plan.arguments == ["claude", "--session-id", Self.id])
    }
}
