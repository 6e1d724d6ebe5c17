import ReeveModel
import ReeveTestSupport
import ReeveWire
import Testing

/// What an event tells on the wire, and what a subscription to some kinds of agents makes of it.
@Suite struct EventDataTests {
    private static let agent = Agent(
        ticket: Samples.id("T"), kind: "codex", state: .running, since: Samples.now, session: Samples.name("op-T"),
        sessionID: Samples.session(), backend: "tmux", launch: Samples.launchID("L"), startedAt: Samples.now)

    @Test(arguments: [
        EventPayload.ticketCreated(Samples.ticket("T", agent: "codex")), .ticketFinished(Samples.ticket("T", agent: "codex")),
        .agentState(agent), .agentExited(agent),
        .agentSwitch(Samples.id("T"), from: "claude", to: "codex", .init(rung: .exit, milliseconds: 1, ended: true)),
    ])
    func `an event is one of the agent kind that it tells of`(payload: EventPayload) {
        let event = StoredEvent(
            seq: 1, time: Samples.now, kind: payload.kind, ticket: payload.ticket, data: EventData.json(payload))
        #expect(EventData.agent(in: event) == "codex")
    }

    @Test func `an event that tells of no agent is of no kind`() {
        let event = StoredEvent(
            seq: 1, time: Samples.now, kind: "queue.paused", ticket: nil, data: EventData.json(.queuePaused))
        #expect(EventData.agent(in: event) == nil)
    }
}
