/// What is asked of one program, and what it answers: the flags for it, or why it cannot be had.
struct LaunchAsking {
    var kind: AgentKind
    var form: LaunchPlan.Form
    var installed: ToolVersion?
    var wishes: LaunchWishes

    /// "codex 0.160.1", for messages.
    private var program: String {
        guard let adapter = kind.adapter else { return "the agent \(kind.name)" }
        return installed.map { "\(adapter.name) \($0)" } ?? adapter.name
    }

    private var table: String { "[agents.\(kind.name)]" }

    func range() throws(ReeveError) -> AdapterRange {
        guard let adapter = kind.adapter else { throw noForm() }
        guard let range = adapter.range(of: installed) else {
            throw ReeveError.unavailable(
                "\(program) is too old: how to start it is known from \(adapter.ranges.first?.from ?? adapter.supported) on",
                hint: "update \(adapter.program), or write start in \(table) yourself")
        }
        return range
    }

    func noForm() -> ReeveError {
        switch form {
        case .resume:
            ReeveError.conflict(
                "\(program) cannot continue a conversation that is named", hint: "begin a new one, or write resume in \(table)")
        case .start, .headless:
            ReeveError.unavailable("\(program) has no \(form.rawValue) form", hint: "write \(form.rawValue) in \(table)")
        }
    }

