import Foundation
import ReeveTestSupport
import Testing

/// What the real daemon makes of the agent programs that it finds. They stand in for Claude Code 2.1 (the flags are those of
/// `docs/agents.md`; the real one was not run).
@Suite(.serialized) struct ProgramSerialTests {
    private static let flags = [
        "--session-id", "--resume", "--print", "--output-format", "--model", "--permission-mode",
        "--dangerously-skip-permissions",
        "--allowedTools",
    ]

    private static func claude(_ version: String, _ flags: [String], log: String) -> String {
        """
        #!/bin/sh
        echo "$*" >> '\(log)'
        case "$1" in
        --version) echo '\(version)';;
        --help) echo 'Usage: claude [options] [prompt]'; \(flags.map { "echo '  \($0)  words'" }.joined(separator: "; "));;
        *) exec sleep 1000;;
        esac
        """
    }

    private func install(_ text: String, _ d: RealDaemon, as name: String = "claude") async throws {
        let path = "\(d.scratch.path)/bin/\(name)"
        try await Script.write(path + ".new", text)
        // In one step, as an update does it.
        rename(path + ".new", path)
    }

    private func with(_ body: (RealDaemon) async throws -> Void) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let bin = try scratch.directory("bin")
        let path = "\(Programs.directory):\(bin):/usr/local/bin:/usr/bin:/bin"
        try await RealDaemon.with(environment: ["PATH": path]) { d in
            try FileManager.default.createSymbolicLink(atPath: "\(d.scratch.path)/bin", withDestinationPath: bin)
            try await body(d)
        }
    }

    @Test func `doctor asks the daemon's agents for their versions and flags`() async throws {
        try await with { d in
            #expect(await eventually { await d.reeve("doctor").text.contains("the daemon finds no AI coding agent") })
            let log = "\(d.scratch.path)/calls"
            try await install(Self.claude("2.1.7 (Claude Code)", Self.flags, log: log), d)
            let good = await d.doctor { $0.text.contains("ok   agent claude: 2.1.7 at ") }
            #expect(good.text.contains("ok   agent claude: 2.1.7 at "), "\(good)")
            #expect(good.text.split(separator: "\n").allSatisfy { $0.count <= 80 || $0.contains("/claude") })
            try await install(Self.claude("2.1.7 (Claude Code)", Self.flags.filter { $0 != "--resume" }, log: log), d)
            let bad = await d.doctor { $0.text.contains("FAIL agent claude: 2.1.7 at ") }
            #expect(bad.code == 1 && bad.text.contains("FAIL agent claude: 2.1.7 at "), "\(bad)")
            #expect(bad.text.replacingOccurrences(of: "\n       ", with: " ").contains("'claude' has no --resume"), "\(bad)")
            try
                (try String(contentsOfFile: "\(d.scratch.path)/reeve.toml", encoding: .utf8)
                + "\n[agents.claude]\nenv = { ANTHROPIC_API_KEY = \"$NOT_SET\" }\n").write(
                    toFile: "\(d.scratch.path)/reeve.toml", atomically: true, encoding: .utf8)
            #expect(await d.reeve("config", "reload").code == 0)
            let key = "needs ANTHROPIC_API_KEY from the daemon's NOT_SET"
            #expect(await eventually { await d.reeve("doctor", "--json").text.contains(key) })
            try await install(Self.claude("1.0.0", [], log: log), d)
            #expect(await eventually { await d.reeve("doctor").text.contains("FAIL agent claude: an unknown version") })
        }
    }

    /// The script stands in for a Zellij of which only the version is asked; the real one was not run.
    @Test func `doctor looks at the multiplexers as the daemon sees them, in use or not`() async throws {
        try await with { d in
            try await install("echo zellij 0.43.1", d, as: "zellij")
            let line = "--   zellij: Zellij 0.43.1 is too old; Reeve needs 0.44.1 or newer\n"
            let unused = await d.doctor { $0.text.contains(line) && $0.text.contains("ok   tmux: tmux ") }
            #expect(unused.text.contains(line) && unused.text.contains("ok   tmux: tmux "), "\(unused)")
            // Once somebody has asked for it the daemon tries it, and that is no fault of the one for new sessions.
            #expect(await d.reeve("session", "spawn", "play", "--backend", "zellij", "--", "cat").code != 0)
            #expect(await eventually { await d.reeve("status").text.contains("zellij: down") })
            let used = await d.doctor { $0.text.contains(line) && $0.text.contains("ok   tmux: tmux ") }
            #expect(used.text.contains(line) && !used.text.contains("zellij: down"), "\(used)")
            let answer = await (try LineClient(d.socket)).ask(#"{"id":1,"method":"backend.check"}"#) ?? ""
            #expect(answer.contains(#""backend":"tmux","wanted":true,"installed":true,"fine":true"#), "\(answer)")
            #expect(answer.contains(#""backend":"zellij","wanted":false,"installed":true,"fine":false"#), "\(answer)")
        }
    }

    @Test func `a launch is worded for the version that is installed, which is asked for once`() async throws {
        try await with { d in
            let log = "\(d.scratch.path)/calls"
            try await install(Self.claude("1.0.3 (Claude Code)", Self.flags, log: log), d)
            #expect(await d.reeve("add", "x", "--id", "T-1", "--agent", "claude").code == 0)
            #expect(await eventually { await d.reeve("show", "T-1").text.contains("too old") })
            try await install(Self.claude("2.1.7 (Claude Code)", Self.flags, log: log), d)
            for id in ["T-2", "T-3"] {
                #expect(await d.reeve("add", "x", "--id", id, "--agent", "claude").code == 0)
                #expect(await d.reeve("wait", id, "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            }
            #expect(
                await eventually {
                    let calls = ((try? String(contentsOfFile: log, encoding: .utf8)) ?? "").split(separator: "\n")
                    return calls.count { $0.hasPrefix("--session-id ") } == 2 && calls.count { $0 == "--version" } == 2
                }, "\((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")")
        }
    }
}
