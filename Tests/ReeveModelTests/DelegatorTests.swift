import ReeveModel
import Testing

@Suite struct DelegatorTests {
    private static let delegators = [
        "opus": Delegator(name: "opus", agent: "claude", model: "opus"),
        "careful": Delegator(name: "careful", agent: "codex", permission: .plan),
        "codex": Delegator(name: "codex", agent: "codex", flags: ["--search"]),
        "lost": Delegator(name: "lost", agent: "cluade"),
    ]
    private static let kinds: Set = ["claude", "codex", "gemini"]

    /// All levels name somebody; the levels of `silent` say nothing.
    private func question(silent: Set<DelegatorChoice.Level> = [], empty: Bool = false) -> DelegatorQuestion {
        let none: String? = empty ? "" : nil
        return DelegatorQuestion(
            step: "code", type: "FEAT", stepDelegators: silent.contains(.ticketStep) ? [:] : ["code": "opus", "plan": "gemini"],
            ticketDelegator: silent.contains(.ticket) ? none : "careful", ticketAgent: silent.contains(.ticket) ? none : "gemini",
            stepAgent: silent.contains(.step) ? none : "claude", typeAgent: silent.contains(.type) ? none : "codex",
            project: silent.contains(.project) ? none : "gemini", standard: "opus")
    }

    @Test(
        arguments: [
            ([], .ticketStep, "opus", "claude", "the ticket asks for 'opus' in its step 'code'"),
            ([.ticketStep], .ticket, "careful", "codex", "the ticket asks for 'careful'"),
            ([.ticketStep, .ticket], .step, nil, "claude", "step 'code' of FEAT asks for 'claude'"),
            ([.ticketStep, .ticket, .step], .type, "codex", "codex", "the type FEAT asks for 'codex'"),
            ([.ticketStep, .ticket, .step, .type], .project, nil, "gemini", "the project asks for 'gemini'"),
            (
                [.ticketStep, .ticket, .step, .type, .project], .standard, "opus", "claude",
                "nobody else does, so the default asks for 'opus'"
            ),
        ] as [(Set<DelegatorChoice.Level>, DelegatorChoice.Level, String?, String, String)])
    func `the first level that names somebody decides`(
        silent: Set<DelegatorChoice.Level>, level: DelegatorChoice.Level, delegator: String?, agent: String, reason: String
    ) throws {
        for empty in [false, true] {
            let choice = try question(silent: silent, empty: empty).answer(delegators: Self.delegators, kinds: Self.kinds)
            #expect(choice.level == level && choice.delegator?.name == delegator && choice.agent == agent)
            #expect(choice.reason == reason)
        }
    }

    @Test func `the agent that a ticket was made with counts where it names no delegator`() throws {
        let question = DelegatorQuestion(step: "code", type: "FEAT", ticketAgent: "gemini", stepAgent: "opus", standard: "claude")
        let choice = try question.answer(delegators: Self.delegators, kinds: Self.kinds)
        #expect(choice.agent == "gemini" && choice.level == .ticket)
    }

    @Test(arguments: [
        ("opsu", "no delegator or agent 'opsu'; the ticket asks for 'opsu'", "did you mean opus?"),
        ("claud", "no delegator or agent 'claud'; the ticket asks for 'claud'", "did you mean claude?"),
        ("lost", "no agent 'cluade', which [delegators.lost] names; the ticket asks for 'lost'", "did you mean claude?"),
        (
            "\u{1B}[2Jbob", "no delegator or agent '[2Jbob'; the ticket asks for '[2Jbob'",
            "known: careful, claude, codex, gemini, lost, opus"
        ),
    ])
    func `an unknown name is an error with the nearest one, never passed over`(name: String, message: String, hint: String) {
        let question = DelegatorQuestion(
            step: "code", type: "FEAT", ticketDelegator: name, stepAgent: "claude", standard: "claude")
        let error = #expect(throws: ReeveError.self) { try question.answer(delegators: Self.delegators, kinds: Self.kinds) }
        #expect(error?.message == message && error?.hint == hint && error?.kind == .notFound)
    }

    @Test(arguments: [
        (WorkflowStep.PermissionMode.standard, WorkflowStep.PermissionMode.plan, WorkflowStep.PermissionMode.plan),
        (.acceptEdits, .plan, .acceptEdits), (.standard, .standard, .standard), (.delegate, .standard, .delegate),
    ])
    func `a step's permission mode goes before the delegator's`(
        step: WorkflowStep.PermissionMode, delegator: WorkflowStep.PermissionMode, result: WorkflowStep.PermissionMode
    ) {
        let wishes = LaunchWishes(
            delegator: Delegator(name: "d", agent: "claude", model: "opus", flags: ["-v"], permission: delegator),
            step: WorkflowStep(name: "s", prompt: "", allowedTools: ["Read"], permissionMode: step))
        #expect(wishes == LaunchWishes(model: "opus", permission: result, tools: ["Read"], flags: ["-v"]))
    }

    @Test func `nothing asked for is nothing wished`() {
        #expect(LaunchWishes(delegator: nil, step: nil) == LaunchWishes())
    }
}
