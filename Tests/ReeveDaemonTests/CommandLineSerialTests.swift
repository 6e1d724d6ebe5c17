import Foundation
import ReeveTestSupport
import Testing

/// The command line against the real daemon: what it prints, and what it ends with.
@Suite(.serialized) struct CommandLineSerialTests {
    @Test func `exit codes are those of the documents`() async throws {
        try await RealDaemon.with { d in
            #expect(await d.reeve("status").code == 0)
            #expect(await d.reeve("show", "NO-SUCH").code == 4)
            #expect(await d.reeve("show").code == 2)
            #expect(await d.reeve("add", "x", "--priority", "P9").code == 2)
            #expect(await d.reeve("add", "x", "--agent", "no-such").code == 2)
            #expect(await d.reeve("no-such-command").code == 2)
            #expect(await d.reeve("add", "x", "--id", "A", "--agent", "sleeper").code == 0)
            #expect(await d.reeve("add", "x", "--id", "A").code == 5)
            #expect(await d.reeve("wait", "A", "--until", "done", "--timeout", "50ms").code == 6)
            #expect(await d.reeve("status", "--socket", "\(d.scratch.path)/none").code == 3)
            #expect(await d.reeve("--version").code == 0)
            #expect(await d.reeve("--help").code == 0)
            #expect(await d.reeve("attach", "A").code == 5)
        }
    }

    @Test func `a daemon that was stopped is given up, and is there again when it goes on`() async throws {
        try await RealDaemon.with { d in
            kill(d.pid, SIGSTOP)
            let doctor = await d.reeve("doctor")
            #expect(doctor.code == 1 && doctor.text.contains("FAIL daemon: the daemon does not answer"), "\(doctor)")
            #expect(await d.reeve("status").code == 3)
            kill(d.pid, SIGCONT)
            #expect(await d.reeve("status").code == 0)
            #expect(await eventually { await d.reeve("doctor").text.contains("ok   tmux: tmux ") })
        }
    }

    @Test func `errors say what to do next, as JSON too`() async throws {
        try await RealDaemon.with { d in
            let missing = await d.reeve("status", "--socket", "\(d.scratch.path)/none")
            #expect(missing.errors.contains("systemctl --user start reeve"))
            let json = await d.reeve("show", "NO-SUCH", "--json")
            let object = try #require(try JSONSerialization.jsonObject(with: Data(json.text.utf8)) as? [String: Any])
            #expect(((object["error"] as? [String: Any])?["data"] as? [String: Any])?["kind"] as? String == "not_found")
        }
    }

