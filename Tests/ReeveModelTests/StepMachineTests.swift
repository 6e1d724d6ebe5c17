import ReeveModel
import ReeveTestSupport
import Testing

/// What comes after what in a ticket's steps, as tables.
@Suite struct StepMachineTests {
    typealias Event = StepMachine.Event
    typealias Decision = StepMachine.Decision

    /// plan {plan → plan}, code, deploy {pr → code}.
    private static let feature = TicketType(
        name: "FEAT",
        steps: [
            WorkflowStep(name: "plan", prompt: "p", review: .plan),
            WorkflowStep(name: "code", prompt: "p"),
            WorkflowStep(name: "deploy", prompt: "p", review: .pr, onReject: .init(step: "code")),
        ])

    private static let now = Samples.now
    private static let complete = Event.reported(StepReport(status: .complete))

    private func machine(
        _ type: TicketType = feature, at step: String = "plan", review: WorkflowStep.Review? = nil
    ) -> StepMachine {
        var progress = StepProgress(step: step)
        progress.review = review.map { StepProgress.Review(kind: $0, since: Self.now) }
        return StepMachine(type: type, progress: progress)
    }

    private func one(_ doneWhen: Set<WorkflowStep.DoneWhen>, review: WorkflowStep.Review = .none) -> TicketType {
        TicketType(name: "ONE", steps: [WorkflowStep(name: "execute", prompt: "p", review: review, doneWhen: doneWhen)])
    }

    @Test func `a ticket that has not been started is at its type's first step`() {
        let machine = StepMachine(type: Self.feature, progress: nil)
        #expect(machine.progress == StepProgress(step: "plan", visit: 1))
        #expect(machine.step?.name == "plan")
    }

    // MARK: What ends a step

    struct End: Sendable, CustomTestStringConvertible {
        var event: StepMachine.Event
        /// What must be in `done_when` for it to count.
        var counts: WorkflowStep.DoneWhen
        var testDescription: String { counts.rawValue }
    }

    static let ends = [
        End(event: complete, counts: .report), End(event: .exited(.code(0)), counts: .exit),
        End(event: .artifacts, counts: .artifacts), End(event: .idle, counts: .idle),
    ]

    @Test(arguments: ends, WorkflowStep.DoneWhen.allCases)
    func `a step ends by what its done_when names and by nothing else`(end: End, named: WorkflowStep.DoneWhen) {
        var machine = machine(one([named]), at: "execute")
        let decision = machine.handle(end.event, now: Self.now)
        if end.counts == named {
            #expect(decision == .finish)
            return
        }
        switch end.counts {
        case .report:
            guard case .refuse(let error) = decision else { return #expect(Bool(false), "\(decision)") }
            #expect(error.kind == .conflict)
            #expect(error.message.contains("by \(named.rawValue)"))
        case .exit: #expect(decision == .fail("exited 0 before the step 'execute' was done"))
        case .artifacts, .idle: #expect(decision == .nothing)
        }
        #expect(machine.progress == StepProgress(step: "execute"))
    }

    @Test(arguments: ends) func `the first of several ends it`(end: End) {
        var machine = machine(one(Set(WorkflowStep.DoneWhen.allCases)), at: "execute")
        #expect(machine.handle(end.event, now: Self.now) == .finish)
    }

    @Test(arguments: ends) func `a step with a review waits for it, whatever ended the work`(end: End) {
        var machine = machine(one(Set(WorkflowStep.DoneWhen.allCases), review: .plan), at: "execute")
        #expect(machine.handle(end.event, now: Self.now) == .review(.plan))
        #expect(machine.progress.review == StepProgress.Review(kind: .plan, since: Self.now))
        #expect(machine.handle(end.event, now: Self.now) == .nothing, "said twice")
    }

    @Test(arguments: [Exit.code(1), .signal(9)]) func `a program that ends badly fails the ticket`(exit: Exit) {
        var machine = machine(at: "code")
        #expect(machine.handle(.exited(exit), now: Self.now) == .fail(exit.spoken))
    }

    @Test func `a report of failure fails the ticket with the agent's words`() {
        var machine = machine(at: "code")
        #expect(
            machine.handle(.reported(StepReport(status: .failed, summary: "no compiler")), now: Self.now)
                == .fail("the agent gave up: no compiler"))
        #expect(machine.handle(.reported(StepReport(status: .failed)), now: Self.now) == .fail("the agent gave up"))
    }

