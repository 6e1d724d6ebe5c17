/// Which agent a process is, by the exact name of its program; never by a part of a name ("example" holds "amp").
package enum AgentProgram {
    /// The program's name and the kind that it is.
    package static let names: [(program: String, kind: String)] = [
        ("claude", "claude"), ("codex", "codex"), ("opencode", "opencode"), ("amp", "amp"), ("pi", "pi"), ("gemini", "gemini"),
        ("droid", "droid"), ("kilo", "kilo"), ("kilocode", "kilo"), ("copilot", "copilot"), ("aider", "aider"),
        ("cursor-agent", "cursor"), ("devin", "devin"),
    ]
    /// Folders of packages whose script has a name that says nothing, such as `cli.js`.
    private static let packages: [(folder: String, kind: String)] = [
        ("@anthropic-ai/claude-code", "claude"), ("@openai/codex", "codex"), ("@google/gemini-cli", "gemini"),
        ("@sourcegraph/amp", "amp"), ("@mariozechner/pi-coding-agent", "pi"), ("opencode-ai", "opencode"),
        ("@github/copilot", "copilot"), ("@kilocode/cli", "kilo"),
    ]
    private static let shells: Set<String> = ["sh", "bash", "zsh", "dash", "ksh", "fish"]
    /// Interpreters and runners, with the options that take a value of their own and those after which there is no script.
    private static let interpreters: [(names: [String], withValue: Set<String>, withoutScript: Set<String>)] = [
        (
            ["node", "nodejs"],
            ["-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--title", "--env-file"],
            ["-e", "--eval", "-p", "--print"]
        ),
        (
            ["bun", "deno"], ["-r", "--preload", "--require", "-c", "--config", "--cwd", "--env-file"],
            ["-e", "--eval", "-p", "--print"]
        ),
        (["python", "pypy"], ["-W", "-X", "--check-hash-based-pycs"], ["-c"]),
        (["npx", "bunx", "pnpx", "uvx"], ["-p", "--package", "--from", "--with"], ["-c", "--call"]),
    ]

    package static func kind(_ arguments: [String]) -> String? { kind(arguments, depth: 0) }

    private static func kind(_ arguments: [String], depth: Int) -> String? {
        guard depth < 4, let first = arguments.first else { return nil }
        let name = base(first)
        if let known = names.first(where: { $0.program == name }) { return known.kind }
        if shells.contains(name) { return shell(arguments, depth) }
        let plain = name.hasPrefix("python") || name.hasPrefix("pypy") ? String(name.prefix { !$0.isNumber && $0 != "." }) : name
        guard let interpreter = interpreters.first(where: { $0.names.contains(plain) }) else { return package(first) }
        var rest = arguments.dropFirst()
        while let next = rest.first {
            if interpreter.withoutScript.contains(next) { return nil }
            if next == "run" || next == "x" || next == "-m" {
                rest = rest.dropFirst()
            } else if next.hasPrefix("-") {
                rest = rest.dropFirst(interpreter.withValue.contains(next) ? 2 : 1)
            } else {
                return kind([next] + rest.dropFirst(), depth: depth + 1)
            }
        }
        return nil
    }

    private static func shell(_ arguments: [String], _ depth: Int) -> String? {
        var rest = arguments.dropFirst()
        while let next = rest.first, next.hasPrefix("-") || next.hasPrefix("+") {
            rest = rest.dropFirst()
            // `-c`, `-lc`, `-ic`: the next word is the command.
            guard next.hasPrefix("-"), !next.hasPrefix("--"), next.contains("c"), let command = rest.first else { continue }
            let words = command.split(whereSeparator: \.isWhitespace).map(String.init)
            return kind(Array(words.drop { $0 == "exec" || $0 == "env" || $0.contains("=") }), depth: depth + 1)
        }
        // A script of that name.
        return rest.first.flatMap { kind([$0], depth: depth + 1) }
    }

    /// `/usr/lib/node_modules/@google/gemini-cli/dist/index.js`, `@google/gemini-cli@latest`.
    private static func package(_ word: String) -> String? {
        for known in packages {
            if word.contains("/\(known.folder)/") || word == known.folder || word.hasPrefix("\(known.folder)@") {
                return known.kind
            }
        }
        return nil
    }

    private static func base(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        for suffix in [".js", ".mjs", ".cjs", ".py"] where name.hasSuffix(suffix) { return String(name.dropLast(suffix.count)) }
        // `gemini@latest`, as npx takes it.
        return name.split(separator: "@").first.map(String.init) ?? name
    }
}
