import Foundation
import ReeveHooks
import ReeveJSON
import ReeveModel
import ReeveTestSupport
import Testing

/// The files that are put into the agents' folders of plugins.
@Suite struct PluginFileTests {
    static let places: [HookKind: String] = [
        .opencode: ".config/opencode/plugins/reeve.js", .amp: ".config/amp/plugins/reeve.ts",
        .pi: ".pi/agent/extensions/reeve.ts",
    ]

    @Test(arguments: [HookKind.opencode, .amp, .pi])
    func `a plugin is made, made once, renewed and removed`(kind: HookKind) throws {
        let place = try #require(Self.places[kind])
        try Home.with { home in
            let plan = try home.planner("/old/reeve").install(kind)
            #expect(plan.diff.hasPrefix("--- /dev/null\n+++ \(home.path)/\(place)\n@@ -0,0 +1,"))
            try plan.apply()
            #expect(home.files == [place])
            let first = try #require(home.text(place)?.split(separator: "\n").first)
            #expect(first.hasPrefix("// Reeve's own file for \(kind.title): 'reeve install hooks' makes it"))
            try home.planner().install(kind).apply()
            #expect(home.text(place)?.contains("spawn(\"/opt/reeve/bin/reeve\", [\"hook\", \"\(kind.rawValue)\"]") == true)
            #expect(try home.planner().install(kind).changes.isEmpty)
            try home.planner().uninstall(kind).apply()
            #expect(home.files == [])
            #expect(try home.planner().uninstall(kind).changes.isEmpty)
        }
    }

    @Test(arguments: [HookKind.opencode, .amp, .pi])
    func `a plugin that a person has edited, and one of another's, are neither replaced nor removed`(kind: HookKind) throws {
        let place = try #require(Self.places[kind])
        try Home.with { home in
            try home.planner().install(kind).apply()
            let edited = try #require(home.read(place)) + Array("// mine\n".utf8)
            try home.write(place, edited)
            #expect(throws: ReeveError.self) { try home.planner("/new/reeve").install(kind) }
            #expect(throws: ReeveError.self) { try home.planner().uninstall(kind) }
            try home.write(place, "export default 1\n".utf8)
            #expect(throws: ReeveError.self) { try home.planner().install(kind) }
            #expect(try home.planner().uninstall(kind).changes.isEmpty)
            #expect(home.text(place) == "export default 1\n")
        }
    }

    @Test(
        arguments: [([], "plugins"), (["plugin"], "plugin"), (["plugins"], "plugins"), (["plugin", "plugins"], "plugins")]
            as [([String], String)])
    func `OpenCode's plugin goes into the folder that is there`(folders: [String], chosen: String) throws {
        try Home.with { home in
            for folder in folders { try home.write(".config/opencode/\(folder)/other.js", []) }
            try home.planner().install(.opencode).apply()
            #expect(home.files.filter { $0.hasSuffix("reeve.js") } == [".config/opencode/\(chosen)/reeve.js"])
        }
    }

    @Test func `OpenCode's plugin is never in both folders`() throws {
        try Home.with { home in
            try home.write(".config/opencode/plugin/other.js", [])
            try home.planner().install(.opencode).apply()
            let made = try #require(home.read(".config/opencode/plugin/reeve.js"))
            try home.write(".config/opencode/plugins/reeve.js", made)
            try home.planner().install(.opencode).apply()
            #expect(home.files == [".config/opencode/plugin/other.js", ".config/opencode/plugins/reeve.js"])
            try home.planner().uninstall(.opencode).apply()
            #expect(home.files == [".config/opencode/plugin/other.js"])
        }
    }

