import Foundation
import ReeveControl
import ReeveTestSupport
import Synchronization
import Testing

/// Clients that mean no good, or cannot help it.
@Suite struct HostileClientTests {
    private let ping = #"{"method":"system.ping"}"#
    private let pong = #"{"result":{"pong":true}}"#

    @Test func `a client that sends one byte after the other is answered, and delays nobody`() async throws {
        try await TestServer.with { server in
            let quick = try server.client()
            let slow = try (0..<20).map { _ in try server.client() }
            for byte in Array((ping + "\n").utf8) {
                for client in slow { client.send([byte]) }
                // The server has seen each byte alone: it answers in the order of its loop.
                #expect(await quick.ask(ping) == pong)
            }
            for client in slow { #expect(await client.line() == pong) }
        }
    }

    /// No proper prefix of a request is a request, so what a client that dies leaves behind is never carried out.
    @Test func `a client that vanishes in the middle of a line has asked for nothing`() async throws {
        try await TestServer.with { server in
            let line = #"{"id":1,"method":"test.count","params":{"text":"x","idempotencyKey":"k"}}"#
            for length in 0..<line.utf8.count {
                let client = try server.client()
                client.send(Array(line.utf8.prefix(length)))
                if length % 2 == 0 { client.close() } else { client.halfClose() }
                // The end of the stream, after an error for what was there.
                if length % 2 == 1 {
                    #expect(await client.line()?.contains("parse_error") == true)
                    #expect(await client.line() == nil)
                }
            }
            #expect(try await server.client().ask(line) == #"{"id":1,"result":{"text":"1"}}"#)
        }
    }

    @Test func `a command is carried out when its client vanishes before the answer`() async throws {
        try await TestServer.with { server in
            let line = #"{"method":"test.count","params":{"text":"x"}}"# + "\n"
            for _ in 0..<20 {
                let client = try server.client()
                client.send(line)
                client.close()
            }
            #expect(await eventually { server.count == 20 })
        }
    }

    @Test func `a client that vanishes in the middle of an answer costs nobody anything`() async throws {
        try await TestServer.with { server in
            for _ in 0..<50 {
                let client = try server.client()
                client.send(String(repeating: #"{"method":"test.big"}"# + "\n", count: 20))
                #expect(await client.line()?.utf8.count ?? 0 > 40_000)
                client.close()
            }
            #expect(try await server.client().ask(ping) == pong)
        }
    }

    /// The real hub's promises are the daemon's tests; here it is that reading again finds what was written, in order.
    @Test func `a subscriber that stops reading and goes on gets every event in order`() async throws {
        try await TestServer.with { server in
            let stopped = try server.client()
            #expect(await stopped.ask(#"{"method":"test.subscribe","params":{"since":0}}"#) == #"{"result":{"cursor":0}}"#)
            let other = try server.client()
            let last: Int64 = 30_000
            for step in 1...30 {
                server.feed.publish(Int64(step) * last / 30)
                #expect(await other.ask(ping) == pong)
            }
            var seen: Int64 = 0
            while seen < last {
                let line = try #require(await stopped.line())
                seen += 1
                try #require(line.contains(#""seq":\#(seen),"#), "\(line)")
            }
        }
    }

    @Test func `the caller after the last connection is told busy, and one who leaves makes room`() async throws {
        try await TestServer.with(limits: ControlServer.Limits(connections: 10)) { server in
            // `with` has a connection of its own until it is released.
            var clients: [LineClient] = []
            #expect(
                try await eventually {
                    let client = try server.client()
                    let answer = await client.ask(ping)
                    if answer == pong { clients.append(client) }
                    return clients.count == 10
                })
            for _ in 0..<50 {
                let late = try server.client()
                // Whether it asks or only listens.
                #expect(await late.line()?.contains(#""kind":"busy""#) == true)
                #expect(await late.line() == nil)
            }
            for client in clients { #expect(await client.ask(ping) == pong) }
            clients.removeLast().close()
            #expect(try await eventually { try await server.client().ask(ping) == pong })
        }
    }

    @Test func `callers that come a thousand at a time all get an answer`() async throws {
        try await TestServer.with(limits: ControlServer.Limits(connections: 500)) { server in
            let clients = try (0..<1000).map { _ in try server.client() }
            var answers: [String: Int] = [:]
            for client in clients {
                client.send(ping + "\n")
                let answer = try #require(await client.line())
                answers[answer == pong ? "pong" : answer.contains(#""kind":"busy""#) ? "busy" : answer, default: 0] += 1
            }
            #expect(
                answers["pong", default: 0] >= 499 && answers["pong", default: 0] + answers["busy", default: 0] == 1000,
                "\(answers)")
        }
    }
}
