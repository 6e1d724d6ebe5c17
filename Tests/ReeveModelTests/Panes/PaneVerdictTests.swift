import ReeveModel
import ReeveTestSupport
import Testing

/// A host of 200 columns, right of it a foreign pane of 99, and what a look after the plan may find.
@Suite struct PaneVerdictTests {
    private static let tag = PaneTag(
        instance: "me", session: Samples.session(), host: "%0", isolation: .inline, createdAt: Timestamp(milliseconds: 0),
        name: Samples.name("one"))
    private static let made = "%9"

    private static func view(_ window: PaneWindow, tags: [String: PaneTag] = [:]) -> PaneView {
        PaneView(
            server: "/s", windowID: "@0", sessionID: "$0", epoch: "1.1", mark: "", window: window, borderStatus: .off, tags: tags)
    }

    private static func pane(_ id: String, _ left: Int, _ width: Int, height: Int = 50, owner: String? = nil) -> PaneWindow.Pane {
        PaneWindow.Pane(id: id, rectangle: PaneRectangle(left: left, top: 0, width: width, height: height), owner: owner)
    }

    /// What is found: columns of the host, the new pane and the foreign one; nil: it is gone.
    private static func verdict(
        _ host: Int?, _ new: Int, _ foreign: Int?, width: Int = 300, tag: PaneTag? = PaneVerdictTests.tag,
        _ sizes: PaneConfiguration = PaneConfiguration()
    ) -> PaneVerdict {
        let before = PaneWindow(width: 300, height: 50, activePane: "%0", panes: [pane("%0", 0, 200), pane("%1", 201, 99)])
        let question = PaneQuestion(
            window: before, host: "%0", instance: "me", configuration: sizes, request: .open(session: "one"))
        let plan = PanePlanner.plan(question)
        var panes: [PaneWindow.Pane] = []
        var left = 0
        if let host {
            panes.append(pane("%0", left, host))
            left += host + 1
        }
        panes.append(pane(made, left, new, owner: tag?.instance))
        left += new + 1
        if let foreign { panes.append(pane("%1", left, foreign)) }
        return PaneVerdict(
            opening: plan, made: made, tag: Self.tag, question: question, before: view(before),
            now: view(PaneWindow(width: width, height: 50, panes: panes), tags: tag.map { [made: $0] } ?? [:]))
    }

    @Test func `what came out as planned holds`() {
        #expect(Self.verdict(119, 80, 99) == .asPlanned)
    }

    @Test(
        arguments: [
            // The line between host and agent, both ways; that of agent and foreign pane, in the foreign one's favour.
            (147, 52, 99), (100, 99, 99), (119, 52, 127),
            // The foreign one is closed, and its room is the agent's.
            (119, 180, nil),
        ] as [(Int, Int, Int?)])
    func `what a person may have done to it stands`(host: Int, new: Int, foreign: Int?) {
        #expect(Self.verdict(host, new, foreign) == .changedByPerson)
    }

    @Test(arguments: [
        (148, 51, PaneVerdict.Fault.newPaneTooSmall), (99, 100, .hostTooSmall),
        // One column more of the agent's, or of the host's before it.
        (119, 81, .foreignCovered("%1")), (120, 80, .foreignCovered("%1")),
    ])
    func `what must hold and does not is broken`(host: Int, new: Int, fault: PaneVerdict.Fault) {
        let foreign = 300 - host - 1 - new - 1
        #expect(Self.verdict(host, new, foreign) == .broken(fault))
    }

    @Test func `without its tag a new pane is none, and without its main pane it is nothing`() {
        var other = Self.tag
        other.createdAt = Timestamp(milliseconds: 1)
        #expect(Self.verdict(119, 80, 99, tag: nil) == .broken(.newPaneMissing))
        #expect(Self.verdict(119, 80, 99, tag: other) == .broken(.newPaneMissing))
        #expect(Self.verdict(nil, 200, 99) == .broken(.hostMissing))
    }

    @Test func `in a window of another size all have moved, and only the minimums count`() {
        #expect(Self.verdict(105, 70, 93, width: 270) == .changedByPerson)
        #expect(Self.verdict(90, 70, 88, width: 250) == .broken(.hostTooSmall))
    }

    @Test func `a main pane that was below its minimum must only not be smaller than before`() {
        let sizes = PaneConfiguration(mainPaneMinHeight: 60)
        #expect(Self.verdict(120, 79, 99, sizes) == .changedByPerson)
    }
}