    /// An id may come from a file or a hook, so it is looked at before it becomes a word of a command line.
    func checkConversation(_ id: String?, _ range: AdapterRange) throws(ReeveError) {
        guard form == .resume || range.naming == .ours else { return }
        guard let id else {
            throw ReeveError.conflict(
                form == .resume
                    ? "the conversation with \(program) has no id that Reeve knows"
                    : "\(program) wants an id for its conversation",
                hint: "begin a new conversation")
        }
        let isPlain = id.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
            default: false
            }
        }
        guard isPlain, (1...128).contains(id.utf8.count), id.first != "-" else {
            throw ReeveError.conflict("'\(InertText.clean(id).prefix(40))' is no id of a conversation with \(program)")
        }
    }

    // MARK: - Flags

    /// The flags of an adapter's range, by placeholder.
    func flags(_ range: AdapterRange) throws(ReeveError) -> [String: [String]] {
        try checkExtraWords()
        return [
            "model_flags": try model(range), "permission_flags": try permission(range), "tool_flags": try tools(range),
            "extra_flags": wishes.flags,
        ]
    }

    /// The flags for words of the configuration: only what they name. What a delegator asks for outright must be named. What a
    /// step asks for may be built into the words, so it is only noted.
    func flags(for own: [String], notes: inout [String]) throws(ReeveError) -> [String: [String]] {
        try checkExtraWords()
        // Without an adapter no flag is known, but the user's own are what they are.
        let names: (String) -> Bool = { own.contains("{\($0)}") && (kind.adapter != nil || $0 == "extra_flags") }
        var flags: [String: [String]] = [:]
        if names("extra_flags") {
            flags["extra_flags"] = wishes.flags
        } else if !wishes.flags.isEmpty {
            throw unnamed("extra_flags", "the flags \(wishes.flags.joined(separator: " "))")
        }
        if names("model_flags") {
            flags["model_flags"] = try model(try range())
        } else if let model = wishes.model {
            throw unnamed("model_flags", "the model '\(model)'")
        }
        if names("permission_flags") {
            flags["permission_flags"] = try permission(try range())
        } else if wishes.permission != .standard {
            notes.append(unsent("permission_flags", "permission_mode \(wishes.permission.rawValue)"))
        }
        if names("tool_flags") {
            flags["tool_flags"] = try tools(try range())
        } else if !wishes.tools.isEmpty {
            notes.append(unsent("tool_flags", "allowed_tools"))
        }
        return flags
    }

    private func unnamed(_ placeholder: String, _ what: String) -> ReeveError {
        ReeveError.conflict(
            "\(form.rawValue) in \(table) has no place for \(what)",
            hint: kind.adapter == nil && placeholder != "extra_flags"
                ? "no flags of \(kind.name) are known: write it into \(form.rawValue) itself"
                : "add \"{\(placeholder)}\" to \(form.rawValue), as an item of its own")
    }

    private func unsent(_ placeholder: String, _ what: String) -> String {
        kind.adapter == nil
            ? "\(what) is not sent: no flags of \(kind.name) are known"
            : "\(what) is not sent: \(form.rawValue) in \(table) does not name {\(placeholder)}"
    }

    private func model(_ range: AdapterRange) throws(ReeveError) -> [String] {
        guard let model = wishes.model else { return [] }
        guard !range.model.isEmpty else {
            throw ReeveError.conflict("\(program) cannot be told its model", hint: "leave model out of the delegator")
        }
        guard !model.isEmpty, !model.hasPrefix("-"), InertText.clean(model) == model else {
            throw ReeveError.conflict("'\(InertText.clean(model).prefix(40))' is no name of a model")
        }
        return range.model.map { LaunchPlan.fill($0, ["model": model]) }
    }

    private func permission(_ range: AdapterRange) throws(ReeveError) -> [String] {
        let known = range.permissions(form)
        if let flags = known[wishes.permission] { return flags }
        let modes = WorkflowStep.PermissionMode.allCases.filter { known[$0] != nil }.map(\.rawValue).joined(separator: ", ")
        throw ReeveError.conflict(
            "\(program) has no permission mode '\(wishes.permission.rawValue)'\(form == .headless ? " without a terminal" : "")",
            hint: "it has \(modes); give the step one of these, or another agent")
    }

    private func tools(_ range: AdapterRange) throws(ReeveError) -> [String] {
        guard !wishes.tools.isEmpty else { return [] }
        guard let tools = range.tools else {
            throw ReeveError.conflict(
                "\(program) cannot be told on its command line which tools it may use",
                hint: "leave allowed_tools out of the step, or give it another agent")
        }
        if let odd = wishes.tools.first(where: { tool in
            tool.isEmpty || InertText.clean(tool) != tool || (tool.contains(",") && tools.isJoined)
        }) {
            throw ReeveError.conflict("'\(InertText.clean(odd).prefix(60))' in allowed_tools is no name of a tool of \(program)")
        }
        return tools.words(wishes.tools)
    }

    // MARK: - Contradictions

    /// A flag, and behind it at most one word for its value. A second bare word would be taken for the prompt.
    private func checkExtraWords() throws(ReeveError) {
        var mayBeValue = false
        for word in wishes.flags {
            guard !word.isEmpty, word != "-", word != "--", InertText.clean(word, keepingLines: true) == word else {
                throw ReeveError.conflict("'\(InertText.clean(word).prefix(60))' is no flag", hint: "remove it from the flags")
            }
            guard word.hasPrefix("-") || mayBeValue else {
                throw ReeveError.conflict(
                    "'\(InertText.clean(word).prefix(60))' in the flags would be taken for the prompt",
                    hint: "write --flag=value as one item, or the value right after its flag")
            }
            mayBeValue = word.hasPrefix("-") && !word.contains("=")
        }
    }

    func refuseContradictions(_ words: [LaunchLine.Word], lacks: [String]) throws(ReeveError) {
        guard let range = kind.adapter?.range(of: installed) else { return }
        for word in wishes.flags where word.hasPrefix("-") {
            try refuse(extra: word, range, lacks)
        }
        var seen: Set<String> = []
        for word in words.map(\.text).prefix(while: { $0 != "--" }) where word.hasPrefix("-") {
            let name = range.canonical(word)
            // A flag that the adapter does not know may well be one that is repeated.
            if !seen.insert(name).inserted, let flag = range.flag(name), !flag.repeats {
                throw ReeveError.conflict(
                    "\(name) would be sent to \(program) twice", hint: "remove it from the flags, or from \(table)")
            }
        }
        for pair in range.pairs where seen.contains(pair.one) && seen.contains(pair.other) {
            if let unless = pair.unless, seen.contains(unless) { continue }
            throw ReeveError.conflict(
                "\(program) does not take \(pair.one) together with \(pair.other)", hint: "leave one of them out")
        }
    }

    private func refuse(extra word: String, _ range: AdapterRange, _ lacks: [String]) throws(ReeveError) {
        let name = range.canonical(word)
        if lacks.contains(name) {
            throw ReeveError.conflict(
                "\(program) does not take \(name) in its \(form.rawValue) form", hint: "remove it from the flags")
        }
        switch range.flag(name)?.role {
        case .form:
            throw ReeveError.conflict(
                "\(name) is Reeve's to send, it cannot be among the flags", hint: "remove it from the flags")
        case .permission where wishes.permission != .standard:
            throw ReeveError.conflict(
                "\(name) contradicts permission_mode \(wishes.permission.rawValue)", hint: "leave one of them out")
        case .model where wishes.model != nil:
            throw ReeveError.conflict("\(name) contradicts the delegator's model", hint: "leave one of them out")
        case .model, .permission, .tools, .other, nil: break
        }
    }

    // MARK: - Notes

    func assumptions() -> [String] {
        guard let adapter = kind.adapter else { return [] }
        guard let installed else {
            return ["the version of \(adapter.name) is not known; it is started as \(adapter.newest)"]
        }
        if installed < adapter.supported {
            return ["\(program) is older than \(adapter.supported), the oldest that Reeve promises to start"]
        }
        return []
    }
}

extension ToolFlag {
    var isJoined: Bool {
        switch self {
        case .joined: true
        case .each: false
        }
    }
}
