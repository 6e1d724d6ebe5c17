import Foundation
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// Visual reviews with the real daemon, tmux and a real server on a port of this machine.
@Suite(.serialized) struct VisualReviewSerialTests {
    private static let agents = """
        [notifications]
        desktop = false
        [agents.painter]
        start = ["reeve-demo-agent", "--work", "50", "--report", "--tell", "--", "{prompt}"]
        """

    /// A port that nobody listens on now, and that the kernel gives to nobody who does not ask for it: it is outside of
    /// `ip_local_port_range` (ip(7)).
    private static func freePort() throws -> UInt16 {
        let range = try String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)
        let bounds = range.split(whereSeparator: \.isWhitespace).compactMap { UInt16($0) }
        try #require(bounds.count == 2)
        let ports = (UInt16(10_000)...UInt16.max).filter { !(bounds[0]...bounds[1]).contains($0) }
        return try #require(ports.shuffled().first(where: isFree))
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private func with(_ visual: (UInt16) -> String, _ body: (RealDaemon, UInt16) async throws -> Void) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let opened = #"open_command = ["/bin/sh", "-c", "echo \"$0\" >> '\#(scratch.path)/opened'"]"#
        let port = try Self.freePort()
        try await RealDaemon.with(Self.agents + "\n[workflows]\n\(opened)\n") { d in
            try FileManager.default.createSymbolicLink(atPath: "\(d.scratch.path)/seen", withDestinationPath: scratch.path)
            let folder = try d.scratch.directory("types")
            try """
            name = "PAGE"
            agent = "painter"
            [[steps]]
            name = "paint"
            review = "visual"
            visual = { \(visual(port)) }
            prompt = "Paint {{ id }}"
            """.write(toFile: "\(folder)/PAGE.toml", atomically: true, encoding: .utf8)
            try """
            exec socat "TCP-LISTEN:$1,reuseaddr,fork,bind=127.0.0.1" "SYSTEM:echo HTTP/1.0 200 OK; echo; echo $REEVE_TICKET"
            """.write(toFile: "\(d.scratch.path)/serve", atomically: true, encoding: .utf8)
            #expect(await d.reeve("config", "reload").code == 0)
            let added = await d.reeve("add", "x", "--type", "PAGE", "--id", "F")
            #expect(added.code == 0, "\(added)")
            try await body(d, port)
        }
    }

    private func opened(_ d: RealDaemon) -> [String] {
        ((try? String(contentsOfFile: "\(d.scratch.path)/seen/opened", encoding: .utf8)) ?? "").split(separator: "\n")
            .map(String.init)
    }

    private func told(_ d: RealDaemon) async -> String { await d.reeve("meta", "show", "--ticket", "F", "--json").text }

    private func hasServer(_ d: RealDaemon) async -> Bool { await d.reeve("session", "list").text.contains("op-F-visual") }

    private static func serve(_ port: UInt16) -> String {
        #"url = "http://127.0.0.1:\#(port)/{{ id }}", startup_command = "exec sh ./serve \#(port)""#
    }

    @Test func `a visual review starts its server, waits for the page, opens it once, and stops the server after`() async throws {
        try await with(Self.serve) { d, port in
            let url = "http://127.0.0.1:\(port)/F"
            #expect(await eventually { opened(d) == [url] }, "\(d.log)")
            #expect(await eventually { await told(d).contains("look at \(url)") })
            #expect(await hasServer(d))
            // Neither a second server nor a second window.
            await d.kill()
            try await d.start()
            #expect(await hasServer(d) && opened(d) == [url])
            #expect(await d.reeve("approve", "F").code == 0)
            #expect(await eventually { await !hasServer(d) })
            #expect(await eventually { await d.state("F") == "done" })
            #expect(opened(d) == [url])
        }
    }

    @Test func `a server whose review ended while no daemon ran is stopped by the next one`() async throws {
        try await with(Self.serve) { d, _ in
            #expect(await eventually { opened(d).count == 1 }, "\(d.log)")
            #expect(await d.reeve("reject", "F", "--reason", "more blue").code == 0)
            await d.kill()
            try await d.start()
            // The work is done again, reviewed again, and shown again.
            #expect(await eventually { opened(d).count == 2 }, "\(d.log)")
            #expect(await d.reeve("cancel", "F").code == 0)
            #expect(await eventually { await !hasServer(d) })
        }
    }

    @Test func `a server that does not come up, or ends, is told, and the review stays`() async throws {
        try await with({ #"url = "http://127.0.0.1:\#($0)/", startup_timeout = "200ms", startup_command = "sleep 1000""# }) {
            d, _ in
            #expect(await eventually { await told(d).contains("is not there after 200ms") }, "\(d.log)")
            #expect(await told(d).contains("reeve session capture op-F-visual"))
            #expect(await d.reeve("approve", "F").code == 0)
            #expect(await eventually { await !hasServer(d) })
        }
        try await with({ #"url = "http://127.0.0.1:\#($0)/", startup_command = "echo no such port; exit 7""# }) { d, _ in
            #expect(await eventually { await told(d).contains("the server has ended (exited 7)") }, "\(d.log)")
            #expect(await d.reeve("session", "capture", "op-F-visual").text.contains("no such port"))
            #expect(await d.state("F") == "review" && opened(d).isEmpty)
            #expect(await d.reeve("approve", "F").code == 0)
            #expect(await eventually { await !hasServer(d) })
        }
    }

    @Test func `a server that is there without us is only looked at`() async throws {
        try await with({ #"url = "http://127.0.0.1:\#($0)/""# }) { d, port in
            #expect(await eventually { await d.state("F") == "review" })
            #expect(opened(d).isEmpty)
            let server = try SpawnedProgram(
                [
                    "/usr/bin/env", "socat", "TCP-LISTEN:\(port),reuseaddr,fork,bind=127.0.0.1",
                    "SYSTEM:echo HTTP/1.0 404 no; echo",
                ],
                environment: d.environment)
            #expect(await eventually { opened(d) == ["http://127.0.0.1:\(port)/"] }, "\(d.log)")
            #expect(await !hasServer(d))
            kill(server.processIdentifier, SIGKILL)
            _ = server.wait()
            #expect(await d.reeve("approve", "F").code == 0)
            #expect(await eventually { await d.state("F") == "done" })
        }
    }
}
