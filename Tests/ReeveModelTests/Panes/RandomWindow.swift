import ReeveModel
import ReeveTestSupport

/// A question about a window that splitting could have made, the same for the same seed.
struct RandomWindow {
    private var generator: SeededGenerator
    private(set) var question: PaneQuestion

    init(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let width = Int.random(in: 20...320, using: &generator)
        let height = Int.random(in: 8...100, using: &generator)
        var cells = [PaneRectangle(left: 0, top: 0, width: width, height: height)]
        for _ in 0..<Int.random(in: 0...7, using: &generator) {
            let index = Int.random(in: 0..<cells.count, using: &generator)
            let cell = cells[index]
            if Bool.random(using: &generator), cell.width > 4 {
                let first = Int.random(in: 2..<(cell.width - 1), using: &generator)
                cells[index].width = first
                cells.insert(
                    PaneRectangle(left: cell.left + first + 1, top: cell.top, width: cell.width - first - 1, height: cell.height),
                    at: index + 1)
            } else if cell.height > 6 {
                let first = Int.random(in: 3..<(cell.height - 2), using: &generator)
                cells[index].height = first
                cells.insert(
                    PaneRectangle(left: cell.left, top: cell.top + first + 1, width: cell.width, height: cell.height - first - 1),
                    at: index + 1)
            }
        }
        let border = PaneBorderStatus.allCases[Int.random(in: 0...2, using: &generator)]
        let strangers = Int.random(in: 0...3, using: &generator)
        var panes: [PaneWindow.Pane] = []
        for (index, cell) in cells.enumerated() {
            let isOurs = Int.random(in: 0..<4, using: &generator) >= strangers
            panes.append(
                PaneWindow.Pane(
                    id: "%\(index * 3)", rectangle: border.inside(cell, windowHeight: height),
                    owner: isOurs ? "me" : Bool.random(using: &generator) ? "other" : nil))
        }
        let host = generator.oneIn(2) ? panes[0].id : panes[Int.random(in: 0..<panes.count, using: &generator)].id
        var sessions: [PaneQuestion.Session] = []
        for pane in panes where pane.owner == "me" && pane.id != host {
            sessions.append(
                PaneQuestion.Session(
                    session: "s" + pane.id, pane: pane.id, createdAt: Timestamp(milliseconds: Int64(sessions.count)),
                    isBusy: Bool.random(using: &generator)))
        }
        let active = panes[Int.random(in: 0..<panes.count, using: &generator)].id
        question = PaneQuestion(
            window: PaneWindow(
                width: width, height: height, isZoomed: panes.count > 1 && generator.oneIn(5), activePane: active, panes: panes),
            host: host, instance: "me", layout: PaneLayout.allCases[Int.random(in: 0...2, using: &generator)],
            configuration: PaneConfiguration(
                mainPaneSize: Int.random(in: 10...90, using: &generator),
                mainPaneMinWidth: Int.random(in: 1...120, using: &generator),
                mainPaneMinHeight: Int.random(in: 1...20, using: &generator),
                agentPaneMinWidth: Int.random(in: 1...60, using: &generator),
                agentPaneMinHeight: Int.random(in: 1...15, using: &generator), evict: generator.oneIn(2) ? .idle : .never,
                borderStatus: border, keepMainSize: generator.oneIn(2)),
            sessions: sessions, request: .open(session: "new"))
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: question.request = .arrange
        case 1, 2: if let session = sessions.first?.session { question.request = .close(session: session) }
        default: break
        }
        self.generator = generator
    }
}
