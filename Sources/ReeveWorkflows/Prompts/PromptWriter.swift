package import ReeveModel

/// What a prompt may name beside the ticket: known to who launches.
package struct PromptSetting: Sendable, Hashable {
    /// The directory that the agent works in.
    package var directory: String?
    package var branch: String?
    /// The ticket's file.
    package var ticketPath: String?
    package var now: Timestamp
    package var criteria: PromptCriteria
    /// Values of what the type's `fields` names.
    package var fields: [String: String]
    /// The command that reports, as the agent is to type it.
    package var reportCommand: String

    package init(
        directory: String? = nil, branch: String? = nil, ticketPath: String? = nil, now: Timestamp,
        criteria: PromptCriteria = PromptCriteria(), fields: [String: String] = [:],
        reportCommand: String = "reeve step done"
    ) {
        self.directory = directory
        self.branch = branch
        self.ticketPath = ticketPath
        self.now = now
        self.criteria = criteria
        self.fields = fields
        self.reportCommand = reportCommand
    }
}

/// Writes what an agent is told at the beginning of a step.
package struct PromptWriter: Sendable {
    /// Who reads the prompt of a step that has been rejected.
    package enum Reader: Sendable, Hashable {
        /// An agent that knows nothing yet: it gets the step's own prompt too.
        case newcomer
        /// The agent that is at work on the ticket, in the same conversation.
        case worker
    }

    package let type: TicketType
    package let setting: PromptSetting

    package init(type: TicketType, setting: PromptSetting) {
        self.type = type
        self.setting = setting
    }

    /// - Parameters:
    ///   - progress: with the step entered: why it was, if something was rejected.
    ///   - runs: of this ticket, in any order; the one of this entry may be among them.
    /// - Throws: `conflict` when the type has no such step, and with the template's place when it cannot be rendered or says nothing;
    ///   `too_large`.
    package func prompt(
        for ticket: Ticket, in progress: StepProgress, runs: [StepRun] = [], reader: Reader = .newcomer
    ) throws(ReeveError) -> String {
        guard let step = type.step(progress.step) else {
            throw ReeveError.conflict(
                "the type \(type.name) (\(type.origin)) has no step '\(progress.step)' any more",
                hint: "put the step back, or reeve cancel \(ticket.id)")
        }
        let values = try variables(step, ticket, progress, runs)
        guard let rejected = progress.rejected else { return try render(step.prompt, values, step, "prompt") }
        let owner = type.step(rejected) ?? step
        let words = owner.onReject?.prompt ?? Self.rejection
        let said = try render(words, values, owner, "on_reject.prompt")
        switch reader {
        case .newcomer: return said + "\n\n---\n\n" + (try render(step.prompt, values, step, "prompt"))
        case .worker:
            let names = try template(words, owner, "on_reject.prompt").names
            guard names.isDisjoint(with: Self.reportNames), let report = values[text: Self.reportNames[0]] else { return said }
            return said + "\n\n" + report
        }
    }

    /// The step's globs for this ticket, below its directory.
    package func artifacts(of step: WorkflowStep, _ ticket: Ticket) throws(ReeveError) -> [String] {
        var result: [String] = []
        for (index, pattern) in step.artifacts.enumerated() {
            result.append(try words(pattern, step, ticket, "artifact_patterns[\(index)]"))
        }
        return result
    }

    /// The address of a visual review for this ticket.
    package func visualURL(of step: WorkflowStep, _ ticket: Ticket) throws(ReeveError) -> String? {
        guard let visual = step.visual else { return nil }
        return try words(visual.url, step, ticket, "visual.url")
    }

    // MARK: Templates

    static let reportNames = ["report_instructions", "operator_output_instructions"]

    /// For types without words of their own.
    private static let rejection = """
        The step '{{ rejected_step }}' of ticket {{ id }} has been rejected{{#if reviewer}} by {{ reviewer }}{{/if}}. What has to change:

        {{#if feedback}}
        {{ feedback }}
        {{else}}
        (no reason was given: look for what is missing, and ask if nothing is)
        {{/if}}

        Change exactly that. Leave alone what nobody objected to, and do not start over.
        """

    private func template(
        _ text: String, _ step: WorkflowStep, _ key: String, names: PromptNames? = nil
    ) throws(ReeveError) -> PromptTemplate {
        do throws(PromptTemplate.Fault) {
            return try PromptTemplate(text.trimmingLastNewlines, names: names ?? PromptNames(type))
        } catch {
            throw ReeveError.conflict(
                "\(key) of the step '\(step.name)' of type \(type.name) (\(type.origin)), line \(error.line): \(error.message)",
                hint: error.hint)
        }
    }

    private func render(
        _ text: String, _ values: PromptVariables, _ step: WorkflowStep, _ key: String
    ) throws(ReeveError) -> String {
        let template = try template(text, step, key)
        let rendered: String
        do throws(ReeveError) { rendered = try template.render(values) } catch {
            var error = error
            error.message = "\(key) of the step '\(step.name)' of type \(type.name) (\(type.origin)): \(error.message)"
            throw error
        }
        guard rendered.contains(where: { !$0.isWhitespace }) else {
            throw ReeveError.conflict(
                "\(key) of the step '\(step.name)' of type \(type.name) (\(type.origin)) says nothing for this ticket",
                hint: "what it names is empty here; let it name {{ prompt }}")
        }
        return rendered
    }

    private func words(_ text: String, _ step: WorkflowStep, _ ticket: Ticket, _ key: String) throws(ReeveError) -> String {
        let template = try template(text, step, key, names: PromptNames(type).words)
        return try template.render(known(step, ticket))
    }

    // MARK: Values

    /// What every template may name: of the ticket, its step and where it is worked on.
    private func known(_ step: WorkflowStep, _ ticket: Ticket) -> PromptVariables {
        var values = PromptVariables()
        for name in type.fields { values[text: name] = setting.fields[name] }
        values[text: "id"] = ticket.id.text
        for name in ["type", "ticket_type"] { values[text: name] = ticket.type }
        for name in ["title", "summary"] { values[text: name] = ticket.title }
        for name in ["body", "content"] { values[text: name] = ticket.body }
        values[text: "prompt"] = ticket.prompt
        values[text: "priority"] = ticket.priority.word
        values[text: "status"] = ticket.state.rawValue
        values[text: "project"] = ticket.project
        values[text: "cwd"] = setting.directory ?? ticket.project
        values[text: "branch"] = setting.branch
        for name in ["ticket_path", "filepath"] { values[text: name] = setting.ticketPath }
        values[text: "filename"] = setting.ticketPath?.split(separator: "/").last.map(String.init)
        values[text: "timestamp"] = setting.now.rfc3339
        values[text: "step"] = step.name
        values[text: "step_title"] = step.title.isEmpty ? step.name : step.title
        values[text: "step_count"] = String(type.steps.count)
        values[text: "step_names"] = type.steps.map(\.name).joined(separator: ", ")
        values[text: "acceptance_criteria"] = setting.criteria.acceptance
        values[text: "definition_of_done"] = setting.criteria.done
        values[text: "definition_of_ready"] = setting.criteria.ready
        return values
    }

    private func variables(
        _ step: WorkflowStep, _ ticket: Ticket, _ progress: StepProgress, _ runs: [StepRun]
    ) throws(ReeveError) -> PromptVariables {
        var values = known(step, ticket)
        let report = ReportInstructions.text(step, command: setting.reportCommand, artifacts: try artifacts(of: step, ticket))
        for name in Self.reportNames { values[text: name] = report }
        for name in ["feedback", "rejection_reason"] { values[text: name] = clean(progress.feedback) }
        values[text: "rejected_step"] = progress.rejected
        let before = runs.filter { $0.visit < progress.visit }.sorted { $0.visit < $1.visit }
        values[text: "reviewer"] = clean(before.last { $0.reviewer != nil }?.reviewer)
        values[text: "previous_summary"] = clean(before.last?.summary)
        values["previous_files"] = files(before.last)
        // The latest run of a step comes last and stays.
        for run in before {
            values[text: "steps.\(run.step).summary"] = clean(run.summary)
            values["steps.\(run.step).files"] = files(run)
            values[text: "steps.\(run.step).status"] = run.outcome.rawValue
            values[text: "steps.\(run.step).verdict"] = clean(run.verdict)
        }
        return values
    }

    /// Of an agent or a reviewer. The ticket's own words go to its agent as they are.
    private func clean(_ text: String?) -> String? { text.map { InertText.clean($0, keepingLines: true) } }

    private func files(_ run: StepRun?) -> PromptVariables.Value? {
        run.map { .list($0.files.map { InertText.clean($0) }.filter { !$0.isEmpty }) }
    }
}

extension String {
    /// A text in `\"""` ends with the line's end of its last line, which nobody means.
    var trimmingLastNewlines: String {
        var text = Substring(self)
        while let last = text.last, last.isNewline { text.removeLast() }
        return String(text)
    }
}
