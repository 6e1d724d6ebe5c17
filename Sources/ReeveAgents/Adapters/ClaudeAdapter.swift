package import ReeveModel

extension LaunchAdapter {
    /// Claude Code. All that is used here is the same from 2.1.0 to 2.1.292.
    ///
    /// `--session-id` together with `--resume` or `--continue` is refused unless the conversation is forked
    /// (anthropics/claude-code issues 24934, 36588, 37304). A prompt behind a flag that takes many words (`--allowedTools`,
    /// `--add-dir`) is swallowed by it (issue 25978): so `--` stands before the prompt, and the tools are joined to their flag.
    /// `--permission-mode` has had other values too (`delegate` until April 2026, `default` is `manual` from 2.1.200); the ones
    /// used here never went.
    package static let claude = LaunchAdapter(
        name: "claude", program: "claude", version: VersionShape(after: "(Claude Code)"), supported: ToolVersion(2, 1, 0),
        newest: ToolVersion(2, 1, 292), asOf: "2026-10",
        sources: [
            "ckir/aiprofiles docs/evidence/claude-2.1.292.md (2026-10)",
            "mkusaka/ccconfig docs/claude_cli_reference.md (2.0.76, 2025-12-29)",
            "anthropics/claude-code CHANGELOG.md and the issues named above",
        ],
        ranges: [
            AdapterRange(
                from: ToolVersion(2, 1, 0), naming: .ours,
                start: AdapterForm(
                    ["claude", "--session-id", "{session_id}"] + AdapterForm.options + ["--", "{prompt}"], prompt: .argument),
                resume: AdapterForm(
                    ["claude", "--resume", "{session_id}"] + AdapterForm.options + ["--", "{prompt}"], prompt: .argument),
                headless: AdapterForm(
                    ["claude", "--print", "--output-format", "json", "--session-id", "{session_id}"] + AdapterForm.options,
                    prompt: .stdin),
                model: ["--model", "{model}"],
                permission: [
                    .standard: [], .plan: ["--permission-mode", "plan"], .acceptEdits: ["--permission-mode", "acceptEdits"],
                    // Asks once for confirmation with the cursor on No, and is refused to root without IS_SANDBOX=1.
                    .delegate: ["--dangerously-skip-permissions"],
                ],
                tools: .each("--allowedTools"),
                flags: [
                    AdapterFlag("--session-id", role: .form), AdapterFlag("--resume", "-r", role: .form),
                    AdapterFlag("--continue", "-c", role: .form), AdapterFlag("--fork-session", role: .form),
                    AdapterFlag("--from-pr", role: .form), AdapterFlag("--teleport", role: .form),
                    AdapterFlag("--print", "-p", role: .form), AdapterFlag("--output-format", role: .form),
                    AdapterFlag("--bg", "--background", role: .form), AdapterFlag("--model", role: .model),
                    AdapterFlag("--permission-mode", role: .permission),
                    AdapterFlag("--dangerously-skip-permissions", role: .permission),
                    AdapterFlag("--allowedTools", "--allowed-tools", role: .tools, repeats: true),
                    AdapterFlag("--tmux", role: .other), AdapterFlag("--worktree", "-w", role: .other),
                ],
                pairs: [FlagPair("--permission-mode", "--dangerously-skip-permissions")])
        ],
        variables: [
            ProviderVariable("ANTHROPIC_API_KEY", "key of the Anthropic API", isSecret: true),
            ProviderVariable("ANTHROPIC_AUTH_TOKEN", "token for a gateway", isSecret: true),
            ProviderVariable("CLAUDE_CODE_OAUTH_TOKEN", "token of a subscription", isSecret: true),
            ProviderVariable("ANTHROPIC_BASE_URL", "address of another server"),
            ProviderVariable("ANTHROPIC_MODEL", "model where no flag names one"),
            ProviderVariable("CLAUDE_CODE_USE_BEDROCK", "1: Amazon Bedrock"),
            ProviderVariable("CLAUDE_CODE_USE_VERTEX", "1: Google Vertex"),
            ProviderVariable("CLAUDE_CODE_USE_FOUNDRY", "1: Microsoft Foundry"),
            ProviderVariable("CLAUDE_CONFIG_DIR", "where its settings and conversations are"),
        ])
}
