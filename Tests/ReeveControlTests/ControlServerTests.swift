import Foundation
import Logging
import NIOPosix
import ReeveControl
import ReeveModel
import ReeveTestSupport
import ReeveWire
import ServiceLifecycle
import Synchronization
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// The server alone on a real socket, with a few methods of its own and a scripted event feed.
@Suite struct ControlServerTests {
    @Test func `the shortest request is answered in the relaxed form`() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            #expect(await client.ask(#"{"method":"system.ping"}"#) == #"{"result":{"pong":true}}"#)
            #expect(await client.ask(#"{"method":"system.ping","id":"x"}"#) == #"{"id":"x","result":{"pong":true}}"#)
        }
    }

    @Test func `strict requests, notifications and batches are JSON-RPC to the letter`() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            #expect(
                await client.ask(#"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"#)
                    == #"{"jsonrpc":"2.0","id":1,"result":{"pong":true}}"#)
            client.send(#"{"jsonrpc":"2.0","method":"system.ping"}"# + "\n")
            client.send(#"{"jsonrpc":"2.0","method":"no.such"}"# + "\n")
            client.send(#"[{"jsonrpc":"2.0","method":"system.ping"}]"# + "\n")
            let batch = await client.ask(
                #"[{"jsonrpc":"2.0","id":1,"method":"system.ping"},{"jsonrpc":"2.0","method":"system.ping"},1,{"jsonrpc":"2.0","id":2,"method":"x"}]"#
            )
            #expect(
                batch?.hasPrefix(
                    #"[{"jsonrpc":"2.0","id":1,"result":{"pong":true}},{"jsonrpc":"2.0","id":null,"error":{"code":-32600"#)
                    == true)
            #expect(batch?.contains(#""id":2,"error":{"code":-32601"#) == true)
            #expect(await client.ask("[]")?.contains("-32600") == true)
        }
    }

    @Test(arguments: [
        ("{", "parse_error"), ("nonsense", "parse_error"), (#"{"method":"x"}"#, "unknown_method"), ("1", "invalid_request"),
        (#"{"method":"system.ping","params":{"x":1}}"#, "invalid_params"), (#"{"method":"test.fail"}"#, "conflict"),
        (#"{"method":"test.crash"}"#, "internal"), (String(repeating: "[", count: 100_000), "parse_error"),
    ])
    func `a wrong request gets its error, and the connection lives on`(line: String, kind: String) async throws {
        try await TestServer.with { server in
            let client = try server.client()
            #expect(await client.ask(line)?.contains(#""kind":"\#(kind)""#) == true)
            #expect(await client.ask(#"{"method":"system.ping"}"#) == #"{"result":{"pong":true}}"#)
        }
    }

    @Test func `an internal error says an id and nothing of what went wrong`() async throws {
        try await TestServer.with { server in
            let answer = try await server.client().ask(#"{"method":"test.crash"}"#)
            #expect(answer?.contains("secret") == false && answer?.contains("internal error ") == true)
        }
    }

    @Test func `a line of a mebibyte is too large, one byte less is not, and the rest of a longer one is skipped`() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            let frame = #"{"method":"test.echo","params":{"text":""}}"#
            let fits = String(repeating: "x", count: (1 << 20) - 1 - frame.utf8.count)
            let answer = await client.ask(#"{"method":"test.echo","params":{"text":"\#(fits)"}}"#)
            #expect(answer?.utf8.count == fits.utf8.count + #"{"result":{"text":""}}"#.utf8.count)
            #expect(await client.ask(#"{"method":"test.echo","params":{"text":"\#(fits)x"}}"#)?.contains("too_large") == true)
            client.flood(String(repeating: "y", count: 5 << 20) + "\n" + #"{"method":"system.ping"}"# + "\n", times: 1)
            #expect(await client.line()?.contains("too_large") == true)
            #expect(await client.line() == #"{"result":{"pong":true}}"#)
        }
    }

    /// One that went out in a single write was sent twice.
    @Test(arguments: [32_000, 65_000, 66_000, 70_000, 100_000, 150_000, 500_000])
    func `an answer of any size is sent once`(length: Int) async throws {
        try await TestServer.with { server in
            let client = try server.client()
            let id = "\"\(String(repeating: "i", count: length))\""
            for method in ["system.ping", "test.slow"] {
                server.gate.open()
                let result = method == "system.ping" ? #"{"pong":true}"# : "{}"
                #expect(await client.ask(#"{"id":\#(id),"method":"\#(method)"}"#) == #"{"id":\#(id),"result":\#(result)}"#)
                #expect(await client.ask(#"{"method":"system.ping"}"#) == #"{"result":{"pong":true}}"#)
            }
        }
    }

    @Test func `a client that half-closes still gets every answer, and then the end`() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            // The last line without its newline, as printf leaves it.
            client.send(
                "{\"method\":\"test.slow\",\"id\":1}\n{\"method\":\"system.ping\",\"id\":2}\n{\"method\":\"test.slow\",\"id\":3}")
            client.halfClose()
            #expect(await client.line() == #"{"id":2,"result":{"pong":true}}"#)
            server.gate.open()
            let rest = Set([await client.line(), await client.line()].compactMap(\.self))
            #expect(rest == [#"{"id":1,"result":{}}"#, #"{"id":3,"result":{}}"#])
            #expect(await client.line() == nil)
        }
    }

    @Test func `more than 256 requests in flight are busy, and the others are answered`() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            client.send(String(repeating: #"{"method":"test.slow"}"# + "\n", count: 300))
            for _ in 0..<44 { #expect(await client.line()?.contains("busy") == true) }
            server.gate.open()
            for _ in 0..<256 { #expect(await client.line() == #"{"result":{}}"#) }
        }
    }

    @Test func `a client that never reads delays nobody and does not make the server grow`() async throws {
        try await TestServer.with { server in
            let deaf = try server.client()
            let text = String(repeating: "z", count: 60_000)
            // Far more than socket buffers take; the sender blocks when the server stops reading.
            deaf.flood(#"{"method":"test.echo","params":{"text":"\#(text)"}}"# + "\n", times: 2000)
            let client = try server.client()
            for _ in 0..<200 { #expect(await client.ask(#"{"method":"system.ping"}"#) == #"{"result":{"pong":true}}"#) }
            deaf.close()
        }
    }

    /// NIO reads what is left when a peer closes, whatever the handler wants: small requests with large answers must not all be answered.
    @Test(arguments: [true, false])
    func `a client that fills its socket with requests for much and leaves costs nobody anything`(closes: Bool) async throws {
        try await TestServer.with { server in
            let before = residentBytes()
            var deaf: [LineClient] = []
            for _ in 0..<20 {
                let client = try server.client()
                client.fill(with: #"{"method":"test.big"}"# + "\n")
                if closes { client.close() } else { client.halfClose() }
                deaf.append(client)
            }
            let client = try server.client()
            for _ in 0..<100 { #expect(await client.ask(#"{"method":"system.ping"}"#) == #"{"result":{"pong":true}}"#) }
            // Other tests share this process, and what they need for a moment is no matter; unbounded it would be gigabytes.
            #expect(await eventually(within: .seconds(10)) { residentBytes() - before < 400 << 20 })
        }
    }

    @Test func `every answer comes, however many are asked for before the first is read`() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            let count = 500
            client.flood(#"{"method":"test.big"}"# + "\n", times: count, thenHalfClose: true)
            for _ in 0..<count { #expect(await client.line()?.utf8.count == 40_013) }
            #expect(await client.line() == nil)
        }
    }

    @Test func `a request that failed may be tried again under its key, also by a daemon that has been restarted`() async throws {
        let journal = MemoryJournal()
        for _ in 0..<2 {
            let ledger = IdempotencyLedger(journal: journal)
            let ticket = IdempotencyTicket(key: "k", method: "m", fingerprint: "f")
            let error = await #expect(throws: ReeveError.self) {
                _ = try await ledger.once(ticket, storesAnswer: false) { throw ReeveError.notFound("ticket", "T") }
            }
            #expect(error?.kind == .notFound)
        }
    }

    @Test func `the same request written in another way is the same request`() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            let first = await client.ask(#"{"method":"test.count","params":{"text":"é","idempotencyKey":"k1"}}"#)
            let again = await client.ask(#"{"method": "test.count", "params": {"idempotencyKey":"k1", "text":"\u00e9"}}"#)
            #expect(first != nil && first == again)
        }
    }

    @Test func `the same key is carried out once, also while the first is under way, and another request with it is a conflict`()
        async throws
    {
        try await TestServer.with { server in
            let client = try server.client()
            let request = #"{"method":"test.count","params":{"text":"a","idempotencyKey":"k1"}}"#
            let first = await client.ask(request)
            #expect(first == #"{"result":{"text":"1"}}"#)
            #expect(await client.ask(request) == first)
            #expect(try await server.client().ask(request) == first)
            #expect(
                await client.ask(#"{"method":"test.count","params":{"text":"b","idempotencyKey":"k1"}}"#)?.contains("conflict")
                    == true)
            #expect(
                await client.ask(#"{"method":"test.count","params":{"text":"a","idempotencyKey":"k2"}}"#)
                    == #"{"result":{"text":"2"}}"#)
            #expect(
                await client.ask(#"{"method":"test.count","params":{"text":"a","idempotencyKey":1}}"#)?.contains(
                    "$.idempotencyKey") == true)
            client.send(
                String(repeating: #"{"method":"test.count","params":{"text":"c","idempotencyKey":"k3"}}"# + "\n", count: 20))
            for _ in 0..<20 { #expect(await client.line() == #"{"result":{"text":"3"}}"#) }
        }
    }

    @Test func `a subscription answers its cursor first, then sends what matches, until it is ended`() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            server.feed.publish(3)
            #expect(await client.ask(#"{"method":"test.subscribe","params":{"since":1}}"#) == #"{"result":{"cursor":1}}"#)
            #expect(await client.line()?.hasPrefix(#"{"method":"event","params":{"seq":2,"#) == true)
            #expect(await client.line()?.contains(#""seq":3"#) == true)
            server.feed.publish(4)
            #expect(await client.line()?.contains(#""seq":4"#) == true)
            #expect(await client.ask(#"{"method":"test.unsubscribe"}"#) == #"{"result":{}}"#)
            server.feed.publish(5)
            #expect(await client.ask(#"{"method":"system.ping"}"#) == #"{"result":{"pong":true}}"#)
        }
    }

    @Test func `a subscriber that falls behind is told from where it is served, and misses nothing`() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            server.feed.publish(1)
            #expect(await client.ask(#"{"method":"test.subscribe","params":{"since":0}}"#) != nil)
            #expect(await client.line()?.contains(#""seq":1"#) == true)
            server.feed.lag(publishing: 2...6)
            #expect(await client.line() == #"{"method":"event.lagged","params":{"resumeFrom":1}}"#)
            for seq in 2...6 { #expect(await client.line()?.contains(#""seq":\#(seq),"#) == true) }
        }
    }

    @Test func `shutting down answers what was asked and closes everything`() async throws {
        let server = try TestServer(limits: ControlServer.Limits())
        let client = try await server.started()
        client.send(#"{"method":"test.slow"}"# + "\n")
        #expect(await eventually { server.slow.withLock { $0 } == 1 })
        server.gate.open()
        await server.stop()
        #expect(await client.line() == #"{"result":{}}"#)
        #expect(await client.line() == nil)
        #expect(!FileManager.default.fileExists(atPath: server.path))
    }

    @Test func `a stale socket file is replaced, a live one and a plain file are left alone`() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let path = "\(scratch.path)/s"
        let first = try ListeningSocket(path: path)
        let error = #expect(throws: ReeveError.self) { try ListeningSocket(path: path) }
        #expect(error?.message.contains("another daemon listens") == true)
        // A process that another test starts just now has a copy of it until its exec.
        shutdown(first.descriptor, Int32(SHUT_RDWR))
        close(first.descriptor)
        let second = try ListeningSocket(path: path)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        close(second.descriptor)
        unlink(path)
        try "x".write(toFile: path, atomically: false, encoding: .utf8)
        #expect(throws: ReeveError.self) { try ListeningSocket(path: path) }
    }
}

/// This process's resident memory.
private func residentBytes() -> Int {
    let words = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    return (words.count > 1 ? Int(words[1]) ?? 0 : 0) * Int(getpagesize())
}
