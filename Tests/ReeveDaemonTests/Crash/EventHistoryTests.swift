import ReeveModel
import ReeveTestSupport
import ReeveWire
import Testing

/// Event logs with a fault in each, and the promise that it breaks.
@Suite struct EventHistoryTests {
    private struct Log {
        var history = EventHistory(limits: .init(parallel: 2, perProject: 1, perKind: ["few": 1]))
        var seq: Int64 = 0

        mutating func take(_ payload: EventPayload, skipping: Int64 = 0) {
            seq += 1 + skipping
            let event = StoredEvent(
                seq: seq, time: Samples.now, kind: payload.kind, ticket: payload.ticket,
                data: EventData.json(payload))
            history.take(EventShape(event))
        }

        mutating func create(_ name: String, agent: String = "stayer", project: String? = nil, after: [String] = []) {
            take(.ticketCreated(ticket(name, .queued, agent, project, after)))
        }

        mutating func launch(_ name: String, agent: String = "stayer", project: String? = nil, after: [String] = []) {
            take(.ticketUpdated(ticket(name, .running, agent, project, after)))
        }

        mutating func finish(_ name: String) { take(.ticketFinished(ticket(name, .done, "stayer", nil, []))) }

        private func ticket(_ name: String, _ state: TicketState, _ agent: String, _ project: String?, _ after: [String])
            -> Ticket
        {
            Samples.ticket(name, project: project, agent: agent, after: after.map { Samples.id($0) }, state: state)
        }

        var promises: [Violation.Promise] { history.violations.map(\.promise) }
    }

    @Test func `a log as it should be`() {
        var log = Log()
        log.create("A")
        log.create("B", after: ["A"])
        log.launch("A")
        log.take(.queuePaused)
        log.finish("A")
        log.take(.queueResumed)
        log.launch("B", after: ["A"])
        #expect(log.promises.isEmpty && log.history.running == ["B"] && log.history.cursor == 7)
    }

    @Test func `a gap and a repeat are found`() {
        var log = Log()
        log.create("A")
        log.take(.queuePaused, skipping: 1)
        #expect(log.promises == [.cursors])
        log.seq -= 1
        log.take(.queuePaused)
        #expect(log.promises == [.cursors, .cursors])
    }

    @Test func `a launch in a paused queue is found`() {
        var log = Log()
        log.create("A")
        log.take(.queuePaused)
        log.launch("A")
        #expect(log.promises == [.pause])
    }

    @Test func `each limit that is exceeded is found`() {
        var log = Log()
        for name in ["A", "B", "C"] { log.create(name) }
        for name in ["A", "B", "C"] { log.launch(name) }
        #expect(log.promises == [.limits])
        var kinds = Log()
        for name in ["A", "B"] { kinds.create(name, agent: "few") }
        for name in ["A", "B"] { kinds.launch(name, agent: "few") }
        #expect(kinds.promises == [.limits])
        var projects = Log()
        for name in ["A", "B"] { projects.create(name, project: "/p") }
        for name in ["A", "B"] { projects.launch(name, project: "/p") }
        #expect(projects.promises == [.limits])
    }

    @Test func `a launch before its prerequisite was done is found, one while that is retried is not`() {
        var log = Log()
        log.create("A")
        log.create("B", after: ["A"])
        log.launch("B", after: ["A"])
        #expect(log.promises == [.order])
        var retried = Log()
        retried.create("A")
        retried.create("B", after: ["A"])
        retried.launch("A")
        retried.finish("A")
        retried.launch("A")
        retried.launch("B", after: ["A"])
        #expect(retried.promises.isEmpty)
    }
}
