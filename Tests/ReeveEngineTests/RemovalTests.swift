import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveEngine

/// Finished tickets that are no longer kept, in an engine on fakes: what memory and journal agree on.
@Suite struct RemovalTests {
    /// Long after everything in these tests has ended.
    private func later(_ f: EngineFixture) -> Timestamp { RealTime().wall().advanced(by: .seconds(3600)) }

    private func removeAll(_ f: EngineFixture) async throws { while try await f.engine.queue.removeFinished(before: later(f)) {} }

    @Test func `a finished ticket goes, is told of, and is no longer counted`() async throws {
        try await EngineFixture.with({ $0.linger = .zero }) { f in
            try await f.add("A")
            #expect(await f.awaitState("A", .running))
            try await removeAll(f)
            #expect(f.journal.allTickets.count == 1)
            try f.end("A")
            #expect(try await f.awaitTicket("A", .done))
            #expect(await eventually { f.engine.board.agent(Samples.id("A")) == nil })
            #expect(try await eventually { try await f.engine.queue.removeFinished(before: later(f)) })
            #expect(f.journal.allTickets.isEmpty && f.journal.launches.isEmpty)
            #expect(f.journal.kinds.last == "ticket.removed")
            #expect(f.engine.board.picture.counts[.done] == 0)
            let error = await #expect(throws: ReeveError.self) {
                _ = try await f.engine.queue.retry(Samples.id("A"), CommandContext())
            }
            #expect(error?.kind == .notFound)
            try await f.add("A")
            #expect(await f.awaitState("A", .running))
        }
    }

    @Test func `a ticket whose terminal is still open stays until it is closed`() async throws {
        try await EngineFixture.with { f in
            try await f.add("A")
            #expect(await f.awaitState("A", .running))
            try f.end("A")
            #expect(try await f.awaitTicket("A", .done))
            try await removeAll(f)
            #expect(try await f.journal.ticket(Samples.id("A")) != nil)
        }
    }

    @Test func `a ticket that another comes after stays, however long it has been finished`() async throws {
        try await EngineFixture.with({
            $0.linger = .zero
            $0.limits.maxParallel = 1
        }) { f in
            try await f.add("FIRST")
            try await f.add("SECOND", after: ["FIRST"])
            #expect(await f.awaitState("FIRST", .running))
            try f.end("FIRST")
            #expect(await f.awaitState("SECOND", .running))
            #expect(await eventually { f.engine.board.agent(Samples.id("FIRST")) == nil })
            try await removeAll(f)
            #expect(f.journal.allTickets.count == 2)
            try f.end("SECOND", .code(1))
            #expect(await eventually { f.engine.board.agent(Samples.id("SECOND")) == nil })
            // It failed and may be retried: what it comes after is asked for again then. Both go together when neither is wanted.
            #expect(
                try await eventually {
                    try await removeAll(f)
                    return f.journal.allTickets.isEmpty
                })
            #expect(f.engine.board.picture.counts[.done] == 0 && f.engine.board.picture.counts[.failed] == 0)
        }
    }

    @Test func `a retry that comes while its ticket is being removed finds it or does not, never half`() async throws {
        try await EngineFixture.with({
            $0.linger = .zero
            // All of them fail at once, which is not what this is about.
            $0.breaker.failures = 0
        }) { f in
            for number in 1...20 {
                let name = "T\(number)"
                try await f.add(name)
                #expect(await f.awaitState(name, .running))
                try f.end(name, .code(1))
                #expect(try await f.awaitTicket(name, .failed))
                #expect(await eventually { f.engine.board.agent(Samples.id(name)) == nil })
                async let retried = f.engine.queue.retry(Samples.id(name), CommandContext())
                _ = try await f.engine.queue.removeFinished(before: later(f))
                do {
                    _ = try await retried
                    #expect(await f.awaitState(name, .running))
                    #expect(try await f.journal.ticket(Samples.id(name)) != nil)
                    try f.end(name)
                    #expect(try await f.awaitTicket(name, .done))
                } catch let error as ReeveError {
                    #expect(error.kind == .notFound)
                    #expect(try await f.journal.ticket(Samples.id(name)) == nil)
                }
            }
        }
    }
}
