import ReeveJSON
import ReeveMCP
import ReeveModel
import ReeveTestSupport
import Testing

/// What the specification asks of a server, revision by revision. docs/metadata.md has the table.
@Suite struct ProtocolRulesTests {
    private static let handshake = MCPVersion.withHandshake.map(\.rawValue)
    private static func initialize(_ version: String) -> String {
        #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"\#(version)","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#
    }

    // MARK: Versions

    @Test(arguments: handshake) func `a version that we know is answered with the same`(version: String) async throws {
        try await Conversation.with { talk in
            let result = try #require(try await talk.ask(Self.initialize(version)).member("result"))
            #expect(result.member("protocolVersion")?.string == version)
            #expect(result.member("capabilities")?.json == #"{"tools":{}}"#)
            #expect(result.member("serverInfo")?.member("name")?.string == "reeve")
            #expect(result.member("instructions")?.string?.isEmpty == false)
        }
    }

    @Test(arguments: ["1900-01-01", "2099-01-01", "2026-07-28", "", "x"])
    func `any other version is answered with the newest that has a handshake`(version: String) async throws {
        try await Conversation.with { talk in
            let answer = try await talk.ask(Self.initialize(version))
            #expect(answer.member("result")?.member("protocolVersion")?.string == "2025-11-25")
        }
    }

