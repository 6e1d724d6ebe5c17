import Foundation
import KeeperLink
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

/// A multiplexer with real keepers in it, for the suite that every backend passes.
protocol Stage: AnyObject, Sendable {
    typealias Session = (handle: TerminalHandle, id: SessionID)

    var multiplexer: any Multiplexer { get }
    var ground: StageGround { get }
    /// The head of its column, where its backend is run in several ways (`ConformanceReport.columns`).
    var column: String { get }
    /// It stops answering; goes on; ends with everything in it.
    func hang() async throws
    func wake() async throws
    func kill() async throws
    /// What a person does after that, where the backend does not start it by itself.
    func relaunch() async throws
    /// A session that a person makes by hand; for those that can take it in.
    func personal(_ name: String) async throws
    /// What the next daemon has: the same multiplexer, and nothing of what this one remembers.
    func successor() throws -> any Multiplexer
    /// What a further connection can be had with, beside that of the stage.
    func bystander() throws -> any Multiplexer
    /// The same multiplexer for a program, a server or a window that is not there.
    func absent() throws -> any Multiplexer
    /// Whether somebody who scrolls in a session is in a mode that takes what is typed.
    var hasCopyMode: Bool { get }
    /// Somebody who has the session in front of them begins to scroll in it; or ends that.
    func scroll(_ isOn: Bool, in session: Session, _ person: PersonAtTerminal) async throws
    /// Why there is always room for another split; nil where there is not.
    var boundless: String? { get }
    /// Whether somebody who looks at one session can be shown another there.
    var hasOneView: Bool { get }
    /// Somebody has the session in front of them while `body` runs: in a terminal of their own where one looks at it so.
    func visit(_ session: Session, _ body: (PersonAtTerminal?) async throws -> Void) async throws
    /// What stands beside the session's name.
    func sidebar(_ session: Session) async throws -> [String]
    static func with(_ body: (Self) async throws -> Void) async throws
}

/// A signal that stops a process is carried out by each of its threads in its own time: until then it may answer.
func awaitStop(_ pid: Int) async { #expect(await eventually { ["T", "t"].contains(ProcessTable.state(pid)) }) }

extension Stage {
    var fleet: KeeperFleet { ground.fleet }
    var scratch: Scratch { ground.scratch }
    func events() -> [MultiplexerEvent] { ground.events }

    var column: String { multiplexer.name }
    var hasCopyMode: Bool { false }
    func scroll(_ isOn: Bool, in session: Session, _ person: PersonAtTerminal) async throws {
        Issue.record("\(multiplexer.name) says that it has a copy mode")
    }
    var boundless: String? { nil }
    func bystander() throws -> any Multiplexer { try successor() }
    func relaunch() async throws {}
    func personal(_ name: String) async throws { Issue.record("\(multiplexer.name) says that it can adopt a session") }

    var hasOneView: Bool { true }
    func sidebar(_ session: Session) async throws -> [String] {
        Issue.record("\(multiplexer.name) says that it has a sidebar")
        return []
    }

    func visit(_ session: Session, _ body: (PersonAtTerminal?) async throws -> Void) async throws {
        guard multiplexer.capabilities.contains(.attach) else {
            try await multiplexer.focus(session.handle, id: session.id)
            return try await body(nil)
        }
        let command = try await multiplexer.attachCommand(session.handle, id: session.id)
        let person = try PersonAtTerminal(command.arguments, environment: ground.environment(with: ["TERM": "xterm"]))
        do { try await body(person) } catch {
            await person.leave()
            throw error
        }
        await person.leave()
    }

    /// - Parameter id: nil: made of the name's first letters and digits, and of this stage's: a keeper is looked for in the whole process table,
    ///   by an id that no two have in life, and another stage may have one of the same name.
    func order(_ name: String, as id: SessionID? = nil) -> SpawnRequest {
        let id = id ?? Samples.session("s" + name.filter { $0.isLetter || $0.isNumber }.prefix(18) + scratch.path.suffix(4))
        return SpawnRequest(id: id, name: Samples.name(name), arguments: fleet.command(for: id), owner: "inst")
    }

    /// A session with a keeper in it, running `command`.
    func start(_ name: String, _ command: [String], as id: SessionID? = nil) async throws -> Session {
        let order = order(name, as: id)
        let handle = try await multiplexer.spawn(order)
        try await fleet.await(order.id)
        _ = try await fleet.run(
            LaunchOrder(
                id: launch(order.id), label: command[0], arguments: command, directory: "/",
                environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"], standardInput: nil), in: order.id)
        return (handle, order.id)
    }

    func launch(_ session: SessionID) -> LaunchID { Samples.launchID("L-" + session.text) }

    /// A program that writes what it reads, byte for byte, into a file.
    /// - Parameter greeting: what it says first, for `printf`; then it reads.
    func reader(_ name: String, greeting: String = "ready") async throws -> (session: Session, file: String) {
        let file = "\(scratch.path)/\(name)"
        let session = try await start(
            name, ["/bin/sh", "-c", "stty raw -echo; printf '\(greeting)'; : > \(file); exec cat >> \(file)"])
        #expect(await eventually { FileManager.default.fileExists(atPath: file) })
        return (session, file)
    }

    func received(_ file: String) -> [UInt8] { Array(FileManager.default.contents(atPath: file) ?? Data()) }

    func shows(_ session: Session, _ text: String) async throws -> Bool {
        try await eventually { try await captured(session, 100).contains(text) }
    }

    func captured(_ session: Session, _ lines: Int) async throws -> String {
        try await multiplexer.capture(session.handle, id: session.id, lines: lines, styled: false)
    }

    /// The kind of error of what is to fail.
    func refusal(_ body: () async throws -> Void) async -> ReeveError.Kind? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? ReeveError)?.kind ?? ReeveError.Kind(rawValue: "\(error)")
        }
    }

    func end(_ session: Session) async throws { try await multiplexer.destroy(session.handle, id: session.id) }

    /// It goes on after it has hung, with the session as it was, which is ended then.
    func wakeAndEnd(_ session: Session) async throws {
        try await wake()
        #expect(await eventually { (try? await multiplexer.life(of: session.handle, id: session.id)) == .alive })
        _ = await eventually { await refusal { try await multiplexer.send("y", to: session.handle, id: session.id) } == nil }
        try await end(session)
    }
}
