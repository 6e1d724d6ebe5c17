extension InteractivePrograms {
    /// Packages whose program has another name, as runners such as `npx` take them.
    private static let packages: [String: String] = [
        "@anthropic-ai/claude-code": "claude", "@openai/codex": "codex", "@google/gemini-cli": "gemini",
        "@sourcegraph/amp": "amp",
        "@mariozechner/pi-coding-agent": "pi", "opencode-ai": "opencode", "@github/copilot": "copilot", "@kilocode/cli": "kilo",
        "@qwen-code/qwen-code": "qwen", "@charmland/crush": "crush", "aider-chat": "aider",
    ]

    /// The program of a package, without its version: `gemini` of `@google/gemini-cli@latest`.
    static func program(ofPackage word: String) -> String {
        let name = word.lastIndex(of: "@").flatMap { $0 == word.startIndex ? nil : word[..<$0] }.map(String.init) ?? word
        return packages[name] ?? name
    }

    /// Agents: all that have a kind or a reader here, and others. Their options may stand behind the prompt; one whose value may
    /// be left out (`--resume`) is not listed as taking one.
    static func addAgents(_ table: inout InteractiveTable) {
        table.add(
            "claude",
            .init(
                .agent, [.quiet("-p -v --print")],
                values: "--model --session-id --permission-mode --append-system-prompt --allowedTools --settings",
                commands: joined(
                    interactive(.quiet, "mcp config update doctor install plugin"),
                    [
                        """
                        setup-token
                        """: .init(.questions)
                    ]), optionsAnywhere: true))
        table.add(
            "codex",
            .init(
                .agent, [.quiet("-V")],
                values: "-c -m -p -s -a -C -i --config --model --profile --sandbox --ask-for-approval --cd --image --add-dir",
                commands: interactive(
                    .quiet,
                    """
                    exec e review login logout mcp mcp-server completion apply a app-server
                    """), optionsAnywhere: true))
        table.add(
            "gemini qwen",
            .init(
                .agent,
                [
                    .asks("-i --prompt-interactive"),
                    .quiet("-p -v --prompt --list-extensions -l --list-sessions --delete-session"),
                ],
                values:
                    "-m -p -i -o --model --prompt --prompt-interactive --output-format --approval-mode --session-id",
                commands: interactive(.quiet, "mcp extensions skills hooks"), optionsAnywhere: true))
        table.add(
            "opencode",
            .init(
                .agent, [.quiet("-v")], values: "-m -s --model --session --prompt --agent --port --hostname",
                commands: joined(
                    interactive(.quiet, "run serve web models upgrade export import stats session acp debug github mcp"),
                    ["auth": .init(.quiet, commands: ["login": .init(.questions)])]), optionsAnywhere: true))
        table.add(
            "amp",
            .init(
                .agent, [.quiet("-x -V --execute")], values: "-m --mode --settings-file --log-level",
                commands: joined(
                    interactive(.quiet, "mcp update doctor usage permissions tools logout"),
                    ["threads": .init(.quiet, commands: interactive(.agent, "continue new fork", [.quiet("-x --execute")]))]),
                optionsAnywhere: true))
        table.add(
            "aider",
            .init(
                .agent,
                [
                    .quiet(
                        """
                        -m -f --message --msg --message-file --commit --lint --test --list-models --models --show-repo-map \
                        --exit
                        """
                    )
                ],
                values: "-m -f --message --msg --message-file --model --list-models --models --read --file --chat-mode"))
        // A mode other than that of the screen speaks JSON.
        table.add(
            "pi",
            .init(
                .agent, [.quiet("-p -v --print --mode=json --mode=rpc --list-models --export")],
                values: "--session-id --session --fork --mode --model --provider --tools -t --export",
                commands: interactive(.quiet, "install remove list update"), optionsAnywhere: true))
        table.add(
            "droid",
            .init(
                .agent, [.quiet("-v")], values: "--cwd",
                commands: interactive(
                    .quiet,
                    """
                    exec mcp
                    """), optionsAnywhere: true))
        table.add(
            "kilo kilocode",
            .init(
                .agent, [.quiet("--auto -v")], values: "-m -w --mode --workspace --session",
                commands: interactive(.quiet, "run serve mcp models"), optionsAnywhere: true))
        table.add(
            "copilot",
            .init(
                .agent, [.asks("-i --interactive"), .quiet("-p -v --prompt")],
                values: "-p -i --prompt --interactive --model"))
        table.add(
            "cursor-agent",
            .init(
                .agent, [.quiet("-p -v --print")], values: "-m --model --output-format",
                commands: interactive(.quiet, "status login logout mcp update ls"), optionsAnywhere: true))
        table.add(
            "devin goose crush auggie",
            .init(
                .agent, [.quiet("-p -q -v --print")], values: "-m --model",
                commands: interactive(.quiet, "run exec mcp models logs"), optionsAnywhere: true))
        table.add(
            "ollama",
            .init(
                .quiet,
                commands: [
                    "run": .init(.prompt, values: "--format --keepalive", operands: [.quiet(from: 2, "answers one prompt")])
                ]))
        table.add("llm", .init(.quiet, commands: interactive(.prompt, "chat")))
    }
}