    @Test func `a report of being blocked changes nothing`() {
        var machine = machine(at: "code")
        #expect(machine.handle(.reported(StepReport(status: .blocked, summary: "which port?")), now: Self.now) == .nothing)
        #expect(machine.progress == StepProgress(step: "code"))
    }

    @Test(arguments: [Event.reported(StepReport(status: .complete)), .approved, .rejected("no")])
    func `what is said of a step that its type has lost is refused, to be said again`(event: StepMachine.Event) {
        var machine = machine(at: "gone", review: .plan)
        let before = machine
        guard case .refuse(let error) = machine.handle(event, now: Self.now) else {
            #expect(Bool(false), "not refused")
            return
        }
        #expect(error.kind == .conflict)
        #expect(error.message == "the type FEAT has no step 'gone' any more")
        #expect(machine == before)
    }

    @Test func `work at a step that its type has lost goes on until its agent ends`() {
        var machine = machine(at: "gone")
        for event in [Event.artifacts, .idle] { #expect(machine.handle(event, now: Self.now) == .nothing) }
        #expect(machine.handle(.exited(.code(0)), now: Self.now) == .fail("the type FEAT has no step 'gone' any more"))
        var waiting = self.machine(at: "gone", review: .plan)
        #expect(waiting.handle(.exited(.code(0)), now: Self.now) == .nothing, "its review is still to come")
    }

    // MARK: What comes next

    struct Next: Sendable, CustomTestStringConvertible {
        var name: String
        var type: TicketType
        var from: String
        var to: String?
        var testDescription: String { name }
    }

    private static func step(_ name: String, next: String? = nil, isLast: Bool = false) -> WorkflowStep {
        WorkflowStep(name: name, prompt: "p", next: next, isLast: isLast)
    }

    private static func type(_ steps: WorkflowStep...) -> TicketType { TicketType(name: "T", steps: steps) }

    static let nexts = [
        Next(name: "the one below", type: type(step("a"), step("b")), from: "a", to: "b"),
        Next(name: "the one it names", type: type(step("a", next: "c"), step("b"), step("c")), from: "a", to: "c"),
        Next(name: "one above", type: type(step("a", isLast: true), step("b", next: "a")), from: "b", to: "a"),
        Next(name: "none after the last", type: type(step("a")), from: "a", to: nil),
        Next(name: "none after one marked as last", type: type(step("a", isLast: true), step("b")), from: "a", to: nil),
    ]

    @Test(arguments: nexts) func `the next step is`(row: Next) {
        var machine = machine(row.type, at: row.from)
        let decision = machine.handle(Self.complete, now: Self.now)
        guard let to = row.to else { return #expect(decision == .finish) }
        let advance = StepProgress.Advance(step: to, visit: 2)
        #expect(decision == .advance(advance))
        #expect(machine.progress.advance == advance)
        #expect(machine.progress.step == row.from, "not there before its prompt has been delivered")
    }

    @Test func `a delivered prompt puts the ticket into its step, once`() {
        var machine = machine(at: "code")
        _ = machine.handle(Self.complete, now: Self.now)
        machine.delivered(7)
        #expect(machine.progress.step == "code", "another's delivery")
        machine.delivered(2)
        #expect(machine.progress == StepProgress(step: "deploy", visit: 2))
        machine.delivered(2)
        #expect(machine.progress == StepProgress(step: "deploy", visit: 2))
    }

    @Test(arguments: [Exit.code(0), .code(1), .signal(15)])
    func `between two steps the old agent's end means nothing`(exit: Exit) {
        var machine = machine(at: "code")
        _ = machine.handle(Self.complete, now: Self.now)
        #expect(machine.handle(.exited(exit), now: Self.now) == .nothing)
    }

    @Test(arguments: [Exit.code(0), .code(1), .signal(15)])
    func `in a review the agent's end means nothing`(exit: Exit) {
        var machine = machine(at: "plan", review: .plan)
        #expect(machine.handle(.exited(exit), now: Self.now) == .nothing)
        #expect(machine.progress.review != nil)
    }

    // MARK: Reviews

    @Test func `an approval goes on with the next step`() {
        var machine = machine(at: "plan", review: .plan)
        #expect(machine.handle(.approved, now: Self.now) == .advance(.init(step: "code", visit: 2)))
        #expect(machine.progress.review == nil)
    }

    @Test func `an approval of the last step finishes the ticket`() {
        var machine = machine(at: "deploy", review: .pr)
        #expect(machine.handle(.approved, now: Self.now) == .finish)
    }

    @Test(arguments: [("plan", WorkflowStep.Review.plan, "plan"), ("deploy", .pr, "code")])
    func `a rejection goes where on_reject says, with the feedback; without one, to the same step`(
        step: String, review: WorkflowStep.Review, target: String
    ) {
        var machine = machine(at: step, review: review)
        let advance = StepProgress.Advance(step: target, visit: 2, feedback: "smaller", rejected: step)
        #expect(machine.handle(.rejected("smaller"), now: Self.now) == .advance(advance))
        #expect(machine.progress.review == nil)
        machine.delivered(2)
        let entered = StepProgress(step: target, visit: 2, feedback: "smaller", rejected: step)
        #expect(machine.progress == entered, "kept for a launch that has to be made again")
    }

    @Test(arguments: [Event.approved, .rejected("no")]) func `nothing to review is a conflict`(event: StepMachine.Event) {
        var machine = machine(at: "code")
        let before = machine
        guard case .refuse(let error) = machine.handle(event, now: Self.now) else {
            #expect(Bool(false), "not refused")
            return
        }
        #expect(error.kind == .conflict)
        #expect(error.message.contains("'code'"))
        #expect(machine == before)
    }

    @Test(arguments: [Event.approved, .rejected("no")])
    func `a second word after the first is a conflict`(second: StepMachine.Event) {
        var machine = machine(at: "plan", review: .plan)
        _ = machine.handle(.approved, now: Self.now)
        guard case .refuse = machine.handle(second, now: Self.now) else {
            #expect(Bool(false), "not refused")
            return
        }
        #expect(machine.progress.advance == .init(step: "code", visit: 2), "the first stands")
    }

    @Test func `a feature goes from plan to done by way of a rejection`() {
        var machine = StepMachine(type: Self.feature, progress: nil)
        let events: [(Event, Decision)] = [
            (Self.complete, .review(.plan)),
            (.rejected("smaller"), .advance(.init(step: "plan", visit: 2, feedback: "smaller", rejected: "plan"))),
            (Self.complete, .review(.plan)), (.approved, .advance(.init(step: "code", visit: 3))),
            (.exited(.code(0)), .advance(.init(step: "deploy", visit: 4))), (Self.complete, .review(.pr)),
            (.rejected("tests"), .advance(.init(step: "code", visit: 5, feedback: "tests", rejected: "deploy"))),
            (Self.complete, .advance(.init(step: "deploy", visit: 6))), (Self.complete, .review(.pr)), (.approved, .finish),
        ]
        for (index, (event, decision)) in events.enumerated() {
            #expect(machine.handle(event, now: Self.now) == decision, "event \(index)")
            if let advance = machine.progress.advance { machine.delivered(advance.visit) }
        }
    }
}
