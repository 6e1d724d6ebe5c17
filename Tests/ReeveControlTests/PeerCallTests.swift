import ReeveTestSupport
import Testing

/// The server asks on the connection that its client has made.
@Suite struct PeerCallTests {
    private let question = #"{"jsonrpc":"2.0","id":1,"method":"test.ask-back","params":{"text":"who?"}}"#
    private let asked = #"{"jsonrpc":"2.0","id":"h-1","method":"test.question","params":{"text":"who?"}}"#

    @Test func `a question of the server's gets the client's answer, and the connection serves requests meanwhile`() async throws
    {
        try await TestServer.with { server in
            let client = try server.client()
            #expect(await client.ask(question) == asked)
            #expect(await client.ask(#"{"method":"system.ping"}"#)?.contains("pong") == true)
            let answer = await client.ask(#"{"jsonrpc":"2.0","id":"h-1","result":{"name":"me"}}"#)
            #expect(answer == #"{"jsonrpc":"2.0","id":1,"result":{"text":"{\"name\":\"me\"}"}}"#)
        }
    }

    @Test func `an error that the client answers with is the caller's`() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            #expect(await client.ask(question) == asked)
            let answer = await client.ask(
                #"{"jsonrpc":"2.0","id":"h-1","error":{"code":-32001,"message":"no such thing","data":{"kind":"not_found"}}}"#)
            #expect(answer?.contains("no such thing") == true && answer?.contains("not_found") == true)
        }
    }

    @Test func `an answer that comes twice, too late or to nothing changes nothing`() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            client.send(#"{"jsonrpc":"2.0","id":"h-9","result":{}}"# + "\n")
            #expect(await client.ask(question) == asked)
            #expect(await client.ask(#"{"jsonrpc":"2.0","id":"h-1","result":1}"#)?.contains(#""text":"1""#) == true)
            client.send(#"{"jsonrpc":"2.0","id":"h-1","result":2}"# + "\n")
            #expect(await client.ask(#"{"method":"system.ping"}"#)?.contains("pong") == true)
            // Neither a result nor an error is no answer.
            #expect(await client.ask(#"{"jsonrpc":"2.0","id":"h-1"}"#)?.contains("invalid_request") == true)
        }
    }

    @Test func `a question that is too long for a line is refused and not sent`() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            // The request is a line of less than 1 MiB, and the question that it leads to one of more.
            let text = String(repeating: "x", count: (1 << 20) - 60)
            let answer = await client.ask(#"{"method":"test.ask-back","params":{"text":"\#(text)"}}"#)
            #expect(answer?.contains("too_large") == true && answer?.contains("more than 1 MiB as a line") == true)
            #expect(await client.ask(#"{"method":"system.ping"}"#)?.contains("pong") == true)
        }
    }

    @Test func `a client that goes leaves nobody waiting`() async throws {
        try await TestServer.with { server in
            var client: LineClient? = try server.client()
            #expect(await client?.ask(question) == asked)
            client = nil
            // The server stops at once only if the question has ended with its connection.
            #expect(await (try server.client()).ask(#"{"method":"system.ping"}"#)?.contains("pong") == true)
        }
    }
}
