import Foundation
import ReeveTestSupport
import Testing

@testable import ReeveDaemon

#if canImport(Glibc)
import Glibc
#endif

/// What clients can do to the real daemon with nothing but its socket.
@Suite(.serialized) struct HostileWireSerialTests {
    private let ping = #"{"method":"system.ping"}"#
    private let pong = #"{"result":{"pong":true}}"#

    @Test func `ten thousand connections are accepted or told busy, and the next caller gets an answer`() async throws {
        let own = raisedDescriptorLimit()
        // Our ends need descriptors of this process, where other tests run too: on a machine that gives us fewer, the daemon gets fewer.
        let wanted = min(10_000, own - 2_000)
        try #require(wanted >= 100, "this process may open \(own) files; ulimit -n 12000 or more lets the test do what it says")
        if wanted < 10_000 {
            Progress.say("ten thousand connections: only \(wanted) here, as this process may open \(own) files (ulimit -n)")
        }
        try await RealDaemon.with(descriptors: wanted == 10_000 ? nil : wanted + 200) { d in
            var clients: [LineClient] = []
            var busy = 0
            while busy == 0, clients.count < wanted {
                let client = try LineClient(d.socket)
                client.send(ping + "\n")
                let answer = await client.line()
                if answer == pong { clients.append(client) } else { busy += 1 }
                if answer != pong { #expect(answer?.contains(#""kind":"busy""#) == true) }
            }
            // Some of the places may be taken by tools of the test for a moment.
            #expect(clients.count > wanted - 20)
            for _ in 0..<20 {
                let late = try LineClient(d.socket)
                #expect(await late.line()?.contains(#""kind":"busy""#) == true)
            }
            let command = await d.reeve("status")
            #expect(command.code != 0 && command.errors.contains("connections are open"), "\(command)")
            for client in stride(from: 0, to: clients.count, by: 500).map({ clients[$0] }) {
                #expect(await client.ask(ping) == pong)
            }
            clients.removeAll()
            #expect(await eventually { await d.reeve("status").code == 0 })
        }
    }

    @Test(arguments: [
        (1_048_576, 20, 10_000), (20_000, 3, 10_000), (10_200, 20, 10_000), (10_200, 500, 9_100), (1024, 20, 824), (256, 20, 56),
        (128, 20, 16), (64, 500, 16),
    ]) func `what is kept from connections grows with the agents`(limit: Int, agents: Int, connections: Int) {
        #expect(DescriptorBudget.connections(limit: limit, agents: agents) == connections)
    }

    @Test func `file descriptors used up`() async throws {
        for limit in [256, 320] {
            try await RealDaemon.with(descriptors: limit) { d in
                var clients: [LineClient] = []
                // Some are refused and closed again; what is left holds all that clients may have.
                for _ in 0..<limit * 2 { clients.append(try LineClient(d.socket)) }
                var holding: [LineClient] = []
                for client in clients {
                    client.send(ping + "\n")
                    if await client.line() == pong { holding.append(client) }
                }
                clients = []
                let worker = try #require(holding.first)
                #expect(try await LineClient(d.socket).line()?.contains(#""kind":"busy""#) == true)
                // Full, and nobody asks for anything: it rests. One that tries again and again to take what it has no room for never does.
                var share = 1.0
                for _ in 1...10 where share >= 0.05 { share = try await self.share(of: d) }
                #expect(share < 0.05, "it takes \(Int(share * 100)) % of a processor while it has nothing to do")
                let tickets = (1...20).map { "T\($0)" }
                for ticket in tickets {
                    let answer = await worker.ask(
                        #"{"method":"ticket.create","params":{"title":"x","id":"\#(ticket)","agent":"worker"}}"#)
                    #expect(answer?.contains(#""result""#) == true, "\(answer ?? "nothing")")
                }
                let list = tickets.map { "\"\($0)\"" }.joined(separator: ",")
                let done = await worker.ask(
                    #"{"method":"agent.wait","params":{"tickets":[\#(list)],"until":["exited","done"],"timeoutMs":300000}}"#)
                #expect(done?.contains(#""met":true"#) == true, "\(done ?? "nothing")")
                let status = await worker.ask(#"{"method":"system.status"}"#)
                #expect(status?.contains(#""done":20"#) == true, "\(status ?? "nothing")")
                #expect(Set(d.ledger) == Set(tickets) && d.ledger.count == 20)
                let before = d.log.utf8.count
                #expect(await worker.ask(#"{"method":"system.reload"}"#)?.contains(#""result""#) == true)
                #expect(await eventually { d.log.utf8.count > before })
            }
        }
    }

    /// The part of one processor that the daemon takes within a second.
    private func share(of d: RealDaemon) async throws -> Double {
        let start = ContinuousClock.now
        let before = try #require(ProcessFacts.processorTime(of: Int(d.pid)))
        // What is measured is a span of time, so there is nothing else to wait for.
        try await Task.sleep(for: .seconds(1))
        return (try #require(ProcessFacts.processorTime(of: Int(d.pid))) - before) / (ContinuousClock.now - start)
    }

    @Test func `a client that was stopped while subscribed gets every event when it goes on`() async throws {
        try await RealDaemon.with { d in
            let output = "\(d.scratch.path)/events"
            let follower = try SpawnedProgram(
                [Programs.path("reeve"), "events", "--since", "0", "--follow", "--json"],
                environment: ["REEVE_SOCKET": d.socket, "PATH": "/usr/bin:/bin", "HOME": d.scratch.path], output: .file(output))
            defer { follower.terminate() }
            func seen() -> [Int] {
                let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
                return text.split(separator: "\n").compactMap { $0.firstMatch(of: /"seq":(\d+)/).flatMap { Int($0.1) } }
            }
            #expect(await eventually { !seen().isEmpty })
            kill(follower.processIdentifier, SIGSTOP)
            let client = try LineClient(d.socket)
            #expect(await client.ask(#"{"method":"queue.pause"}"#)?.contains("result") == true)
            // More than the hub's ring and the kernel's buffers hold.
            let count = 10_000
            let title = String(repeating: "t", count: 300)
            for from in stride(from: 0, to: count, by: 100) {
                client.flood(
                    (from..<from + 100).map {
                        #"{"method":"ticket.create","params":{"title":"\#(title)","id":"T\#($0)"}}"# + "\n"
                    }
                    .joined(), times: 1)
                for _ in 0..<100 { try #require(await client.line()?.contains(#""result""#) == true) }
            }
            #expect(await client.ask(ping) == pong)
            kill(follower.processIdentifier, SIGCONT)
            #expect(await eventually(within: .seconds(60)) { seen().count > count })
            let numbers = seen()
            #expect(numbers == Array(1...(numbers.last ?? 0)))
        }
    }

    @Test func `a subscriber that does not read does not keep the daemon from its end`() async throws {
        try await RealDaemon.with { d in
            let deaf = try LineClient(d.socket)
            let answer = await deaf.ask(#"{"method":"events.subscribe","params":{"since":0}}"#)
            #expect(answer?.contains(#""result""#) == true, "\(answer ?? "nothing")")
            let client = try LineClient(d.socket)
            #expect(await client.ask(#"{"method":"queue.pause"}"#)?.contains("result") == true)
            // More than the kernel's buffers hold.
            let title = String(repeating: "t", count: 300)
            for from in stride(from: 0, to: 5000, by: 100) {
                client.flood(
                    (from..<from + 100).map {
                        #"{"method":"ticket.create","params":{"title":"\#(title)","id":"T\#($0)"}}"# + "\n"
                    }
                    .joined(), times: 1)
                for _ in 0..<100 { try #require(await client.line()?.contains(#""result""#) == true) }
            }
            #expect(await d.stop() == 0, "\(d.log.suffix(2000))")
            // Not by the limit that a service has for its end, which ends all others with it.
            #expect(!d.log.contains("took longer than allowed"), "\(d.log.suffix(2000))")
            withExtendedLifetime(deaf) {}
        }
    }

    @Test func `memory stays bounded whatever clients send and do not read`() async throws {
        try await RealDaemon.with { d in
            let before = d.residentBytes
            let endless = try LineClient(d.socket)
            endless.flood([UInt8](repeating: 0x5B, count: 1 << 20), times: 100)
            #expect(await endless.line()?.contains("too_large") == true)
            // Told once, skipped to its newline, and then the connection is as good as before.
            endless.flood("\n\(ping)\n", times: 1)
            #expect(await endless.line() == pong)
            let deep = try LineClient(d.socket)
            // The costliest line: as many values as it has bytes.
            let line =
                Array("[".utf8)
                + [UInt8](repeating: 0, count: (1 << 20) - 4).enumerated().map { $0.offset % 2 == 0 ? 0x31 : 0x2C }
                + Array("1]\n".utf8)
            for _ in 0..<20 {
                deep.flood(line)
                #expect(await deep.line()?.contains("busy") == true)
            }
            var unfinished: [LineClient] = []
            for _ in 0..<20 {
                let client = try LineClient(d.socket)
                client.flood([UInt8](repeating: 0x20, count: 1 << 20), times: 3)
                unfinished.append(client)
                let deaf = try LineClient(d.socket)
                deaf.fill(with: #"{"method":"rpc.discover"}"# + "\n")
                unfinished.append(deaf)
            }
            let other = try LineClient(d.socket)
            for _ in 0..<200 { #expect(await other.ask(ping) == pong) }
            // The address sanitizer keeps up to 256 MiB of what has been freed, to catch its use.
            let kept = ProcessInfo.processInfo.environment["REEVE_SANITIZER"] == "address" ? 256 << 20 : 0
            #expect(d.residentBytes - before < (200 << 20) + kept, "\((d.residentBytes - before) >> 20) MiB more")
            for client in unfinished + [endless, deep] { client.close() }
            #expect(await other.ask(ping) == pong)
        }
    }

    /// Raises this process's soft limit to its hard one, and says it.
    private func raisedDescriptorLimit() -> Int {
        DescriptorBudget.raiseLimit(to: .max)
        return DescriptorBudget.limit
    }
}

extension RealDaemon {
    /// The daemon's resident memory.
    fileprivate var residentBytes: Int {
        let words = (try? String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8))?.split(separator: " ") ?? []
        return (words.count > 1 ? Int(words[1]) ?? 0 : 0) * Int(getpagesize())
    }
}
