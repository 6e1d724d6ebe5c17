import ReeveModel

/// What an agent is told about the end of its step: by its type's `done_when`, and what comes then.
enum ReportInstructions {
    static func text(_ step: WorkflowStep, command: String, artifacts: [String]) -> String {
        (ends(step, command, artifacts) + [review(step.review)]).compactMap { $0 }.joined(separator: "\n\n")
    }

    private static func ends(_ step: WorkflowStep, _ command: String, _ artifacts: [String]) -> [String?] {
        var parts: [String?] = []
        if step.doneWhen.contains(.report) {
            parts.append(
                """
                When the step '\(step.name)' is done, and not before, report it with this command:

                    \(command) --summary "what you did, what you found, what the next step has to know"

                Add `--file PATH` for each file that matters to the next step. If you cannot go on without an answer, add \
                `--status blocked` and let the summary be your question; if the step cannot be done at all, `--status failed` and why. \
                Report the end once, then wait: what comes next is sent to you.
                """)
        }
        if step.doneWhen.contains(.artifacts), !artifacts.isEmpty {
            parts.append(
                "The step is over as soon as there are files of these names, so write them last:\n\n"
                    + artifacts.map { "    \($0)" }.joined(separator: "\n"))
        }
        if step.doneWhen == [.exit] {
            parts.append("The step is over when you exit; exit with an error if it is not done.")
        }
        if step.doneWhen == [.idle] {
            parts.append("The step is over when you stop working. Do not stop for a question that you can answer yourself.")
        }
        return parts
    }

    private static func review(_ review: WorkflowStep.Review) -> String? {
        switch review {
        case .none: nil
        case .plan: "A person then reads your result and approves or rejects it. Wait for that; do not begin the next step."
        case .visual: "A person then looks at the running program and approves or rejects it. Wait for that."
        case .pr:
            "A pull request is then made of the branch, with your summary as its text, and followed until it is merged. Do not push and "
                + "do not open it yourself."
        }
    }
}
