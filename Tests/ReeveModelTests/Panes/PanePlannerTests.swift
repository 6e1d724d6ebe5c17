import ReeveModel
import Testing

@Suite struct PanePlannerTests {
    // MARK: - What a layout looks like

    @Test(arguments: [
        (
            PaneLayout.vertical, 60, 3,
            "200x50,0,0{119x50,0,0,0,80x50,120,0[80x16,120,0,1,80x16,120,17,2,80x16,120,34]}"
        ),
        (.horizontal, 50, 2, "200x50,0,0[200x24,0,0,0,200x25,0,25{100x25,0,25,1,99x25,101,25}]"),
        (
            .grid, 45, 4,
            "240x60,0,0{107x60,0,0,0,132x60,108,0[132x30,108,0{66x30,108,0,1,65x30,175,0,2},132x29,108,31{66x29,108,31,3,65x29,175,31}]}"
        ),
    ])
    func `each layout is as the manual draws it`(layout: PaneLayout, percent: Int, agents: Int, text: String) {
        let size = layout == .grid ? (240, 60) : (200, 50)
        let plan = PanePlanner.plan(
            .filled(size.0, size.1, agents: agents - 1, layout: layout, PaneConfiguration(mainPaneSize: percent)))
        #expect(plan.layout?.dropFirst(5) == Substring(text))
        #expect(plan.layout.flatMap { TmuxLayoutText.read($0) } != nil)
    }

    @Test func `a share in percent gives way to both minimums`() {
        func host(_ width: Int, _ percent: Int) -> Int? {
            PanePlanner.plan(.filled(width, 50, agents: 0, PaneConfiguration(mainPaneSize: percent)))["%0"]?.width
        }
        #expect([host(200, 60), host(200, 20), host(200, 80), host(160, 80), host(153, 60)] == [119, 100, 147, 107, 100])
        // Beyond 20 to 80 the nearer of the two counts.
        #expect(host(400, 99) == host(400, 80) && host(600, 1) == host(600, 20))
    }

    @Test func `agents share evenly and the first get what is over`() {
        let plan = PanePlanner.plan(.filled(200, 50, agents: 3))
        #expect(plan.panes.dropFirst().map(\.rectangle.height) == [12, 12, 12, 11])
        #expect(plan.panes.map(\.id) == ["%0", "%1", "%2", "%3", PanePlan.newPane])
    }

    // MARK: - What fits

    @Test(arguments: [
        (200, 50, PaneLayout.vertical, PaneBorderStatus.off, 4), (200, 47, .vertical, .off, 4), (200, 46, .vertical, .off, 3),
        (200, 47, .vertical, .top, 3), (200, 47, .vertical, .bottom, 3), (200, 48, .vertical, .top, 4),
        (153, 11, .vertical, .off, 1),
        (152, 50, .vertical, .off, 0), (100, 40, .vertical, .off, 0), (158, 23, .horizontal, .off, 3),
        (157, 23, .horizontal, .off, 2), (100, 23, .horizontal, .off, 1), (99, 23, .horizontal, .off, 0),
        (158, 22, .horizontal, .off, 0), (158, 24, .horizontal, .top, 3), (158, 23, .horizontal, .bottom, 0),
        (206, 35, .grid, .off, 6), (205, 35, .grid, .off, 3), (206, 34, .grid, .off, 4), (238, 60, .vertical, .off, 5),
    ])
    func `as many agents as really fit, and not one more`(
        width: Int, height: Int, layout: PaneLayout, border: PaneBorderStatus, capacity: Int
    ) {
        let configuration = PaneConfiguration(borderStatus: border)
        for agents in 0..<capacity {
            let plan = PanePlanner.plan(.filled(width, height, agents: agents, layout: layout, configuration))
            guard case .spawn(_, .fits(let room)) = plan.decision else {
                Issue.record("\(agents): \(plan.decision)")
                return
            }
            #expect(room.capacity == capacity && room.agents == agents + 1)
            #expect(plan.panes.dropFirst().allSatisfy { $0.rectangle.width >= 52 && $0.rectangle.height >= 11 })
        }
        let plan = PanePlanner.plan(.filled(width, height, agents: capacity, layout: layout, configuration))
        guard case .defer(.noRoom(let room)) = plan.decision else {
            Issue.record("\(plan.decision)")
            return
        }
        #expect(room.capacity == capacity && room.agents == capacity + 1)
        #expect(room.neededWidth > room.availableWidth || room.neededHeight > room.availableHeight)
        #expect(plan.steps.isEmpty && plan.layout == nil)
    }

    @Test func `a refusal has its numbers in a sentence`() {
        let plan = PanePlanner.plan(.filled(100, 40, agents: 0))
        #expect(plan.decision.reason.sentence == "1 agent needs 153×11 cells, there are 100×40; 0 fit")
    }

