import Logging
import ReeveEngine
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveDaemon

/// Commands with a terminal of their own, on an engine in memory.
@Suite struct RunDeskTests {
    private func withDesk(_ body: (EngineFixture, RunDesk) async throws -> Void) async throws {
        try await EngineFixture.with { f in
            let desk = RunDesk(
                sessions: f.engine.sessions, journal: f.journal, time: RealTime(), ids: CountingIDs(prefix: "r"),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await body(f, desk)
        }
    }

    private func start(_ desk: RunDesk) async throws -> String {
        let session = try await desk.start(
            nil, command: ["/usr/bin/top"], program: "top", directory: nil, environment: [:], backend: nil, owner: nil)
        return session.name
    }

    static let purposes: [(String, RunPurpose?)] = [
        ("run", RunPurpose(owner: nil)),
        ("run T-1", RunPurpose(owner: TicketID("T-1").map { .ticket($0) })),
        ("run session", RunPurpose(owner: TicketID("session").map { .ticket($0) })),
        ("run session abc", RunPurpose(owner: SessionID("abc").map { .session($0) })),
        ("run ", nil), ("run  T-1", nil), ("run other abc", nil), ("run session a b", nil), ("runs", nil), ("", nil),
    ]

    @Test(arguments: purposes)
    func `whose a command is can be read from what is kept of it`(kind: String, purpose: RunPurpose?) {
        #expect(RunPurpose(kind: kind) == purpose)
        if let purpose { #expect(purpose.kind == kind) }
    }

    @Test func `whoever gives up waiting for a command is forgotten at once, and the others are told`() async throws {
        try await withDesk { f, desk in
            let name = try await start(desk)
            async let stays = desk.wait(name)
            let leaves = Task { try await desk.wait(name) }
            #expect(await eventually { await desk.waiterCount == 2 })
            leaves.cancel()
            await #expect(throws: CancellationError.self) { _ = try await leaves.value }
            #expect(await desk.waiterCount == 1)
            let launch = try #require(f.journal.launches.first { $0.kind == RunPurpose(owner: nil).kind })
            let id = launch.session
            f.world.end(launch.id, .code(7))
            await desk.follow(id)
            #expect(try await stays.exit == .code(7))
            #expect(await desk.waiterCount == 0)
        }
    }
}
