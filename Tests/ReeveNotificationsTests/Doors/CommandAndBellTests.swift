import Foundation
import ReeveModel
import ReeveNotifications
import ReeveTestSupport
import Synchronization
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

enum Files {
    static func write(_ text: String, to path: String, mode: Int) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    static func read(_ path: String) -> String? {
        (try? Data(contentsOf: URL(fileURLWithPath: path))).map { String(decoding: $0, as: UTF8.self) }
    }
}

@Suite struct `Commands` {
    static func deliver(_ arguments: [String], _ notice: Notice, time: any TimeSource = RealTime()) async -> ReeveError? {
        let door = CommandDoor(arguments: arguments, environment: ["PATH": "/usr/bin:/bin"], limit: .seconds(600), time: time)
        do throws(ReeveError) { try await door.deliver(notice) } catch { return error }
        return nil
    }

    @Test func `A command gets the notice on its input and in its environment, and nothing else`() async throws {
        try await Scratch.with { scratch in
            let notice = Doors.notice(title: "$(touch \(scratch.path)/owned) `x` \"y\"")
            let script = "cat > \(scratch.path)/input; env > \(scratch.path)/environment"
            #expect(await Self.deliver(["sh", "-c", script], notice) == nil)
            #expect(Files.read(scratch.path + "/input") == String(decoding: notice.json, as: UTF8.self))
            let lines = Set((Files.read(scratch.path + "/environment") ?? "").split(separator: "\n").map(String.init))
            let expected: Set = [
                "REEVE_NOTICE_KEY=k", "REEVE_NOTICE_KIND=waiting", "REEVE_NOTICE_URGENCY=normal",
                "REEVE_NOTICE_TITLE=\(notice.title)", "REEVE_NOTICE_BODY=claude: permission", "REEVE_TICKET=A",
            ]
            #expect(Set(lines.filter { $0.hasPrefix("REEVE_") }) == expected)
            #expect(!lines.contains { $0.hasPrefix("HOME=") })
            #expect(Files.read(scratch.path + "/owned") == nil)
        }
    }

    @Test(arguments: [
        (["sh", "-c", "echo broken >&2; exit 3"], "'sh' exited with 3: broken"),
        (["sh", "-c", "kill -9 $$"], "'sh' exited with 137"),
    ]) func `A command that fails says how`(arguments: [String], message: String) async {
        #expect(await Self.deliver(arguments, Doors.notice())?.message.hasPrefix(message) == true)
    }

    @Test func `A command that is not there is unavailable`() async {
        #expect(await Self.deliver(["/nowhere/at-all"], Doors.notice())?.kind == .unavailable)
    }

    @Test func `A command need not read its input`() async {
        let notice = Doors.notice(body: String(repeating: "x", count: 100_000))
        #expect(await Self.deliver(["true"], notice) == nil)
    }

    @Test func `A command that hangs is ended after its time`() async throws {
        let time = ManualTime()
        async let error = Self.deliver(["sleep", "3600"], Doors.notice(), time: time)
        #expect(await eventually { time.hasSleepers })
        time.advance(by: .seconds(600))
        #expect(await error?.kind == .timeout)
    }
}

@Suite struct `The bell` {
    @Test func `It rings in a terminal`() throws {
        var (controller, terminal): (Int32, Int32) = (-1, -1)
        var name = [CChar](repeating: 0, count: 128)
        try #require(openpty(&controller, &terminal, &name, nil, nil) == 0)
        defer {
            close(controller)
            close(terminal)
        }
        let path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try BellDoor.ring(path)
        var byte: UInt8 = 0
        #expect(read(controller, &byte, 1) == 1)
        #expect(byte == 7)
    }

    @Test func `What is no terminal is not written to`() async throws {
        try await Scratch.with { scratch in
            let path = scratch.path + "/file"
            try Files.write("mine", to: path, mode: 0o600)
            #expect(throws: ReeveError.self) { try BellDoor.ring(path) }
            #expect(Files.read(path) == "mine")
            #expect(throws: ReeveError.self) { try BellDoor.ring(scratch.path + "/none") }
        }
    }

    @Test func `It rings for the notice's ticket`() async throws {
        let rung = Mutex<[TicketID?]>([])
        let door = BellDoor { (ticket) throws(ReeveError) in rung.withLock { $0.append(ticket) } }
        try await door.deliver(Doors.notice())
        try await door.deliver(Doors.notice(ticket: nil))
        #expect(rung.withLock { $0 } == [Samples.id("A"), nil])
    }
}
