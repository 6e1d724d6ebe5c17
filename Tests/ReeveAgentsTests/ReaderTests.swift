import ReeveAgents
import ReeveJSON
import ReeveModel
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What the corpus cannot say: bounds, hostile bytes, the real process table, the offline door.
@Suite struct ReaderTests {
    private let now = Timestamp(milliseconds: CorpusWorld.start)

    private func settled(_ report: ThreadReport?) throws -> ThreadKnowledge {
        var roster = ThreadRoster()
        roster.take(try #require(report), now: now)
        _ = roster.settle(now: now)
        return try #require(roster.newest.flatMap { roster.knowledge(of: $0) })
    }

    @Test(arguments: ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "garbage", ""])
    func `a time that nobody can mean neither stops the daemon nor outranks what comes later`(time: String) throws {
        let files = FakeFiles()
        files.append(
            "/p/s.jsonl",
            #"{"type":"user","sessionId":"s","timestamp":"\#(time)","message":{"role":"user","content":"go"}}"# + "\n", at: now)
        var follower = try #require(ThreadFollower(kind: "claude", path: "/p/s.jsonl"))
        var roster = ThreadRoster()
        let read = follower.poll(files)
        roster.take(try #require(read), now: now)
        let later = now.advanced(by: .seconds(5))
        let stop = HookEvent(Array(#"{"session_id":"s","hook_event_name":"Stop"}"#.utf8), at: later, place: ThreadPlace())
        var hooks = HookReader()
        let told = hooks.read(try #require(stop), kind: "claude")
        roster.take(try #require(told), now: later)
        _ = roster.settle(now: later)
        #expect(roster.newest.flatMap { roster.verdict(of: $0) }?.state == .done)
        _ = roster.newest.flatMap { roster.knowledge(of: $0) }?.explanation(now: later)
    }

    @Test func `a file with tools without end is followed in bounded memory`() throws {
        let files = FakeFiles()
        for start in stride(from: 0, to: 20_000, by: 1000) {
            let lines = (start..<(start + 1000)).map {
                #"{"type":"assistant","sessionId":"s","message":{"content":[{"type":"tool_use","id":"t\#($0)","name":"Bash"}],"stop_reason":null}}"#
                    + "\n"
            }
            files.append("/p/s.jsonl", lines.joined(), at: now)
        }
        var follower = try #require(ThreadFollower(kind: "claude", path: "/p/s.jsonl"))
        #expect(try settled(follower.poll(files)).verdict.state == .tool)
    }

    @Test(arguments: ["claude", "codex", "pi", "droid"])
    func `no bytes stop a reader`(kind: String) throws {
        let pieces = [
            "{", "}", "[", "]", "\"", "null", "true", "-1", "1e9", ":", ",", "\\", "type", "user", "assistant", "message",
            "content",
            "role", "payload", "event_msg", "timestamp", "\u{0}", "\u{202e}", "\n", "\n", "é", " ",
        ]
        var state: UInt64 = 42
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        let files = FakeFiles()
        var follower = try #require(ThreadFollower(kind: kind, path: "/p/11111111-2222-4333-8444-555555555555.jsonl"))
        var roster = ThreadRoster()
        for _ in 0..<300 {
            files.append(follower.path, (0..<random(60)).map { _ in pieces[random(pieces.count)] }.joined(), at: now)
            follower.poll(files).map { roster.take($0, now: now) }
            _ = roster.settle(now: now)
        }
        #expect(roster.keys.count <= 1)
    }

    /// Every shape that a member can have, in the places where a text, a list or an object is wanted.
    @Test(arguments: ["null", "7", "-1.5e300", "true", "\"x\"", "[]", "{}", "[[[]]]", "[null,7,\"x\",{}]", "{\"type\":7}"])
    func `members of every kind are borne in hooks, documents and lists`(value: String) {
        var hooks = HookReader()
        let names = [
            "session_id", "hook_event_name", "tool_input", "tool_name", "background_tasks", "agent_id", "agent", "status", "ts",
            "threadId",
            "type", "properties", "event", "thread", "sessionId", "pid", "thread-id", "input-messages", "notification_type",
            "error",
        ]
        for kind in ["claude", "codex", "opencode", "amp", "pi", "droid", "aider"] {
            for odd in names {
                for event in [
                    "Stop", "Notification", "PreToolUse", "agent-turn-complete", "session.status", "agent.end", "session_start",
                ] {
                    let members = names.map { name in
                        let text =
                            name == odd
                            ? value : name == "hook_event_name" || name == "type" || name == "event" ? "\"\(event)\"" : "\"x\""
                        return "\"\(name)\":\(text)"
                    }
                    guard let hook = HookEvent(Array("{\(members.joined(separator: ","))}".utf8), at: now, place: ThreadPlace())
                    else {
                        Issue.record("no JSON")
                        return
                    }
                    _ = hooks.read(hook, kind: kind)
                }
            }
        }
        let files = FakeFiles()
        for member in ["id", "env", "messages", "title", "created"] {
            files.append("/T-\(member).json", "{\"id\":\"T-1\",\"\(member)\":\(value)}", at: now)
            var thread = AmpThread(path: "/T-\(member).json")
            _ = thread.poll(files)
        }
        _ = ClaudeRegistry.read(
            fileName: "1.json", Array("{\"pid\":1,\"sessionId\":\"s\",\"status\":\(value),\"procStart\":\(value)}".utf8))
    }

    @Test func `Amp's document is read again only when it has changed`() throws {
        let files = FakeFiles()
        files.append("/T-1.json", #"{"id":"T-1","messages":[]}"#, at: now)
        var thread = AmpThread(path: "/T-1.json")
        #expect(thread.poll(files) != nil)
        #expect(thread.poll(files) == nil)
    }

    @Test func `a database is reported once, and then only what has changed`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/opencode.db"
            let written = CorpusDatabase(path: path)
            func write(_ text: String) throws { try written.upsert(try JSONDocument(Array(text.utf8)).root) }
            try write(
                #"{"session":[{"id":"ses_1","title":"One","time_created":1,"time_updated":1},{"id":"ses_2","title":"Two","time_created":2,"time_updated":2}]}"#
            )
            var database = OpenCodeDatabase(kind: "opencode", path: path)
            #expect(database.poll(DiskTranscriptFiles()).map(\.thread) == ["ses_1", "ses_2"])
            #expect(database.poll(DiskTranscriptFiles()).isEmpty)
            try write(
                #"{"message":[{"id":"msg_1","session_id":"ses_2","time_created":3,"time_updated":3,"data":{"role":"user"}},{"id":"msg_0","session_id":"ses_1","time_created":3,"data":"no json"}]}"#
            )
            let reports = database.poll(DiskTranscriptFiles())
            #expect(reports.map(\.thread) == ["ses_2"])
            #expect(reports.first?.signals.contains { $0.meaning == .prompt } == true)
        }
    }

    @Test func `what is no database is none`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/opencode.db"
            let file = try #require(fopen(path, "w"))
            fputs(String(repeating: "no database ", count: 1000), file)
            fclose(file)
            var database = OpenCodeDatabase(kind: "opencode", path: path)
            #expect(database.poll(DiskTranscriptFiles()).isEmpty)
        }
    }

    @Test func `a user's message that OpenCode tells again opens no second turn`() throws {
        var hooks = HookReader()
        var roster = ThreadRoster()
        func tell(_ text: String, _ seconds: Int) throws {
            let at = now.advanced(by: .seconds(seconds))
            let event = try #require(HookEvent(Array(text.utf8), at: at, place: ThreadPlace()))
            hooks.read(event, kind: "opencode").map { roster.take($0, now: at) }
            _ = roster.settle(now: at)
        }
        let message = #"{"type":"message.updated","properties":{"info":{"id":"msg_1","sessionID":"ses_1","role":"user"}}}"#
        try tell(message, 0)
        try tell(#"{"type":"session.idle","properties":{"sessionID":"ses_1"}}"#, 5)
        try tell(message, 6)
        #expect(roster.newest.flatMap { roster.verdict(of: $0) }?.state == .done)
    }

    @Test func `a person's answer to a sub-agent is seen by the sub-agent's own tool`() throws {
        var hooks = HookReader()
        var roster = ThreadRoster()
        func tell(_ members: String, _ seconds: Int) throws -> ThreadState? {
            let at = now.advanced(by: .seconds(seconds))
            let event = try #require(HookEvent(Array("{\"session_id\":\"s\",\(members)}".utf8), at: at, place: ThreadPlace()))
            hooks.read(event, kind: "claude").map { roster.take($0, now: at) }
            _ = roster.settle(now: at)
            return roster.newest.flatMap { roster.verdict(of: $0) }?.state
        }
        _ = try tell(#""hook_event_name":"UserPromptSubmit","prompt":"go""#, 0)
        _ = try tell(#""hook_event_name":"PreToolUse","tool_name":"Task","tool_use_id":"t1""#, 1)
        let asks =
            #""hook_event_name":"Notification","notification_type":"permission_prompt","message":"Claude needs your permission to use Bash""#
        #expect(try tell(asks, 2) == .waiting)
        #expect(
            try tell(#""hook_event_name":"PostToolUse","agent_id":"a1","tool_name":"Grep","tool_use_id":"t8""#, 3) == .waiting)
        #expect(try tell(#""hook_event_name":"PostToolUse","agent_id":"a1","tool_name":"Bash","tool_use_id":"t9""#, 4) == .tool)
        #expect(try tell(asks, 5) == .waiting)
        #expect(try tell(#""hook_event_name":"PostToolUse","tool_name":"Task","tool_use_id":"t1""#, 6) == .running)
    }

    // MARK: - Processes

    #if os(Linux)
    @Test func `this very process is in the list of processes, with its parent and its start`() throws {
        var list = ProcessList()
        let processes = list.read() ?? []
        let own = try #require(processes.first { $0.pid == Int(getpid()) })
        #expect(own.parent == Int(getppid()))
        #expect(own.start.flatMap(Int.init) != nil)
        #expect(own.kind == nil)
        let again = list.read()?.first { $0.pid == own.pid }
        #expect(again == own)
    }
    #endif

    // MARK: - Offline

    @Test func `a transcript is explained without a daemon`() throws {
        let files = FakeFiles()
        files.append(
            "/p/s.jsonl",
            #"{"type":"user","sessionId":"s","cwd":"/w","timestamp":"2026-05-01T10:00:00Z","message":{"content":"go"}}"#
                + "\nno json\n"
                + #"{"type":"assistant","sessionId":"s","timestamp":"2026-05-01T10:00:01Z","message":{"content":[{"type":"tool_use","id":"t","name":"Bash"}],"stop_reason":"tool_use"}}"#
                + "\n", at: now)
        let threads = try OfflineExplanation.explain(
            file: "/p/s.jsonl", kind: "claude", now: now.advanced(by: .seconds(30)), files: files)
        let thread = try #require(threads.first)
        #expect(threads.count == 1)
        #expect(thread.skipped == 1)
        #expect(thread.explanation.verdict.state == .tool)
        #expect(thread.explanation.lines.first?.evidence.rule == "tool_use")
        #expect(thread.explanation.lines.first?.evidence.matched == "Bash")
        #expect(thread.explanation.lines.first?.age == .seconds(29))
        #expect(thread.explanation.title == "go")
    }

    @Test(arguments: [
        ("/none.jsonl", "claude", "no file that can be read"), ("/p.jsonl", "gemini", "no transcript of 'gemini'"),
        ("/empty.jsonl", "claude", "holds nothing"),
    ])
    func `what cannot be explained says why and what to do`(file: String, kind: String, words: String) throws {
        let files = FakeFiles()
        files.append("/empty.jsonl", "x\n", at: now)
        let error = try #require(throws: ReeveError.self) {
            try OfflineExplanation.explain(file: file, kind: kind, now: now, files: files)
        }
        #expect(error.message.contains(words))
        #expect(error.hint != nil)
    }
}

@Suite struct AgentProgramTests {
    @Test(
        arguments: [
            (["claude"], "claude"), (["/opt/bin/claude", "--resume"], "claude"), (["node", "/usr/bin/claude"], "claude"),
            (["node", "/usr/lib/node_modules/@anthropic-ai/claude-code/cli.js"], "claude"),
            (["npx", "-y", "@openai/codex@latest", "exec"], "codex"),
            (["bun", "run", "/w/opencode"], "opencode"), (["python3.12", "-X", "dev", "-m", "aider"], "aider"),
            (["uvx", "--from", "aider-chat", "aider"], "aider"), (["bash", "-lc", "cd=1 exec codex"], "codex"),
            (["sh", "-c", "npx gemini"], "gemini"),
            (["node", "--env-file", ".env", "/usr/bin/amp.mjs"], "amp"), (["npx", "gemini@0.20"], "gemini"), (["-claude"], nil),
            ([], nil), ([""], nil),
            (["node", "-e", "claude"], nil), (["python3", "-c", "import pi"], nil), (["npx", "-p", "claude", "other"], nil),
            (["sh", "-c", ""], nil),
            (["sh", "-c", "sh -c 'sh -c claude'"], nil), (["grep", "-r", "codex"], nil), (["claude-helper"], nil),
            (["Claude"], nil),
        ] as [([String], String?)])
    func `an agent is known by the exact name of its program`(arguments: [String], kind: String?) {
        #expect(AgentProgram.kind(arguments) == kind)
    }

    @Test func `every shipped kind that is an agent has its program in the table`() {
        let programs = Set(AgentProgram.names.map(\.kind))
        for kind in ShippedKinds.all where kind.name != "shell" && kind.name != "demo" {
            #expect(programs.contains(kind.name), "\(kind.name)")
        }
    }
}
