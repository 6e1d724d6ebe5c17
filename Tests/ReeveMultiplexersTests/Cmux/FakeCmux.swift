import Foundation
import Logging
import Processes
import ReeveModel
import ReeveTestSupport
import Synchronization
import Testing

@testable import ReeveMultiplexers

/// Our backend in front of the stand-in for cmux (`Tests/Fakes/cmux-server`), with real keepers in its terminals. Ends with
/// everything killed.
final class FakeCmux: Sendable {
    /// How the stand-in and the backend are set up.
    struct Setting: Sendable {
        var mode = "automation"
        /// What the stand-in wants; what we have.
        var password = ""
        var ours: String?
        /// The socket keeps us out, and the program carries what cmux gave to the terminal that we were started in.
        var byProgram = false
        var windows = 1
        var heartbeat = 15.0
        /// An older build.
        var without: [String] = []
        var exited = "closes"
        var placement = CmuxPlacement.auto
        /// False: who uses it waits for the connection itself, or for its refusal.
        var isConnected = true
    }

    let cmux: CmuxMultiplexer
    let ground: StageGround
    private let server: Mutex<SpawnedProgram>
    private let command: [String]
    private let base: [String: String]
    private let environment: [String: String]
    private let settings: CmuxSettings
    private let control: LineClient

    static func with(_ setting: Setting, _ body: (FakeCmux) async throws -> Void) async throws {
        let cmux = try await FakeCmux(setting)
        try await cmux.ground.run(cmux.cmux, awaitsConnection: setting.isConnected) {
            try await body(cmux)
        } ending: {
            try? await cmux.kill()
        }
    }

    private init(_ setting: Setting) async throws {
        ground = try StageGround()
        let scratch = ground.scratch
        let socket = "\(scratch.path)/c.sock"
        let own = ground.environment()
        var arguments = [
            StageGround.fake("cmux-server"), "--socket", socket, "--directory", try scratch.directory("t"), "--mode",
            setting.byProgram ? "cmuxOnly" : setting.mode, "--password", setting.password, "--windows", String(setting.windows),
            "--heartbeat", String(setting.heartbeat), "--exited", setting.exited,
        ]
        for part in setting.without { arguments += ["--without", part] }
        if setting.byProgram { arguments += ["--capability", "from-cmux"] }
        command = arguments
        base = own
        server = Mutex(try SpawnedProgram(arguments, environment: own))
        environment =
            own.merging(["CMUX_SOCKET_PATH": socket, "CMUX_WORKSPACE_ID": "0F221057-0320-41B7-8CB3-083C8D927D95"]) { $1 }
            .merging(setting.byProgram ? ["CMUX_SOCKET_CAPABILITY": "from-cmux"] : [:]) { $1 }
        settings = CmuxSettings(
            binary: StageGround.fake("cmux"), placement: setting.placement, password: setting.ours, instance: "inst",
            runtimeDirectory: ground.runtimeDirectory, environment: environment)
        cmux = CmuxMultiplexer(settings: settings, group: ground.loops, time: ground.time, logger: Logger(label: "test"))
        let door = "\(socket).control"
        #expect(await eventually { (try? LineClient(door)) != nil })
        control = try LineClient(door)
        // The socket that we come by is made last, and is there a moment before anybody listens.
        #expect(await eventually { (try? LineClient(socket)) != nil })
    }

    /// How the first connection was made.
    var connectedBy: String? { ground.connections.first }

    /// What the stand-in did for an order, as JSON.
    @discardableResult
    func order(_ order: [String: Any]) async throws -> Any {
        let line = String(decoding: try JSONSerialization.data(withJSONObject: order), as: UTF8.self)
        let answer = try #require(await control.ask(line))
        return try JSONSerialization.jsonObject(with: Data(answer.utf8), options: .fragmentsAllowed)
    }

    func state() async throws -> State { try State(try await order(["do": "state"])) }

    /// What cmux shows, in the order of its sidebar.
    struct State {
        struct Workspace {
            var id = ""
            var window = ""
            var title = ""
            var description: String?
            var isSelected = false
            var surfaces: [String] = []
            var status: [String: String] = [:]
            var progress: [String]?
            var log: [[String]] = []
        }

