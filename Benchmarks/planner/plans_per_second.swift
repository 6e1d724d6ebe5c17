/// Compiled together with the sources of the pane planner: makes plans for a mixture of windows and requests, one after another, for as
/// long as it is told, and prints how many it made in a second.
///
/// Usage: plans_per_second SECONDS
@main struct PlansPerSecond {
    static func main() {
        guard CommandLine.arguments.count == 2, let seconds = Double(CommandLine.arguments[1]) else {
            print("usage: plans_per_second SECONDS")
            return
        }
        let questions = Questions.all
        var steps = 0
        var plans = 0
        _ = pass(questions, &steps)
        let clock = ContinuousClock()
        let started = clock.now
        while started.duration(to: clock.now) < .seconds(seconds) { plans += pass(questions, &steps) }
        let elapsed = started.duration(to: clock.now) / .seconds(1)
        // A planner that refuses everything is fast.
        precondition(steps > plans / 2, "\(steps) steps in \(plans) plans")
        print(Double(plans) / elapsed)
    }

    /// - Returns: how many plans it made.
    private static func pass(_ questions: [PaneQuestion], _ steps: inout Int) -> Int {
        for question in questions { steps += PanePlanner.plan(question).steps.count }
        return questions.count
    }
}

/// Windows of three sizes, filled by the planner itself until nothing more fits: at each number of agents one more, one less, and all
/// again, in each layout, with a person's two panes below them and without.
enum Questions {
    static var all: [PaneQuestion] {
        var result: [PaneQuestion] = []
        for (width, height) in [(200, 50), (240, 60), (320, 90)] {
            for layout in PaneLayout.allCases {
                for border in [PaneBorderStatus.off, .top] {
                    for isShared in [false, true] {
                        result += filling(empty(width, height, layout, border, isShared: isShared))
                    }
                }
            }
        }
        return result
    }

    private static func empty(
        _ width: Int, _ height: Int, _ layout: PaneLayout, _ border: PaneBorderStatus, isShared: Bool
    ) -> PaneQuestion {
        let lower = height / 5
        var cells = [PaneRectangle(left: 0, top: 0, width: width, height: isShared ? height - lower - 1 : height)]
        if isShared {
            cells.append(PaneRectangle(left: 0, top: height - lower, width: width / 2, height: lower))
            cells.append(
                PaneRectangle(left: width / 2 + 1, top: height - lower, width: width - width / 2 - 1, height: lower))
        }
        let panes = cells.enumerated().map {
            PaneWindow.Pane(id: "%\($0.offset)", rectangle: border.inside($0.element, windowHeight: height))
        }
        return PaneQuestion(
            window: PaneWindow(width: width, height: height, activePane: "%0", panes: panes), host: "%0", instance: "bench",
            layout: layout, configuration: PaneConfiguration(evict: .idle, borderStatus: border), request: .open(session: "new"))
    }

    private static func filling(_ beginning: PaneQuestion) -> [PaneQuestion] {
        var question = beginning
        var result: [PaneQuestion] = []
        while true {
            result.append(question)
            var again = question
            again.configuration.mainPaneSize = 45
            again.request = .arrange
            result.append(again)
            if let first = question.sessions.first {
                again = question
                again.request = .close(session: first.session)
                result.append(again)
            }
            let plan = PanePlanner.plan(question)
            guard case .spawn = plan.decision else { return result }
            let made = "%\(10 + question.sessions.count)"
            let owners = Dictionary(uniqueKeysWithValues: question.window.panes.map { ($0.id, $0.owner) })
            question.window.panes = plan.panes.map { pane in
                pane.id == PanePlan.newPane
                    ? PaneWindow.Pane(id: made, rectangle: pane.rectangle, owner: "bench")
                    : PaneWindow.Pane(id: pane.id, rectangle: pane.rectangle, owner: owners[pane.id] ?? nil)
            }
            question.sessions.append(
                PaneQuestion.Session(
                    session: "s\(made)", pane: made, createdAt: Timestamp(milliseconds: Int64(question.sessions.count)),
                    isBusy: true))
        }
    }
}
