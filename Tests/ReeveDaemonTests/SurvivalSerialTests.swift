import Foundation
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// The rows of "What survives what", each a test of that name, with the real daemon, the real tmux and real processes. A full disk is
/// among the engine's tests, where the journal can refuse; `ReadmeTests` looks after the names.
@Suite(.serialized) struct SurvivalSerialTests {
    @Test func `a client exits or hangs`() async throws {
        try await RealDaemon.with { d in
            let hanging = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(hanging) }
            #expect(RealDaemon.withAddress(d.socket) { connect(hanging, $0, $1) } == 0)
            write(hanging, "{\"meth", 6)
            #expect(await d.reeve("add", "work", "--id", "A").code == 0)
            #expect(await d.reeve("wait", "A", "--until", "done", "--timeout", RealDaemon.patience).code == 0)

            // Others leave: in the middle of a line, right after a request, and right after one whose answer is long in coming.
            func leave(after text: String) throws { #expect(try LineClient(d.socket).send(text)) }
            func request(_ method: String, _ params: String) -> String { #"{"method":"\#(method)","params":{\#(params)}}"# }
            #expect(await d.reeve("add", "sleep", "--agent", "sleeper", "--id", "SLEEPS").code == 0)
            let bystander = try LineClient(d.socket)
            for number in 1...20 {
                let create = request("ticket.create", #""title":"x","id":"LEFT-\#(number)","agent":"worker""#)
                try leave(after: String(create.prefix(number * 3)))
                try leave(after: create + "\n")
                try leave(after: request("agent.wait", #""tickets":["SLEEPS"],"until":["done"],"timeoutMs":600000"#) + "\n")
                try leave(after: request("events.subscribe", #""since":0"#) + "\n")
                let answer = await bystander.ask(#"{"method":"system.ping"}"#)
                #expect(answer == #"{"result":{"pong":true}}"#, "\(answer ?? "nothing")")
            }
            // What was asked for is done, though nobody waits for the answer; what was asked for by half is not.
            for number in 1...20 {
                #expect(await eventually { await d.state("LEFT-\(number)") == "done" }, "LEFT-\(number): \(d.log.suffix(2000))")
            }
            #expect(d.ledger.sorted() == (["A"] + (1...20).map { "LEFT-\($0)" }).sorted())
        }
    }

    @Test func `the daemon is stopped while an agent ends, as in a suspend`() async throws {
        // It works for as long as the file is there.
        let agent = #"["/bin/sh", "-c", "while [ -e $HOME/work ]; do sleep 0.05; done; exit 7"]"#
        try await RealDaemon.with("[agents.seven]\nstart = \(agent)\nprompt = \"none\"") { d in
            #expect(FileManager.default.createFile(atPath: "\(d.scratch.path)/work", contents: nil))
            #expect(await d.reeve("add", "x", "--agent", "seven", "--id", "S").code == 0)
            #expect(await d.reeve("wait", "S", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            let pid = try #require(await d.agentPid("S"))
            #expect(Glibc.kill(d.pid, SIGSTOP) == 0)
            #expect(unlink("\(d.scratch.path)/work") == 0)
            #expect(await eventually { Glibc.kill(pid, 0) != 0 })
            #expect(Glibc.kill(d.pid, SIGCONT) == 0)
            #expect(await eventually { await d.state("S") == "failed" }, "\(d.log.suffix(2000))")
            let shown = await d.reeve("show", "S").text
            #expect(shown.contains("seven exited 7"), "\(shown)")
            // Heard from its keeper, and asked about again after the wait: told once all the same.
            let events = await d.reeve("events", "--since", "0", "--json").text.split(separator: "\n")
            for kind in ["agent.exited", "ticket.finished"] {
                #expect(events.count { $0.contains(#""kind":"\#(kind)""#) } == 1, "\(kind)")
            }
        }
    }

    @Test func `daemon stopped, restarted, kill -9`() async throws {
        try await RealDaemon.with { d in
            #expect(await d.reeve("add", "sleep", "--agent", "sleeper", "--id", "LIVES").code == 0)
            #expect(await d.reeve("add", "later", "--id", "WAITS", "--after", "LIVES").code == 0)
            #expect(await d.reeve("wait", "LIVES", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            let pid = try #require(await d.agentPid("LIVES"))
            await d.kill()
            #expect(Glibc.kill(pid, 0) == 0)
            try await d.start()
            #expect(await d.agentPid("LIVES") == pid)
            #expect(await d.state("WAITS") == "queued")
            #expect(await d.stop() == 0)
            #expect(Glibc.kill(pid, 0) == 0)
            try await d.start()
            #expect(await d.agentPid("LIVES") == pid)
            // Events have no gap across both.
            let seqs = await d.reeve("events", "--since", "0", "--json").text.split(separator: "\n").compactMap { line -> Int? in
                (try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["seq"] as? Int
            }
            #expect(seqs == Array(1...max(1, seqs.count)) && seqs.count > 8)
        }
    }

    @Test func `an agent that ended while no daemon was there is known exactly`() async throws {
        // It works for as long as the file is there.
        let agent = #"["/bin/sh", "-c", "touch $HOME/work; while [ -e $HOME/work ]; do sleep 0.05; done; exit 7"]"#
        try await RealDaemon.with("[agents.seven]\nstart = \(agent)\nprompt = \"none\"") { d in
            #expect(await d.reeve("add", "x", "--agent", "seven", "--id", "S").code == 0)
            #expect(await d.reeve("wait", "S", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            let pid = try #require(await d.agentPid("S"))
            await d.kill()
            #expect(await eventually { unlink("\(d.scratch.path)/work") == 0 })
            #expect(await eventually { Glibc.kill(pid, 0) != 0 })
            try await d.start()
            #expect(await eventually { await d.state("S") == "failed" })
            #expect(await d.reeve("show", "S").text.contains("seven exited 7"))
        }
    }

    @Test func `a keeper is killed`() async throws {
        try await RealDaemon.with("[retry]\nattempts = 3\nbackoff = \"1ms\"") { d in
            #expect(await d.reeve("add", "x", "--agent", "talker", "--id", "K").code == 0)
            #expect(await d.reeve("wait", "K", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            #expect(await eventually { d.ledger == ["K"] })
            let keeper = await d.tmux("list-panes", "-t", "=op-K", "-F", "#{pane_pid}").text.split(separator: "\n").first.flatMap
            { Int32($0) }
            Glibc.kill(try #require(keeper), SIGKILL)
            #expect(await eventually { await d.state("K") == "lost" })
            #expect(await d.reeve("show", "K").text.contains("its keeper was killed"))
            // The terminal says so, and nothing was launched again by itself.
            #expect(await eventually { await d.tmux("capture-pane", "-p", "-t", "=op-K:").text.contains("dead") })
            #expect(d.ledger == ["K"])
        }
    }

    @Test func `the tmux server is killed`() async throws {
        try await RealDaemon.with { d in
            #expect(await d.reeve("add", "x", "--agent", "sleeper", "--id", "M").code == 0)
            #expect(await d.reeve("wait", "M", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            await d.tmux("kill-server")
            #expect(await eventually { await d.state("M") == "lost" })
            // The backend comes back by itself, and work goes on.
            #expect(await eventually { await d.reeve("status", "--json").text.contains(#""state":"up""#) })
            #expect(await d.reeve("add", "y", "--id", "N").code == 0)
            #expect(await d.reeve("wait", "N", "--until", "done", "--timeout", RealDaemon.patience).code == 0)
        }
    }

    @Test func `the tmux server hangs`() async throws {
        try await RealDaemon.with { d in
            #expect(await d.reeve("add", "x", "--agent", "sleeper", "--id", "H").code == 0)
            #expect(await d.reeve("wait", "H", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            let pid = try #require(await d.agentPid("H"))
            let server =
                await d.tmux("display-message", "-p", "#{pid}").text.split(separator: "\n").first.flatMap { Int32($0) } ?? 0
            Glibc.kill(server, SIGSTOP)
            #expect(await eventually { await d.reeve("status", "--json").text.contains(#""state":"down""#) })
            #expect(await eventually { await d.reeve("agents", "-q").text == "H unknown\n" })
            #expect(await d.state("H") == "running")
            #expect(await d.reeve("preview", "H").code == 1)
            #expect(await d.reeve("add", "held back", "--id", "Q").code == 0)
            #expect(await d.state("Q") == "queued")
            Glibc.kill(server, SIGCONT)
            #expect(await eventually { await d.reeve("agents", "-q").text.contains("H running") })
            #expect(await d.agentPid("H") == pid)
            #expect(await d.reeve("wait", "Q", "--until", "done", "--timeout", RealDaemon.patience).code == 0)
        }
    }

    @Test func `kill -9 during launches launches each ticket exactly once`() async throws {
        try await RealDaemon.with { d in
            for round in 1...4 {
                for index in 1...5 {
                    #expect(await d.reeve("add", "x", "--agent", "talker", "--id", "R\(round)-\(index)", "-q").code == 0)
                }
                await d.kill()
                try await d.start()
                for index in 1...5 {
                    let id = "R\(round)-\(index)"
                    #expect(await d.reeve("wait", id, "--until", "running", "--timeout", RealDaemon.patience).code == 0)
                }
            }
            #expect(await eventually { d.ledger.count >= 20 })
            #expect(d.ledger.sorted() == (1...4).flatMap { round in (1...5).map { "R\(round)-\($0)" } }.sorted())
        }
    }
}
