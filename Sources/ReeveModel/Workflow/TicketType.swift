/// What the tickets of one type go through: steps, one after another, each with its prompt, its agent and its review. Data: the
/// shipped types and the user's are read from files of the same form.
package struct TicketType: Sendable, Hashable {
    /// Who works on a ticket of this type.
    package enum Mode: String, Sendable, Hashable, CaseIterable {
        /// An agent alone; people are asked at reviews.
        case autonomous
        /// An agent with a person: one such ticket at a time for each person.
        case paired
    }

    /// As in ids and file names: `FEAT`.
    package var name: String
    package var title: String
    package var mode: Mode
    /// The agent of steps that name none; nil leaves it to the ticket.
    package var agent: String?
    package var steps: [WorkflowStep]
    /// Keys of the ticket's own that its templates may name: `pr_url` in the front matter of its file.
    package var fields: [String]
    /// Where it was read: a file, or "shipped". For messages.
    package var origin: String

    package init(
        name: String, title: String = "", mode: Mode = .autonomous, agent: String? = nil, steps: [WorkflowStep],
        fields: [String] = [], origin: String = "shipped"
    ) {
        self.name = name
        self.title = title
        self.mode = mode
        self.agent = agent
        self.steps = steps
        self.fields = fields
        self.origin = origin
    }

    package func step(_ name: String) -> WorkflowStep? { steps.first { $0.name == name } }

    /// The step after `step`: the one it names, else the one below it; nil when the ticket is done with it.
    package func following(_ step: WorkflowStep) -> WorkflowStep? {
        if step.isLast { return nil }
        if let next = step.next { return self.step(next) }
        guard let index = steps.firstIndex(where: { $0.name == step.name }), index + 1 < steps.count else { return nil }
        return steps[index + 1]
    }

    /// The agent that a step of this name asks for; nil leaves it to the ticket.
    package func agent(of step: String) -> String? { self.step(step)?.agent ?? agent }

    /// For tickets whose type nobody has defined: one step, the ticket's own words, done when the agent leaves or says so.
    package static func single(_ name: String) -> TicketType {
        TicketType(name: name, steps: [WorkflowStep(name: "execute", prompt: "{{ prompt }}")])
    }
}

/// One step of a type.
package struct WorkflowStep: Sendable, Hashable {
    package enum Review: String, Sendable, Hashable, CaseIterable {
        case none, plan, visual, pr

        /// The `reason` of an agent that waits for this review (`docs/protocol.md`, "Agent states").
        package var reason: String { "\(rawValue)-review" }
    }

    /// What ends a step. Several may be named; the first that comes about ends it.
    package enum DoneWhen: String, Sendable, Hashable, CaseIterable {
        /// The agent says so: `reeve step done`, `agent.report`, the MCP tool.
        case report
        /// Its program exits with 0.
        case exit
        /// All of `artifacts` exist.
        case artifacts
        /// It has ended a turn in which it worked, by evidence better than a look at its screen.
        case idle
    }

    /// How much an agent may do without asking. Each agent kind has its own words for them.
    package enum PermissionMode: String, Sendable, Hashable, CaseIterable {
        case standard = "default"
        case plan
        case acceptEdits
        case delegate
    }

    package struct Rejection: Sendable, Hashable {
        package var step: String
        /// A template; `{{ feedback }}` is what the reviewer said. Nil: a sentence of ours with it.
        package var prompt: String?

        package init(step: String, prompt: String? = nil) {
            self.step = step
            self.prompt = prompt
        }
    }

    /// What a visual review shows: a server of the project's, started for the review and stopped after it.
    package struct Visual: Sendable, Hashable {
        /// Run in the ticket's directory by the user's shell, in a session of its own. Empty: the server is there without us.
        package var command: String
        /// A template.
        package var url: String
        package var timeout: Duration

        package init(command: String, url: String, timeout: Duration = .seconds(30)) {
            self.command = command
            self.url = url
            self.timeout = timeout
        }
    }

    package var name: String
    package var title: String
    /// A template: `docs/workflows.md` lists what it may name.
    package var prompt: String
    package var agent: String?
    package var review: Review
    package var onReject: Rejection?
    package var next: String?
    /// The ticket is done with it, whatever stands below: steps that are only gone back to may follow.
    package var isLast: Bool
    /// What it is to produce, in words: plan, code, test, pr, ticket, review, report, documentation.
    package var outputs: [String]
    package var allowedTools: [String]
    package var permissionMode: PermissionMode
    package var doneWhen: Set<DoneWhen>
    /// Globs below the ticket's directory; templates.
    package var artifacts: [String]
    package var visual: Visual?

    package init(
        name: String, title: String = "", prompt: String, agent: String? = nil, review: Review = .none,
        onReject: Rejection? = nil,
        next: String? = nil, isLast: Bool = false, outputs: [String] = [], allowedTools: [String] = [],
        permissionMode: PermissionMode = .standard,
        doneWhen: Set<DoneWhen> = [.report, .exit], artifacts: [String] = [], visual: Visual? = nil
    ) {
        self.name = name
        self.title = title
        self.prompt = prompt
        self.agent = agent
        self.review = review
        self.onReject = onReject
        self.next = next
        self.isLast = isLast
        self.outputs = outputs
        self.allowedTools = allowedTools
        self.permissionMode = permissionMode
        self.doneWhen = doneWhen
        self.artifacts = artifacts
        self.visual = visual
    }
}
