import ReeveJSON
package import ReeveModel

extension Happening {
    /// Reads an event as the log holds it: what was there before a restart and what comes after it are read alike.
    ///
    /// An event that cannot be read is one that says nothing here.
    package init(_ event: StoredEvent) {
        self.init(seq: event.seq, time: event.time, fact: Self.fact(event))
    }

    private static func fact(_ event: StoredEvent) -> Fact? {
        guard concerning.contains(event.kind), let root = try? JSONDocument(Array(event.data.utf8)).root else { return nil }
        switch (event.kind, event.ticket) {
        case ("agent.state", let ticket?):
            guard let agent = root.member("agent"), let kind = agent.text("kind"),
                let state = agent.text("state").flatMap(AgentState.init(rawValue:))
            else { return nil }
            return .agent(ticket, kind: kind, state, reason: agent.text("reason"))
        case ("ticket.finished", let id?):
            guard let ticket = root.member("ticket"), let state = ticket.text("state").flatMap(TicketState.init(rawValue:)) else {
                return nil
            }
            return .finished(id, state, title: ticket.text("title") ?? "", reason: ticket.text("reason"))
        case ("agent.review", let ticket?):
            guard root.text("verdict") == "open", let step = root.text("step"), let review = root.text("review") else {
                return .reviewDecided(ticket)
            }
            return .reviewOpened(ticket, step: step, visit: root.member("visit")?.integer ?? 0, review: review)
        case ("queue.braked", _):
            guard let brake = root.member("brake") else { return nil }
            return .braked(
                agent: brake.text("agent"), failures: brake.member("failures")?.integer ?? 0, reason: brake.text("reason") ?? "")
        case ("queue.unbraked", _): return .unbraked(agent: root.text("agent"))
        case ("queue.resumed", _): return .queueResumed
        case ("backend.up", _), ("backend.down", _):
            guard let name = root.text("backend") else { return nil }
            return .backend(name: name, isUp: event.kind == "backend.up", detail: root.text("detail") ?? "")
        case ("metadata.notify", let ticket):
            guard let body = root.text("body") else { return nil }
            let urgency = root.text("urgency").flatMap(NoticeUrgency.init(rawValue:)) ?? .normal
            let sender = ticket?.text ?? root.text("session") ?? ""
            return .message(ticket, sender: sender, title: root.text("title"), body: body, urgency)
        case ("ticket.removed", let ticket?): return .removed(ticket)
        default: return nil
        }
    }

    /// Looked at before the text is: most events are none of these.
    package static let concerning: Set<String> = [
        "agent.state", "ticket.finished", "agent.review", "queue.braked", "queue.unbraked", "queue.resumed", "backend.up",
        "backend.down", "metadata.notify", "ticket.removed",
    ]
}

extension JSONView {
    fileprivate func text(_ name: String) -> String? { member(name)?.string }
}
