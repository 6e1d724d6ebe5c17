import ReeveJSON
package import ReeveModel

extension StepReport.Status: WireWord {}
extension StepRun.Outcome: WireWord {}
extension WorkflowStep.DoneWhen: WireWord {}
extension WorkflowStep.Review: WireWord {}

package enum AgentReport: WireMethod {
    package static let name = "agent.report"
    package static let summary = "What an agent says of its step: done, blocked or given up. `reeve step` sends it."
    package static let isMutating = true
    package struct Params: WireObject {
        package var ticket = ""
        package var launch: String?
        package var status = StepReport.Status.complete
        package var summary = ""
        package var files: [String]?
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("ticket", \.ticket, "the ticket's id", .safeName),
            .optional("launch", \.launch, "the launch that says so (`REEVE_LAUNCH`); another's word is refused", .safeName),
            .defaulted("status", \.status, "how the step stands"),
            .defaulted("summary", \.summary, "what was done, or what is in the way", .bytes(0...64_000)),
            .optional("files", \.files, "what it has made or changed", .count(0...1000, each: .bytes(1...4096))),
        ]
    }
    package typealias Result = AgentAnswer
}

package enum AgentApprove: WireMethod {
    package static let name = "agent.approve"
    package static let summary = "Approves what is to be reviewed: the next step begins, or the ticket is done."
    package static let isMutating = true
    package struct Params: WireObject {
        package var ticket = ""
        package var visit: Int?
        package var text: String?
        package var by: String?
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("ticket", \.ticket, "the ticket's id", .safeName),
            .optional("visit", \.visit, "the review that is meant; another one that is open is refused", .range(1...1_000_000)),
            .optional("text", \.text, "kept with the review", .bytes(0...64_000)),
            .optional("by", \.by, "who says so, kept with the review; the user of the socket when absent", .bytes(1...128)),
        ]
    }
    package typealias Result = TicketAnswer
}

package enum AgentReject: WireMethod {
    package static let name = "agent.reject"
    package static let summary =
        "Rejects what is to be reviewed: the feedback is delivered, and the step that `on_reject` names begins."
    package static let isMutating = true
    package struct Params: WireObject {
        package var ticket = ""
        package var reason = ""
        package var visit: Int?
        package var by: String?
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("ticket", \.ticket, "the ticket's id", .safeName),
            .required("reason", \.reason, "what is to be changed; the agent is told", .bytes(1...64_000)),
            .optional("visit", \.visit, "the review that is meant; another one that is open is refused", .range(1...1_000_000)),
            .optional("by", \.by, "who says so, kept with the review; the user of the socket when absent", .bytes(1...128)),
        ]
    }
    package typealias Result = TicketAnswer
}

package enum TicketSteps: WireMethod {
    package static let name = "ticket.steps"
    package static let summary = "The steps that a ticket has entered, with what was reported and reviewed."
    package typealias Params = TicketReference
    package struct Result: WireObject {
        package var steps: [StepShape] = []
        package init() {}
        package static let fields: [Field<Result>] = [.required("steps", \.steps, "in the order of their entry")]
    }
}

package enum TicketStep: WireMethod {
    package static let name = "ticket.step"
    package static let summary = "The step that a ticket is in: what its agent is told, what it is to produce, what ends it."
    package typealias Params = TicketReference
    package struct Result: WireObject {
        package var step = ""
        package var title: String?
        package var visit = 1
        package var prompt = ""
        package var outputs: [String]?
        package var doneWhen: [WorkflowStep.DoneWhen] = []
        package var artifacts: [String]?
        package var review = WorkflowStep.Review.none
        package var feedback: String?
        package var next: String?
        package init() {}
        package static let fields: [Field<Result>] = [
            .required("step", \.step, "its name"),
            .optional("title", \.title, "its name for people"),
            .required("visit", \.visit, "which entry of this ticket into a step it is, from 1"),
            .required("prompt", \.prompt, "what the agent is told, as it would be worded now"),
            .optional("outputs", \.outputs, "what it is to produce"),
            .required("doneWhen", \.doneWhen, "what ends it; the first that comes about"),
            .optional("artifacts", \.artifacts, "globs of the files that end it, below the ticket's directory"),
            .required("review", \.review, "who looks at it then"),
            .optional("feedback", \.feedback, "what a reviewer said when it was rejected"),
            .optional("next", \.next, "the step after it; absent when the ticket is done then"),
        ]
    }
}

/// One entry into one step.
package struct StepShape: WireObject, Equatable {
    package var step = ""
    package var visit = 0
    package var agent = ""
    package var outcome = StepRun.Outcome.running
    package var summary: String?
    package var files: [String]?
    package var verdict: String?
    package var reviewer: String?
    package var startedAt = ""
    package var endedAt: String?
    package var reviewedAt: String?

    package init() {}

    package init(_ run: StepRun) {
        step = run.step
        visit = run.visit
        agent = run.agent
        outcome = run.outcome
        summary = run.summary.isEmpty ? nil : run.summary
        files = run.files.isEmpty ? nil : run.files
        verdict = run.verdict
        reviewer = run.reviewer
        startedAt = run.startedAt.rfc3339
        endedAt = run.endedAt?.rfc3339
        reviewedAt = run.reviewedAt?.rfc3339
    }

    package static let fields: [Field<StepShape>] = [
        .required("step", \.step, "its name"),
        .required("visit", \.visit, "which entry of this ticket into a step it is, from 1"),
        .required("agent", \.agent, "who worked on it"),
        .required("outcome", \.outcome, "what came of it"),
        .optional("summary", \.summary, "as the agent reported it"),
        .optional("files", \.files, "as the agent reported them"),
        .optional("verdict", \.verdict, "what the reviewer said"),
        .optional("reviewer", \.reviewer, "who reviewed it"),
        .required("startedAt", \.startedAt, "RFC 3339, UTC"),
        .optional("endedAt", \.endedAt, "when it was over, but for its review"),
        .optional("reviewedAt", \.reviewedAt, "when it was reviewed"),
    ]
}
