import Foundation
import ReeveTestSupport
import Testing

/// `reeve session run` by an agent itself: in its environment there is no tmux, and nobody names a pane for it.
@Suite(.serialized) struct AgentRunSerialTests {
    private static let run = "reeve session run --force --name part -- sleep 1000"

    /// - Parameter script: what the agent `caller` does; `$HOME` is the test's own directory.
    private func withAgent(
        _ script: String, wrapper: String = "tmux", panes: String = "", _ body: (RealDaemon) async throws -> Void
    ) async throws {
        let configuration = """
            [agents.caller]
            start = ["/bin/sh", "-c", "exec /bin/sh $HOME/agent.sh"]
            prompt = "none"
            [panes]
            linger = "0s"
            poll = "100ms"
            \(panes)
            """
        try await RealDaemon.with(configuration, wrapper: wrapper) { d in
            try "\(script)\nsleep 1000\n".write(toFile: path("agent.sh", d), atomically: true, encoding: .utf8)
            try await body(d)
        }
    }

    private func path(_ name: String, _ d: RealDaemon) -> String { "\(d.scratch.path)/\(name)" }
    private func text(_ name: String, _ d: RealDaemon) -> String {
        (try? String(contentsOfFile: path(name, d), encoding: .utf8)) ?? ""
    }

    private func sessions(_ d: RealDaemon) async -> [String] {
        await d.reeve("session", "list", "-q").text.split(separator: "\n").map(String.init)
    }

    private func work(_ d: RealDaemon) async {
        #expect(await d.reeve("add", "Work", "--id", "T-1", "--agent", "caller").code == 0)
        #expect(await eventually { await d.state("T-1") == "running" })
    }

    /// How many panes are in the window of one of the daemon's own sessions.
    private func panes(of session: String, _ d: RealDaemon) async -> Int {
        await d.tmux("list-panes", "-t", "=\(session):").text.split(separator: "\n").count
    }

    @Test func `what an agent runs comes beside it in its own terminal, and goes with its ticket, after a restart too`()
        async throws
    {
        try await withAgent(#"echo "${TMUX-none} ${TMUX_PANE-none}" >"$HOME/around"; \#(Self.run) 2>"$HOME/said""#) { d in
            await work(d)
            #expect(await eventually { text("said", d).contains("part: in pane %") }, "\(text("said", d))")
            #expect(text("around", d) == "none none\n")
            #expect(await panes(of: "op-T-1", d) == 2)
            // What was there has the focus still.
            #expect(await d.tmux("display-message", "-p", "-t", "=op-T-1:", "#{pane_index}").text == "0\n")
            let listed = await d.reeve("panes", "list")
            #expect(listed.text.contains("part"), "\(listed)")
            await d.kill()
            try await d.start()
            #expect(await sessions(d).contains("part"))
            #expect(await panes(of: "op-T-1", d) == 2)
            #expect(await d.reeve("cancel", "T-1").code == 0)
            #expect(await eventually { await !sessions(d).contains("part") })
            // The terminal of an agent that was cancelled may be closed by then.
            #expect(await eventually { await panes(of: "op-T-1", d) <= 1 })
        }
    }

    @Test func `where a person's window shows the agent, what it runs comes there too`() async throws {
        try await withAgent(#"while [ ! -e "$HOME/go" ]; do sleep 0.05; done; \#(Self.run) 2>"$HOME/said""#) { d in
            let server = path("p", d)
            func person(_ words: String...) async -> String {
                await ProgramRun.of(["/usr/bin/env", "tmux", "-u", "-S", server] + words, environment: d.environment).text
            }
            func beside() async -> Int { await person("list-panes", "-t", "%0").split(separator: "\n").count }
            _ = await person("-f", "/dev/null", "new-session", "-d", "-x", "240", "-y", "60", "--", "sleep", "1000")
            #expect(await d.reeve("panes", "follow", "--server", server, "--host", "%0").code == 0)
            await work(d)
            #expect(await eventually { await beside() == 2 })
            try "".write(toFile: path("go", d), atomically: true, encoding: .utf8)
            #expect(await eventually { text("said", d).contains("part: in pane %") }, "\(text("said", d))")
            #expect(await beside() == 3)
            #expect(await panes(of: "op-T-1", d) == 1)
            #expect(await d.reeve("cancel", "T-1").code == 0)
            #expect(await eventually { await beside() == 1 })
            #expect(await eventually { await !sessions(d).contains("part") })
            _ = await person("kill-server")
        }
    }

    @Test(arguments: [false, true])
    func `a session without a ticket owns what its program runs, after a restart too`(diesUnseen: Bool) async throws {
        try await withAgent(#"\#(Self.run) 2>"$HOME/said""#) { d in
            #expect(await d.reeve("session", "spawn", "mine", "--", "/bin/sh", path("agent.sh", d)).code == 0)
            #expect(await eventually { text("said", d).contains("part: in pane %") }, "\(text("said", d))")
            #expect(await panes(of: "mine", d) == 2)
            await d.kill()
            if diesUnseen { await d.tmux("kill-session", "-t", "=mine") }
            try await d.start()
            if !diesUnseen {
                #expect(await Set(sessions(d)) == ["mine", "part"])
                #expect(await d.reeve("session", "destroy", "mine").code == 0)
            }
            #expect(await eventually { await sessions(d).isEmpty })
        }
    }

    @Test(arguments: [
        ("reeve", "", "no pane: reeve has no 'panes'"), ("tmux", "agent_pane_min_width = 190", "cells"),
        ("tmux", "enabled = false", "no pane: panes are turned off"),
    ])
    func `where no pane can stand beside the agent a command is run, and it says why it is not shown`(
        wrapper: String, panes: String, why: String
    ) async throws {
        let script = #"reeve session run --force --detach --json --name part -- sleep 1000 >"$HOME/said" 2>&1"#
        try await withAgent(script, wrapper: wrapper, panes: panes) { d in
            await work(d)
            #expect(await eventually { text("said", d).contains("no pane: ") }, "\(text("said", d))")
            #expect(text("said", d).contains(why), "\(text("said", d))")
            #expect(await sessions(d).contains("part"))
            #expect(await d.reeve("cancel", "T-1").code == 0)
            #expect(await eventually { await !sessions(d).contains("part") })
        }
    }

    @Test func `an agent's session speaks for its ticket, and one that is not there owns nothing`() async throws {
        try await withAgent("") { d in
            await work(d)
            func run(_ session: String) async -> ProgramRun {
                await ProgramRun.of(
                    [Programs.path("reeve"), "session", "run", "--detach", "--name", "part", "--", "top"],
                    environment: d.environment.merging(["REEVE_SESSION": session]) { $1 })
            }
            let refused = await run("nobody")
            #expect(refused.code == 4 && refused.errors.contains("without REEVE_SESSION"), "\(refused)")
            let taken = await run("op-T-1")
            #expect(taken.code == 0 && taken.text.contains("part: in pane %"), "\(taken)")
            #expect(await d.reeve("cancel", "T-1").code == 0)
            #expect(await eventually { await !sessions(d).contains("part") })
        }
    }
}
