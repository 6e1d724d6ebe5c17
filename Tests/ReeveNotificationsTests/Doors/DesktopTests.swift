import Foundation
import ReeveModel
import ReeveNotifications
import ReeveTestSupport
import Testing

@Suite struct `Desktop texts` {
    static let rows: [(Set<String>, String)] = [
        ([], ""), (["actions"], ""), (["body"], "<b>a</b> & \"b\" 'c'\n<img src=x>"),
        (["body", "body-markup"], "&lt;b&gt;a&lt;/b&gt; &amp; &quot;b&quot; &#39;c&#39;\n&lt;img src=x&gt;"),
    ]

    @Test(arguments: rows) func `The body is as the server can show it`(capabilities: Set<String>, body: String) {
        let text = DesktopText(Doors.notice(title: "<i>", body: "<b>a</b> & \"b\" 'c'\n<img src=x>"), capabilities: capabilities)
        #expect(text.summary == "<i>")
        #expect(text.body == body)
    }

    @Test func `The bus is where the environment says, or in the runtime directory`() async throws {
        #expect(BusAddress.find(["DBUS_SESSION_BUS_ADDRESS": "unix:path=/x", "XDG_RUNTIME_DIR": "/nowhere"]) == "unix:path=/x")
        #expect(BusAddress.find(["DBUS_SESSION_BUS_ADDRESS": ""]) == nil)
        #expect(BusAddress.find(["XDG_RUNTIME_DIR": "/nowhere"]) == nil)
        #expect(BusAddress.find([:]) == nil)
        try await Scratch.with { scratch in
            let directory = try scratch.directory("run time;x")
            try Files.write("", to: directory + "/bus", mode: 0o600)
            #expect(BusAddress.find(["XDG_RUNTIME_DIR": directory]) == "unix:path=\(scratch.path)/run%20time%3bx/bus")
        }
    }

    @Test func `Without a bus it is unavailable`() async {
        let error = await #expect(throws: ReeveError.self) { try await DesktopDoor(environment: [:]).deliver(Doors.notice()) }
        #expect(error?.kind == .unavailable)
    }
}

#if Systemd && canImport(CSystemd)
@Suite(.enabled(if: PrivateBus.isPossible, "dbus-daemon is not installed")) struct `Desktop notifications` {
    @Test func `A notice is shown, and the next of its ticket takes its place`() async throws {
        try await PrivateBus.with { bus in
            let server = try FakeNotificationServer(bus.address, capabilities: ["body", "body-markup"])
            defer { server.stop() }
            let door = DesktopDoor(environment: ["DBUS_SESSION_BUS_ADDRESS": bus.address])
            try await door.deliver(Doors.notice(title: "A waits", body: "<x> & y"))
            try await door.deliver(Doors.notice(kind: .done, title: "A is done", body: ""))
            try await door.deliver(Doors.notice(kind: .lost, ticket: Samples.id("B"), title: "B is lost", body: "z"))
            await door.close()
            #expect(
                server.calls == [
                    .init(
                        application: "reeve", replaces: 0, summary: "A waits", body: "&lt;x&gt; &amp; y", urgency: 1, expires: -1),
                    .init(application: "reeve", replaces: 1, summary: "A is done", body: "", urgency: 0, expires: -1),
                    .init(application: "reeve", replaces: 0, summary: "B is lost", body: "z", urgency: 2, expires: -1),
                ])
        }
    }

    @Test func `A new server is not told to replace what the old one showed`() async throws {
        try await PrivateBus.with { bus in
            let door = DesktopDoor(environment: ["DBUS_SESSION_BUS_ADDRESS": bus.address])
            for _ in 0..<2 {
                let server = try FakeNotificationServer(bus.address, capabilities: ["body"])
                try await door.deliver(Doors.notice())
                #expect(server.calls.map(\.replaces) == [0])
                server.stop()
            }
            await door.close()
        }
    }

    @Test func `Without a server it is unavailable, and with the next one it works`() async throws {
        try await PrivateBus.with { bus in
            let door = DesktopDoor(environment: ["DBUS_SESSION_BUS_ADDRESS": bus.address])
            let error = await #expect(throws: ReeveError.self) { try await door.deliver(Doors.notice()) }
            #expect(error?.kind == .unavailable)
            let server = try FakeNotificationServer(bus.address, capabilities: [])
            try await door.deliver(Doors.notice())
            #expect(server.calls.map(\.body) == [""])
            server.stop()
            await door.close()
        }
    }

    @Test func `A bus that went and came back is connected to again`() async throws {
        try await Scratch.with { scratch in
            let path = scratch.path + "/bus"
            let door = DesktopDoor(environment: ["DBUS_SESSION_BUS_ADDRESS": "unix:path=\(path)"])
            for _ in 0..<2 {
                let bus = try await PrivateBus(path)
                let server = try FakeNotificationServer(bus.address, capabilities: ["body"])
                try await door.deliver(Doors.notice())
                #expect(server.calls.count == 1)
                server.stop()
                bus.stop()
            }
            await #expect(throws: ReeveError.self) { try await door.deliver(Doors.notice()) }
            await door.close()
        }
    }

    @Test func `A socket that takes connections and never speaks is left after its time`() async throws {
        try await Scratch.with { scratch in
            let listening = try #require(MuteSocket(scratch.path + "/bus"))
            let door = DesktopDoor(environment: ["DBUS_SESSION_BUS_ADDRESS": "unix:path=\(listening.path)"])
            let error = await #expect(throws: ReeveError.self) { try await door.deliver(Doors.notice()) }
            #expect(error?.kind == .unavailable)
            await door.close()
            listening.stop()
        }
    }
}
#endif
