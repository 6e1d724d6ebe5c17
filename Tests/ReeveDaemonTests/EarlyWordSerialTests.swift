import Foundation
import Logging
import ReeveEngine
import ReeveHooks
import ReeveJSON
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveDaemon

/// Whose word an event is when it comes before, between and after the launches of a ticket. The agents are only said to run; the
/// process of each is this one where nothing else is said, so that it is found in the table of processes.
@Suite(.serialized) struct EarlyWordSerialTests {
    private static let pid = Int(ProcessInfo.processInfo.processIdentifier)
    private static let first = Samples.launchID("first")
    private static let next = Samples.launchID("next")

    private struct Stage {
        let engine: Engine
        let senses: Senses
        let journal = MemoryJournal()
        let time = ManualTime()

        init(stored: [ThreadKnowledge.Stored] = []) {
            let world = FakeWorld()
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            engine = Engine(
                journal: journal, incoming: AsyncStream { $0.finish() }, cursor: 0, multiplexer: world, keepers: world,
                environment: world, settings: LiveSettings(Configuration(kinds: []).engine), instance: "inst", time: time,
                ids: CountingIDs(), logger: logger, onRecovered: {})
            senses = Senses(
                stored: stored, watch: TranscriptWatch(places: [], watcher: nil), queue: engine.queue, backends: engine.backends,
                board: engine.board, journal: journal, time: time, logger: logger)
        }

        /// Without a pid: its start is not known yet.
        func agent(_ launch: LaunchID, pid: Int = EarlyWordSerialTests.pid, isKnown: Bool = true, exit: Exit? = nil) -> Agent {
            Agent(
                ticket: Samples.id("T"), kind: "demo", state: isKnown ? .running : .launching, since: time.wall(),
                session: Samples.name("op-T"), sessionID: Samples.session(), backend: "fake", launch: launch,
                pid: isKnown && exit == nil ? pid : nil, startedAt: time.wall(), exit: exit)
        }

        /// The board says so, and the senses are told that it has changed.
        func show(_ agent: Agent?) async {
            engine.board.show(agent, for: Samples.id("T"))
            _ = await senses.take(.agents)
        }

        func tell(_ status: String, of launch: LaunchID, thread: String?, at: Timestamp? = nil) async throws {
            let name = thread.map { #","threadId":"\#($0)""# } ?? ""
            let text = """
                {"kind":"demo","at":\((at ?? time.wall()).milliseconds),"launch":"\(launch)",\
                "event":{"agent":"demo","status":"\(status)","projectDir":"/w"\(name)}}
                """
            _ = await senses.take(.event(try HookEnvelope(try JSONDocument(Array(text.utf8)).root)))
            time.advance(by: .seconds(1))
        }

        /// What is known of the conversation of the agent of this launch.
        func state(_ launch: LaunchID) async -> ThreadState? { await senses.explain(agent(launch)).thread?.verdict.state }

        /// What a daemon that starts now finds.
        func kept() async throws -> [ThreadKnowledge.Stored] { try await journal.threads().compactMap { Senses.decode($0) } }
    }

    @Test(arguments: ["c-1", nil])
    func `what an agent tells before its start is known counts once it is`(thread: String?) async throws {
        let stage = Stage()
        try await stage.tell("running", of: Self.first, thread: thread)
        await stage.show(stage.agent(Self.first, isKnown: false))
        try await stage.tell("waiting", of: Self.first, thread: thread)
        #expect(await stage.state(Self.first) == nil)
        await stage.show(stage.agent(Self.first))
        #expect(await stage.state(Self.first) == .waiting)
        let lines = await stage.senses.explain(stage.agent(Self.first)).thread?.lines
        #expect(lines?.first?.evidence.source == .hook)
    }

    @Test func `what an agent tells right after its start counts without other news, and by no older table of processes`()
        async throws
    {
        let stage = Stage()
        // The table is read, and not due again for long.
        _ = await stage.senses.take(.tick)
        let program = try SpawnedProgram(["/bin/sleep", "60"], environment: [:])
        defer { kill(program.processIdentifier, SIGKILL) }
        let agent = stage.agent(Self.first, pid: Int(program.processIdentifier))
        stage.engine.board.show(agent, for: Samples.id("T"))
        try await stage.tell("waiting", of: Self.first, thread: "c-1")
        #expect(await stage.state(Self.first) == .waiting)
    }

