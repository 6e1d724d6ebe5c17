package import ReeveModel

extension LaunchAdapter {
    /// Aider. It has no conversations with an id, only one history file for each directory, so none is continued. `--message`
    /// runs one prompt and leaves (Aider-AI/aider aider/args.py); for a conversation the prompt is pasted.
    ///
    /// The fixed flags keep it from asking at its start about updates, release notes, models, analytics and .gitignore: a
    /// question there would take the prompt for its answer.
    package static let aider = LaunchAdapter(
        name: "aider", program: "aider", version: VersionShape(before: ["aider "]), supported: ToolVersion(0, 80, 0),
        newest: ToolVersion(0, 86, 2), asOf: "2026-10",
        sources: [
            "Aider-AI/aider aider/args.py, website/docs/config/options.md",
            "ckir/aiprofiles docs/evidence/aider-0.86.2.md (2026-10)",
        ],
        ranges: [
            AdapterRange(
                from: ToolVersion(0, 80, 0), naming: .none,
                start: AdapterForm(["aider"] + quiet + AdapterForm.options, prompt: .paste), resume: nil,
                headless: AdapterForm(
                    ["aider"] + quiet + ["--no-pretty", "--no-stream"] + AdapterForm.options + [
                        "--message-file", "{prompt_file}",
                    ],
                    prompt: .argument),
                model: ["--model", "{model}"],
                permission: [
                    .standard: [], .plan: ["--chat-mode", "ask"],
                    // Suggested shell commands are still not run by it.
                    .delegate: ["--yes-always"],
                ],
                flags: [
                    AdapterFlag("--message", "--msg", "-m", role: .form), AdapterFlag("--message-file", "-f", role: .form),
                    AdapterFlag("--restore-chat-history", role: .form), AdapterFlag("--load", role: .form),
                    AdapterFlag("--model", role: .model),
                    AdapterFlag("--chat-mode", "--edit-format", role: .permission),
                    AdapterFlag("--architect", role: .permission), AdapterFlag("--yes-always", "--yes", role: .permission),
                    AdapterFlag("--read", role: .other, repeats: true), AdapterFlag("--file", role: .other, repeats: true),
                    AdapterFlag("--api-key", role: .other, repeats: true), AdapterFlag("--set-env", role: .other, repeats: true),
                ],
                pairs: quiet.map { FlagPair($0, opposite($0)) })
        ],
        variables: [
            ProviderVariable("OPENAI_API_KEY", "key of the OpenAI API", isSecret: true),
            ProviderVariable("ANTHROPIC_API_KEY", "key of the Anthropic API", isSecret: true),
            ProviderVariable("GEMINI_API_KEY", "key of the Gemini API", isSecret: true),
            ProviderVariable("OPENROUTER_API_KEY", "key of OpenRouter", isSecret: true),
            ProviderVariable("DEEPSEEK_API_KEY", "key of DeepSeek", isSecret: true),
            ProviderVariable("OPENAI_API_BASE", "address of another server"),
        ])

    private static let quiet = [
        "--no-check-update", "--no-show-release-notes", "--no-show-model-warnings", "--analytics-disable", "--no-gitignore",
    ]

    private static func opposite(_ flag: String) -> String {
        flag == "--analytics-disable" ? "--analytics" : "--" + flag.dropFirst("--no-".count)
    }
}
