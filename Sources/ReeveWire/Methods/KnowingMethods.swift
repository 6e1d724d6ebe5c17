package enum AgentEvent: WireMethod {
    package static let name = "agent.event"
    package static let summary =
        "What an agent tells as it happens; `reeve hook` calls this. The answer means that it was heard, not that it was believed."
    package struct Params: WireObject {
        package var kind = ""
        package var at = 0
        package var ticket: String?
        package var session: String?
        package var launch: String?
        package var tmux: String?
        package var pane: String?
        package var ancestors: [ProcessMarkShape]?
        package var shortened: Bool?
        package var event: RawJSON?
        package var unreadable: String?
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("kind", \.kind, "the agent's kind", .safeName),
            .required("at", \.at, "when it was told: milliseconds since 1970"),
            .optional("ticket", \.ticket, "REEVE_TICKET of the agent's environment", .bytes(0...1024)),
            .optional("session", \.session, "REEVE_SESSION", .bytes(0...1024)),
            .optional("launch", \.launch, "REEVE_LAUNCH", .bytes(0...1024)),
            .optional("tmux", \.tmux, "TMUX", .bytes(0...1024)),
            .optional("pane", \.pane, "TMUX_PANE", .bytes(0...1024)),
            .optional("ancestors", \.ancestors, "the processes above the one that tells, at most 6"),
            .optional("shortened", \.shortened, "true: only the event's own short members are here"),
            .optional("event", \.event, "the agent's own object, as it was"),
            .optional("unreadable", \.unreadable, "why there is no event", .bytes(0...64)),
        ]
    }
    package typealias Result = Empty
}

package struct ProcessMarkShape: WireObject, Equatable {
    package var pid = 0
    package var start = ""
    package init() {}
    package static let fields: [Field<ProcessMarkShape>] = [
        .required("pid", \.pid, "its number"),
        .required("start", \.start, "when it began, in the system's own words", .bytes(0...64)),
    ]
}

package enum AgentExplain: WireMethod {
    package static let name = "agent.explain"
    package static let summary =
        "What an agent does, and by what evidence: every source, its verdict, its age, and what outranked it."
    package typealias Params = TicketReference
    package struct Result: WireObject {
        package var agent = AgentShape()
        package var thread: ThreadShape?
        package var evidence: [EvidenceShape] = []
        package var silent: [String] = []
        package init() {}
        package static let fields: [Field<Result>] = [
            .required("agent", \.agent, "the agent as it is shown"),
            .optional("thread", \.thread, "its conversation; absent while none is known to be its own"),
            .required("evidence", \.evidence, "the decisive one first"),
            .required("silent", \.silent, "sources that have said nothing"),
        ]
    }
}

package struct ThreadShape: WireObject, Equatable {
    package var kind = ""
    package var id = ""
    package var state = ""
    package var detail: String?
    package var title: String?
    package var directory: String?
    package var since = ""
    package var unseen = false
    package init() {}
    package static let fields: [Field<ThreadShape>] = [
        .required("kind", \.kind, "the program"),
        .required("id", \.id, "its own id"),
        .required("state", \.state, "one of the words of docs/states.md"),
        .optional("detail", \.detail, "which tool, which question, which fault"),
        .optional("title", \.title, "its name"),
        .optional("directory", \.directory, "where it works"),
        .required("since", \.since, "RFC 3339, UTC"),
        .required("unseen", \.unseen, "nobody has looked at it since"),
    ]
}

package struct EvidenceShape: WireObject, Equatable {
    package var source = ""
    package var state = ""
    package var detail: String?
    package var rule = ""
    package var matched: String?
    package var ageMs = 0
    package var guess: Bool?
    package var outranked: String?
    package init() {}
    package static let fields: [Field<EvidenceShape>] = [
        .required("source", \.source, "who says so"),
        .required("state", \.state, "what it says"),
        .optional("detail", \.detail, "the rest of it"),
        .required("rule", \.rule, "by which rule"),
        .optional("matched", \.matched, "on which text"),
        .required("ageMs", \.ageMs, "since it happened"),
        .optional("guess", \.guess, "true: read off the screen"),
        .optional("outranked", \.outranked, "why it was not believed; absent for the one that decides"),
    ]
}

/// What `reeve explain --file` finds in a transcript.
package struct ExplainedFile: WireObject {
    package var threads: [ExplainedThread] = []
    package var skipped = 0
    package init() {}
    package static let fields: [Field<ExplainedFile>] = [
        .required("threads", \.threads, "one for most files, several for a database"),
        .required("skipped", \.skipped, "lines that could not be read"),
    ]
}

package struct ExplainedThread: WireObject {
    package var thread = ThreadShape()
    package var evidence: [EvidenceShape] = []
    package init() {}
    package static let fields: [Field<ExplainedThread>] = [
        .required("thread", \.thread, "the conversation"), .required("evidence", \.evidence, "the decisive one first"),
    ]
}

package enum AgentKinds: WireMethod {
    package static let name = "agent.kinds"
    package static let summary = "The agents that can be asked for, and what of them is installed."
    package struct Params: WireObject {
        package var check = false
        package init() {}
        package static let fields: [Field<Params>] = [
            .defaulted(
                "check", \.check,
                "whether the programs are asked for their versions and flags, which runs them and may take minutes")
        ]
    }
    package struct Result: WireObject {
        package var kinds: [AgentKindShape] = []
        package init() {}
        package static let fields: [Field<Result>] = [.required("kinds", \.kinds, "by name")]
    }
}

package struct AgentKindShape: WireObject, Equatable {
    package var name = ""
    package var program = ""
    package var path: String?
    package var version: String?
    package var fine: Bool?
    package var remarks: [String]?
    package init() {}
    package static let fields: [Field<AgentKindShape>] = [
        .required("name", \.name, "of the kind"),
        .required("program", \.program, "what is started"),
        .optional("path", \.path, "where the daemon finds it; absent: nowhere"),
        .optional("version", \.version, "what it says; absent: not asked, or not understood"),
        .optional("fine", \.fine, "whether it can be started as Reeve knows it; absent: not asked, or nothing is known of it"),
        .optional("remarks", \.remarks, "what is otherwise than Reeve knows it; absent: nothing, or not asked"),
    ]
}
