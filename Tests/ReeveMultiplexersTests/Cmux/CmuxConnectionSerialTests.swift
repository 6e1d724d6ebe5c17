import Foundation
import Logging
import NIOCore
import NIOPosix
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

/// How we come to cmux, and what keeps us out.
@Suite(.serialized) struct CmuxConnectionSerialTests {
    private typealias Setting = FakeCmux.Setting

    private func refusal(_ setting: FakeCmux.Setting) async throws -> String {
        var refusals: [String] = []
        try await FakeCmux.with(setting) { cmux in
            _ = await eventually { !cmux.ground.refusals.isEmpty }
            refusals = cmux.ground.refusals
            #expect(cmux.ground.connections.count == 0)
        }
        return try #require(refusals.first)
    }

    @Test func `a cmux that lets in nobody from outside says so, and what to do`() async throws {
        let refusal = try await refusal(Setting(mode: "cmuxOnly", isConnected: false))
        #expect(refusal.contains("keeps reeved out") && refusal.contains("only processes started inside cmux can connect"))
        #expect(refusal.contains("'automation' or 'password'"))
    }

    @Test(arguments: [nil, "wrong", "two\nlines"] as [String?])
    func `a missing and a wrong password are told apart from a closed door`(ours: String?) async throws {
        let refusal = try await refusal(Setting(mode: "password", password: "secret", ours: ours, isConnected: false))
        #expect(refusal.contains("wants a password") && refusal.contains("CMUX_SOCKET_PASSWORD"))
        #expect(!refusal.contains("secret") && ours.map { !refusal.contains($0) } ?? true)
    }

    @Test(arguments: ["password", "automation", "allowAll"])
    func `whoever knows the password comes in, also where none is wanted`(mode: String) async throws {
        try await FakeCmux.with(Setting(mode: mode, password: "secret", ours: "secret")) { cmux in
            let session = try await cmux.start("op-pw", ["sleep", "100"])
            // A word of the first protocol, which has a connection of its own.
            try await cmux.cmux.display(TerminalStatus(state: "running"), of: session.handle, id: session.id)
            #expect(try await cmux.state().titled("op-pw")?.status == ["reeve": "running"])
        }
    }

