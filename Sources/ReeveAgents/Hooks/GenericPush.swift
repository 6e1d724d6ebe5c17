import ReeveJSON
package import ReeveModel

/// The contract that is open to every agent: `{agent, status, threadId?, threadName?, lastUserPrompt?, paneId?, projectDir?, ts?}`.
package enum GenericPush {
    /// The words of a status and what they mean here.
    package static let statuses: [(word: String, state: ThreadState)] = [
        ("idle", .idle), ("running", .running), ("tool", .tool), ("tool-running", .tool), ("waiting", .waiting), ("done", .done),
        ("error", .error), ("interrupted", .interrupted), ("stale", .unknown),
    ]

    /// Nil: without an agent, or with a status that is none.
    package static func read(_ event: HookEvent) -> ThreadReport? {
        let root = event.root
        guard let kind = root.text("agent"), SafeName.isValid(kind), let word = root.text("status"),
            let state = statuses.first(where: { $0.word == word })?.state
        else { return nil }
        let at = root.moment("ts") ?? event.at
        let thread = Identifier.clean(root.text("threadId"))
        var place = event.place
        if let pane = Identifier.clean(root.text("paneId")) { place.pane = pane }
        var report = ThreadReport(
            kind: kind, thread: thread, channel: .hook, standsAlone: thread == nil, place: place,
            directory: root.text("projectDir"), at: at)
        report.signals = [Signal(.stands(state), rule: "pushed status \(word)", matched: word, at: at, isExplicit: true)]
        if let name = root.text("threadName") {
            report.signals.append(Signal(.titled(name, .byUser), rule: "pushed name", at: at))
        }
        if let prompt = root.text("lastUserPrompt") {
            report.signals.append(Signal(.prompted(prompt), rule: "pushed prompt", at: at))
        }
        return report
    }
}
