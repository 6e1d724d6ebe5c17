package import ReeveModel

extension LaunchAdapter {
    /// OpenCode. It names its conversations itself. A prompt that comes with `--session` is dropped without a word
    /// (anomalyco/opencode issues 14349, 37536, 48113), so a continued conversation is pasted to.
    ///
    /// The same word `opencode` is 1.x and 2.x. 2.x has no `--agent` in its interactive form (issue 50530), so no plan mode
    /// there.
    package static let opencode = LaunchAdapter(
        name: "opencode", program: "opencode", version: VersionShape(before: ["opencode2 v", "opencode v", "v", ""]),
        supported: ToolVersion(1, 18, 0), newest: ToolVersion(2, 0, 18), asOf: "2026-09",
        sources: [
            "anomalyco/opencode packages/opencode/src/cli/cmd/run.ts and tui.ts, packages/cli/src/commands/commands.ts",
            "a recursive help of late 1.18 (2026-09-05)", "corveil/crow PR 549 (2026-07-01) for 1.17",
        ],
        ranges: [
            range(
                from: ToolVersion(1, 4, 0), permission: [.standard: [], .plan: ["--agent", "plan"]],
                headlessPermission: [
                    .standard: [], .plan: ["--agent", "plan"], .delegate: ["--dangerously-skip-permissions"],
                ]),
            // `--auto` was seen in 1.18.27; its first version is not pinned.
            range(
                from: ToolVersion(1, 18, 0),
                permission: [.standard: [], .plan: ["--agent", "plan"], .delegate: ["--auto"]]),
            range(
                from: ToolVersion(2, 0, 0), permission: [.standard: [], .delegate: ["--auto"]],
                headlessPermission: [.standard: [], .plan: ["--agent", "plan"], .delegate: ["--auto"]], startLacks: ["--agent"]),
        ],
        variables: [
            ProviderVariable("ANTHROPIC_API_KEY", "key of the Anthropic API", isSecret: true),
            ProviderVariable("OPENAI_API_KEY", "key of the OpenAI API", isSecret: true),
            ProviderVariable("GEMINI_API_KEY", "key of the Gemini API", isSecret: true),
            ProviderVariable("OPENROUTER_API_KEY", "key of OpenRouter", isSecret: true),
            ProviderVariable("OPENCODE_CONFIG", "a settings file (1.x)"),
        ])

    private static func range(
        from: ToolVersion, permission: [WorkflowStep.PermissionMode: [String]],
        headlessPermission: [WorkflowStep.PermissionMode: [String]]? = nil, startLacks: [String] = []
    ) -> AdapterRange {
        AdapterRange(
            from: from, naming: .itsOwn,
            start: AdapterForm(
                ["opencode"] + AdapterForm.options + ["--prompt={prompt}"], prompt: .argument, lacks: startLacks),
            resume: AdapterForm(
                ["opencode", "--session", "{session_id}"] + AdapterForm.options, prompt: .paste, lacks: startLacks),
            headless: AdapterForm(
                ["opencode", "run", "--format", "json"] + AdapterForm.options, prompt: .stdin, command: ["run"]),
            model: ["--model", "{model}"], permission: permission, headlessPermission: headlessPermission,
            flags: [
                AdapterFlag("--session", "-s", role: .form), AdapterFlag("--continue", "-c", role: .form),
                AdapterFlag("--fork", role: .form), AdapterFlag("--prompt", role: .form), AdapterFlag("--format", role: .form),
                AdapterFlag("--mini", role: .form), AdapterFlag("--model", "-m", role: .model),
                AdapterFlag("--agent", role: .permission),
                AdapterFlag("--auto", role: .permission),
                AdapterFlag("--dangerously-skip-permissions", role: .permission),
            ])
    }
}
