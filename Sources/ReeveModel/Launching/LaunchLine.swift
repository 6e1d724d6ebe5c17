/// The words of a launch before the ticket's values are put in: what the installed version of an agent wants for what is asked
/// of it. Pure. What cannot be had is refused, never left out; `docs/agents.md` says so in rows.
package struct LaunchLine: Sendable, Hashable {
    /// Stand for any number of whole arguments, and only as an argument of their own.
    package static let placeholders = ["model_flags", "permission_flags", "tool_flags", "extra_flags"]

    package enum Word: Sendable, Hashable {
        /// May hold placeholders of `LaunchPlan`.
        case template(String)
        /// Stays as it is, whatever braces are in it.
        case literal(String)

        var text: String {
            switch self {
            case .template(let text), .literal(let text): text
            }
        }
    }

    package var words: [Word]
    package var prompt: AgentKind.PromptDelivery
    package var pastesBeginnings: [String]
    /// Whether the id that we made is the conversation's.
    package var isNamedByUs: Bool
    /// The words are an adapter's, not the configuration's.
    package var isOfAdapter: Bool
    /// For the log and `doctor`: what was assumed, what was not sent.
    package var notes: [String]

    /// The words of the kind as they stand, without any flags.
    init(plain kind: AgentKind, form: LaunchPlan.Form) {
        if !kind.own.contains(form.part), let range = kind.adapter?.range(of: nil), let shape = range.form(form) {
            self.init(range, shape, prompt: kind.prompt(form, shape), flags: [:])
        } else {
            let words = kind.words(form)
            self.init(Self.expand(words.isEmpty ? kind.start : words, [:]), prompt: kind.prompt)
        }
    }

    private init(_ range: AdapterRange, _ shape: AdapterForm, prompt: AgentKind.PromptDelivery, flags: [String: [String]]) {
        self.init(Self.expand(shape.words, flags), prompt: prompt)
        pastesBeginnings = shape.pastesBeginnings
        isNamedByUs = range.naming == .ours
        isOfAdapter = true
    }

    private init(_ words: [Word], prompt: AgentKind.PromptDelivery) {
        self.words = words
        self.prompt = prompt
        pastesBeginnings = []
        isNamedByUs = true
        isOfAdapter = false
        notes = []
    }

    /// - Parameters:
    ///   - installed: what the program's `--version` says; nil when that is not known.
    ///   - conversation: the id to begin with or to continue.
    package init(
        kind: AgentKind, form: LaunchPlan.Form, installed: ToolVersion?, wishes: LaunchWishes, conversation: String?
    ) throws(ReeveError) {
        let asking = LaunchAsking(kind: kind, form: form, installed: installed, wishes: wishes)
        let own = kind.words(form)
        // Without an adapter there is nothing but the kind's own words.
        if kind.adapter == nil || kind.own.contains(form.part) {
            guard !own.isEmpty else { throw asking.noForm() }
            self.init([], prompt: kind.prompt)
            let flags = try asking.flags(for: own, notes: &notes)
            words = Self.expand(own, flags)
            if !flags.values.allSatisfy(\.isEmpty) { try asking.refuseContradictions(words, lacks: []) }
        } else {
            let range = try asking.range()
            guard let shape = range.form(form) else { throw asking.noForm() }
            try asking.checkConversation(conversation, range)
            self.init(range, shape, prompt: kind.prompt(form, shape), flags: try asking.flags(range))
            notes = asking.assumptions()
            try asking.refuseContradictions(words, lacks: shape.lacks)
        }
    }

    private static func expand(_ words: [String], _ flags: [String: [String]]) -> [Word] {
        words.flatMap { word -> [Word] in
            for name in placeholders where word == "{\(name)}" { return (flags[name] ?? []).map { .literal($0) } }
            return [.template(word)]
        }
    }
}

extension LaunchPlan.Form {
    var part: AgentKind.Part {
        switch self {
        case .start: .start
        case .resume: .resume
        case .headless: .headless
        }
    }
}

extension AgentKind {
    /// The user's word on how prompts go, where there is one. A program without a terminal cannot be pasted to.
    func prompt(_ form: LaunchPlan.Form, _ shape: AdapterForm) -> PromptDelivery {
        own.contains(.prompt) && form != .headless ? prompt : shape.prompt
    }

    func words(_ form: LaunchPlan.Form) -> [String] {
        switch form {
        case .start: start
        case .resume: resume
        case .headless: headless
        }
    }

    /// Whether a conversation of this id can be continued. An adapter's program that names its conversations itself can, once
    /// its id has been learned.
    package func canResume(_ conversation: String?, installed: ToolVersion?) -> Bool {
        guard conversation != nil else { return false }
        if own.contains(.resume) || adapter == nil { return !resume.isEmpty }
        return adapter?.range(of: installed)?.resume != nil
    }
}
