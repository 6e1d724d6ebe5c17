/// Decides what comes after what in a ticket's steps. Pure: `AgentMachine` carries the decisions out.
package struct StepMachine: Sendable, Hashable {
    package enum Event: Sendable, Hashable {
        /// The agent's program has ended.
        case exited(Exit)
        case reported(StepReport)
        /// All artifacts of the step exist.
        case artifacts
        /// The agent has ended a turn in which it worked.
        case idle
        case approved
        case rejected(String)
    }

    package enum Decision: Sendable, Hashable {
        case nothing
        case advance(StepProgress.Advance)
        case review(WorkflowStep.Review)
        /// The last step is over.
        case finish
        case fail(String)
        /// Asked for what cannot be now.
        case refuse(ReeveError)
    }

    package let type: TicketType
    package private(set) var progress: StepProgress

    /// - Parameter progress: nil for a ticket that has not been started.
    package init(type: TicketType, progress: StepProgress?) {
        self.type = type
        self.progress = progress ?? StepProgress(step: type.steps.first?.name ?? "")
    }

    package var step: WorkflowStep? { type.step(progress.step) }

    package mutating func handle(_ event: Event, now: Timestamp) -> Decision {
        guard let step else { return stepless(event) }
        switch event {
        case .approved, .rejected: return reviewed(step, event)
        case .exited(let exit): return exited(step, exit, now)
        case .reported(let report): return reported(step, report, now)
        case .artifacts: return progressed(step, by: .artifacts, now)
        case .idle: return progressed(step, by: .idle, now)
        }
    }

    /// The prompt of the step that was decided on has reached its agent.
    package mutating func delivered(_ visit: Int) {
        guard let advance = progress.advance, advance.visit == visit else { return }
        progress = progress.entered
    }

    /// The type's file has become wrong, or has lost this step. What can wait for its mending waits.
    private func stepless(_ event: Event) -> Decision {
        let reason = "the type \(type.name) has no step '\(progress.step)' any more"
        switch event {
        case .exited: return isWorking ? .fail(reason) : .nothing
        case .reported, .approved, .rejected: return .refuse(.conflict(reason, hint: "mend the type's file, then say it again"))
        case .artifacts, .idle: return .nothing
        }
    }

    private var isWorking: Bool { progress.review == nil && progress.advance == nil }

    private mutating func exited(_ step: WorkflowStep, _ exit: Exit, _ now: Timestamp) -> Decision {
        // In a review its work is done, and between two steps the next agent is on its way.
        guard isWorking else { return .nothing }
        guard exit.isSuccess else { return .fail(exit.spoken) }
        guard step.doneWhen.contains(.exit) else { return .fail("\(exit.spoken) before the step '\(step.name)' was done") }
        return completed(step, now)
    }

    private mutating func reported(_ step: WorkflowStep, _ report: StepReport, _ now: Timestamp) -> Decision {
        guard isWorking else {
            // Said twice: it has been heard.
            return .nothing
        }
        switch report.status {
        case .blocked: return .nothing
        case .failed: return .fail(report.summary.isEmpty ? "the agent gave up" : "the agent gave up: \(report.summary)")
        case .complete:
            guard step.doneWhen.contains(.report) else {
                let ends = WorkflowStep.DoneWhen.allCases.filter { step.doneWhen.contains($0) }.map(\.rawValue)
                return .refuse(
                    .conflict("the step '\(step.name)' does not end by a report but by \(ends.joined(separator: " or "))"))
            }
            return completed(step, now)
        }
    }

    private mutating func progressed(_ step: WorkflowStep, by what: WorkflowStep.DoneWhen, _ now: Timestamp) -> Decision {
        guard isWorking, step.doneWhen.contains(what) else { return .nothing }
        return completed(step, now)
    }

    private mutating func completed(_ step: WorkflowStep, _ now: Timestamp) -> Decision {
        guard step.review == .none else {
            progress.review = StepProgress.Review(kind: step.review, since: now)
            return .review(step.review)
        }
        return goOn(step)
    }

    private mutating func reviewed(_ step: WorkflowStep, _ event: Event) -> Decision {
        guard progress.review != nil else {
            return .refuse(.conflict("nothing to review: the step '\(step.name)' is being worked on"))
        }
        switch event {
        case .rejected(let feedback):
            progress.review = nil
            let target = step.onReject?.step ?? step.name
            return advance(
                StepProgress.Advance(
                    step: target, visit: progress.visit + 1, feedback: feedback, rejected: step.name))
        default:
            progress.review = nil
            return goOn(step)
        }
    }

    private mutating func goOn(_ step: WorkflowStep) -> Decision {
        guard let next = type.following(step) else { return .finish }
        return advance(StepProgress.Advance(step: next.name, visit: progress.visit + 1))
    }

    private mutating func advance(_ advance: StepProgress.Advance) -> Decision {
        progress.advance = advance
        return .advance(advance)
    }
}
