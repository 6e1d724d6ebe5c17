import Foundation
import ReeveTestSupport
import Testing

/// How the real daemon knows what an agent does: by its events, its transcript, and what it said while no daemon ran.
@Suite(.serialized) struct SenseSerialTests {
    /// A program that stands in for Claude Code (the formats are those of `docs/states.md`; the real one was not run): writes the
    /// transcript of a turn that has begun, and waits for `go` to end it.
    private static func standIn(_ scratch: String) -> String {
        """
        [agents.writer]
        start = ["/bin/sh", "-c", '''
        folder="$HOME/.claude/projects/p"; mkdir -p "$folder"
        line() { echo "$1" >> "$folder/$0.jsonl"; }
        now() { date -u +%Y-%m-%dT%H:%M:%S.000Z; }
        line '{"type":"user","uuid":"u-1","timestamp":"'$(now)'","sessionId":"'$0'","cwd":"'$PWD'","version":"2.1.0","isSidechain":false,"message":{"role":"user","content":"paint the shed"}}'
        while [ ! -e "$HOME/go" ]; do sleep 0.05; done
        line '{"type":"assistant","uuid":"a-2","parentUuid":"u-1","timestamp":"'$(now)'","sessionId":"'$0'","version":"2.1.0","isSidechain":false,"message":{"role":"assistant","stop_reason":"end_turn","content":[{"type":"text","text":"done"}]}}'
        sleep 1000
        ''', "{session_id}"]
        prompt = "none"
        """
    }

