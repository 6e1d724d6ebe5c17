/// How long an answer is waited for. A daemon that is stopped (`kill -STOP`, a debugger) or stuck still accepts connections,
/// and says nothing: what is answered from memory or from one look at a terminal is not waited for longer than that can take.
package enum Patience {
    /// Answered from the daemon's memory or its log.
    package static let atOnce = Duration.seconds(10)

    /// Answered after the multiplexer was asked, for which the daemon itself has up to twenty seconds; or a change that needs
    /// nothing but the disk.
    package static let aLook = Duration.seconds(30)

    /// Nil: as long as it takes. Everything that launches, types, ends or waits for something, and everything that makes or
    /// changes a ticket: there "nothing has been heard" must not look like "nothing has happened". And what reads the whole
    /// database, however long that is.
    package static func of(_ method: String) -> Duration? {
        switch method {
        case "system.ping", "system.status", "system.version", "rpc.discover", "ticket.get", "ticket.list", "ticket.step",
            "ticket.steps", "ticket.folder", "metadata.get", "queue.status",
            "agent.list", "agent.get", "agent.explain", "agent.event", "backend.list", "backend.get", "panes.plan",
            "host.register", "host.unregister", "host.report", "events.subscribe",
            "events.unsubscribe", "events.read":
            atOnce
        case "database.status", "agent.capture", "agent.attach", "agent.kinds", "backend.check", "session.list",
            "session.capture", "session.attach", "panes.list", "queue.pause", "queue.resume",
            "system.reload",
            "system.shutdown":
            aLook
        default: nil
        }
    }
}

/// The end of a wait. Never, when it was made of nil.
package struct Deadline {
    private let end: ContinuousClock.Instant?

    package init(_ patience: Duration?) { end = patience.map { .now + $0 } }

    /// For `poll`: whole milliseconds, rounded up so that it does not spin; -1 is for ever, 0 is over.
    package var milliseconds: Int32 {
        guard let end else { return -1 }
        let left = (end - .now).components
        guard left.seconds >= 0, left.attoseconds >= 0 else { return 0 }
        return Int32(clamping: left.seconds * 1000 + (left.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
