package import ReeveModel

extension LaunchAdapter {
    /// Pi. `--session-id` opens or makes exactly this conversation and is refused with `--session`, `--continue` and `--resume`
    /// (earendil-works/pi packages/coding-agent/docs/cli.md). It never asks, so the default and `delegate` are alike; plan
    /// means tools that only read.
    ///
    /// When `--` came is not pinned, so before 1.0 the prompt is pasted; an `@` at its beginning would be taken for a file.
    package static let pi = LaunchAdapter(
        name: "pi", program: "pi", version: VersionShape(), supported: ToolVersion(0, 79, 0), newest: ToolVersion(1, 0, 4),
        asOf: "2026-10",
        sources: [
            "earendil-works/pi packages/coding-agent/docs/cli.md (138771cd), src/cli/args.ts (05ec23f8)",
            "GeiserX/unsent docs/research/pi.md (0.87.1, 2026-09-26)",
        ],
        ranges: [range(from: ToolVersion(0, 79, 0), takesPrompt: false), range(from: ToolVersion(1, 0, 0), takesPrompt: true)],
        variables: [
            ProviderVariable("ANTHROPIC_API_KEY", "key of the Anthropic API", isSecret: true),
            ProviderVariable("ANTHROPIC_OAUTH_TOKEN", "token of a subscription", isSecret: true),
            ProviderVariable("OPENAI_API_KEY", "key of the OpenAI API", isSecret: true),
            ProviderVariable("GEMINI_API_KEY", "key of the Gemini API", isSecret: true),
            ProviderVariable("PI_CODING_AGENT_DIR", "where its settings and conversations are"),
        ])

    private static func range(from: ToolVersion, takesPrompt: Bool) -> AdapterRange {
        let prompt = takesPrompt ? ["--", "{prompt}"] : []
        let delivery: AgentKind.PromptDelivery = takesPrompt ? .argument : .paste
        return AdapterRange(
            from: from, naming: .ours,
            start: AdapterForm(
                ["pi", "--session-id", "{session_id}"] + AdapterForm.options + prompt, prompt: delivery, pastesBeginnings: ["@"]),
            resume: AdapterForm(
                ["pi", "--session", "{session_id}"] + AdapterForm.options + prompt, prompt: delivery, pastesBeginnings: ["@"]),
            headless: AdapterForm(
                ["pi", "--session-id", "{session_id}"] + AdapterForm.options + ["--print", "--mode", "json"], prompt: .stdin),
            model: ["--model", "{model}"], permission: [.standard: [], .plan: ["--tools", "read,grep,find,ls"], .delegate: []],
            tools: .joined("--tools"),
            flags: [
                AdapterFlag("--session-id", role: .form), AdapterFlag("--session", role: .form),
                AdapterFlag("--continue", "-c", role: .form), AdapterFlag("--resume", "-r", role: .form),
                AdapterFlag("--fork", role: .form), AdapterFlag("--no-session", role: .form),
                AdapterFlag("--print", "-p", role: .form), AdapterFlag("--mode", role: .form),
                AdapterFlag("--model", role: .model), AdapterFlag("--tools", "-t", role: .tools),
                AdapterFlag("--no-tools", "-nt", role: .tools),
            ],
            pairs: [FlagPair("--tools", "--no-tools")])
    }
}