    private func launch(_ d: RealDaemon) async -> String {
        let text = await d.reeve("agents", "--json").text
        let agents =
            (try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])?["agents"] as? [[String: Any]]
        return agents?.first?["launch"] as? String ?? ""
    }

    private func hook(
        _ d: RealDaemon, _ event: String, launch: String, ticket: String = "T-1", socket: String? = nil
    ) async -> ProgramRun {
        await d.run([
            "/usr/bin/env", "REEVE_SOCKET=\(socket ?? d.socket)", "REEVE_SPOOL=\(d.scratch.path)/s/spool",
            "REEVE_LAUNCH=\(launch)",
            "REEVE_TICKET=\(ticket)",
            // From a file: a hook waits for its input only for a moment, and the other end of a pipe is not to be late.
            "/bin/sh", "-c", "printf '%s' \"$0\" >\"$2\" && \"$1\" hook claude <\"$2\"", event, Programs.path("reeve"),
            "\(d.scratch.path)/event",
        ])
    }

    private static let session = "11111111-2222-4333-8444-555555555555"
    private static let begin =
        #"{"hook_event_name":"UserPromptSubmit","session_id":"\#(session)","cwd":"/tmp","prompt":"paint the shed"}"#
    private static let ask =
        #"{"hook_event_name":"PermissionRequest","session_id":"\#(session)","cwd":"/tmp","tool_name":"Bash","tool_input":{"command":"rm -rf x"}}"#
    private static let stop = #"{"hook_event_name":"Stop","session_id":"\#(session)","cwd":"/tmp"}"#

    private func agent(_ d: RealDaemon) async -> String { await d.reeve("agents").text }

    @Test func `an agent's event decides its state, explain names it, and nothing is typed into its question`() async throws {
        try await RealDaemon.with { d in
            #expect(await d.reeve("add", "paint", "--id", "T-1", "--agent", "talker").code == 0)
            #expect(await eventually { await d.agentPid("T-1") != nil })
            #expect(await d.isAtPrompt("T-1"))
            let launch = await launch(d)
            let told = await hook(d, Self.begin, launch: launch)
            #expect(told.code == 0 && told.text.isEmpty && told.errors.isEmpty)
            #expect(await eventually { await d.reeve("explain", "T-1").text.contains("→ hook: running") })
            _ = await hook(d, Self.ask, launch: launch)
            #expect(await eventually { await agent(d).contains("permission") })
            let explained = await d.reeve("explain", "T-1").text
            #expect(explained.contains("T-1: waiting (permission") && explained.contains("→ hook: waiting"), "\(explained)")
            #expect(explained.split(separator: "\n").allSatisfy { $0.count <= 80 })
            let refused = await d.reeve("send", "T-1", "yes")
            #expect(refused.code == 5 && refused.errors.contains("waits for an answer"), "\(refused)")
            let switched = await d.reeve("switch", "T-1", "--to", "worker")
            #expect(switched.code == 5 && switched.errors.contains("waits for an answer"), "\(switched)")
            #expect(await d.reeve("send", "T-1", "yes", "--force").code == 0)
            _ = await hook(d, Self.stop, launch: launch)
            #expect(await eventually { await agent(d).contains("idle-prompt") })
            #expect(await d.reeve("send", "T-1", "go on").code == 0)
        }
    }

    @Test func `an event that comes in the very moment in which its agent starts is the agent's`() async throws {
        try await RealDaemon.with { d in
            let events = try LineClient(d.socket)
            let requests = try LineClient(d.socket)
            _ = await events.ask(#"{"id":1,"method":"events.subscribe","params":{"kinds":["agent.state"]}}"#)
            for number in 1...5 {
                #expect(await d.reeve("add", "paint", "--id", "T-\(number)", "--agent", "sleeper").code == 0)
                var launch: String?
                while launch == nil, let line = await events.line() {
                    guard line.contains(#""state":"running""#), line.contains("\"T-\(number)\"") else { continue }
                    let agent = await requests.ask(#"{"id":2,"method":"agent.get","params":{"ticket":"T-\#(number)"}}"#) ?? ""
                    launch = agent.firstMatch(of: /"launch":"([^"]+)"/).map { String($0.1) }
                }
                let event = Self.ask.replacingOccurrences(of: Self.session, with: "\(number)" + Self.session.dropFirst())
                _ = await requests.ask(
                    #"{"id":3,"method":"agent.event","params":{"kind":"claude","at":1,"launch":"\#(launch ?? "")","event":\#(event)}}"#
                )
            }
            #expect(await eventually { await agent(d).components(separatedBy: "permission").count == 6 })
        }
    }

    @Test func `an event of no launch of ours changes no ticket`() async throws {
        try await RealDaemon.with { d in
            #expect(await d.reeve("add", "paint", "--id", "T-1", "--agent", "sleeper").code == 0)
            #expect(await eventually { await d.agentPid("T-1") != nil })
            _ = await hook(d, Self.ask, launch: "nobody")
            for bytes in ["", "[]", "{", #"{"hook_event_name":"Stop"}"#, "\u{1B}[2J"] {
                let told = await hook(d, bytes, launch: await launch(d))
                #expect(told.code == 0 && told.text.isEmpty && told.errors.isEmpty, "\(told)")
            }
            #expect(await d.reeve("system", "x").code == 2)
            let explained = await d.reeve("explain", "T-1").text
            #expect(explained.contains("T-1: running") && explained.contains("no conversation is known"), "\(explained)")
        }
    }

    @Test func `what an agent says while no daemon runs is heard when one starts`() async throws {
        try await RealDaemon.with { d in
            #expect(await d.reeve("add", "paint", "--id", "T-1", "--agent", "sleeper").code == 0)
            #expect(await eventually { await d.agentPid("T-1") != nil })
            let launch = await launch(d)
            await d.kill()
            let told = await hook(d, Self.ask, launch: launch)
            #expect(told.code == 0 && told.text.isEmpty && told.errors.isEmpty)
            try await d.start()
            #expect(await eventually { await agent(d).contains("permission") })
        }
    }

    @Test func `what an agent could only write down while the daemon ran is heard all the same`() async throws {
        try await RealDaemon.with { d in
            #expect(await d.reeve("add", "paint", "--id", "T-1", "--agent", "sleeper").code == 0)
            #expect(await eventually { await d.agentPid("T-1") != nil })
            let told = await hook(d, Self.ask, launch: await launch(d), socket: "\(d.scratch.path)/nobody")
            #expect(told.code == 0 && told.text.isEmpty && told.errors.isEmpty)
            #expect(await eventually { await agent(d).contains("permission") })
        }
    }

    @Test func `a transcript that grows is followed, by its file's event`() async throws {
        try await RealDaemon.with(Self.standIn("")) { d in
            #expect(await d.reeve("add", "paint", "--id", "T-1", "--agent", "writer").code == 0)
            #expect(
                await eventually {
                    let text = await d.reeve("explain", "T-1").text
                    return text.contains("of claude") && text.contains("running")
                })
            #expect(FileManager.default.createFile(atPath: "\(d.scratch.path)/go", contents: nil))
            #expect(await eventually { await d.reeve("explain", "T-1").text.contains("→ transcript: done") })
            #expect(await agent(d).contains("idle-prompt"))
            let file = try #require(
                FileManager.default.enumerator(atPath: "\(d.scratch.path)/.claude/projects/p")?.compactMap { $0 as? String }.first
            )
            let alone = await d.reeve(
                "explain", "--file", "\(d.scratch.path)/.claude/projects/p/\(file)", "--kind", "claude")
            #expect(alone.code == 0 && alone.text.hasPrefix("done"), "\(alone)")
            #expect(await d.reeve("explain", "--file", "/nowhere", "--kind", "claude").code == 4)
        }
    }

    @Test func `install and uninstall of hooks leave the person's settings as they were`() async throws {
        try await RealDaemon.with { d in
            let folder = try d.scratch.directory(".claude")
            let settings = "\(folder)/settings.json"
            let own = #"{ "model": "opus", "hooks": { "Stop": [ { "hooks": [ { "type": "command", "command": "beep" } ] } ] } }"#
            try own.write(toFile: settings, atomically: true, encoding: .utf8)
            let dry = await d.reeve("install", "hooks", "--dry-run")
            #expect(dry.code == 0 && dry.text.contains("hook claude") && dry.text.contains("+"), "\(dry)")
            #expect(try String(contentsOfFile: settings, encoding: .utf8) == own)
            #expect(await d.reeve("install", "hooks").code == 0)
            #expect(try String(contentsOfFile: settings, encoding: .utf8).contains("hook claude"))
            #expect(await d.reeve("install", "hooks").text.contains("nothing to change"))
            #expect(await d.reeve("uninstall", "hooks").code == 0)
            #expect(try String(contentsOfFile: settings, encoding: .utf8) == own)
            try "{ // a comment\n}".write(toFile: settings, atomically: true, encoding: .utf8)
            let refused = await d.reeve("install", "hooks", "claude")
            #expect(refused.code != 0 && refused.errors.contains("settings.json"), "\(refused)")
        }
    }
}
