package import ReeveModel

/// One type with steps and reviews beside the plain ones. Each prompt says whose it is, and of which visit, so that it is known again where
/// it arrives.
package struct SimulatedWorkflows: Workflows {
    /// A plan that a person agrees to; a step that ends in every way; one of another agent, which can be sent back by two steps.
    package static let feature = TicketType(
        name: "FEAT",
        steps: [
            WorkflowStep(name: "plan", prompt: "", review: .plan, onReject: .init(step: "plan")),
            WorkflowStep(name: "build", prompt: "", doneWhen: Set(WorkflowStep.DoneWhen.allCases)),
            WorkflowStep(name: "code", prompt: "", agent: "codex", review: .plan, onReject: .init(step: "build")),
        ])

    /// Tickets of the type with steps are known by their ids.
    package static func isStepwise(_ id: TicketID) -> Bool { id.text.hasPrefix("F") }
    package static func type(of id: TicketID) -> String { isStepwise(id) ? feature.name : "TASK" }

    package init() {}

    package func type(_ name: String) -> TicketType { name == Self.feature.name ? Self.feature : .single(name) }

    package func prompt(
        _ ticket: Ticket, type: TicketType, progress: StepProgress, directory: String, file: String?, runs: [StepRun],
        isNewcomer: Bool
    ) -> String {
        "\(PromptName(ticket: ticket.id, visit: progress.visit).text) \(progress.step) \(progress.feedback ?? "")"
    }
}

/// What a prompt of a simulation begins with.
package struct PromptName: Sendable, Hashable {
    private static let beginning = "prompt"
    package var ticket: TicketID
    package var visit: Int

    package init(ticket: TicketID, visit: Int) {
        self.ticket = ticket
        self.visit = visit
    }

    /// Of a text that is a prompt; nil for any other.
    package init?(in text: String) {
        let words = text.split(separator: " ")
        guard words.count >= 3, words[0] == Self.beginning, let ticket = TicketID(String(words[1])), let visit = Int(words[2])
        else { return nil }
        self.init(ticket: ticket, visit: visit)
    }

    package var text: String { "\(Self.beginning) \(ticket) \(visit)" }
    package var spoken: String { "the prompt of \(ticket)'s visit \(visit)" }
}
