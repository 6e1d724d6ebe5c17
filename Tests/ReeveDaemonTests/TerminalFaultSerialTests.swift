import Foundation
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// What happens to terminals by name: each fault done to the real tmux and real processes under a real daemon.
@Suite(.serialized) struct TerminalFaultSerialTests {
    private func sleeper(_ d: RealDaemon, _ id: String, agent: String = "sleeper") async throws -> Int32 {
        #expect(await d.reeve("add", "x", "--agent", agent, "--id", id, "-q").code == 0)
        #expect(await d.reeve("wait", id, "--until", "running", "--timeout", RealDaemon.patience).code == 0)
        return try #require(await d.agentPid(id))
    }

    private func tmuxPid(_ d: RealDaemon) async throws -> Int32 {
        let text = await d.tmux("display-message", "-p", "#{pid}").text
        return try #require(text.split(separator: "\n").first.flatMap { Int32($0) })
    }

    @Test func `the tmux server is stopped for thirty seconds`() async throws {
        try await RealDaemon.with { d in
            let pid = try await sleeper(d, "A")
            let server = try await tmuxPid(d)
            kill(server, SIGSTOP)
            let end = ContinuousClock.now + .seconds(30)
            var answers = 0
            while ContinuousClock.now < end || answers < 10 {
                // The rest of the daemon answers as ever, and nothing is decided about the agent.
                #expect(await d.state("A") == "running")
                #expect(await d.reeve("queue", "-q").code == 0)
                answers += 1
                try await Task.sleep(for: .milliseconds(500))
            }
            #expect(kill(pid, 0) == 0)
            #expect(await d.reeve("agents", "-q").text == "A unknown\n")
            kill(server, SIGCONT)
            #expect(await eventually { await d.reeve("agents", "-q").text == "A running\n" })
            #expect(await d.agentPid("A") == pid)
        }
    }

    @Test func `the socket file of tmux is deleted`() async throws {
        try await RealDaemon.with { d in
            let pid = try await sleeper(d, "A")
            let server = try await tmuxPid(d)
            let socket = "\(d.scratch.path)/t/tmux-\(getuid())/\(d.server)"
            #expect(unlink(socket) == 0)
            // Nothing is noticed over the connection that is open; a new daemon finds the same server again.
            #expect(await d.reeve("preview", "A").code == 0)
            await d.kill()
            try await d.start()
            #expect(await d.agentPid("A") == pid)
            #expect(try await tmuxPid(d) == server)
            #expect(await d.reeve("add", "y", "--id", "B").code == 0)
            #expect(await d.reeve("wait", "B", "--until", "done", "--timeout", RealDaemon.patience).code == 0)
        }
    }

    @Test func `a session is killed by a person`() async throws {
        try await RealDaemon.with { d in
            let pid = try await sleeper(d, "A")
            let other = try await sleeper(d, "B")
            await d.tmux("kill-session", "-t", "=op-A")
            #expect(await eventually { await d.state("A") == "lost" })
            #expect(await d.reeve("show", "A").text.contains("its terminal is gone"))
            #expect(await eventually { kill(pid, 0) != 0 })
            #expect(await d.agentPid("B") == other && kill(other, 0) == 0)
        }
    }

    @Test func `a session is renamed by a person`() async throws {
        try await RealDaemon.with { d in
            let pid = try await sleeper(d, "A", agent: "talker")
            #expect(await d.isAtPrompt("A"))
            await d.tmux("rename-session", "-t", "=op-A", "my own name")
            #expect(await d.reeve("send", "A", "hello").code == 0)
            #expect(await eventually { await d.reeve("preview", "A").text.contains("hello") })
            await d.kill()
            try await d.start()
            #expect(await d.agentPid("A") == pid)
            #expect(await d.reeve("cancel", "A").code == 0)
            #expect(
                await eventually { await d.tmux("list-sessions", "-F", "#{session_name}").text.contains("my own name") == false })
        }
    }

    @Test func `a pane is closed by a person`() async throws {
        try await RealDaemon.with { d in
            let pid = try await sleeper(d, "A")
            // A second pane of the person's own keeps the session open.
            await d.tmux("split-window", "-d", "-t", "=op-A:", "sleep 1000")
            let pane = await d.tmux("list-panes", "-t", "=op-A:", "-F", "#{pane_id}").text.split(separator: "\n").first
            await d.tmux("kill-pane", "-t", String(try #require(pane)))
            #expect(await eventually { await d.state("A") == "lost" })
            #expect(await eventually { kill(pid, 0) != 0 })
            #expect(await d.tmux("list-panes", "-t", "=op-A:", "-F", "#{pane_current_command}").text.contains("sleep"))
        }
    }

    @Test func `copy mode is on during a send`() async throws {
        try await RealDaemon.with { d in
            _ = try await sleeper(d, "A", agent: "talker")
            #expect(await d.isAtPrompt("A"))
            await d.tmux("copy-mode", "-t", "=op-A:")
            let refused = await d.reeve("send", "A", "not now")
            #expect(refused.code != 0 && refused.errors.contains("copy mode"))
            await d.tmux("send-keys", "-t", "=op-A:", "-X", "cancel")
            #expect(await d.reeve("send", "A", "now").code == 0)
            #expect(await eventually { await d.reeve("preview", "A").text.contains("now") })
            #expect(await d.reeve("preview", "A").text.contains("not now") == false)
        }
    }

    @Test func `an agent leaves a child that holds the terminal`() async throws {
        let agent = #"["/bin/sh", "-c", "trap '' HUP; sleep 1000 & echo child $!; exit 0"]"#
        try await RealDaemon.with("[agents.forker]\nstart = \(agent)\nprompt = \"none\"") { d in
            #expect(await d.reeve("add", "x", "--agent", "forker", "--id", "A").code == 0)
            // The end is the agent's, not its child's.
            #expect(await d.reeve("wait", "A", "--until", "done", "--timeout", RealDaemon.patience).code == 0)
            // The next one works in the same terminal beside it.
            let switched = await d.reeve("switch", "A", "--to", "talker")
            #expect(switched.code == 0, "\(switched.errors)")
            #expect(await d.isAtPrompt("A"))
            #expect(await d.reeve("send", "A", "who is there").code == 0)
            #expect(await eventually { await d.reeve("preview", "A").text.contains("who is there") })
            #expect(await d.reeve("cancel", "A").code == 0)
        }
    }

    @Test func `an agent is killed for memory`() async throws {
        // By SIGKILL, which is how the kernel does it.
        try await RealDaemon.with("[agents.eater]\nstart = [\"/bin/sleep\", \"1000\"]\nprompt = \"none\"\nmemory_max = \"64MiB\"")
        { d in
            let pid = try await sleeper(d, "A", agent: "eater")
            let other = try await sleeper(d, "B")
            kill(pid, SIGKILL)
            #expect(await d.reeve("wait", "A", "--until", "failed", "--timeout", RealDaemon.patience).code == 0)
            #expect(await d.reeve("show", "A", "--json").text.contains("killed by signal 9, perhaps for its memory_max of 64MiB"))
            #expect(await d.agentPid("B") == other)
        }
    }
}
