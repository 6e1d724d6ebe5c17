import ReeveModel
import Testing

@Suite struct PaneRefusalTests {
    @Test func `what cannot be a window is refused with what is wrong`() {
        let good = PaneQuestion.filled(200, 50, agents: 1)
        func fault(_ change: (inout PaneWindow) -> Void) -> PaneFault? {
            var question = good
            change(&question.window)
            guard case .skip(.invalid(let fault)) = PanePlanner.plan(question).decision else { return nil }
            return fault
        }
        #expect(fault { $0.width = 0 } == .windowSize(width: 0, height: 50))
        #expect(fault { $0.height = 10_001 } == .windowSize(width: 200, height: 10_001))
        #expect(fault { $0.panes = [] } == .noPanes)
        #expect(fault { $0.panes = Array(repeating: $0.panes[0], count: 501) } == .tooManyPanes(501))
        for id in ["", "%", "1", "%1a", "%-1", "% 1", "%1;kill-server", "%99999999999", "%١"] {
            #expect(fault { $0.panes[1].id = id } == .paneID(id))
        }
        #expect(fault { $0.panes[1].id = "%0" } == .doublePane("%0"))
        #expect(fault { $0.panes[1].rectangle.left = -1 } == .outside("%1"))
        #expect(fault { $0.panes[1].rectangle.width = .max } == .outside("%1"))
        #expect(fault { $0.panes[1].rectangle.left = .min } == .outside("%1"))
        #expect(fault { $0.panes[1].rectangle.height = 0 } == .outside("%1"))
        #expect(fault { $0.panes[1].rectangle.left -= 5 } == .overlap("%0", "%1"))
        #expect(fault { $0.panes[0].rectangle.width -= 1 } == .notALayout)
        #expect(
            fault {
                $0.isZoomed = true; $0.activePane = "%9"
            } == .noActivePane)
    }

    @Test(arguments: [PaneQuestion.Request.open(session: "s9"), .close(session: "s1"), .arrange])
    func `a zoomed window that does not say what is zoomed is left for later, however its panes are told`(
        request: PaneQuestion.Request
    ) {
        var question = PaneQuestion.filled(200, 50, agents: 2)
        question.request = request
        question.window.isZoomed = true
        question.window.activePane = nil
        // Where they really are.
        #expect(PanePlanner.plan(question).decision == .defer(reason: .zoomed))
        // As `list-panes` tells them: the zoomed one covers the window, and so all the others.
        for zoomed in question.window.panes.indices {
            var shown = question
            shown.window.panes[zoomed].rectangle = PaneRectangle(left: 0, top: 0, width: 200, height: 50)
            #expect(PanePlanner.plan(shown).decision == .defer(reason: .zoomed))
        }
    }

    @Test func `five panes around each other are no layout`() {
        var question = PaneQuestion.filled(11, 11, agents: 0)
        let cells = [(0, 0, 7, 3), (8, 0, 3, 7), (4, 8, 7, 3), (0, 4, 3, 7), (4, 4, 3, 3)]
        question.window.panes = cells.enumerated().map {
            PaneWindow.Pane(
                id: "%\($0.offset)",
                rectangle: PaneRectangle(left: $0.element.0, top: $0.element.1, width: $0.element.2, height: $0.element.3))
        }
        #expect(PanePlanner.plan(question).decision == .skip(reason: .invalid(.notALayout)))
    }

    @Test(arguments: [Int.min, -1, 0, 1, .max])
    func `no number in a configuration breaks anything`(number: Int) {
        var question = PaneQuestion.filled(200, 50, agents: 2)
        question.configuration = PaneConfiguration(
            mainPaneSize: number, mainPaneMinWidth: number, mainPaneMinHeight: number, agentPaneMinWidth: number,
            agentPaneMinHeight: number)
        for layout in PaneLayout.allCases {
            question.layout = layout
            let decision = PanePlanner.plan(question).decision
            if number == .max {
                guard case .defer(.noRoom) = decision else {
                    Issue.record("\(decision)")
                    return
                }
            } else {
                guard case .spawn = decision else {
                    Issue.record("\(decision)")
                    return
                }
            }
        }
    }

    @Test func `a session that has a pane gets no other`() {
        var question = PaneQuestion.filled(200, 50, agents: 1)
        question.request = .open(session: "s1")
        #expect(PanePlanner.plan(question).decision == .skip(reason: .duplicate(session: "s1", pane: "%1")))
    }

    @Test func `without a main pane or when turned off nothing is done`() {
        var question = PaneQuestion.filled(200, 50, agents: 1)
        question.host = "%8"
        #expect(PanePlanner.plan(question).decision == .skip(reason: .hostMissing(pane: "%8")))
        question.configuration.enabled = false
        #expect(PanePlanner.plan(question).decision == .skip(reason: .disabled))
    }

    // MARK: - Who gives way

    @Test func `only an idle session gives way, the longest idle first, and only if that is allowed`() {
        var question = PaneQuestion.filled(200, 50, agents: 4)
        func decision() -> PaneDecision { PanePlanner.plan(question).decision }
        func victim() -> String? {
            guard case .replace(let pane, let session, .evicts) = decision() else { return nil }
            return question.sessions.contains { $0.session == session && $0.pane == pane } ? session : nil
        }
        question.sessions[1].isBusy = false
        question.sessions[2].isBusy = false
        guard case .defer(.noRoom) = decision() else {
            Issue.record("\(decision())")
            return
        }
        question.configuration.evict = .idle
        #expect(victim() == "s2")
        question.sessions[1].lastActiveAt = Timestamp(milliseconds: 1000)
        #expect(victim() == "s3")
        question.sessions[2].lastActiveAt = Timestamp(milliseconds: 2000)
        #expect(victim() == "s2")
        let plan = PanePlanner.plan(question)
        #expect(
            plan.steps.prefix(2) == [
                .split(target: "%2", direction: .sideBySide, before: false, keepsZoom: false), .kill(pane: "%2"),
            ])
        #expect(plan.panes.map(\.rectangle) == question.window.panes.map(\.rectangle) && plan.panes[2].id == PanePlan.newPane)
        // Somebody is in it.
        question.window.activePane = "%2"
        #expect(victim() == "s3")
        for index in 0..<4 { question.sessions[index].isBusy = true }
        #expect(victim() == nil)
    }

    @Test func `a pane without our tag is never anybody's to give`() {
        // Crowded, and the only idle session's pane has lost its tag.
        var question = PaneQuestion.filled(200, 50, agents: 4, PaneConfiguration(evict: .idle))
        question.sessions[3].isBusy = false
        question.window.panes[4].owner = nil
        guard case .defer(.noRoom) = PanePlanner.plan(question).decision else {
            Issue.record("\(PanePlanner.plan(question).decision)")
            return
        }
        question.request = .close(session: "s4")
        #expect(PanePlanner.plan(question).decision == .skip(reason: .notOurs(session: "s4", pane: "%4")))
    }

    // MARK: - Closing

    @Test func `the others share what a closed pane had`() {
        var question = PaneQuestion.filled(200, 50, agents: 3)
        question.request = .close(session: "s2")
        let plan = PanePlanner.plan(question)
        #expect(plan.decision == .close(paneId: "%2", reason: .ended(session: "s2", grown: [])))
        #expect(plan.panes.map(\.rectangle.height) == [50, 25, 24] && plan["%0"]?.width == 119)
        #expect(plan.steps.first == .kill(pane: "%2"))
    }

    @Test func `the last agent leaves the main pane all it had`() {
        var question = PaneQuestion.filled(200, 50, agents: 1)
        question.request = .close(session: "s1")
        #expect(PanePlanner.plan(question).panes.map(\.rectangle) == [PaneRectangle(left: 0, top: 0, width: 200, height: 50)])
    }

    @Test func `an agent among foreign panes leaves its room to one of them`() {
        var question = PaneQuestion.filled(200, 50, agents: 3)
        question.window.panes[1].owner = nil
        question.window.panes[3].owner = "other"
        question.request = .close(session: "s2")
        let plan = PanePlanner.plan(question)
        #expect(plan.decision == .close(paneId: "%2", reason: .ended(session: "s2", grown: ["%1"])))
        #expect(plan["%3"] == question.window.panes[3].rectangle && plan["%0"] == question.window.panes[0].rectangle)
    }

    @Test func `what is not there or not ours is not closed`() {
        var question = PaneQuestion.filled(200, 50, agents: 1)
        question.sessions.append(.init(session: "host", pane: "%0", createdAt: Timestamp(milliseconds: 0), isBusy: false))
        question.sessions.append(.init(session: "gone", pane: "%9", createdAt: Timestamp(milliseconds: 0), isBusy: false))
        func reason(_ session: String) -> PaneReason {
            question.request = .close(session: session)
            return PanePlanner.plan(question).decision.reason
        }
        #expect(reason("nobody") == .unknownSession("nobody"))
        #expect(reason("host") == .notOurs(session: "host", pane: "%0"))
        #expect(reason("gone") == .paneGone(session: "gone", pane: "%9"))
    }

    // MARK: - Again

    @Test func `a window of another size is laid out again`() {
        var question = PaneQuestion.filled(200, 50, agents: 2)
        question.request = .arrange
        #expect(PanePlanner.plan(question).decision == .skip(reason: .alreadyArranged))
        question.layout = .horizontal
        let plan = PanePlanner.plan(question)
        #expect(plan.panes.map(\.rectangle.width) == [200, 100, 99] && plan.steps.count == 1)
        question.configuration.agentPaneMinWidth = 150
        guard case .defer(.noRoom) = PanePlanner.plan(question).decision else {
            Issue.record("\(PanePlanner.plan(question).decision)")
            return
        }
        question = .filled(200, 50, agents: 0)
        question.request = .arrange
        #expect(PanePlanner.plan(question).decision == .skip(reason: .nothingToArrange))
    }
}