    @Test func `a request that carries its version needs no handshake, and says what it is`() async throws {
        try await Conversation.with { talk in
            let list = try #require(try await talk.ask(Line.modern(1, "tools/list")).member("result"))
            #expect(list.member("resultType")?.string == "complete")
            #expect(list.member("_meta")?.member("io.modelcontextprotocol/serverInfo")?.member("name")?.string == "reeve")
            #expect(list.member("ttlMs")?.integer ?? 0 > 0 && list.member("cacheScope")?.string == "public")
            let call = try await talk.ask(Line.modern(2, "tools/call", #""name":"ticket","arguments":{}"#))
            #expect(call.member("result")?.member("resultType")?.string == "complete")
        }
    }

    @Test func `server discover says which versions, what it can and who it is`() async throws {
        try await Conversation.with { talk in
            let result = try #require(try await talk.ask(Line.modern(1, "server/discover")).member("result"))
            #expect(result.member("supportedVersions")?.json == #"["2026-07-28"]"#)
            #expect(result.member("capabilities")?.json == #"{"tools":{}}"#)
            #expect(result.member("_meta")?.member("io.modelcontextprotocol/serverInfo") != nil)
        }
    }

    @Test(arguments: ["1900-01-01", "2025-11-25", "x"])
    func `a request of a version that we do not know gets the versions that we do`(version: String) async throws {
        try await Conversation.with { talk in
            let error = try #require(try await talk.ask(Line.modern(1, "tools/list", version: version)).member("error"))
            #expect(error.member("code")?.integer == -32022)
            #expect(error.member("data")?.json == #"{"supported":["2026-07-28"],"requested":"\#(version)"}"#)
        }
    }

    @Test func `a request that carries its version must carry its capabilities`() async throws {
        try await Conversation.with { talk in
            let answer = try await talk.ask(
                #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#
            )
            #expect(answer.errorCode == -32602)
        }
    }

    @Test(arguments: ["tools/list", "tools/call", "server/discover", "nothing"])
    func `nothing but a ping is answered before a handshake, unless it carries its version`(method: String) async throws {
        try await Conversation.with { talk in
            let answer = try await talk.ask(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":{}}"#)
            #expect(answer.errorCode == -32602 && answer.json.contains("2026-07-28") && answer.json.contains("2025-11-25"))
            try await expect("{}") { try await talk.ask(#"{"jsonrpc":"2.0","id":2,"method":"ping"}"#).member("result")?.json }
        }
    }

    @Test func `a second handshake is refused`() async throws {
        try await Conversation.initialized { talk in
            try await expectError(-32600) { try await talk.ask(Self.initialize("2025-06-18")) }
        }
    }

    @Test(arguments: ["ping", "initialize", "logging/setLevel"])
    func `what the newest revision has taken away is not there in it`(method: String) async throws {
        try await Conversation.with { talk in
            try await expectError(-32601) { try await talk.ask(Line.modern(1, method)) }
        }
    }

    // MARK: JSON-RPC

    @Test(
        arguments: [
            (#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#, nil),
            (#"{"jsonrpc":"2.0","id":"é","method":"tools/list"}"#, nil),
            (#"{"jsonrpc":"2.0","id":null,"method":"tools/list"}"#, -32600),
            (#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600),
            (#"{"jsonrpc":"2.0","id":[1],"method":"ping"}"#, -32600), (#"{"id":1,"method":"ping"}"#, -32600),
            (#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600), (#"{"jsonrpc":"2.0","id":1}"#, -32600),
            (#"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600),
            (#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":[]}"#, -32602),
            (#"{"jsonrpc":"2.0","id":1,"method":"resources/list"}"#, -32601), (#"{"jsonrpc":"2.0","id":1,"method":""}"#, -32601),
            (#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"x"}}"#, -32602),
            (#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#, -32602),
            (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"nothing"}}"#, -32602),
            (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ticket","arguments":[]}}"#, -32602),
            (#""text""#, -32600), ("7", -32600), ("null", -32600), ("[]", -32600),
            (#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600),
            ("{", -32700), ("x", -32700), (#"{"jsonrpc":"2.0","id":1,"method":"ping"} x"#, -32700),
        ] as [(String, Int64?)])
    func `a wrong message gets the error that JSON-RPC has for it, and the next one is answered`(line: String, code: Int64?)
        async throws
    {
        try await Conversation.initialized { talk in
            let answer = try await talk.ask(line)
            #expect(answer.errorCode == code, "\(answer.json)")
            #expect((answer.member("result") != nil) == (code == nil))
            #expect(answer.member("jsonrpc")?.string == "2.0")
            try await talk.expectSilence()
        }
    }

    @Test(arguments: [
        #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, #"{"jsonrpc":"2.0","method":"nothing","params":[]}"#,
        #"{"jsonrpc":"2.0","method":"notifications/cancelled"}"#,
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":99}}"#,
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{}}}"#,
        #"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"ticket"}}"#, #"{"jsonrpc":"2.0","id":5,"result":{}}"#,
        #"{"jsonrpc":"2.0","id":5,"error":{"code":1,"message":"m"}}"#, "", "   ", "\t\r",
    ])
    func `a notification, a response or an empty line is not answered`(line: String) async throws {
        try await Conversation.initialized { talk in
            talk.send(line)
            try await talk.expectSilence()
        }
    }

    @Test(arguments: [("2024-11-05", true), ("2025-06-18", true), ("2025-11-25", false)])
    func `the id of what cannot be read is null, or absent since 2025-11-25`(version: String, isNull: Bool) async throws {
        try await Conversation.initialized(version) { talk in
            let answer = try await talk.ask("{")
            #expect(answer.member("id")?.kind == (isNull ? .literalNull : nil))
        }
    }

    @Test(arguments: ["2024-11-05", "2025-03-26"]) func `a batch is answered with a batch where the revision has them`(
        version: String
    ) async throws {
        try await FakeControl.with(Answer.good) { control in
            try await Conversation.initialized(version, socket: control.socket) { talk in
                let items = [
                    Line.call(1, "ticket"), #"{"jsonrpc":"2.0","method":"notifications/x"}"#, "7",
                    #"{"jsonrpc":"2.0","id":2,"method":"ping"}"#,
                ]
                let answer = try await talk.ask("[\(items.joined(separator: ","))]")
                #expect(answer.kind == .array && answer.count == 3)
                #expect(Set(answer.items.map { $0.member("id")?.json }) == ["1", "2", "null"])
                talk.send(#"[{"jsonrpc":"2.0","method":"notifications/x"}]"#)
                try await talk.expectSilence()
                try await expectError(-32600) { try await talk.ask("[]") }
            }
        }
    }

    // MARK: Tools

    @Test func `tools are listed in one order, each with a schema that takes nothing else`() async throws {
        try await Conversation.initialized { talk in
            let first = try await talk.ask(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#)
            let second = try await talk.ask(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#)
            #expect(first.json == second.json)
            let tools = try #require(first.member("result")?.member("tools")?.items)
            #expect(tools.map { $0.member("name")?.string } == ["ticket", "step", "report", "ask", "status", "progress", "log"])
            for tool in tools {
                #expect(tool.member("inputSchema")?.member("type")?.string == "object")
                #expect(tool.member("inputSchema")?.member("additionalProperties")?.boolean == false)
                #expect(tool.member("description")?.string?.isEmpty == false)
            }
        }
    }

    @Test(arguments: [
        ("report", "{}", ".status"), ("report", #"{"status":"maybe","summary":"s"}"#, ".status"),
        ("report", #"{"status":"done","summary":5}"#, ".summary"), ("status", #"{"text":"x","tone":"red"}"#, ".tone"),
        ("status", #"{"txt":"x"}"#, ".txt"), ("ticket", #"{"id":"OTHER"}"#, ".id"),
        ("progress", #"{"percent":0.75}"#, ".percent"),
        ("ask", #"{"question":""}"#, ".question"), ("log", "{}", ".message"),
    ])
    func `arguments that are wrong are an error of the tool, which the agent can mend`(
        tool: String, arguments: String, path: String
    ) async throws {
        try await Conversation.initialized { talk in
            let answer = try await talk.ask(Line.call(1, tool, arguments))
            #expect(answer.isToolError == true && answer.member("error") == nil)
            #expect(answer.text.contains("(\(path))"), "\(answer.text)")
        }
    }

    // MARK: Cancelling, ending

    @Test func `a call that is cancelled while it waits is neither begun nor answered`() async throws {
        let gate = Gate()
        try await FakeControl.with(Answer.good(ticketsBehind: gate)) { control in
            defer { gate.open() }
            try await Conversation.initialized(socket: control.socket) { talk in
                talk.send(Line.call(1, "ticket"))
                talk.send(Line.call(2, "log", #"{"message":"never"}"#))
                talk.send(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2,"reason":"enough"}}"#)
                talk.send(Line.call(3, "log", #"{"message":"after"}"#))
                // All of that has been taken.
                try await talk.expectSilence()
                gate.open()
                try await expect(1) { try await talk.next().member("id")?.integer }
                try await expect(3) { try await talk.next().member("id")?.integer }
                #expect(control.requests.filter { $0.method == "metadata.log" }.count == 1)
            }
        }
    }

    @Test func `a call that is cancelled while it is carried out is not answered`() async throws {
        let gate = Gate()
        try await FakeControl.with(Answer.good(ticketsBehind: gate)) { control in
            defer { gate.open() }
            try await Conversation.initialized(socket: control.socket) { talk in
                talk.send(Line.call(1, "ticket"))
                #expect(await eventually { control.requests.count == 1 })
                talk.send(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
                try await talk.expectSilence()
                gate.open()
                try await expect(2) { try await talk.ask(Line.call(2, "status", #"{"text":"x"}"#)).member("id")?.integer }
            }
        }
    }

    @Test func `a ping is answered while a call is carried out`() async throws {
        let gate = Gate()
        try await FakeControl.with(Answer.good(ticketsBehind: gate)) { control in
            defer { gate.open() }
            try await Conversation.initialized(socket: control.socket) { talk in
                talk.send(Line.call(1, "ticket"))
                try await expect(2) { try await talk.ask(#"{"jsonrpc":"2.0","id":2,"method":"ping"}"#).member("id")?.integer }
                gate.open()
                try await expect(false) { try await talk.next().isToolError }
            }
        }
    }

    @Test func `an id that is in use is refused, and may be used again after`() async throws {
        let gate = Gate()
        try await FakeControl.with(Answer.good(ticketsBehind: gate)) { control in
            defer { gate.open() }
            try await Conversation.initialized(socket: control.socket) { talk in
                talk.send(Line.call(1, "ticket"))
                try await expectError(-32600) { try await talk.ask(Line.call(1, "ticket")) }
                gate.open()
                try await expect(false) { try await talk.next().isToolError }
                try await expect(false) { try await talk.ask(Line.call(1, "status", #"{"text":"x"}"#)).isToolError }
            }
        }
    }

    @Test func `when the input ends what was asked before is answered, and the server ends`() async throws {
        try await FakeControl.with(Answer.good) { control in
            try await Conversation.initialized(socket: control.socket) { talk in
                talk.send(Array(Line.call(1, "ticket").utf8))
                talk.hangUp()
                try await expect(false) { try await talk.next().isToolError }
                await #expect(throws: Conversation.Ended.self) { _ = try await talk.next() }
            }
        }
    }
}
