import Foundation
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// Reeve's own terminals as people and agents meet them, without a multiplexer. The people's terminals are panes of a tmux server.
@Suite(.serialized) struct BuiltInTerminalSerialTests {
    private func with(_ body: (RealDaemon) async throws -> Void) async throws {
        try await RealDaemon.with(wrapper: "reeve") { d in
            #expect(await d.reeve("add", "x", "--id", "A", "--agent", "talker").code == 0)
            #expect(await d.reeve("wait", "A", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            // While it thinks it does not listen.
            #expect(await d.isAtPrompt("A"))
            // A server of its own for the people, which nothing of Reeve's runs in.
            _ = await d.tmux("-f", "/dev/null", "new-session", "-d", "-s", "me", "-x", "100", "-y", "30", "/bin/sh")
            try await body(d)
        }
    }

    private func attach(_ d: RealDaemon, _ person: String) async {
        let command = "REEVE_SOCKET=\(d.socket) \(Programs.path("reeve")) attach A\r"
        _ = await d.tmux("send-keys", "-t", "\(person):", "-l", command)
    }

    private func screen(_ d: RealDaemon, _ person: String = "me") async -> String {
        await d.tmux("capture-pane", "-p", "-t", "\(person):").text
    }

    private func size(_ d: RealDaemon) async -> String {
        let text = await d.reeve("session", "list", "--json").text
        let sessions =
            (try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])?["sessions"] as? [[String: Any]]
        guard let session = sessions?.first else { return text }
        return "\(session["width"] ?? 0)x\(session["height"] ?? 0) \(session["attached"] ?? 0)"
    }

    @Test func `an agent is seen, typed to by hand, and left by the detach key`() async throws {
        try await with { d in
            await attach(d, "me")
            #expect(await eventually { await screen(d).contains("demo agent") })
            _ = await d.tmux("send-keys", "-t", "me:", "-l", "typed by hand\r")
            #expect(await eventually { await d.reeve("preview", "A").text.contains("prompt: typed by hand") })
            #expect(await eventually { await screen(d).contains("prompt: typed by hand") })
            _ = await d.tmux("send-keys", "-t", "me:", "C-\\")
            #expect(await eventually { await screen(d).contains("[reeve] detached") })
            #expect(await d.state("A") == "running")
            #expect(await eventually { await size(d).hasSuffix(" 0") })
        }
    }

    @Test func `the terminal has the size that all who look can see all of`() async throws {
        try await with { d in
            #expect(await size(d) == "200x50 0")
            await attach(d, "me")
            #expect(await eventually { ["100x29 1", "100x30 1"].contains(await size(d)) })
            _ = await d.tmux("new-session", "-d", "-s", "other", "-x", "80", "-y", "40", "/bin/sh")
            await attach(d, "other")
            #expect(await eventually { (await size(d)).wholeMatch(of: /80x\d+ 2/) != nil })
            _ = await d.tmux("kill-session", "-t", "=other")
            #expect(await eventually { (await size(d)).wholeMatch(of: /100x\d+ 1/) != nil })
        }
    }

    @Test func `a person who has stopped reading holds up neither the agent nor anybody else`() async throws {
        try await with { d in
            await attach(d, "me")
            #expect(await eventually { await size(d).hasSuffix(" 1") })
            let found = await d.run(["/usr/bin/env", "pgrep", "-f", "reeve-terminal attach \(d.scratch.path)/"])
            let client = try #require(pid_t(found.text.split(separator: "\n").first ?? ""))
            #expect(kill(client, SIGSTOP) == 0)
            // Far more than all queues on the way to that person hold.
            let flood = ["session", "spawn", "FLOOD", "--", "/bin/sh", "-c", "seq 1 200000; touch \(d.scratch.path)/through"]
            #expect(await d.run([Programs.path("reeve")] + flood).code == 0)
            for word in 1...30 { #expect(await eventually { await d.reeve("send", "A", "line \(word)").code == 0 }) }
            // Whatever became of those that it was sent while it thought.
            #expect(await d.isAtPrompt("A"))
            #expect(await eventually { await d.reeve("send", "A", "the last one").code == 0 })
            #expect(await eventually { FileManager.default.fileExists(atPath: "\(d.scratch.path)/through") })
            #expect(kill(client, SIGCONT) == 0)
            #expect(await eventually { await screen(d).contains("prompt: the last one") })
        }
    }

    @Test func `a killed daemon's terminals are found by the next, with the same agents in them`() async throws {
        try await with { d in
            let before = await d.agentPid("A")
            await d.kill()
            try await d.start()
            #expect(await eventually { await d.reeve("send", "A", "still there").code == 0 })
            #expect(await d.agentPid("A") == before && before != nil)
            #expect(await eventually { await d.reeve("preview", "A").text.contains("prompt: still there") })
        }
    }

    @Test func `a keeper that is killed does not make its terminal deaf, nor busy`() async throws {
        try await with { d in
            _ = await d.run(["/usr/bin/env", "pkill", "-KILL", "-f", "/reeve-keeper .*--runtime-dir \(d.scratch.path)/r "])
            #expect(await eventually { await d.state("A") == "lost" })
            // Whoever connects after the device was closed gets its number.
            await attach(d, "me")
            #expect(await d.reeve("retry", "A").code == 0)
            #expect(await eventually { await d.state("A") == "running" })
            #expect(await eventually { await d.reeve("send", "A", "anew").code == 0 })
        }
    }

    @Test func `a terminal that is killed is a lost ticket, and its agent is gone with it`() async throws {
        try await with { d in
            let agent = try #require(await d.agentPid("A"))
            _ = await d.run(["/usr/bin/env", "pkill", "-KILL", "-f", "reeve-terminal serve .*--runtime-dir \(d.scratch.path)/r "])
            #expect(await eventually { await d.state("A") == "lost" })
            #expect(await eventually { kill(agent, 0) != 0 })
            #expect(await d.reeve("retry", "A").code == 0)
            #expect(await eventually { await d.state("A") == "running" })
        }
    }

    @Test func `a session can be in another multiplexer than new ones are`() async throws {
        try await with { d in
            #expect(await d.reeve("session", "spawn", "PLAY", "--backend", "tmux", "--", "/bin/cat").code == 0)
            let listed = await d.reeve("session", "list", "--json").text
            #expect(listed.contains("\"backend\":\"tmux\"") && listed.contains("\"backend\":\"reeve\""))
            // It runs before it reads.
            #expect(await eventually { await d.reeve("session", "send", "PLAY", "hello").code == 0 })
            #expect(await eventually { await d.reeve("session", "capture", "PLAY", "--lines", "5").text.contains("hello") })
            await d.kill()
            try await d.start()
            #expect(await eventually { await d.reeve("session", "capture", "PLAY", "--lines", "5").text.contains("hello") })
            #expect(await d.reeve("session", "destroy", "PLAY").code == 0)
            #expect(await d.reeve("focus", "A").errors.contains("reeve has no 'focus'"))
        }
    }

    @Test func `a multiplexer that hangs holds up no agent in another`() async throws {
        try await with { d in
            #expect(await d.reeve("session", "spawn", "PLAY", "--backend", "tmux", "--", "/bin/cat").code == 0)
            let text = await d.tmux("display-message", "-p", "#{pid}").text
            let server = try #require(text.split(separator: "\n").first.flatMap { pid_t($0) })
            #expect(kill(server, SIGSTOP) == 0)
            // At once, while nobody has noticed it.
            #expect(await d.reeve("send", "A", "while it hangs").code == 0)
            #expect(await eventually { await d.reeve("preview", "A").text.contains("prompt: while it hangs") })
            #expect([1, 6].contains(await d.reeve("session", "capture", "PLAY").code))
            // And for as long as it lasts.
            #expect(await eventually { await d.reeve("status").text.contains("tmux: down") })
            #expect(await d.reeve("add", "y", "--id", "B").code == 0)
            #expect(await d.reeve("wait", "B", "--until", "done", "--timeout", RealDaemon.patience).code == 0)
            #expect(await d.reeve("session", "list").text.contains("op-A"))
            #expect(await d.state("A") == "running")
            kill(server, SIGCONT)
            #expect(await eventually { await d.reeve("session", "send", "PLAY", "awake").code == 0 })
            #expect(await eventually { await d.reeve("session", "capture", "PLAY").text.contains("awake") })
        }
    }
}
