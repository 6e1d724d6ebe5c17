import Foundation
import ReeveTestSupport
import Testing

/// `reeve session run`: what needs a terminal gets one, with the real daemon and a person's real tmux.
@Suite(.serialized) struct RunSerialTests {
    @Test func `what needs no terminal is run where it stands, and its exit is reeve's`() async throws {
        try await RealDaemon.with { d in
            let run = await d.reeve("session", "run", "--cwd", d.scratch.path, "--", "sh", "-c", "pwd; echo bad >&2; exit 7")
            #expect(run.code == 7 && run.text.contains(d.scratch.path) && run.errors == "bad\n", "\(run)")
            // A line for the shell.
            #expect(await d.reeve("session", "run", "--", "echo a && echo b").text == "a\nb\n")
            #expect(await d.reeve("session", "list", "-q").text.isEmpty)
        }
    }

    @Test(arguments: [
        (["vim", "notes.md"], 0, "vim"), (["git", "rebase", "-i", "HEAD~3"], 0, "rebase"), (["ssh", "host"], 0, "ssh"),
        (["git", "commit", "-m", "words"], 1, "commit"), (["python3", "-c", "1"], 1, "python"), (["vim", "-es", "x"], 1, "vim"),
    ])
    func `it says whether a command needs a terminal, and why`(command: [String], code: Int, word: String) async throws {
        // Nothing is asked of a daemon.
        let run = await ProgramRun.of(
            [Programs.path("reeve"), "session", "run", "--check", "--"] + command, environment: ["PATH": "/usr/bin:/bin"])
        #expect(run.code == code && run.text.contains(word), "\(run)")
        #expect(run.text.hasPrefix(code == 0 ? "needs a terminal: " : "needs none: "))
    }

    /// A person's tmux beside the daemon's; `around` is the environment of a program in its pane.
    private func withPerson(
        _ body: (RealDaemon, _ around: [String: String], _ tmux: ([String]) async -> String) async throws -> Void
    )
        async throws
    {
        try await RealDaemon.with("[panes]\npoll = \"100ms\"") { d in
            let server = "\(d.scratch.path)/p"
            func tmux(_ words: [String]) async -> String {
                await ProgramRun.of(["/usr/bin/env", "tmux", "-u", "-S", server] + words, environment: d.environment).text
            }
            _ = await tmux(["-f", "/dev/null", "new-session", "-d", "-x", "240", "-y", "60", "--", "sleep", "1000"])
            do {
                try await body(d, d.environment.merging(["TMUX": "\(server),1,0", "TMUX_PANE": "%0"]) { $1 }, tmux)
            } catch {
                _ = await tmux(["kill-server"])
                throw error
            }
            _ = await tmux(["kill-server"])
        }
    }

    @Test func `what needs a terminal gets a pane, is waited for, and the pane goes with it`() async throws {
        try await withPerson { d, around, tmux in
            async let run = ProgramRun.of(
                [Programs.path("reeve"), "session", "run", "--name", "reading", "--", "top", "-d", "1"], environment: around)
            #expect(await eventually { await tmux(["list-panes", "-t", "%0"]).split(separator: "\n").count == 2 })
            #expect(await eventually { await tmux(["capture-pane", "-p", "-t", "%1"]).contains("load average") })
            let left = await d.reeve("session", "send", "reading", "--key", "C-c")
            if left.code != 0 { _ = await d.reeve("session", "destroy", "reading") }
            #expect(left.code == 0, "\(left)")
            let ended = await run
            #expect(ended.code == 0 && ended.errors.contains("reading: in pane %1"), "\(ended)")
            #expect(await eventually { await tmux(["list-panes", "-t", "%0"]).split(separator: "\n").count == 1 })
            #expect(await eventually { await d.reeve("session", "list", "-q").text.isEmpty })
        }
    }

    @Test(arguments: [false, true])
    func `without a pane it is shown in this very terminal, and its end is reeve's`(isInsideOurs: Bool) async throws {
        try await withPerson { d, _, tmux in
            let file = "\(d.scratch.path)/code"
            let go = "\(d.scratch.path)/go"
            // Inside the agents' own server nobody is taken to another session.
            let around = isInsideOurs ? "TMUX=\(d.scratch.path)/t/tmux-\(getuid())/\(d.server),1,0" : "-u TMUX"
            let values = d.environment.map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
            let script = """
                env -u TMUX_PANE \(around) \(values) \(Programs.path("reeve")) session run --force --name shown -- \
                sh -c 'echo here; while [ ! -e \(go) ]; do sleep 0.05; done; exit 5'; echo $? > \(file)
                """
            _ = await tmux(["new-window", "-d", "-t", ":9", "--", "sh", "-c", script])
            #expect(await eventually { await tmux(["capture-pane", "-p", "-t", ":9"]).contains("here") })
            try "".write(toFile: go, atomically: true, encoding: .utf8)
            #expect(await eventually { (try? String(contentsOfFile: file, encoding: .utf8)) == "5\n" })
        }
    }