    @Test(arguments: ["c-1", nil])
    func `what the launch before told, or tells late, is not the next one's`(thread: String?) async throws {
        let stage = Stage()
        await stage.show(stage.agent(Self.first))
        try await stage.tell("waiting", of: Self.first, thread: thread)
        #expect(await stage.state(Self.first) == .waiting)
        // Exchanged in the same terminal; its last word and the first one of the next come before the news of that.
        try await stage.tell("waiting", of: Self.next, thread: thread)
        try await stage.tell("running", of: Self.first, thread: thread)
        await stage.show(stage.agent(Self.next))
        #expect(await stage.state(Self.next) == .waiting)
        try await stage.tell("running", of: Self.next, thread: thread)
        try await stage.tell("waiting", of: Self.first, thread: thread)
        #expect(await stage.state(Self.next) == .running)
    }

    @Test(arguments: ["c-1", nil])
    func `a launch after one that has ended is heard, in the same conversation or directory`(thread: String?) async throws {
        let stage = Stage()
        await stage.show(stage.agent(Self.first))
        try await stage.tell("waiting", of: Self.first, thread: thread)
        let early = stage.time.wall()
        // Seen to have ended only after the next one had spoken.
        try await stage.tell("waiting", of: Self.next, thread: thread, at: early)
        stage.time.advance(by: .seconds(5))
        await stage.show(stage.agent(Self.first, exit: .code(0)))
        await stage.show(stage.agent(Self.next))
        #expect(await stage.state(Self.next) == .waiting)
    }

    @Test func `an agent that goes on with a conversation says nothing until it speaks`() async throws {
        let stage = Stage()
        await stage.show(stage.agent(Self.first))
        try await stage.tell("waiting", of: Self.first, thread: "c-1")
        var launch = Samples.launch("next")
        launch.conversation = "c-1"
        try await stage.journal.enqueue([.addTicket(Samples.ticket("T")), .putSession(Samples.record()), .putLaunch(launch)])
            .value()
        await stage.show(stage.agent(Self.next))
        #expect(await stage.state(Self.next) != .waiting)
        try await stage.tell("waiting", of: Self.next, thread: "c-1")
        #expect(await stage.state(Self.next) == .waiting)
    }

    @Test func `nor after a restart, when the end of the one before was seen by nobody`() async throws {
        let before = Stage()
        await before.show(before.agent(Self.first))
        try await before.tell("waiting", of: Self.first, thread: "c-1")
        let after = Stage(stored: try await before.kept())
        var launch = Samples.launch("next")
        launch.conversation = "c-1"
        try await after.journal.enqueue([.addTicket(Samples.ticket("T")), .putSession(Samples.record()), .putLaunch(launch)])
            .value()
        await after.show(after.agent(Self.next))
        _ = await after.senses.take(.tick)
        #expect(await after.state(Self.next) != .waiting)
        try await after.tell("running", of: Self.next, thread: "c-1")
        #expect(await after.state(Self.next) == .running)
        // The same launch goes on waiting.
        let same = Stage(stored: try await before.kept())
        await same.show(same.agent(Self.first))
        #expect(await same.state(Self.first) == .waiting)
    }

    @Test func `two agents in one directory that name no conversation are two`() async throws {
        let stage = Stage()
        var other = stage.agent(Self.next)
        other.ticket = Samples.id("U")
        other.pid = Int(getppid())
        stage.engine.board.show(other, for: Samples.id("U"))
        await stage.show(stage.agent(Self.first))
        try await stage.tell("waiting", of: Self.first, thread: nil)
        try await stage.tell("running", of: Self.next, thread: nil)
        #expect(await stage.state(Self.first) == .waiting)
        #expect(await stage.state(Self.next) == .running)
    }
}