    @Test func `everything fits eighty columns, and escape sequences are inert`() async throws {
        try await RealDaemon.with { d in
            let nasty = "\u{202E}evil" + String(repeating: "漢字", count: 60) + " title"
            #expect(await d.reeve("add", nasty, "--id", "A", "--agent", "talker").code == 0)
            #expect(await d.reeve("add", "say \u{1B}]0;owned\u{07}", "--id", "B").code == 2)
            #expect(await d.reeve("wait", "A", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            _ = await d.reeve(
                "session", "spawn", "play", "--", "/bin/sh", "-c", "printf '\\033]0;owned\\007\\033[31mred'; sleep 100")
            for command in [
                ["list"], ["agents"], ["show", "A"], ["status"], ["events", "--since", "0"], ["session", "list"],
                ["preview", "A"],
                ["session", "capture", "play"], ["api"], ["queue"], ["doctor"], ["show"], ["show", nasty],
                ["add", nasty, "--id", nasty],
                ["add", "x", "--agent", nasty], ["wait", "A", "--until", nasty], ["no-such-command"], ["attach", "A"],
                ["add", "x", "--priority", nasty], ["cancel", "A", nasty], ["switch", "A", "--to", "no-such"],
            ] {
                let result = await d.run([Programs.path("reeve")] + command)
                for line in result.text.split(separator: "\n") + result.errors.split(separator: "\n") {
                    let columns = line.unicodeScalars.reduce(0) { $0 + (0x2E80...0xD7A3 ~= $1.value ? 2 : 1) }
                    if command[0] != "preview", command != ["session", "capture", "play"] {
                        #expect(columns <= 80, "\(command): \(line)")
                    }
                    #expect(
                        !line.unicodeScalars.contains {
                            $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) || $0.value == 0x202E
                        }, "\(command): \(line)")
                }
            }
        }
    }

    @Test func `a switch, a send, an interrupt and a cancel as a person types them`() async throws {
        try await RealDaemon.with(rungTimeout: "4s") { d in
            #expect(await d.reeve("add", "talk", "--agent", "talker", "--id", "A").text == "A queued\n")
            #expect(await d.reeve("wait", "A", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            #expect(await d.isAtPrompt("A"))
            #expect(await d.reeve("send", "A", "hello there").text == "delivered (screen)\n")
            #expect(await eventually { await d.reeve("preview", "A").text.contains("prompt: hello there") })
            #expect(await d.reeve("interrupt", "A").code == 0)
            let switched = await d.reeve("switch", "A", "--to", "sleeper")
            #expect(switched.text.hasPrefix("A: talker → sleeper by exit"))
            #expect(await d.reeve("switch", "A", "--to", "sleeper").code == 5)
            #expect(await d.reeve("cancel", "A").text == "A cancelled\n")
            // Its terminal is closed after the answer.
            #expect(await eventually { await d.reeve("session", "list", "-q").text == "" })
        }
    }

    @Test func `the ladder's rungs work on agents that misbehave`() async throws {
        let kinds = """
            [agents.no-exit]
            start = ["reeve-demo-agent", "--ignore-exit", "--"]
            prompt = "none"
            [agents.stubborn]
            start = ["reeve-demo-agent", "--ignore-exit", "--ignore-interrupts", "99", "--"]
            prompt = "none"
            [agents.deaf]
            start = ["reeve-demo-agent", "--ignore-exit", "--ignore-interrupts", "99", "--ignore-eof", "--"]
            prompt = "none"
            [agents.undead]
            start = ["reeve-demo-agent", "--ignore-exit", "--ignore-interrupts", "99", "--ignore-eof", "--ignore-term", "--fake-prompt", "--"]
            prompt = "none"
            [agents.slow]
            start = ["reeve-demo-agent", "--slow-exit", "200", "--"]
            prompt = "none"
            """
        @Sendable func leave(_ kind: String, by rung: String, _ d: RealDaemon) async {
            let id = "T-\(kind)"
            #expect(await d.reeve("add", "x", "--agent", kind, "--id", id).code == 0)
            #expect(await d.reeve("wait", id, "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            #expect(await d.isAtPrompt(id))
            #expect(await d.reeve("switch", id, "--to", "sleeper", "-q").text == rung + "\n", "\(kind)")
            // The next agent runs, and got none of the keys.
            #expect(await d.reeve("wait", id, "--until", "running", "--timeout", RealDaemon.patience).code == 0)
        }
        try await RealDaemon.with(kinds, rungTimeout: "4s") { d in
            // At once: every rung that does nothing costs its time.
            await withTaskGroup(of: Void.self) { group in
                for (kind, rung) in [
                    ("no-exit", "interrupt"), ("stubborn", "eof"), ("deaf", "signal"), ("undead", "signal"), ("slow", "exit"),
                ] {
                    group.addTask { await leave(kind, by: rung, d) }
                }
            }
        }
    }

    @Test func `an agent that eats a quick Enter gets it again, the text once`() async throws {
        let kind = """
            [agents.eater]
            start = ["reeve-demo-agent", "--work", "50", "--eat-early-enter", "400", "--"]
            prompt = "none"
            enter_delay = "10ms"
            """
        try await RealDaemon.with(kind) { d in
            #expect(await d.reeve("add", "x", "--agent", "eater", "--id", "E").code == 0)
            #expect(await d.reeve("wait", "E", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            #expect(await d.isAtPrompt("E"))
            #expect(await d.reeve("send", "E", "once").code == 0)
            #expect(await eventually { await d.reeve("preview", "E").text.contains("prompt: once") })
        }
    }

    @Test func `a prompt is pasted once the agent's screen has come to rest`() async throws {
        try await RealDaemon.with("[agents.paster]\nstart = [\"reeve-demo-agent\", \"--work\", \"50\"]\nprompt = \"paste\"") {
            d in
            #expect(await d.reeve("add", "first line", "--agent", "paster", "--id", "P").code == 0)
            #expect(await eventually { await d.reeve("preview", "P").text.contains("prompt: first line") })
        }
    }

    @Test func `the configuration is checked, shown and reloaded`() async throws {
        try await RealDaemon.with { d in
            #expect(await d.reeve("config", "check").code == 0)
            #expect(await d.reeve("config", "show").text.contains("max_parallel = 20"))
            let path = "\(d.scratch.path)/reeve.toml"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try text.replacingOccurrences(of: "max_parallel = 20", with: "max_paralel = 3").write(
                toFile: path, atomically: true, encoding: .utf8)
            let broken = await d.reeve("config", "check")
            #expect(broken.code == 2 && broken.errors.contains("reeve.toml:2: unknown key 'queue.max_paralel'"))
            #expect(await d.reeve("config", "reload").code == 5)
            try text.replacingOccurrences(of: "max_parallel = 20", with: "max_parallel = 3").write(
                toFile: path, atomically: true, encoding: .utf8)
            #expect(await d.reeve("config", "reload").text == "changed: queue.max_parallel\n")
            #expect(await d.reeve("queue").text.contains("of 3 in work"))
        }
    }

    @Test func `a configuration file that is named must be there, for the check and for the start`() async throws {
        try await RealDaemon.with { d in
            let named = ["/usr/bin/env", "REEVE_CONFIG=/no/such.toml", "REEVE_STATE_DIR=\(d.scratch.path)/other"]
            for (arguments, code) in [([Programs.path("reeve"), "config", "check"], 2), ([Programs.path("reeved")], 78)] {
                let result = await d.run(named + arguments)
                #expect(result.code == code && result.errors.contains("/no/such.toml: there is no such file"), "\(result)")
            }
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func `completions are made, and ids come live from the daemon`(shell: String)
        async throws
    {
        try await RealDaemon.with { d in
            #expect(await d.reeve("--generate-completion-script", shell).text.count > 1000)
            #expect(await d.reeve("add", "x", "--agent", "sleeper", "--id", "LIVE-1").code == 0)
            // Nobody at a prompt is kept waiting: what is not known within a second is left out.
            let areLive = await eventually {
                await d.reeve("---completion", "show", "--", "positional@0", "0", "0").text.contains("LIVE-1")
            }
            #expect(areLive)
        }
    }

    @Test func `a second daemon on the same state names the first and ends with 75`() async throws {
        try await RealDaemon.with { d in
            let second = await d.run([Programs.path("reeved")])
            #expect(second.code == 75 && second.errors.contains("pid \(d.pid)"))
        }
    }
}