    @Test func `how it ended is reeve's own end, with what it left on its screen`() async throws {
        try await withPerson { d, around, _ in
            let run = await ProgramRun.of(
                [Programs.path("reeve"), "session", "run", "--force", "--", "sh", "-c", "echo last words; exit 3"],
                environment: around)
            #expect(run.code == 3 && run.errors.contains("last words"), "\(run)")
            let killed = await ProgramRun.of(
                [Programs.path("reeve"), "session", "run", "--force", "--", "sh", "-c", "kill -9 $$"], environment: around)
            #expect(killed.code == 137, "\(killed)")
            let missing = await ProgramRun.of(
                [Programs.path("reeve"), "session", "run", "--force", "--", "no-such-program"], environment: around)
            #expect(missing.code == 2 && missing.errors.contains("no-such-program"), "\(missing)")
            // Each is answered before its terminal is closed.
            #expect(await eventually { await d.reeve("session", "list", "-q").text.isEmpty })
        }
    }

    @Test func `it is closed with the ticket that it is run for, after a restart too`() async throws {
        try await withPerson { d, around, tmux in
            #expect(await d.reeve("add", "Work", "--id", "T-1", "--agent", "talker").code == 0)
            #expect(await eventually { await d.state("T-1") == "running" })
            let environment = around.merging(["REEVE_TICKET": "T-1"]) { $1 }
            let run = await ProgramRun.of(
                [Programs.path("reeve"), "session", "run", "--detach", "-q", "--", "top"], environment: environment)
            let name = run.text.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(run.code == 0 && name.hasPrefix("run-top-"), "\(run)")
            await d.kill()
            try await d.start()
            #expect(await d.reeve("session", "list", "-q").text.contains(name))
            #expect(await d.reeve("cancel", "T-1").code == 0)
            #expect(await eventually { await !d.reeve("session", "list", "-q").text.contains(name) })
            #expect(await eventually { await tmux(["list-panes", "-t", "%0"]).split(separator: "\n").count == 1 })
        }
    }

    @Test func `a session is attached to and focused as an agent's is`() async throws {
        try await withPerson { d, _, _ in
            #expect(await d.reeve("session", "spawn", "mine", "--", "sleep", "1000").code == 0)
            let attach = await d.reeve("session", "attach", "mine", "--json")
            #expect(attach.code == 0 && attach.text.contains("attach-session"), "\(attach)")
            let outside = await d.reeve("session", "attach", "mine")
            #expect(outside.code == 5 && outside.errors.contains("no terminal"), "\(outside)")
            // Nobody looks at the agents' server.
            #expect(await d.reeve("session", "focus", "mine").code == 5)
            #expect(await d.reeve("session", "attach", "nobody").code == 4)
        }
    }

    @Test func `a session of a person's is taken in, worked with, kept over a restart, and given back`() async throws {
        try await RealDaemon.with { d in
            #expect(await eventually { await d.tmux("has-session").code == 0 })
            _ = await d.tmux("new-session", "-d", "-s", "mine", "--", "cat")
            #expect(await d.reeve("session", "adopt", "nobody").code == 4)
            #expect(await d.reeve("session", "adopt", "op-keep").code == 5)
            let adopted = await d.reeve("session", "adopt", "mine")
            #expect(adopted.code == 0 && adopted.text.contains("mine"), "\(adopted)")
            #expect(await d.reeve("session", "adopt", "mine").code == 5)
            #expect(await d.reeve("session", "send", "mine", "hello there").code == 0)
            #expect(await eventually { await d.reeve("session", "capture", "mine").text.contains("hello there\nhello there") })
            await d.kill()
            try await d.start()
            #expect(await d.reeve("session", "list", "-q").text == "mine\n")
            #expect(await d.reeve("session", "send", "mine", "once more").code == 0)
            #expect(await d.reeve("session", "destroy", "mine").code == 0)
            #expect(await d.reeve("session", "list", "-q").text.isEmpty)
            // Given back, not ended.
            #expect(await d.tmux("has-session", "-t", "=mine").code == 0)
            #expect(await d.reeve("session", "adopt", "mine").code == 0)
            // Ended by the person, it is gone here too.
            _ = await d.tmux("kill-session", "-t", "=mine")
            #expect(await eventually { await d.reeve("session", "list", "-q").text.isEmpty })
            #expect(await d.reeve("session", "adopt", "mine", "--backend", "reeve").code == 1)
        }
    }

