import ReeveEngine
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveDaemon

/// What follows the event log misses nothing of it.
@Suite struct EventLogTests {
    @Test func `who follows the log goes on where it was when a read has failed`() async throws {
        let journal = MemoryJournal()
        for number in 1...3 { try await journal.enqueue([.event(.systemStarted(version: "\(number)"))]).value() }
        journal.failReading(times: 2)
        // None of them is in the hub's memory: they are read from the journal.
        let (incoming, _) = AsyncStream<[StoredEvent]>.makeStream()
        let hub = EventHub(journal: journal, incoming: incoming, cursor: 3)
        let time = ManualTime()
        let read = Task {
            var seen: [Int64] = []
            for await event in EventLog(hub: hub, cursor: 0, time: time) {
                seen.append(event.seq)
                if seen.count == 3 { break }
            }
            return seen
        }
        for _ in 1...2 {
            #expect(await eventually { time.hasSleepers })
            time.advance(by: .seconds(1))
        }
        #expect(await read.value == [1, 2, 3])
    }

    @Test func `it ends with its reader`() async {
        let (incoming, _) = AsyncStream<[StoredEvent]>.makeStream()
        let hub = EventHub(journal: MemoryJournal(), incoming: incoming, cursor: 0)
        let read = Task { for await _ in EventLog(hub: hub, cursor: 0, time: ManualTime()) {} }
        read.cancel()
        await read.value
    }
}
