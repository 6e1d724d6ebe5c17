import ReeveModel
import ReeveWire

/// Every text of a caller's own that a method takes, and what is decided about it: a member that is new stands in no row, and the test of
/// this table fails until somebody has thought about it.
enum FreeTexts {
    enum Decision: Sendable {
        /// Planted by `what agents and reviewers tell is where it is wanted and nowhere else`.
        case told
        /// Planted by another test of canaries, of this name.
        case elsewhere(String)
        /// No place for a secret, and why.
        case none(String)
    }

    private static let prompts = Decision.elsewhere(
        "a prompt is in its ticket, and on a command line only for kinds that take it as an argument")
    private static let typed = Decision.elsewhere("what is typed into a terminal is in no log, event, database or command line")
    private static let place = Decision.none("the pane that somebody is in")

    static let decisions: [String: Decision] = [
        "ticket.create.title": prompts, "ticket.create.body": prompts, "ticket.update.title": .told, "ticket.update.body": .told,
        "ticket.list.before": .none("a number of the page before; anything else is refused"),
        "agent.switch.prompt": .told, "agent.send.text": typed, "agent.report.summary": .told, "agent.report.files": .told,
        "agent.approve.text": .told, "agent.approve.by": .told, "agent.reject.reason": .told, "agent.reject.by": .told,
        "agent.event.ticket": .told, "agent.event.session": .told, "agent.event.launch": .told, "agent.event.tmux": .told,
        "agent.event.pane": .told, "agent.event.ancestors": .told, "agent.event.event": .told, "agent.event.unreadable": .told,
        "session.spawn.command": typed, "session.spawn.env": typed, "session.send.text": typed, "session.run.command": .told,
        "session.run.env": .told, "session.run.host": place, "panes.open.host": place, "panes.arrange.host": place,
        "panes.follow.host": place,
        "panes.plan.window": .none("sizes and ids of panes"), "panes.plan.host": place,
        "panes.plan.instance": .none("worked out and answered; nothing is kept"),
        "panes.plan.config": .none("numbers and words of a list"),
        "panes.plan.sessions": .none("worked out and answered; nothing is kept"),
        "panes.plan.request": .none("worked out and answered; nothing is kept"),
        "host.register.window": .told, "host.register.title": .told, "host.register.version": .told,
        "host.register.capabilities": .told, "host.report.terminal": .told,
        "host.report.event": .none("a word of a list; anything else is refused"),
        "metadata.status.text": .told, "metadata.status.tone": .told, "metadata.progress.label": .told,
        "metadata.log.message": .told, "metadata.log.tone": .told, "metadata.log.source": .told,
        "metadata.notify.title": .told, "metadata.notify.body": .told,
        "events.subscribe.kinds": .none("words of a list; anything else is refused"),
    ]

    /// As the methods say themselves: what is no name, no path, no key and no word of a list.
    static var taken: Set<String> {
        var found: Set<String> = []
        for method in MethodCatalog.all {
            // Keys are the same in all methods, and have a canary of their own.
            for member in method.params where member.name != IdempotencyKey.member && isFree(member) {
                found.insert("\(method.name).\(member.name)")
            }
        }
        return found
    }

    private static func isFree(_ member: MethodDescription.Member) -> Bool {
        guard holdsText(member.schema) else { return false }
        let constraint = member.constraint ?? ""
        return ![SafeName.rule, "an absolute path", "a key name", "one of "].contains { constraint.contains($0) }
    }

    private static func holdsText(_ schema: Schema) -> Bool {
        switch schema {
        case .string, .object, .anything: true
        case .integer, .number, .boolean, .oneOf: false
        case .array(let element), .map(let element): holdsText(element)
        }
    }
}
