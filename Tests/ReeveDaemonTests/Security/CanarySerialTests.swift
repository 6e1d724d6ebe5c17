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
    /// A word that is nowhere else, and that every member takes: letters and digits.
    private static func canary(_ name: String) -> String { "canary\(name)\(UInt64.random(in: 1 << 60 ... .max))" }

    private func with(
        _ configuration: String, _ environment: [String: String] = [:], _ body: (RealDaemon, inout Outputs) async throws -> Void
    ) async throws {
        try await Scratch.with { outside in
            let bin = try outside.directory("bin")
            let helpers = "\(outside.path)/helpers"
            for name in ["tmux", "systemd-run"] {
                let script = "#!/bin/sh\necho \"$0 $*\" >>\(helpers)\nexec /usr/bin/\(name) \"$@\"\n"
                try script.write(toFile: "\(bin)/\(name)", atomically: true, encoding: .utf8)
                chmod("\(bin)/\(name)", 0o755)
            }
            let all = environment.merging([
                "PATH": "\(bin):\(Programs.directory):/usr/local/bin:/usr/bin:/bin", "REEVE_LOG_LEVEL": "trace",
            ]) { $1 }
            try await RealDaemon.with(configuration, environment: all) { d in
                var outputs = Outputs(helpers: helpers)
                try await body(d, &outputs)
            }
        }
    }

    private func expect(
        _ outputs: Outputs, _ canary: String, only allowed: Set<Output>, _ location: SourceLocation = #_sourceLocation
    ) {
        let found = outputs.places(of: canary)
        for place in found.subtracting(allowed) {
            Issue.record("\(place.rawValue): \(outputs.around(canary, in: place))", sourceLocation: location)
        }
        // A look that finds nothing where something is would find nothing anywhere.
        #expect(found == found.intersection(allowed) && allowed.subtracting(found) == [], sourceLocation: location)
    }

    private func ask(_ d: RealDaemon, _ line: String) async throws -> String {
        try #require(await LineClient(d.socket).ask(line))
    }

    @Test func `a value of a kind's environment is in its agents and nowhere else`() async throws {
        let looked = Self.canary("looked"), literal = Self.canary("literal"), unused = Self.canary("unused")
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
        try await with(kind, ["CANARY_SOURCE": looked, "OPENAI_API_KEY": unused]) { d, outputs in
            #expect(await d.reeve("add", "x", "--agent", "secretive", "--id", "A").code == 0)
            #expect(await d.reeve("wait", "A", "--until", "running", "--timeout", "20s").code == 0)
            let pid = try #require(await d.agentPid("A"))
            let environ = ProcessFacts.text("/proc/\(pid)/environ") ?? ""
            #expect(environ.contains("KEY=\(looked)") && environ.contains("LITERAL=\(literal)") && !environ.contains(unused))
            // One that cannot be started, and says why.
            #expect(await d.reeve("add", "x", "--agent", "lacking", "--id", "B").code == 0)
            #expect(await d.reeve("wait", "B", "--until", "failed", "--timeout", "20s").code == 0)
            try await outputs.look(d, asking: [#"{"id":1,"method":"ticket.get","params":{"ticket":"B"}}"#])
            await d.kill()
            try await d.start()
            try await outputs.look(d)
            expect(outputs, looked, only: [])
            expect(outputs, unused, only: [])
            // An agent whose start was cut off is started with what was meant for it: the launch's row has the text of the file.
            expect(outputs, literal, only: [.database])
        }
    }

    @Test func `a prompt is in its ticket, and on a command line only for kinds that take it as an argument`() async throws {
        let title = Self.canary("title"), argued = Self.canary("argued"), pasted = Self.canary("pasted")
        let fed = Self.canary("fed"), unused = Self.canary("unused")
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
        try await with(kinds) { d, outputs in
            for (kind, body) in [("argued", argued), ("pasted", pasted), ("fed", fed), ("unused", unused)] {
                let name = kind == "unused" ? title : "x"
                let made = try await ask(
                    d,
                    #"{"id":1,"method":"ticket.create","params":{"title":"\#(name)","id":"\#(kind)","agent":"\#(kind)","body":"\#(body)"}}"#
                )
                #expect(made.contains("result"), "\(made)")
                let running = await d.reeve("wait", kind, "--until", "running", "--timeout", "20s")
                #expect(running.code == 0, "\(running)")
                try await outputs.look(d)
            }
            let isPasted = await eventually { await d.reeve("preview", "pasted").text.contains(pasted) }
            #expect(isPasted)
            try await outputs.look(d)
            expect(outputs, title, only: [.events, .answers, .client, .database])
            expect(outputs, argued, only: [.database, .arguments])
            expect(outputs, pasted, only: [.database, .stateFiles])
            expect(outputs, fed, only: [.database, .stateFiles])
            expect(outputs, unused, only: [.database])
        }
    }

    @Test func `what is typed into a terminal is in no log, event, database or command line`() async throws {
        let sent = Self.canary("sent"), lines = Self.canary("lines"), typed = Self.canary("typed")
        let value = Self.canary("value"), word = Self.canary("word"), key = Self.canary("key")
        try await with("") { d, outputs in
            #expect(await d.reeve("add", "x", "--agent", "talker", "--id", "A").code == 0)
            #expect(await d.reeve("wait", "A", "--until", "running", "--timeout", "20s").code == 0)
            let requests = [
                #"{"id":1,"method":"agent.send","params":{"ticket":"A","text":"\#(sent)","force":true,"idempotencyKey":"\#(key)"}}"#,
                #"{"id":1,"method":"agent.send","params":{"ticket":"A","text":"one\n\#(lines)\ntwo","force":true}}"#,
                #"{"id":1,"method":"session.spawn","params":{"name":"own","command":["sh","-c","cat #\#(word)"],"env":{"KEY":"\#(value)"}}}"#,
                #"{"id":1,"method":"session.send","params":{"name":"own","text":"\#(typed)"}}"#,
            ]
            for request in requests {
                let answer = try await ask(d, request)
                #expect(answer.contains(#""result""#), "\(answer)")
                try await outputs.look(d)
            }
            #expect(await eventually { await d.reeve("session", "capture", "own").text.contains(typed) })
            try await outputs.look(d)
            for canary in [sent, lines, typed, value] { expect(outputs, canary, only: []) }
            expect(outputs, word, only: [.database, .arguments])
            expect(outputs, key, only: [.database])
        }
    }

    @Test func `what is refused is told to who has sent it and to nobody else`() async throws {
        var canaries: [String] = []
        func fresh() -> String {
            canaries.append(Self.canary("\(canaries.count)x"))
            return canaries[canaries.count - 1]
        }
        try await with("") { d, outputs in
            var lines = [
                #"{"id":1,"method":"\#(fresh())"}"#, #"{"id":1,"method":"system.ping","params":{"\#(fresh())":1}}"#,
                #"{"id":1,"method":"system.ping" \#(fresh())"#, #"\#(fresh())"#, #""\#(fresh())""#, #"{"id":1,"\#(fresh())":1}"#,
                #"{"jsonrpc":"2.0","id":"\#(fresh())","method":"nothing"}"#,
                #"{"jsonrpc":"\#(fresh())","id":1,"method":"nothing"}"#,
                #"{"id":1,"method":"ticket.get","params":["\#(fresh())"]}"#,
            ]
            for method in MethodCatalog.all where method.name != "system.shutdown" {
                for target in method.params {
                    guard let text = text(target.schema, fresh()) else { continue }
                    // A member of a wrong type beside it: the request is refused, whatever the member itself may be.
                    let others = method.params.filter { $0.name != target.name }.map { #""\#($0.name)":{"wrong":[]}"# }
                    let params = ([#""\#(target.name)":\#(text)"#] + others).joined(separator: ",")
                    lines.append(#"{"id":1,"method":"\#(method.name)","params":{\#(params)}}"#)
                }
            }
            for line in lines {
                let answer = try await ask(d, line)
                guard answer.contains(#""error""#) else { continue }
                try #require(answer.utf8.count < 4000)
            }
            try await outputs.look(d)
            // A key alone beside nothing else is carried out, and is remembered.
            for canary in canaries where !outputs.places(of: canary).isSubset(of: [.database]) {
                expect(outputs, canary, only: [])
            }
        }
    }

    @Test func `a fault beside a secret in the configuration is told without the secret`() async throws {
        let secret = Self.canary("configured")
        let faults = [
            #"env = { KEY = "\#(secret)", OTHER = 5 }"#, #"env = { KEY = "$\#(secret)-" }"#, #"env = "\#(secret)""#,
            #"env = ["\#(secret)"]"#, #"env = { KEY = ["\#(secret)"] }"#, #"env = { KEY = "\#(secret)" "#,
            #"env = { KEY = \#(secret) }"#, #"env = { KEY = "\#(secret) }"#, #"env = { KEY = "\#(secret)", KEY = "\#(secret)" }"#,
            #"env = { KEY = "\#(secret)\q" }"#, #"env.KEY = "\#(secret)" x"#, #"environment = { KEY = "\#(secret)" }"#,
            #"env = { KEY = "\#(secret)\u0000" }"#, "env = { KEY = '''\(secret)\n''', B = 1 }",
        ]
        try await with("") { d, outputs in
            let file = "\(d.scratch.path)/reeve.toml"
            let sound = try String(contentsOfFile: file, encoding: .utf8)
            for fault in faults {
                try (sound + "\n[agents.odd]\nstart = [\"x\"]\n\(fault)\n").write(toFile: file, atomically: true, encoding: .utf8)
                let check = await d.reeve("config", "check")
                #expect(check.code == 2 && check.errors.contains("reeve.toml"), "\(fault): \(check)")
                #expect(!(check.text + check.errors).contains(secret), "\(fault): \(check.errors)")
                let reload = try await ask(d, #"{"id":1,"method":"system.reload"}"#)
                #expect(reload.contains(#""error""#) && !reload.contains(secret), "\(fault): \(reload)")
                for arguments in ["config show", "config show --json", "doctor"] {
                    let ran = await d.run([Programs.path("reeve")] + arguments.split(separator: " ").map(String.init))
                    #expect(!(ran.text + ran.errors).contains(secret), "\(fault): \(ran)")
                }
            }
            try (sound + "\n[agents.odd]\nstart = [\"x\"]\nenv = { KEY = \"\(secret)\" }\n")
                .write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try await ask(d, #"{"id":1,"method":"system.reload"}"#).contains("agents.odd"))
            try await outputs.look(d)
            expect(outputs, secret, only: [])
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
