package import ReeveModel

extension LaunchAdapter {
    /// Amp. Its versions are seconds since 1970, about eight a day. It asks nothing unless its settings say so, so the default
    /// and `delegate` are alike; `--dangerously-allow-all` was in its help from February to July 2026 and is gone from that of
    /// 2026-09-26. The edges between the two are read from dated reports, not from release notes.
    ///
    /// That the interactive form takes a prompt as argument has one source only (agent-orchestrator PR 2573): it is pasted.
    package static let amp = LaunchAdapter(
        name: "amp", program: "amp", version: VersionShape(after: nil), supported: ToolVersion(0, 0, 1_769_000_000),
        newest: ToolVersion(0, 0, 1_790_452_833), asOf: "2026-09",
        sources: [
            "meatcar/amp-completions amp.yaml (0.0.1790452833)", "GeiserX/unsent docs/research/amp.md (2026-09-26)",
            "Untrivial-ai/agent-orchestrator PR 2573 and 2625 (2026-07)",
        ],
        ranges: [
            range(from: ToolVersion(0, 0, 1_769_000_000), delegate: ["--dangerously-allow-all"]),
            range(from: ToolVersion(0, 0, 1_785_000_000), delegate: []),
        ],
        variables: [
            ProviderVariable("AMP_API_KEY", "key of an Amp account", isSecret: true),
            ProviderVariable("AMP_URL", "address of another server"),
            ProviderVariable("AMP_SETTINGS_FILE", "a settings file"),
        ])

    private static func range(from: ToolVersion, delegate: [String]) -> AdapterRange {
        AdapterRange(
            from: from, naming: .itsOwn,
            start: AdapterForm(["amp"] + AdapterForm.options, prompt: .paste),
            resume: AdapterForm(
                ["amp", "threads", "continue", "{session_id}"] + AdapterForm.options, prompt: .paste,
                command: ["threads", "continue"]),
            headless: AdapterForm(["amp"] + AdapterForm.options + ["--execute", "--stream-json"], prompt: .stdin),
            model: ["--mode", "{model}"], permission: [.standard: [], .delegate: delegate],
            flags: [
                AdapterFlag("--execute", "-x", role: .form), AdapterFlag("--stream-json", role: .form),
                AdapterFlag("--stream-json-input", role: .form), AdapterFlag("--last", role: .form),
                AdapterFlag("--mode", "-m", role: .model), AdapterFlag("--dangerously-allow-all", role: .permission),
                AdapterFlag("--label", "-l", role: .other, repeats: true), AdapterFlag("--settings-file", role: .other),
            ])
    }
}
