import Foundation
import ReeveTestSupport
import ReeveWire
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// A secret of its own in each input, and a look into every output. `docs/security.md` has the table of which may be where; each of its
/// rows names one of these tests.
@Suite(.serialized) struct CanarySerialTests {
    @Test func `a value of a kind's environment is in its agents and nowhere else`() async throws {
        let looked = Canary.fresh("looked"), literal = Canary.fresh("literal"), unused = Canary.fresh("unused")
        let kind = """
            [agents.secretive]
            start = ["/bin/sleep", "1000"]
            prompt = "none"
            env = { KEY = "$CANARY_SOURCE", LITERAL = "\(literal)" }
            [agents.lacking]
            start = ["/bin/sleep", "1000"]
            prompt = "none"
            env = { KEY = "$NOT_SET", LITERAL = "\(literal)" }
            """
        try await Canary.with(kind, ["CANARY_SOURCE": looked, "OPENAI_API_KEY": unused]) { d, outputs in
            #expect(await d.reeve("add", "x", "--agent", "secretive", "--id", "A").code == 0)
            #expect(await d.reeve("wait", "A", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            let pid = try #require(await d.agentPid("A"))
            let environ = ProcessFacts.text("/proc/\(pid)/environ") ?? ""
            #expect(environ.contains("KEY=\(looked)") && environ.contains("LITERAL=\(literal)") && !environ.contains(unused))
            // One that cannot be started, and says why.
            #expect(await d.reeve("add", "x", "--agent", "lacking", "--id", "B").code == 0)
            #expect(await d.reeve("wait", "B", "--until", "failed", "--timeout", RealDaemon.patience).code == 0)
            try await outputs.look(d, asking: [#"{"id":1,"method":"ticket.get","params":{"ticket":"B"}}"#])
            await d.kill()
            try await d.start()
            try await outputs.look(d)
            Canary.expect(outputs, looked, only: [])
            Canary.expect(outputs, unused, only: [])
            // An agent whose start was cut off is started with what was meant for it: the launch's row has the text of the file.
            Canary.expect(outputs, literal, only: [.database])
        }
    }

    @Test func `a prompt is in its ticket, and on a command line only for kinds that take it as an argument`() async throws {
        let title = Canary.fresh("title"), argued = Canary.fresh("argued"), pasted = Canary.fresh("pasted")
        let fed = Canary.fresh("fed"), unused = Canary.fresh("unused")
        let kinds = """
            [agents.argued]
            start = ["/bin/sh", "-c", "sleep 1000; true", "x"]
            prompt = "argument"
            [agents.pasted]
            start = ["reeve-demo-agent", "--work", "600000"]
            prompt = "paste"
            [agents.fed]
            start = ["/bin/sleep", "1000"]
            prompt = "stdin"
            [agents.unused]
            start = ["/bin/sleep", "1000"]
            prompt = "none"
            """
        try await Canary.with(kinds) { d, outputs in
            for (kind, body) in [("argued", argued), ("pasted", pasted), ("fed", fed), ("unused", unused)] {
                let name = kind == "unused" ? title : "x"
                let made = try await Canary.ask(
                    d,
                    #"{"id":1,"method":"ticket.create","params":{"title":"\#(name)","id":"\#(kind)","agent":"\#(kind)","body":"\#(body)"}}"#
                )
                #expect(made.contains("result"), "\(made)")
                let running = await d.reeve("wait", kind, "--until", "running", "--timeout", RealDaemon.patience)
                #expect(running.code == 0, "\(running)")
                try await outputs.look(d)
            }
            let isPasted = await eventually { await d.reeve("preview", "pasted").text.contains(pasted) }
            #expect(isPasted)
            try await outputs.look(d)
            Canary.expect(outputs, title, only: [.events, .answers, .client, .database])
            Canary.expect(outputs, argued, only: [.database, .arguments])
            Canary.expect(outputs, pasted, only: [.database, .stateFiles])
            Canary.expect(outputs, fed, only: [.database, .stateFiles])
            Canary.expect(outputs, unused, only: [.database])
        }
    }

    @Test func `what is typed into a terminal is in no log, event, database or command line`() async throws {
        let sent = Canary.fresh("sent"), lines = Canary.fresh("lines"), typed = Canary.fresh("typed")
        let value = Canary.fresh("value"), word = Canary.fresh("word"), key = Canary.fresh("key")
        try await Canary.with("") { d, outputs in
            #expect(await d.reeve("add", "x", "--agent", "talker", "--id", "A").code == 0)
            #expect(await d.reeve("wait", "A", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            #expect(await d.isAtPrompt("A"))
            let requests = [
                #"{"id":1,"method":"agent.send","params":{"ticket":"A","text":"\#(sent)","force":true,"idempotencyKey":"\#(key)"}}"#,
                #"{"id":1,"method":"agent.send","params":{"ticket":"A","text":"one\n\#(lines)\ntwo","force":true}}"#,
                #"{"id":1,"method":"session.spawn","params":{"name":"own","command":["sh","-c","cat #\#(word)"],"env":{"KEY":"\#(value)"}}}"#,
                #"{"id":1,"method":"session.send","params":{"name":"own","text":"\#(typed)"}}"#,
            ]
            for request in requests {
                let answer = try await Canary.ask(d, request)
                #expect(answer.contains(#""result""#), "\(answer)")
                try await outputs.look(d)
            }
            #expect(await eventually { await d.reeve("session", "capture", "own").text.contains(typed) })
            try await outputs.look(d)
            for canary in [sent, lines, typed, value] { Canary.expect(outputs, canary, only: []) }
            Canary.expect(outputs, word, only: [.database, .arguments])
            Canary.expect(outputs, key, only: [.database])
        }
    }

    @Test func `what is refused is told to who has sent it and to nobody else`() async throws {
        /// A request with its canary; `isKey`: that is its idempotency key, which is written down before a command is tried.
        struct Planted {
            var canary: String
            var line: String
            var isKey = false
        }
        var planted: [Planted] = []
        func plant(isKey: Bool = false, _ line: (String) -> String?) {
            let canary = Canary.fresh("\(planted.count)x")
            if let line = line(canary) { planted.append(Planted(canary: canary, line: line, isKey: isKey)) }
        }
        func call(_ method: String, _ params: String) -> String { #"{"id":1,"method":"\#(method)","params":{\#(params)}}"# }
        try await Canary.with("") { d, outputs in
            plant { #"{"id":1,"method":"\#($0)"}"# }
            plant { #"{"id":1,"method":"system.ping","params":{"\#($0)":1}}"# }
            plant { #"{"id":1,"method":"system.ping" \#($0)"# }
            plant { $0 }
            plant { #""\#($0)""# }
            plant { #"{"id":1,"\#($0)":1}"# }
            plant { #"{"jsonrpc":"2.0","id":"\#($0)","method":"nothing"}"# }
            plant { #"{"jsonrpc":"\#($0)","id":1,"method":"nothing"}"# }
            plant { #"{"id":1,"method":"ticket.get","params":["\#($0)"]}"# }
            // Understood, and refused for what is or is not there.
            plant { call("agent.send", #""ticket":"NOBODY","text":"\#($0)""#) }
            plant(isKey: true) { call("agent.send", #""ticket":"NOBODY","text":"x","idempotencyKey":"\#($0)""#) }
            plant { call("agent.switch", #""ticket":"NOBODY","to":"worker","prompt":"\#($0)""#) }
            plant { call("agent.reject", #""ticket":"NOBODY","reason":"\#($0)""#) }
            plant { call("agent.report", #""ticket":"NOBODY","status":"complete","summary":"\#($0)""#) }
            plant { call("metadata.log", #""ticket":"NOBODY","message":"\#($0)""#) }
            plant { call("ticket.create", #""title":"\#($0)","agent":"nobody""#) }
            plant { call("ticket.create", #""title":"x","agent":"nobody","body":"\#($0)""#) }
            plant { call("session.spawn", #""name":"n","command":["/no/such/\#($0)"]"#) }
            plant { call("session.spawn", #""name":"n","command":["/no/such"],"env":{"KEY":"\#($0)"}"#) }
            for method in MethodCatalog.all where method.name != "system.shutdown" {
                for target in method.params {
                    plant(isKey: target.name == IdempotencyKey.member) { canary in
                        guard let text = text(target.schema, canary) else { return nil }
                        // A member of a wrong type beside it: the request is refused, whatever the member itself may be.
                        let others = method.params.filter { $0.name != target.name }.map { #""\#($0.name)":{"wrong":[]}"# }
                        return call(method.name, ([#""\#(target.name)":\#(text)"#] + others).joined(separator: ","))
                    }
                }
            }
            for request in planted {
                let answer = try await Canary.ask(d, request.line)
                #expect(answer.utf8.count < 4000)
                // A key beside nothing else is a request that is carried out.
                #expect(answer.contains(#""error""#) || request.isKey, "\(request.line): \(answer)")
            }
            try await outputs.look(d)
            for request in planted {
                Canary.expect(outputs, request.canary, only: [], perhaps: request.isKey ? [.database] : [], request.line)
            }
        }
    }

    @Test func `a fault beside a secret in the configuration is told without the secret`() async throws {
        let secret = Canary.fresh("configured")
        let faults = [
            #"env = { KEY = "\#(secret)", OTHER = 5 }"#, #"env = { KEY = "$\#(secret)-" }"#, #"env = "\#(secret)""#,
            #"env = ["\#(secret)"]"#, #"env = { KEY = ["\#(secret)"] }"#, #"env = { KEY = "\#(secret)" "#,
            #"env = { KEY = \#(secret) }"#, #"env = { KEY = "\#(secret) }"#, #"env = { KEY = "\#(secret)", KEY = "\#(secret)" }"#,
            #"env = { KEY = "\#(secret)\q" }"#, #"env.KEY = "\#(secret)" x"#, #"environment = { KEY = "\#(secret)" }"#,
            #"env = { KEY = "\#(secret)\u0000" }"#, "env = { KEY = '''\(secret)\n''', B = 1 }",
        ]
        try await Canary.with("") { d, outputs in
            let file = "\(d.scratch.path)/reeve.toml"
            let sound = try String(contentsOfFile: file, encoding: .utf8)
            for fault in faults {
                try (sound + "\n[agents.odd]\nstart = [\"x\"]\n\(fault)\n").write(toFile: file, atomically: true, encoding: .utf8)
                let check = await d.reeve("config", "check")
                #expect(check.code == 2 && check.errors.contains("reeve.toml"), "\(fault): \(check)")
                #expect(!(check.text + check.errors).contains(secret), "\(fault): \(check.errors)")
                let reload = try await Canary.ask(d, #"{"id":1,"method":"system.reload"}"#)
                #expect(reload.contains(#""error""#) && !reload.contains(secret), "\(fault): \(reload)")
                for arguments in ["config show", "config show --json", "doctor"] {
                    let ran = await d.run([Programs.path("reeve")] + arguments.split(separator: " ").map(String.init))
                    #expect(!(ran.text + ran.errors).contains(secret), "\(fault): \(ran)")
                }
            }
            try (sound + "\n[agents.odd]\nstart = [\"x\"]\nenv = { KEY = \"\(secret)\" }\n")
                .write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try await Canary.ask(d, #"{"id":1,"method":"system.reload"}"#).contains("agents.odd"))
            try await outputs.look(d)
            Canary.expect(outputs, secret, only: [])
        }
    }

    /// A value of this schema that holds the canary; nil when it can hold no text.
    private func text(_ schema: Schema, _ canary: String) -> String? {
        switch schema {
        case .string, .oneOf: #""\#(canary)""#
        case .array(let element): text(element, canary).map { "[\($0)]" }
        case .map(let value): text(value, canary).map { #"{"A":\#($0)}"# }
        case .integer, .number, .boolean: #""\#(canary)""#
        case .object, .anything: nil
        }
    }
}
