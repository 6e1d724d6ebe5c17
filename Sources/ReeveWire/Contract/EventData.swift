import ReeveJSON
package import ReeveModel

/// Encodes what an event tells. The shapes are those of the answers.
package enum EventData {
    package static func json(_ payload: EventPayload) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        switch payload {
        case .ticketCreated(let ticket), .ticketUpdated(let ticket), .ticketFinished(let ticket):
            writer.key("ticket")
            TicketShape(ticket, withBody: false).write(to: &writer)
        case .agentState(let agent), .agentExited(let agent):
            writer.key("agent")
            AgentShape(agent).write(to: &writer)
        case .agentSwitch(_, let from, let to, let report):
            writer.key("from")
            writer.value(from)
            writer.key("to")
            writer.value(to)
            for field in RungShape.fields { field.write(RungShape(report), &writer) }
        case .agentStep(let news):
            write(["step": news.step], to: &writer)
            writer.key("visit")
            writer.value(Int64(news.visit))
            write(["agent": news.agent, "outcome": news.outcome.rawValue], to: &writer)
            if let summary = news.summary, !summary.isEmpty { write(["summary": summary], to: &writer) }
        case .agentReview(let news):
            write(["step": news.step], to: &writer)
            writer.key("visit")
            writer.value(Int64(news.visit))
            write(["review": news.review.rawValue], to: &writer)
            write(["verdict": news.isApproved.map { $0 ? "approved" : "rejected" } ?? "open"], to: &writer)
            if let reviewer = news.reviewer { write(["by": reviewer], to: &writer) }
            if let text = news.text { write(["text": text], to: &writer) }
        case .ticketFile(let news):
            write(["what": news.what, "file": news.file], to: &writer)
            if let line = news.line {
                writer.key("line")
                writer.value(Int64(line))
            }
            write(["message": news.message], to: &writer)
            if let hint = news.hint { write(["hint": hint], to: &writer) }
            if news.isOver {
                writer.key("over")
                writer.value(true)
            }
        case .agentInput(_, let session, let by, let what):
            write(["session": session.text, "by": by, "what": what], to: &writer)
        case .sessionOpened(let session), .sessionClosed(let session), .sessionLost(let session):
            write(["session": session.name.text, "backend": session.backend], to: &writer)
        case .backendUp(let name, let detail), .backendDown(let name, let detail):
            write(["backend": name, "detail": detail], to: &writer)
        case .pane(let news):
            if let session = news.session { write(["session": session.text], to: &writer) }
            write(["host": news.host.pane, "reason": news.reason], to: &writer)
            if let pane = news.pane { write(["pane": pane], to: &writer) }
        case .metadata(let news):
            if let session = news.owner.session { write(["session": session.text], to: &writer) }
            write(news.fact, to: &writer)
        case .systemStarted(let version):
            write(["version": version], to: &writer)
        case .queueBraked(let brake):
            writer.key("brake")
            BrakeShape(brake).write(to: &writer)
        case .queueUnbraked(let scope):
            if case .kind(let kind) = scope { write(["agent": kind], to: &writer) }
        case .ticketRemoved, .queuePaused, .queueResumed, .systemStopping: break
        }
        writer.endObject()
        return writer.text
    }

    /// The kind of the agent that an event is about: of its agent, of its ticket, or that a switch leads to.
    package static func agent(in event: StoredEvent) -> String? {
        guard let root = try? JSONDocument(Array(event.data.utf8)).root else { return nil }
        return
            (root.member("agent")?.member("kind") ?? root.member("ticket")?.member("agent") ?? root.member("to")
            ?? root.member("agent"))?.string
    }

    private static func write(_ fact: MetadataNews.Fact, to writer: inout JSONWriter) {
        switch fact {
        case .status(let status):
            writer.key("status")
            MetadataStatusShape(status).write(to: &writer)
        case .progress(let progress):
            writer.key("progress")
            MetadataProgressShape(progress).write(to: &writer)
        case .log(let line):
            writer.key("line")
            MetadataLineShape(line).write(to: &writer)
        case .notify(let notice):
            if let title = notice.title { write(["title": title], to: &writer) }
            write(["body": notice.body, "urgency": notice.urgency.rawValue], to: &writer)
        case .cleared(let parts, let expired):
            writer.key("parts")
            parts.write(to: &writer)
            writer.key("expired")
            writer.value(expired)
        }
    }

    private static func write(_ members: KeyValuePairs<String, String>, to writer: inout JSONWriter) {
        for (name, value) in members {
            writer.key(name)
            writer.value(value)
        }
    }
}
