import Logging
import ReeveEngine
import ReeveModel
import ReeveTestSupport
import Testing

/// The owner of what is told: whose it is, how much of it, and when it goes.
@Suite struct MetadataDeskTests {
    private static let id = Samples.id("T")
    private static let address = MetadataDesk.Address.ticket(id)

    /// A desk of its own, on time that only the test moves.
    private func with(
        _ journal: MemoryJournal = MemoryJournal(), _ body: (MetadataDesk, MemoryJournal, ManualTime) async throws -> Void
    ) async throws {
        _ = journal.apply([.addTicket(Samples.ticket("T"))])
        try await EngineFixture.with(journal: journal) { fixture in
            let time = ManualTime()
            let desk = MetadataDesk(
                journal: journal, board: fixture.engine.board, sessions: fixture.engine.sessions, time: time,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await body(desk, journal, time)
        }
    }

    private func told(_ journal: MemoryJournal) -> [MetadataNews.Fact] {
        journal.payloads.compactMap { payload in
            guard case .metadata(let news) = payload else { return nil }
            return news.fact
        }
    }

    @Test func `what is set is kept and told in one commit`() async throws {
        try await with { desk, journal, _ in
            let status = try await desk.set(status: "s", tone: .info, timeToLive: nil, of: Self.address)
            let progress = try await desk.set(progress: .percent(5), label: nil, timeToLive: nil, of: Self.address)
            let line = try await desk.add(line: "m", tone: .warn, source: "x", timeToLive: nil, to: Self.address)
            #expect(told(journal) == [.status(status), .progress(progress), .log(line)])
            let board = try await desk.look(Self.address).board
            #expect(board == MetadataBoard(status: status, progress: progress, log: [line]))
        }
    }

    @Test func `a ticket or session that is not there is not found`() async throws {
        try await with { desk, journal, _ in
            for address in [MetadataDesk.Address.ticket(Samples.id("GONE")), .session("gone"), .session("not a name")] {
                let error = await #expect(throws: ReeveError.self) {
                    try await desk.set(status: "s", tone: .info, timeToLive: nil, of: address)
                }
                #expect(error?.kind == .notFound)
                await #expect(throws: ReeveError.self) { try await desk.look(address) }
            }
            #expect(told(journal).isEmpty)
        }
    }

    @Test func `a session of a ticket speaks for its ticket, by its name and by its id`() async throws {
        let journal = MemoryJournal()
        try await EngineFixture.with(journal: journal) { fixture in
            try await fixture.add("A")
            #expect(await eventually { fixture.engine.board.agent(Samples.id("A")) != nil })
            let agent = try #require(fixture.engine.board.agent(Samples.id("A")))
            for name in [agent.session.text, agent.sessionID.text] {
                _ = try await fixture.engine.metadata.add(
                    line: name, tone: .neutral, source: nil, timeToLive: nil, to: .session(name))
            }
            let found = try await fixture.engine.metadata.look(.ticket(Samples.id("A")))
            #expect(found.board.log.map(\.message) == [agent.session.text, agent.sessionID.text])
        }
    }

    @Test func `twenty writers at once lose no line`() async throws {
        try await with { desk, _, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...20 {
                    group.addTask {
                        _ = try await desk.add(line: "\(number)", tone: .neutral, source: nil, timeToLive: nil, to: Self.address)
                    }
                }
                try await group.waitForAll()
            }
            let log = try await desk.look(Self.address).board.log
            #expect(Set(log.map(\.message)).count == 20 && log.map(\.number) == Array(1...20))
        }
    }

    @Test func `a loop is told that it is too much, and the event log stays short`() async throws {
        try await with { desk, journal, time in
            var refused = 0
            for number in 1...200 {
                do {
                    _ = try await desk.set(status: "\(number)", tone: .info, timeToLive: nil, of: Self.address)
                } catch let error as ReeveError {
                    #expect(error.kind == .busy && error.hint != nil)
                    refused += 1
                }
            }
            #expect(refused == 180 && told(journal).count == 20)
            time.advance(by: .seconds(1))
            _ = try await desk.set(status: "later", tone: .info, timeToLive: nil, of: Self.address)
        }
    }

    @Test func `the same again costs nothing`() async throws {
        try await with { desk, journal, _ in
            for _ in 1...100 { _ = try await desk.set(status: "s", tone: .info, timeToLive: nil, of: Self.address) }
            #expect(told(journal).count == 1)
        }
    }

    @Test func `a finished ticket takes a line and a notification, but no status and no progress`() async throws {
        try await with { desk, journal, _ in
            _ = try await desk.set(status: "s", tone: .info, timeToLive: nil, of: Self.address)
            _ = journal.apply([.putTicket(Samples.ticket("T", state: .done))])
            do {
                let found = try await desk.look(Self.address).board.status
                #expect(found == nil)
            }
            let error = await #expect(throws: ReeveError.self) {
                try await desk.set(status: "s", tone: .info, timeToLive: nil, of: Self.address)
            }
            #expect(error?.kind == .conflict && error?.message.contains("done") == true)
            await #expect(throws: ReeveError.self) {
                try await desk.set(progress: .percent(1), label: nil, timeToLive: nil, of: Self.address)
            }
            _ = try await desk.add(line: "m", tone: .info, source: nil, timeToLive: nil, to: Self.address)
            _ = try await desk.notify("b", title: nil, urgency: .low, from: Self.address)
        }
    }

    @Test func `clearing says what held something`() async throws {
        try await with { desk, journal, _ in
            _ = try await desk.set(status: "s", tone: .info, timeToLive: nil, of: Self.address)
            _ = try await desk.add(line: "m", tone: .info, source: nil, timeToLive: nil, to: Self.address)
            do {
                let found = try await desk.clear(Set(MetadataPart.allCases), of: Self.address)
                #expect(found == [.status, .log])
            }
            do {
                let found = try await desk.clear(Set(MetadataPart.allCases), of: Self.address)
                #expect(found == [])
            }
            #expect(told(journal).last == .cleared([.status, .log], expired: false))
        }
    }

    @Test func `what is over goes by itself, and that is told`() async throws {
        try await with { desk, journal, time in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await desk.run() }
                _ = try await desk.set(status: "s", tone: .info, timeToLive: .seconds(5), of: Self.address)
                #expect(await eventually { time.hasSleepers })
                time.advance(by: .seconds(5))
                do {
                    let found = try await desk.look(Self.address).board.status
                    #expect(found == nil)
                }
                #expect(await eventually { told(journal).last == .cleared([.status], expired: true) })
                group.cancelAll()
            }
        }
    }

    @Test func `what was over while no daemon ran goes at the next start`() async throws {
        try await with { desk, journal, time in
            _ = try await desk.set(status: "s", tone: .info, timeToLive: .seconds(5), of: Self.address)
            time.advance(by: .seconds(60))
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await desk.run() }
                #expect(await eventually { told(journal).last == .cleared([.status], expired: true) })
                group.cancelAll()
            }
        }
    }

    @Test func `what the disk refuses is not told, and not kept`() async throws {
        try await with { desk, journal, _ in
            journal.fail(with: .unavailable("the disk is full"))
            await #expect(throws: ReeveError.self) {
                try await desk.set(status: "s", tone: .info, timeToLive: nil, of: Self.address)
            }
            journal.fail(with: nil)
            do {
                let found = try await desk.look(Self.address).board
                #expect(found == MetadataBoard() && told(journal).isEmpty)
            }
        }
    }
}
