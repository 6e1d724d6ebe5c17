package import ReeveModel

/// What a template may name. `docs/workflows.md` has a row for each.
package struct PromptNames: Sendable, Hashable {
    package enum Kind: Sendable, Hashable { case text, list }

    package struct Variable: Sendable {
        package var name: String
        package var kind: Kind
        /// Its value is made of the characters of a name, whatever a ticket says: fit for globs and addresses.
        package var isWord: Bool
        package var meaning: String
    }

    /// The names of the type's steps: for `steps.NAME.summary`.
    package var steps: [String]
    /// What the type says its tickets have besides.
    package var fields: [String]
    /// Only what `isWord`.
    package var onlyWords: Bool

    package init(steps: [String], fields: [String] = [], onlyWords: Bool = false) {
        self.steps = steps
        self.fields = fields
        self.onlyWords = onlyWords
    }

    package init(_ type: TicketType) { self.init(steps: type.steps.map(\.name), fields: type.fields) }

    package var words: PromptNames { PromptNames(steps: [], onlyWords: true) }

    func kind(of name: String) -> Kind? {
        if let variable = Self.byName[name] { return onlyWords && !variable.isWord ? nil : variable.kind }
        if onlyWords { return nil }
        if fields.contains(name) { return .text }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[0] == "steps", steps.contains(parts[1]) else { return nil }
        return Self.ofStep.first { $0.name == parts[2] }?.kind
    }

    /// Why a name means nothing here, and what was probably meant.
    func complaint(_ name: String) -> (message: String, hint: String?) {
        let shown = InertText.clean(String(name.prefix(64)))
        if onlyWords, Self.byName[name] != nil || fields.contains(name) || name.hasPrefix("steps.") {
            return ("'\(shown)' may hold any text and cannot be used here", "usable: " + allNames.joined(separator: ", "))
        }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if parts[0] == "steps", parts.count > 1, !steps.contains(parts[1]) {
            return (
                "unknown step '\(InertText.clean(String(parts[1].prefix(64))))' in '\(shown)'",
                NearestName.hint(parts[1], in: steps) ?? "the steps are \(steps.joined(separator: ", "))"
            )
        }
        if parts[0] == "steps", parts.count < 3 {
            return ("'\(shown)' names no value", "write steps.STEP.summary, .files, .status or .verdict")
        }
        return (
            "unknown variable '\(shown)'", NearestName.hint(name, in: allNames) ?? "docs/workflows.md lists the variables"
        )
    }

    private var allNames: [String] {
        if onlyWords { return Self.catalog.filter(\.isWord).map(\.name) }
        return Self.catalog.map(\.name) + fields + steps.flatMap { step in Self.ofStep.map { "steps.\(step).\($0.name)" } }
    }

    private static let byName = Dictionary(uniqueKeysWithValues: catalog.map { ($0.name, $0) })

    package static let catalog: [Variable] = [
        word("id", "the ticket's id"),
        word("type", "its type; also `ticket_type`"),
        word("ticket_type", "as `type`"),
        text("title", "its title; also `summary`"),
        text("summary", "as `title`"),
        text("body", "the text below the title; also `content`"),
        text("content", "as `body`"),
        text("prompt", "title, empty line, body: the ticket's own words as one text"),
        word("priority", "`P0` to `P3`"),
        word("status", "the ticket's state, e.g. `running`"),
        text("project", "the project's directory"),
        text("cwd", "the directory that the agent works in"),
        text("branch", "the branch that the work is on"),
        text("ticket_path", "the ticket's file, where it is while an agent works on it; also `filepath`"),
        text("filepath", "as `ticket_path`"),
        text("filename", "the last part of `ticket_path`"),
        text("timestamp", "now, e.g. `2026-11-21T09:05:07.012Z`"),
        word("step", "the step's name"),
        text("step_title", "the step's title, or its name"),
        word("step_count", "how many steps the type has"),
        text("step_names", "the names of all steps, with commas"),
        text("feedback", "what the reviewer wants changed; also `rejection_reason`"),
        text("rejection_reason", "as `feedback`"),
        text("rejected_step", "the step that was rejected"),
        text("reviewer", "who reviewed last"),
        text("previous_summary", "what the agent reported at the end of the step before this one"),
        list("previous_files", "the files it named"),
        text("previous_recommendation", "Operator's; always empty"),
        text("acceptance_criteria", "`[workflows] acceptance_criteria`"),
        text("definition_of_done", "`[workflows] definition_of_done`"),
        text("definition_of_ready", "`[workflows] definition_of_ready`"),
        text("report_instructions", "how the agent says that the step is done; also `operator_output_instructions`"),
        text("operator_output_instructions", "as `report_instructions`"),
    ]

    /// Of `steps.NAME.…`: the latest run of that step before this one.
    package static let ofStep: [Variable] = [
        text("summary", "what the agent reported"),
        list("files", "the files it named"),
        text("status", "what came of it: `approved`, `rejected`, `done`, `failed`, `cancelled`, `lost`, `review` or `running`"),
        text("verdict", "what the reviewer said"),
    ]

    private static func text(_ name: String, _ meaning: String) -> Variable {
        Variable(name: name, kind: .text, isWord: false, meaning: meaning)
    }

    private static func word(_ name: String, _ meaning: String) -> Variable {
        Variable(name: name, kind: .text, isWord: true, meaning: meaning)
    }

    private static func list(_ name: String, _ meaning: String) -> Variable {
        Variable(name: name, kind: .list, isWord: false, meaning: meaning)
    }
}