        var keyWindow: String?
        var windows: [String] = []
        var workspaces: [Workspace] = []

        init(_ json: Any) throws {
            let root = try #require(json as? [String: Any])
            keyWindow = root["key"] as? String
            for window in root["windows"] as? [[String: Any]] ?? [] {
                let id = window["id"] as? String ?? ""
                windows.append(id)
                for item in window["workspaces"] as? [[String: Any]] ?? [] {
                    workspaces.append(
                        Workspace(
                            id: item["id"] as? String ?? "", window: id, title: item["title"] as? String ?? "",
                            description: item["description"] as? String,
                            isSelected: window["selected"] as? String == item["id"] as? String,
                            surfaces: item["surfaces"] as? [String] ?? [], status: item["status"] as? [String: String] ?? [:],
                            progress: item["progress"] as? [String], log: item["log"] as? [[String]] ?? []))
                }
            }
        }

        func titled(_ title: String) -> Workspace? { workspaces.first { $0.title == title } }
    }

    private func signal(_ number: Int32) {
        ground.time.setHung(number == SIGSTOP)
        Foundation.kill(server.withLock(\.processIdentifier), number)
    }
}

extension FakeCmux: Stage {
    var multiplexer: any Multiplexer { cmux }
    func hang() async throws {
        signal(SIGSTOP)
        await awaitStop(server.withLock { Int($0.processIdentifier) })
    }
    func wake() async throws { signal(SIGCONT) }

    func kill() async throws {
        signal(SIGKILL)
        _ = try await ProcessRunner.run(["tmux", "-S", "\(scratch.path)/t/tmux", "kill-server"], environment: environment)
        server.withLock { $0 }.wait()
    }

    func relaunch() async throws {
        // It was killed, so its sockets' files are still there.
        for name in ["c.sock", "c.sock.control"] { unlink("\(scratch.path)/\(name)") }
        let fresh = try SpawnedProgram(command, environment: base)
        server.withLock { $0 = fresh }
    }

    func successor() throws -> any Multiplexer {
        CmuxMultiplexer(settings: settings, group: ground.loops, time: ground.time, logger: Logger(label: "test"))
    }

    func absent() throws -> any Multiplexer {
        var settings = settings
        settings.binary = "/nowhere/cmux"
        settings.environment["CMUX_SOCKET_PATH"] = "\(scratch.path)/nobody"
        return CmuxMultiplexer(settings: settings, group: ground.loops, time: ground.time, logger: Logger(label: "test"))
    }

    var column: String { "by its socket" }
    var boundless: String? { "cmux documents no limit, and its stand-in has no sizes" }

    func sidebar(_ session: Session) async throws -> [String] {
        try await state().workspaces.first { $0.id == session.handle.session }.map { Array($0.status.values) } ?? []
    }

    static func with(_ body: (FakeCmux) async throws -> Void) async throws { try await with(Setting(), body) }
}

/// The same by the program `cmux`, for a socket that keeps us out.
final class FakeCmuxByProgram: Stage {
    private let cmux: FakeCmux

    private init(_ cmux: FakeCmux) { self.cmux = cmux }

    var multiplexer: any Multiplexer { cmux.cmux }
    var ground: StageGround { cmux.ground }
    func hang() async throws { try await cmux.hang() }
    func wake() async throws { try await cmux.wake() }
    func kill() async throws { try await cmux.kill() }
    func relaunch() async throws { try await cmux.relaunch() }
    func successor() throws -> any Multiplexer { try cmux.successor() }
    func absent() throws -> any Multiplexer { try cmux.absent() }
    var column: String { "by its command line" }
    var boundless: String? { cmux.boundless }
    func sidebar(_ session: Session) async throws -> [String] { try await cmux.sidebar(session) }

    static func with(_ body: (FakeCmuxByProgram) async throws -> Void) async throws {
        try await FakeCmux.with(FakeCmux.Setting(byProgram: true)) { cmux in
            #expect(cmux.connectedBy?.hasSuffix("by its command line") == true)
            try await body(FakeCmuxByProgram(cmux))
        }
    }
}