    @Test func `two runs of one name are two runs, and each is told its own end`() async throws {
        try await RealDaemon.with { d in
            func start(_ code: Int) async throws -> String {
                let line =
                    #"{"id":1,"method":"session.run","params":{"name":"again","force":true,"command":["sh","-c","exit \#(code)"]}}"#
                var run = ""
                // The name is free in a moment: the session of before is being closed.
                let isStarted = try await eventually {
                    let answer = await (try LineClient(d.socket)).ask(line) ?? ""
                    run = answer.firstMatch(of: /"run":"([^"]+)"/).map { String($0.1) } ?? ""
                    return !run.isEmpty
                }
                #expect(isStarted)
                return run
            }
            func end(of run: String) async throws -> String {
                await (try LineClient(d.socket)).ask(#"{"id":2,"method":"session.wait","params":{"name":"\#(run)"}}"#) ?? ""
            }
            let first = try await start(7)
            #expect(try await end(of: first).contains(#""code":7"#))
            let second = try await start(3)
            #expect(try await end(of: second).contains(#""code":3"#))
            #expect(try await end(of: first).contains(#""code":7"#))
            #expect(try await end(of: "again").contains(#""code":3"#))
        }
    }

    @Test func `a ticket that is over, or is none, owns no command`() async throws {
        try await RealDaemon.with { d in
            #expect(await d.reeve("add", "Work", "--id", "T-1", "--agent", "talker").code == 0)
            #expect(await eventually { await d.state("T-1") == "running" })
            #expect(await d.reeve("cancel", "T-1").code == 0)
            for (ticket, code) in [("T-1", 5), ("T-9", 4)] {
                let run = await ProgramRun.of(
                    [Programs.path("reeve"), "session", "run", "--detach", "--", "top"],
                    environment: d.environment.merging(["REEVE_TICKET": ticket]) { $1 })
                #expect(Int(run.code) == code, "\(run)")
            }
            // The ticket's own terminal is closed after the answer to its end.
            #expect(await eventually { await d.reeve("session", "list", "-q").text.isEmpty })
        }
    }

    @Test func `who waits for a command waits on over a restart of the daemon`() async throws {
        try await withPerson { d, around, _ in
            let file = "\(d.scratch.path)/go"
            let said = "\(d.scratch.path)/said"
            let run = try SpawnedProgram(
                [
                    Programs.path("reeve"), "session", "run", "--force", "--name", "long", "--", "sh", "-c",
                    "while [ ! -e \(file) ]; do sleep 0.05; done; exit 9",
                ], environment: around, output: .file(said), errors: .file(said))
            // It says where the command runs, and waits from then on.
            #expect(
                await eventually { ((try? String(contentsOfFile: said, encoding: .utf8)) ?? "").contains("long: in pane") })
            await d.kill()
            try await d.start()
            try "".write(toFile: file, atomically: true, encoding: .utf8)
            #expect(await eventually { !run.isRunning })
            run.terminate()
            #expect(run.exitStatus == 9, "\((try? String(contentsOfFile: said, encoding: .utf8)) ?? "")")
        }
    }

    @Test func `a session that is Reeve's is not adopted, whatever it is called by now`() async throws {
        try await RealDaemon.with { d in
            #expect(await d.reeve("session", "spawn", "mine", "--", "sleep", "1000").code == 0)
            _ = await d.tmux("rename-session", "-t", "=mine", "other")
            let refused = await d.reeve("session", "adopt", "other")
            #expect(refused.code == 5 && refused.errors.contains("belongs to a reeved already"), "\(refused)")
            #expect(await d.reeve("session", "capture", "mine").code == 0)
        }
    }

    @Test func `an adopted session is its active pane, and survives the first one`() async throws {
        try await RealDaemon.with { d in
            #expect(await eventually { await d.tmux("has-session").code == 0 })
            let first = await d.tmux("new-session", "-d", "-s", "mine", "-P", "-F", "#{pane_id}", "--", "sleep", "1000").text
            #expect(await d.reeve("session", "adopt", "mine").code == 0)
            _ = await d.tmux("split-window", "-t", "=mine:", "--", "cat")
            _ = await d.tmux("kill-pane", "-t", String(first.prefix { $0 != "\n" }))
            #expect(await d.reeve("session", "send", "mine", "to the second").code == 0)
            #expect(await d.reeve("session", "destroy", "mine").code == 0)
            #expect(await d.tmux("show-options", "-v", "-t", "=mine", "@reeve").text.isEmpty)
        }
    }

    @Test func `a session that a person has put into a group is still the one it was`() async throws {
        try await RealDaemon.with { d in
            #expect(await d.reeve("session", "spawn", "ours", "--", "cat").code == 0)
            _ = await d.tmux("new-session", "-d", "-t", "=ours", "-s", "theirs")
            // It runs before it reads.
            #expect(await eventually { await d.reeve("session", "send", "ours", "hello there").code == 0 })
            #expect(await eventually { await d.reeve("session", "capture", "ours").text.contains("hello there") })
            #expect(await d.reeve("session", "destroy", "ours").code == 0)
            #expect(await eventually { await d.reeve("session", "list", "-q").text.isEmpty })
        }
    }
}
