package import ReeveModel

extension LaunchAdapter {
    /// Codex CLI. What is used here did not change from 0.101 to 0.160; what did, is left alone: `--full-auto` (gone from the
    /// interactive form by 0.144.0, from `exec` in 0.147.0), `--ask-for-approval untrusted` and `on-failure` (refused from
    /// 0.149.0).
    ///
    /// It names its conversations itself. `exec` has no `--ask-for-approval` and no `--search` (openai/codex issue 13614), so
    /// nobody is asked there and the sandbox alone decides.
    package static let codex = LaunchAdapter(
        name: "codex", program: "codex", version: VersionShape(before: ["codex-cli "]), supported: ToolVersion(0, 149, 0),
        newest: ToolVersion(0, 160, 1), asOf: "2026-10",
        sources: [
            "ckir/aiprofiles docs/evidence/codex-0.160.1.md (2026-10)",
            "openai/codex codex-rs/cli/src/main.rs, exec/src/cli.rs, tui/src/cli.rs, utils/cli/src/shared_options.rs",
            "a study of rust-v0.159.0 run against the binary (2026-09-29)",
        ],
        ranges: [
            AdapterRange(
                from: ToolVersion(0, 101, 0), naming: .itsOwn,
                start: AdapterForm(["codex"] + AdapterForm.options + ["--", "{prompt}"], prompt: .argument),
                resume: AdapterForm(
                    ["codex", "resume"] + AdapterForm.options + ["{session_id}", "--", "{prompt}"], prompt: .argument,
                    command: ["resume"]),
                headless: AdapterForm(
                    ["codex", "exec", "--json", "--skip-git-repo-check"] + AdapterForm.options + ["-"], prompt: .stdin,
                    command: ["exec"], lacks: ["--ask-for-approval", "--search"]),
                model: ["--model", "{model}"],
                permission: [
                    .standard: [], .plan: ["--sandbox", "read-only"],
                    .acceptEdits: ["--sandbox", "workspace-write", "--ask-for-approval", "on-request"],
                    .delegate: ["--dangerously-bypass-approvals-and-sandbox"],
                ],
                headlessPermission: [
                    .standard: [], .plan: ["--sandbox", "read-only"], .acceptEdits: ["--sandbox", "workspace-write"],
                    .delegate: ["--dangerously-bypass-approvals-and-sandbox"],
                ],
                flags: [
                    AdapterFlag("--json", "--experimental-json", role: .form), AdapterFlag("--skip-git-repo-check", role: .form),
                    AdapterFlag("--last", role: .form), AdapterFlag("--model", "-m", role: .model),
                    AdapterFlag("--sandbox", "-s", role: .permission),
                    AdapterFlag("--ask-for-approval", "-a", role: .permission),
                    AdapterFlag("--approve-for-me", "--not-so-yolo", role: .permission),
                    AdapterFlag("--full-auto", role: .permission),
                    AdapterFlag("--dangerously-bypass-approvals-and-sandbox", "--yolo", role: .permission),
                    AdapterFlag("--config", "-c", role: .other, repeats: true), AdapterFlag("--cd", "-C", role: .other),
                    AdapterFlag("--profile", "-p", role: .other), AdapterFlag("--search", role: .other),
                    AdapterFlag("--add-dir", role: .other, repeats: true),
                ],
                pairs: [
                    FlagPair("--approve-for-me", "--sandbox"),
                    FlagPair("--approve-for-me", "--dangerously-bypass-approvals-and-sandbox"),
                    FlagPair("--dangerously-bypass-approvals-and-sandbox", "--ask-for-approval"),
                    FlagPair("--full-auto", "--dangerously-bypass-approvals-and-sandbox"),
                ])
        ],
        variables: [
            ProviderVariable("OPENAI_API_KEY", "key of the OpenAI API", isSecret: true),
            ProviderVariable("CODEX_API_KEY", "the same, for exec alone", isSecret: true),
            ProviderVariable("CODEX_ACCESS_TOKEN", "token of a subscription", isSecret: true),
            ProviderVariable("OPENAI_BASE_URL", "address of another server"),
            ProviderVariable("CODEX_HOME", "where its settings and conversations are"),
        ])
}