    @Test func `below a main pane that is narrower than its minimum there is no room either`() {
        let narrow = PanePlanner.plan(.filled(99, 50, agents: 0, layout: .horizontal))
        #expect(narrow.decision.reason.sentence == "1 agent needs 100×23 cells, there are 99×50; 0 fit")
        // A part of the window that is too narrow is as bad.
        var question = PaneQuestion.filled(200, 50, agents: 0, layout: .horizontal)
        let cells = [(0, 90), (91, 109)].map { PaneRectangle(left: $0, top: 0, width: $1, height: 50) }
        question.window.panes = zip(["%0", "%1"], cells).map { PaneWindow.Pane(id: $0, rectangle: $1) }
        #expect(PanePlanner.plan(question).decision.reason.code == "no_room")
        question.configuration.mainPaneMinWidth = 90
        #expect(PanePlanner.plan(question)[PanePlan.newPane] == PaneRectangle(left: 0, top: 30, width: 90, height: 20))
    }

    // MARK: - Whose panes

    @Test func `the main pane is the host's wherever it stands`() {
        // A person's pane on the left, the host on the right.
        let left = PaneWindow.Pane(id: "%0", rectangle: PaneRectangle(left: 0, top: 0, width: 100, height: 60))
        let right = PaneWindow.Pane(id: "%1", rectangle: PaneRectangle(left: 101, top: 0, width: 199, height: 60))
        var question = PaneQuestion.filled(300, 60, agents: 0)
        question.window.panes = [left, right]
        question.host = "%1"
        let plan = PanePlanner.plan(question)
        #expect(plan["%0"] == left.rectangle && plan["%1"]?.left == 101 && plan[PanePlan.newPane]?.right == 300)
        guard case .spawn("%1", .fits(let room)) = plan.decision else {
            Issue.record("\(plan.decision)")
            return
        }
        #expect(room.foreignPanes == 1 && room.otherInstancePanes == 0 && !room.isDivided)
    }

    @Test func `panes of another instance are obstacles and counted`() {
        var question = PaneQuestion.filled(300, 60, agents: 2)
        question.window.panes[2].owner = "other"
        question.sessions.removeLast()
        let plan = PanePlanner.plan(question)
        #expect(plan["%2"] == question.window.panes[2].rectangle)
        #expect(plan.decision.reason.sentence.contains("1 foreign pane, 1 of them of other instances"))
    }

    @Test func `foreign panes in between leave each part its own rectangle`() {
        // Host, a person's pane, an agent: the agent's column takes the next one.
        let cells = [(0, 120), (121, 60), (182, 60)].map { PaneRectangle(left: $0, top: 0, width: $1, height: 50) }
        var question = PaneQuestion.filled(242, 50, agents: 0)
        question.window.panes = cells.enumerated().map {
            PaneWindow.Pane(id: "%\($0.offset)", rectangle: $0.element, owner: $0.offset == 2 ? "me" : nil)
        }
        let plan = PanePlanner.plan(question)
        #expect(plan["%0"] == cells[0] && plan["%1"] == cells[1])
        #expect(plan["%2"]?.height == 25 && plan[PanePlan.newPane] == PaneRectangle(left: 182, top: 26, width: 60, height: 24))
        guard case .spawn("%2", .fits(let room)) = plan.decision else {
            Issue.record("\(plan.decision)")
            return
        }
        #expect(room.isDivided)
    }

    @Test func `the main pane keeps its side`() {
        var question = PaneQuestion.filled(220, 50, agents: 0)
        question.window.panes = [
            PaneWindow.Pane(id: "%7", rectangle: PaneRectangle(left: 0, top: 0, width: 100, height: 50), owner: "me"),
            PaneWindow.Pane(id: "%0", rectangle: PaneRectangle(left: 101, top: 0, width: 119, height: 50)),
        ]
        let plan = PanePlanner.plan(question)
        #expect(plan["%0"] == question.window.panes[1].rectangle)
        #expect(plan.panes.map(\.id) == ["%7", PanePlan.newPane, "%0"])
        #expect(plan.steps.count == 2)
    }

    @Test func `a main pane among its agents comes first again`() {
        var question = PaneQuestion.filled(320, 50, agents: 2)
        let cells = [(0, 100), (101, 118), (220, 100)].map { PaneRectangle(left: $0, top: 0, width: $1, height: 50) }
        question.window.panes = zip(["%1", "%0", "%2"], cells).map {
            PaneWindow.Pane(id: $0, rectangle: $1, owner: $0 == "%0" ? nil : "me")
        }
        question.window.activePane = "%0"
        let plan = PanePlanner.plan(question)
        #expect(plan.panes.map(\.id) == ["%0", "%1", "%2", PanePlan.newPane])
        #expect(plan.steps.contains(.swap(pane: "%0", with: "%1", keepsZoom: false)) && plan.steps.last == .focus(pane: "%0"))
    }

    // MARK: - What a person has done