    @Test(arguments: [
        ("OPENCODE_CONFIG_DIR", HookKind.opencode, "x/plugins/reeve.js"),
        ("XDG_CONFIG_HOME", .opencode, "x/opencode/plugins/reeve.js"),
        ("XDG_CONFIG_HOME", .amp, "x/amp/plugins/reeve.ts"), ("PI_CODING_AGENT_DIR", .pi, "x/extensions/reeve.ts"),
        ("CODEX_HOME", .codex, "x/hooks.json"), ("CLAUDE_CONFIG_DIR", .claude, "x/settings.json"),
    ])
    func `the variables that move an agent's directory are heeded`(variable: String, kind: HookKind, place: String) throws {
        try Home.with { home in
            var home = home
            home.environment[variable] = "\(home.path)/x"
            try home.planner().install(kind).apply()
            #expect(home.files == [place])
        }
    }
}

/// The plugins in a JavaScript runtime, with a program in Reeve's place that writes down what it is told.
@Suite(.enabled(if: access("/usr/bin/node", X_OK) == 0, "needs /usr/bin/node"))
struct PluginRunTests {
    /// Runs `script` with the plugin as `plugin`; it ends once the event that says `last` has come through.
    /// - Returns: the events that came through, and what the script printed.
    private func run(
        _ kind: HookKind, for version: ProgramVersion? = nil, _ script: String, hasProgram: Bool = true
    ) async throws -> (told: [String], printed: String) {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let place = try #require(PluginFileTests.places[kind])
        let bin = try scratch.directory("b'in")
        let plugin = try Home.with { home in
            try home.planner("\(bin)/reeve").install(kind, version: version).apply()
            return try #require(home.read(place))
        }
        let program = """
            #!/bin/sh
            text=$(cat)
            printf '%s %s\\n' "$*" "$text" >> '\(scratch.path)/told'
            case $text in *'"id":"last"'*|*'"message":"last"'*|*'"prompt":"last"'*) : > '\(scratch.path)/over' ;; esac
            """
        if hasProgram {
            try await Script.write("\(bin)/reeve", program)
        }
        try Data(plugin).write(to: URL(fileURLWithPath: "\(scratch.path)/plugin.mjs"))
        try #require(mkfifo("\(scratch.path)/over", 0o600) == 0)
        let driver = """
            import * as plugin from "./plugin.mjs"
            import { readFile } from "node:fs/promises"
            process.on("unhandledRejection", (error) => { console.log("THROWN " + error); process.exit(1) })
            \(script)
            \(hasProgram ? "await readFile(\"\(scratch.path)/over\")" : "await new Promise((done) => setImmediate(done))")
            process.exit(0)
            """
        try driver.write(toFile: "\(scratch.path)/driver.mjs", atomically: true, encoding: .utf8)
        let run = await ProgramRun.of(["/usr/bin/node", "\(scratch.path)/driver.mjs"], environment: ["PATH": "/usr/bin:/bin"])
        #expect(run.code == 0 && run.errors.isEmpty, "\(run.text)\(run.errors)")
        let told = (try? String(contentsOfFile: "\(scratch.path)/told", encoding: .utf8)) ?? ""
        return (told.split(separator: "\n").map(String.init), run.text)
    }

    /// What both versions of OpenCode say, and what is told of it.
    private static let openCode = """
        const user = { id: "m1", role: "user", sessionID: "s", system: "secret", time: { created: 5 }, parts: [{ text: "secret" }] }
        await send("session.status", { sessionID: "s", status: { type: "retry", attempt: 2, message: "overloaded" } })
        await send("message.part.updated", { part: { text: "secret" } })
        await send("message.updated", { info: user })
        await send("message.updated", { info: user })
        await send("message.updated", { info: { id: "m2", role: "assistant" } })
        for (const title of ["New", "Health", "Health"]) await send("session.updated", { info: { id: "s", title, cost: 1 } })
        await send("permission.asked", { id: "p", sessionID: "s", permission: "bash", patterns: ["secret"], metadata: { a: "secret" } })
        await send("session.idle", { get sessionID() { throw 1 } })
        await send("session.error", { sessionID: "s", error: { name: "APIError", data: { message: "boom", body: "secret" } } })

        """

