import ReeveJSON
import ReeveModel
import ReeveTestSupport
import ReeveWire
import Testing

@testable import ReeveClient

#if canImport(Glibc)
import Glibc
#endif

@Suite struct ControlClientTests {
    @Test func `a daemon that says nothing is not waited for for ever`() async throws {
        try await FakeDaemon.with([:]) { daemon in
            let client = try ControlClient(path: daemon.socket, patience: .milliseconds(50))
            let error = #expect(throws: ReeveError.self) { try client.call(SystemStatus.self, Empty()) }
            #expect(error?.kind == .unreachable)
            #expect(error?.message == "the daemon does not answer at \(daemon.socket)")
            #expect(error?.hint?.contains("systemctl --user status reeve") == true)
            #expect(client.hasSent)
        }
    }

    @Test func `nor one that does not even accept`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/s"
            let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            defer { close(listener) }
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
            let bound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(bound == 0 && listen(listener, 0) == 0)
            // One has room in the queue.
            let first = try ControlClient(path: path, patience: .seconds(1))
            let error = #expect(throws: ReeveError.self) { _ = try ControlClient(path: path, patience: .seconds(1)) }
            #expect(error?.message.contains("does not answer") == true)
            withExtendedLifetime(first) {}
        }
    }

    @Test func `a body that a stopped daemon does not take is not sent for ever`() async throws {
        try await Scratch.with { scratch in
            var ends: [Int32] = [0, 0]
            try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
            defer { for end in ends { close(end) } }
            let connection = LineConnection(descriptor: dup(ends[0]), path: scratch.path)
            let error = #expect(throws: ReeveError.self) {
                try connection.send([UInt8](repeating: 0x20, count: 8 << 20), until: Deadline(.milliseconds(50)))
            }
            #expect(error?.kind == .unreachable)
        }
    }

    @Test func `a refusal that came before the request is what is reported`() throws {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let refusal = Array(#"{"error":{"code":-32003,"message":"8 connections are open","data":{"kind":"busy"}}}"#.utf8) + [10]
        try #require(write(ends[1], refusal, refusal.count) == refusal.count)
        // Another test may be starting a program, which has this end too until it is another program.
        shutdown(ends[1], Int32(SHUT_RDWR))
        close(ends[1])
        let client = ControlClient(connection: LineConnection(descriptor: ends[0], path: "here"))
        let error = #expect(throws: ReeveError.self) { try client.call(SystemStatus.self, Empty()) }
        #expect(error?.kind == .busy)
        #expect(!client.hasSent)
    }

    @Test func `a request that found no room in a stopped daemon's socket was not sent`() throws {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { close(ends[1]) }
        let connection = LineConnection(descriptor: ends[0], path: "here")
        let client = ControlClient(connection: connection, patience: .milliseconds(50))
        let body = Array("\"\(String(repeating: "x", count: 8 << 20))\"".utf8)
        let error = #expect(throws: ReeveError.self) { try client.request("agent.event", body) }
        #expect(error?.message.contains("does not answer") == true)
        #expect(!client.hasSent)
    }

    @Test(arguments: [("", "empty"), (String(repeating: "x", count: 108), "too long"), ("/nonexistent/s", "No such file")])
    func `a path that is no socket's is said to be none`(path: String, complaint: String) {
        let error = #expect(throws: ReeveError.self) { _ = try ControlClient(path: path) }
        #expect(error?.kind == .unreachable && error?.message.contains(complaint) == true)
    }

    @Test func `what is looked up has a limit, what launches, types, ends or waits has none`() {
        for method in MethodCatalog.all {
            let isLookedUp =
                !method.isMutating && !["agent.wait", "session.wait", "database.check", "database.backup"].contains(method.name)
            let isOnlyASwitch = method.name.hasPrefix("system.") || ["queue.pause", "queue.resume"].contains(method.name)
            #expect((Patience.of(method.name) != nil) == (isLookedUp || isOnlyASwitch), "\(method.name)")
        }
        #expect(Patience.of("system.status") == .seconds(10))
        // The daemon itself waits up to twenty seconds for a multiplexer.
        for method in ["session.list", "session.capture", "agent.capture", "agent.attach"] {
            #expect(Patience.of(method) == .seconds(30))
        }
    }

    @Test func `an answer is waited for however long a method may take`() async throws {
        try await FakeDaemon.with({ method, _, id in
            // The answer follows what else the connection carries.
            [#"{"method":"event","params":{"seq":1}}"#, #"{"id":\#(id),"result":{"cursor":4}}"#]
        }) { daemon in
            let client = try ControlClient(path: daemon.socket)
            #expect(try client.call(EventsSubscribe.self, EventsSubscribe.Params()).cursor == 4)
            #expect(try client.nextNotification(whileOpen: 1)?.member("params")?.member("seq")?.integer == 1)
        }
    }

    @Test func `something else at the socket, or an answer of another version, is no usage error`() async throws {
        try await FakeDaemon.with({ _, _, _ in ["HTTP/1.1 400 Bad Request"] }) { daemon in
            let client = try ControlClient(path: daemon.socket)
            let error = #expect(throws: ReeveError.self) { try client.call(SystemStatus.self, Empty()) }
            #expect(error?.kind == .unreachable && error?.message.contains("no reeved") == true)
        }
        try await FakeDaemon.with(["system.status": #"{"version":3}"#]) { daemon in
            let client = try ControlClient(path: daemon.socket)
            let error = #expect(throws: ReeveError.self) { try client.call(SystemStatus.self, Empty()) }
            #expect(error?.kind == .unavailable)
        }
    }
}