    @Test(arguments: [PaneBorderStatus.top, .bottom])
    func `a pane of one row that its title takes is still a pane`(border: PaneBorderStatus) {
        // tmux 3.3a leaves such a one when a person splits the whole window (`split-window -f`) above or below it.
        let cells = [(0, 1), (2, 47), (50, 1)].map { PaneRectangle(left: 0, top: $0, width: 200, height: $1) }
        var question = PaneQuestion.filled(200, 51, agents: 0, PaneConfiguration(borderStatus: border))
        question.host = "%1"
        question.window.panes = cells.enumerated().map {
            PaneWindow.Pane(id: "%\($0.offset)", rectangle: border.inside($0.element, windowHeight: 51))
        }
        #expect(question.window.panes.contains { $0.rectangle.height == 0 })
        let plan = PanePlanner.plan(question)
        #expect(plan.panes.count == 4 && plan[PanePlan.newPane]?.height == 47)
        #expect(plan["%0"] == question.window.panes[0].rectangle && plan["%2"] == question.window.panes[2].rectangle)
    }

    @Test(arguments: [(true, 150), (false, 191)])
    func `a size that a person has set is kept if the configuration says so`(keeps: Bool, width: Int) {
        var question = PaneQuestion.filled(320, 50, agents: 1, PaneConfiguration(keepMainSize: keeps))
        question.window.panes[0].rectangle.width = 150
        question.window.panes[1].rectangle = PaneRectangle(left: 151, top: 0, width: 169, height: 50)
        #expect(PanePlanner.plan(question)["%0"]?.width == width)
        question.request = .arrange
        #expect(PanePlanner.plan(question)["%0"]?.width == 191)
    }

    @Test func `a zoomed window stays zoomed`() {
        var question = PaneQuestion.filled(200, 50, agents: 1)
        question.window.isZoomed = true
        question.window.activePane = "%0"
        let plan = PanePlanner.plan(question)
        #expect(plan.keepsZoom && plan.steps.last == .zoom(pane: "%0"))
        #expect(plan.steps.first?.arguments.contains("-Z") == true)
        // As list-panes tells it: the zoomed pane covers all.
        question.window.panes[0].rectangle.width = 200
        #expect(PanePlanner.plan(question).decision == .defer(reason: .zoomed))
    }

    @Test func `indexes that do not follow the layout are left alone`() {
        var question = PaneQuestion.filled(200, 50, agents: 2)
        question.window.panes.swapAt(0, 2)
        #expect(PanePlanner.plan(question).decision == .defer(reason: .orderDiffers))
    }

    @Test func `columns that are in line do not hide the rows that were cut first`() {
        // The host beside a grid of two by two: the grid's columns could be cut through, but its panes go row by row.
        let question = PaneQuestion.filled(206, 50, agents: 4, layout: .grid, PaneConfiguration(mainPaneSize: 20))
        #expect(question.window.panes.map(\.rectangle.left) == [0, 101, 154, 101, 154])
        #expect(PanePlanner.plan(question).panes.map(\.rectangle.width) == [100, 52, 52, 52, 52, 105])
    }

    @Test func `commands name their target`() {
        var question = PaneQuestion.filled(200, 50, agents: 1)
        for request in [PaneQuestion.Request.open(session: "new"), .close(session: "s1"), .arrange] {
            question.request = request
            for step in PanePlanner.plan(question).steps { #expect(step.arguments.contains("-t")) }
        }
        question.request = .open(session: "new")
        #expect(
            PanePlanner.plan(question).steps.first?.arguments
                == ["split-window", "-d", "-h", "-P", "-F", "#{pane_id}", "-t", "%1"])
    }
}

extension PaneQuestion {
    /// A window with the host and agents as the planner itself puts them there, one after the other.
    static func filled(
        _ width: Int, _ height: Int, agents: Int, layout: PaneLayout = .vertical,
        _ configuration: PaneConfiguration = PaneConfiguration()
    ) -> PaneQuestion {
        let whole = PaneRectangle(left: 0, top: 0, width: width, height: height)
        let host = PaneWindow.Pane(
            id: "%0", rectangle: configuration.borderStatus.inside(whole, windowHeight: height), owner: nil)
        var question = PaneQuestion(
            window: PaneWindow(width: width, height: height, activePane: "%0", panes: [host]), host: "%0", instance: "me",
            layout: layout, configuration: configuration, request: .open(session: "new"))
        for agent in 0..<agents {
            let plan = PanePlanner.plan(question)
            guard case .spawn = plan.decision else { break }
            question.window.panes = plan.panes.map {
                let id = $0.id == PanePlan.newPane ? "%\(agent + 1)" : $0.id
                return PaneWindow.Pane(id: id, rectangle: $0.rectangle, owner: id == "%0" ? nil : "me")
            }
            question.sessions.append(
                Session(
                    session: "s\(agent + 1)", pane: "%\(agent + 1)", createdAt: Timestamp(milliseconds: Int64(agent)),
                    isBusy: true))
        }
        return question
    }
}