    private static let openCodeTold = [
        #"{"type":"session.status","properties":{"sessionID":"s","status":{"type":"retry","attempt":2,"message":"overloaded"}}}"#,
        #"{"type":"message.updated","properties":{"info":{"id":"m1","role":"user","sessionID":"s","time":{"created":5}}}}"#,
        #"{"type":"session.updated","properties":{"info":{"id":"s","title":"New"}}}"#,
        #"{"type":"session.updated","properties":{"info":{"id":"s","title":"Health"}}}"#,
        #"{"type":"permission.asked","properties":{"id":"p","sessionID":"s","permission":"bash"}}"#,
        #"{"type":"session.error","properties":{"sessionID":"s","error":{"name":"APIError","data":{"message":"boom"}}}}"#,
    ]

    @Test func `OpenCode's plugin tells of states, in their order, and of nothing else`() async throws {
        let (told, printed) = try await run(
            .opencode,
            """
            console.log(Object.keys(plugin).join())
            const hooks = await plugin.Reeve({})
            console.log(Object.keys(hooks).join())
            const send = (type, properties) => hooks.event({ event: { type, properties } })
            \(Self.openCode)
            await hooks.event(undefined); await hooks.event({}); await hooks.event({ event: null })
            const output = { args: { command: "secret" } }
            console.log(await hooks["tool.execute.before"]({ tool: "bash", sessionID: "s", callID: "c" }, output), JSON.stringify(output))
            console.log(await hooks["tool.execute.after"]({ tool: "bash", sessionID: "s", callID: "c", args: { command: "secret" } }, {}))
            await send("session.idle", { id: "last" })
            """)
        #expect(
            printed
                == "Reeve\nevent,tool.execute.before,tool.execute.after\nundefined {\"args\":{\"command\":\"secret\"}}\nundefined\n"
        )
        let tools = ["before", "after"].map {
            #"{"type":"tool.execute.\#($0)","properties":{"tool":"bash","sessionID":"s","callID":"c"}}"#
        }
        let last = #"{"type":"session.idle","properties":{"id":"last"}}"#
        #expect(told == (Self.openCodeTold + tools + [last]).map { "hook opencode \($0)" })
    }

    @Test func `OpenCode 2 gets a plugin of its own kind, which listens once for all places`() async throws {
        let (told, printed) = try await run(
            .opencode, for: ProgramVersion(2, 0, 18),
            """
            console.log(Object.keys(plugin).join(), Object.keys(plugin.default).join(), plugin.default.id)
            const waiting = []
            let wake, subscriptions = 0
            const hooks = {}
            const place = () => ({
              tool: { hook: async (name, handler) => { hooks[name] = handler } },
              event: { subscribe: async function* ({ signal }) {
                subscriptions++
                while (!signal.aborted) {
                  while (waiting.length > 0) yield waiting.shift()
                  await new Promise((done) => { wake = done; signal.addEventListener("abort", done) })
                }
              } },
            })
            const send = (type, data) => { waiting.push({ type, data }); wake?.() }
            const leave = await plugin.default.setup(place())
            await plugin.default.setup(place())
            await plugin.default.setup({})
            \(Self.openCode)
            console.log(subscriptions, hooks["execute.before"]({ id: "c", tool: "shell", sessionID: "s", input: { command: "secret" } }))
            await new Promise((done) => setImmediate(done))
            send("session.idle", { id: "last" })
            leave
            """)
        #expect(printed == "default id,setup reeve\n1 undefined\n")
        let tool = #"{"type":"tool.execute.before","properties":{"tool":"shell","sessionID":"s","callID":"c"}}"#
        #expect(told.contains("hook opencode \(tool)"))
        #expect(told.filter { !$0.contains("tool.execute") }.dropLast() == Self.openCodeTold.map { "hook opencode \($0)" }[...])
    }

    @Test func `when too many events wait the oldest are dropped`() async throws {
        let (told, _) = try await run(
            .opencode,
            """
            const hooks = await plugin.Reeve({})
            for (let n = 0; n < 500; n++) hooks.event({ event: { type: "session.status", properties: { attempt: n } } })
            hooks.event({ event: { type: "session.idle", properties: { id: "last" } } })
            """)
        #expect(told.count == 65)
        #expect(told.first == #"hook opencode {"type":"session.status","properties":{"attempt":0}}"#)
        #expect(told[1] == #"hook opencode {"type":"session.status","properties":{"attempt":437}}"#)
        #expect(told.last == #"hook opencode {"type":"session.idle","properties":{"id":"last"}}"#)
    }

    @Test func `Amp's plugin has no say in what a tool may do`() async throws {
        let (told, printed) = try await run(
            .amp,
            """
            const handlers = {}
            plugin.default({ on: (name, handler) => { handlers[name] = handler } })
            console.log(Object.keys(handlers).join())
            console.log(JSON.stringify([
              handlers["session.start"]({ thread: { id: "T-1" } }, {}), handlers["agent.start"]({ message: "hello" }, { thread: { id: "T-2" } }),
              handlers["tool.result"](undefined, undefined),
              handlers["agent.end"]({ status: "done", messages: ["secret"] }), handlers["agent.start"]({ message: "last" }),
            ]))
            plugin.default({ on: () => { throw 1 } })
            """)
        #expect(printed == "session.start,agent.start,tool.result,agent.end\n[null,{},null,null,{}]\n")
        let events = try told.map { try JSONDocument(Array($0.dropFirst("hook amp ".count).utf8)).root }
        #expect(
            events.map { $0.member("event")?.string } == [
                "session.start", "agent.start", "tool.result", "agent.end", "agent.start",
            ])
        #expect(events.map { $0.member("thread")?.string } == ["T-1", "T-2", nil, nil, nil])
        #expect(events[3].members.map { $0.key.string } == ["event", "cwd", "status"])
    }

    @Test func `Pi's extension only watches`() async throws {
        let (told, printed) = try await run(
            .pi,
            """
            const handlers = {}
            plugin.default({ on: (name, handler) => { handlers[name] = handler } })
            console.log(Object.keys(handlers).join())
            const context = { cwd: "/w/app", sessionManager: { getSessionId: () => "s1", getSessionFile: () => "/f", getSessionName: () => undefined } }
            const messages = [{ role: "assistant", stopReason: "toolUse" }, { role: "assistant", stopReason: "stop" }, { role: "toolResult" }]
            console.log(JSON.stringify([
              handlers.session_start({ reason: "startup" }, context), handlers.agent_end({ messages }, context), handlers.tool_execution_start(),
              handlers.before_agent_start({ prompt: "last", systemPrompt: "secret" }, { get sessionManager() { throw 1 } }),
              handlers.before_agent_start({ prompt: "last", systemPrompt: "secret" }, context),
            ]))
            """)
        #expect(
            printed
                == "session_start,before_agent_start,agent_start,tool_execution_start,tool_execution_end,agent_end,agent_settled,session_shutdown\n"
                + "[null,null,null,null,null]\n")
        let events = try told.map { try JSONDocument(Array($0.dropFirst("hook pi ".count).utf8)).root }
        #expect(
            events.map { $0.member("event")?.string } == [
                "session_start", "agent_end", "tool_execution_start", "before_agent_start",
            ])
        #expect(events[0].member("sessionId")?.string == "s1" && events[0].member("cwd")?.string == "/w/app")
        #expect(events[1].member("stopReason")?.string == "stop" && events[1].member("messages") == nil)
        #expect(events[3].member("prompt")?.string == "last" && events[3].member("systemPrompt") == nil)
    }

    @Test(arguments: [HookKind.opencode, .amp, .pi])
    func `a plugin whose program is gone does nothing, and throws nothing`(kind: HookKind) async throws {
        let (told, _) = try await run(
            kind,
            """
            if (plugin.Reeve) {
              const hooks = await plugin.Reeve()
              for (let n = 0; n < 5; n++) await hooks.event({ event: { type: "session.idle" } })
            } else plugin.default({ on: (name, handler) => { for (let n = 0; n < 5; n++) handler({}, {}) } })
            """, hasProgram: false)
        #expect(told == [])
    }
}
