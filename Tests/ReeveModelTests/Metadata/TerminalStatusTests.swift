import ReeveModel
import ReeveTestSupport
import Testing

/// What is said of an agent in one line, of all that is known and told.
@Suite struct TerminalStatusTests {
    private func agent(_ state: AgentState, _ reason: String?) -> Agent {
        Agent(
            ticket: Samples.id("T"), kind: "claude", state: state, since: Samples.now, reason: reason,
            session: Samples.name("op-T"), sessionID: Samples.session(), backend: "fake", launch: Samples.launchID("L"),
            startedAt: Samples.now)
    }

    private func board(status: String? = nil, _ amount: MetadataProgress.Amount? = nil, label: String? = nil) -> MetadataBoard {
        MetadataBoard(
            status: status.map { MetadataStatus(text: $0, time: Samples.now) },
            progress: amount.map { MetadataProgress(amount: $0, label: label, time: Samples.now) })
    }

    @Test(
        arguments: [
            (.running, nil, nil, nil), (.running, nil, "s", "s"), (.running, "r", nil, "r"), (.running, "r", "s", "s"),
            (.tool, "Bash", "s", "s"), (.launching, nil, "s", "s"), (.switching, "r", "s", "s"), (.done, "exited 0", "s", "s"),
            (.waiting, "question", "s", "question"), (.waiting, nil, "s", "s"), (.waiting, "idle-prompt", "s", "s"),
            (.waiting, "idle-prompt", nil, "idle-prompt"), (.error, "r", "s", "r"), (.interrupted, "r", "s", "r"),
            (.lost, "r", "s", "r"), (.exited, "r", "s", "r"), (.unknown, "r", "s", "r"),
            (.waiting, "\u{1B}[31mred", "s", "[31mred"), (.error, "\u{1B}", "s", "s"),
        ] as [(AgentState, String?, String?, String?)])
    func `who needs somebody says why, and who works says what it tells itself`(
        state: AgentState, reason: String?, status: String?, text: String?
    ) {
        let shown = TerminalStatus(of: agent(state, reason), told: status.map { board(status: $0) })
        #expect(shown == TerminalStatus(state: state.rawValue, text: text))
    }

    @Test(
        arguments: [
            (.percent(0), nil, 0, nil), (.percent(57), "suites", 0.57, "suites"), (.percent(100), nil, 1, nil),
            (.fraction(9999), nil, 0.99, nil), (.steps(3, of: 8), nil, 0.37, "3/8"),
            (.steps(8, of: 8), "suites", 1, "8/8 suites"),
        ] as [(MetadataProgress.Amount, String?, Double, String?)])
    func `progress is shown as everywhere, and its steps are named`(
        amount: MetadataProgress.Amount, label: String?, progress: Double, shown: String?
    ) {
        let status = TerminalStatus(of: agent(.running, nil), told: board(amount, label: label))
        #expect(status == TerminalStatus(state: "running", progress: progress, progressLabel: shown))
    }
}