    @Test func `when cmux ends that is told, and nothing is said to be gone`() async throws {
        try await FakeCmux.with { cmux in
            let session = try await cmux.start("op-K", ["sleep", "100"])
            try await cmux.kill()
            let isTold = await eventually { cmux.ground.refusals.contains { $0.contains("cmux cannot be reached") } }
            #expect(isTold)
            let error = await #expect(throws: ReeveError.self) {
                _ = try await cmux.cmux.life(of: session.handle, id: session.id)
            }
            #expect(error?.kind == .unavailable)
        }
    }

    @Test func `a cmux that hangs fails its probe, and answers again when it wakes`() async throws {
        try await FakeCmux.with { cmux in
            try await cmux.hang()
            let error = await #expect(throws: ReeveError.self) { try await cmux.cmux.probe() }
            #expect(error?.kind == .unavailable)
            try await cmux.wake()
            let answers = await eventually { (try? await cmux.cmux.probe()) != nil }
            #expect(answers)
            #expect(cmux.ground.connections.count == 1)
        }
    }

    @Test(
        arguments: [["id": 4711], ["say": "{\"id\":"], ["say": "OK"], ["say": "[[[[1]]]]"], ["deaf": true]]
            as [[String: any Sendable]])
    func `an answer that is not ours is none, and the next one is`(fault: [String: any Sendable]) async throws {
        try await FakeCmux.with { cmux in
            try await cmux.order(["do": "fault", "method": "system.ping"].merging(fault) { $1 })
            let error = await #expect(throws: ReeveError.self) { try await cmux.cmux.probe() }
            #expect(error?.kind == .unavailable)
            try await cmux.cmux.probe()
            #expect(cmux.ground.connections.count == 1)
        }
    }

    @Test func `an answer that is cut off ends the connection, and there is a new one`() async throws {
        try await FakeCmux.with { cmux in
            let session = try await cmux.start("op-C", ["cat"])
            try await cmux.order(["do": "fault", "method": "surface.send_text", "cut": true])
            let error = await #expect(throws: ReeveError.self) {
                try await cmux.cmux.send("once", to: session.handle, id: session.id)
            }
            #expect(error?.kind == .unavailable)
            let again = await eventually { cmux.ground.connections.count == 2 }
            #expect(again)
            #expect(try await cmux.cmux.life(of: session.handle, id: session.id) == .alive)
        }
    }

    @Test(arguments: [("not_found", ReeveError.Kind.notFound), ("invalid_state", .conflict), ("timeout", .unavailable)])
    func `an error of cmux is one of ours`(code: String, kind: ReeveError.Kind) async throws {
        try await FakeCmux.with { cmux in
            let session = try await cmux.start("op-G", ["cat"])
            try await cmux.order(["do": "fault", "method": "surface.send_text", "error": code, "message": "as ordered"])
            let error = await #expect(throws: ReeveError.self) {
                try await cmux.cmux.send("x", to: session.handle, id: session.id)
            }
            #expect(error?.kind == kind && error?.message.contains("as ordered") == true)
        }
    }

    // MARK: Events

    @Test(arguments: [false, true])
    func `what changes is told`(byProgram: Bool) async throws {
        try await FakeCmux.with(Setting(byProgram: byProgram)) { cmux in
            let before = cmux.events().count
            _ = try await cmux.order(["do": "window"])
            let isTold = await eventually { cmux.events().dropFirst(before).contains(.changed) }
            #expect(isTold)
        }
    }

    @Test(arguments: [false, true])
    func `who was too slow follows again and looks, on the same connection`(byProgram: Bool) async throws {
        try await FakeCmux.with(Setting(byProgram: byProgram)) { cmux in
            let before = cmux.events().count
            try await cmux.order(["do": "drop"])
            let looks = await eventually { cmux.events().dropFirst(before).contains(.changed) }
            #expect(looks)
            let session = try await cmux.start("op-V", ["sleep", "100"])
            await cmux.fleet.dismiss(session.id)
            let isTold = await eventually { cmux.events().contains(.paneDied(session.handle.pane)) }
            #expect(isTold && cmux.ground.connections.count == 1)
        }
    }

    @Test(arguments: [false, true])
    func `a cmux without events is looked at`(byProgram: Bool) async throws {
        try await FakeCmux.with(Setting(byProgram: byProgram, without: ["events"])) { cmux in
            let session = try await cmux.start("op-Q", ["sleep", "100"])
            let looks = await eventually { cmux.events().contains(.changed) }
            #expect(looks)
            #expect(try await cmux.cmux.life(of: session.handle, id: session.id) == .alive)
        }
    }

    // MARK: What has to hold before

    private func run(_ environment: [String: String], binary: String, requireInCmux: Bool = true) async throws -> ReeveError {
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let cmux = CmuxMultiplexer(
            settings: CmuxSettings(
                binary: binary, requireInCmux: requireInCmux, instance: "inst", runtimeDirectory: "/tmp",
                environment: environment),
            group: loops, time: RealTime(), logger: Logger(label: "test"))
        let error = await #expect(throws: ReeveError.self) { try await cmux.run { _ in } }
        try await loops.shutdownGracefully()
        return try #require(error)
    }

    @Test func `outside of cmux it says so, and how to do without`() async throws {
        let error = try await run(["HOME": "/nowhere"], binary: StageGround.fake("cmux"))
        #expect(error.message == "Not running inside cmux" && error.hint?.contains("require_in_cmux = false") == true)
        #expect(error.hint?.contains("CMUX_WORKSPACE_ID") == true && error.hint?.contains("not recommended") == true)
    }

    @Test func `a name that is in no folder of the PATH is a binary that is not found`() async throws {
        let error = try await run(["HOME": "/nowhere", "PATH": "/nowhere"], binary: "cmux")
        #expect(error.message == "cmux binary not found: 'cmux' is not in reeved's PATH")
        #expect(error.hint?.contains("binary_path") == true)
    }

    @Test(arguments: [true, false])
    func `without the program it says where it was looked for`(requireInCmux: Bool) async throws {
        try await Scratch.with { scratch in
            let environment = ["HOME": scratch.path, "CMUX_SOCKET_PATH": "\(scratch.path)/none"]
            let error = try await run(environment, binary: "/nowhere/cmux", requireInCmux: requireInCmux)
            #expect(error.message == "cmux binary not found at /nowhere/cmux")
            #expect(error.hint?.contains("ls -la /nowhere/cmux") == true && error.hint?.contains("binary_path") == true)
        }
    }
}
