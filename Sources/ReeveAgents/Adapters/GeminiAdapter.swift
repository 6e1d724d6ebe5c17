package import ReeveModel

extension LaunchAdapter {
    /// Gemini CLI, from the version that takes an id for a new conversation. `--session-id` with `--resume`, `--prompt` with
    /// `--prompt-interactive`, and `--yolo` with `--approval-mode` are refused (google-gemini/gemini-cli
    /// packages/cli/src/config/config.ts). A prompt is joined to its flag, because it may begin with `-`.
    package static let gemini = LaunchAdapter(
        name: "gemini", program: "gemini", version: VersionShape(), supported: ToolVersion(0, 41, 0),
        newest: ToolVersion(0, 61, 0), asOf: "2026-09",
        sources: [
            "google-gemini/gemini-cli packages/cli/src/config/config.ts, docs/cli/cli-reference.md",
            "help of 0.61.0 in an evidence file (2026-09-29), of 0.42.0 in a probe (2026-05-18)",
        ],
        ranges: [
            AdapterRange(
                from: ToolVersion(0, 41, 0), naming: .ours,
                start: AdapterForm(
                    ["gemini", "--session-id", "{session_id}"] + AdapterForm.options + ["--prompt-interactive={prompt}"],
                    prompt: .argument),
                resume: AdapterForm(
                    ["gemini", "--resume", "{session_id}"] + AdapterForm.options + ["--prompt-interactive={prompt}"],
                    prompt: .argument),
                headless: AdapterForm(
                    ["gemini", "--session-id", "{session_id}", "--output-format", "json"] + AdapterForm.options, prompt: .stdin),
                model: ["--model", "{model}"],
                permission: [
                    .standard: [], .plan: ["--approval-mode", "plan"], .acceptEdits: ["--approval-mode", "auto_edit"],
                    .delegate: ["--approval-mode", "yolo"],
                ],
                tools: .each("--allowed-tools"),
                flags: [
                    AdapterFlag("--session-id", role: .form), AdapterFlag("--resume", "-r", role: .form),
                    AdapterFlag("--session-file", role: .form), AdapterFlag("--prompt", "-p", role: .form),
                    AdapterFlag("--prompt-interactive", "-i", role: .form), AdapterFlag("--output-format", "-o", role: .form),
                    AdapterFlag("--model", "-m", role: .model), AdapterFlag("--approval-mode", role: .permission),
                    AdapterFlag("--yolo", "-y", role: .permission),
                    AdapterFlag("--allowed-tools", role: .tools, repeats: true),
                ],
                pairs: [FlagPair("--yolo", "--approval-mode")])
        ],
        variables: [
            ProviderVariable("GEMINI_API_KEY", "key of the Gemini API", isSecret: true),
            ProviderVariable("GOOGLE_API_KEY", "key of Google Cloud", isSecret: true),
            ProviderVariable("GOOGLE_GENAI_USE_VERTEXAI", "true: Google Vertex"),
            ProviderVariable("GOOGLE_CLOUD_PROJECT", "project of Google Cloud"),
            ProviderVariable("GOOGLE_CLOUD_LOCATION", "region of Google Cloud"),
            ProviderVariable("GOOGLE_GEMINI_BASE_URL", "address of another server"),
            ProviderVariable("GEMINI_MODEL", "model where no flag names one"),
            ProviderVariable("GEMINI_CLI_HOME", "where its settings and conversations are"),
        ])
}
