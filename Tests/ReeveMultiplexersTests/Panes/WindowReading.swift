import ReeveModel

/// A window as tmux tells it, once as its panes and once as its layout.
struct WindowReading {
    struct Pane {
        var id: String
        /// As `list-panes` has it; wrong for the zoomed pane of a zoomed window.
        var listed: PaneRectangle
        /// As the layout has it.
        var cell: PaneRectangle
        var owner: String?
        var isActive: Bool
    }

    static let format =
        "#{pane_id} #{pane_left} #{pane_top} #{pane_width} #{pane_height} #{pane_active} #{window_zoomed_flag} "
        + "#{?\(PaneStage.tag),#{\(PaneStage.tag)},-} #{window_layout}"

    let layout: String
    let width: Int
    let height: Int
    let isZoomed: Bool
    /// In the order of `list-panes`.
    private(set) var panes: [Pane] = []

    /// Nil if the text is not what `format` prints, or if its layout has other panes than it lists.
    init?(_ text: String) {
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        guard let first = lines.first, first.count == 9, let tree = TmuxLayoutText.read(String(first[8])) else { return nil }
        layout = String(first[8])
        (width, height) = (tree.rectangle.width, tree.rectangle.height)
        isZoomed = first[6] == "1"
        let cells = tree.leaves
        guard cells.count == lines.count else { return nil }
        for fields in lines {
            let numbers = fields[1...4].compactMap { Int($0) }
            guard fields.count == 9, numbers.count == 4, let leaf = cells.first(where: { "%\($0.pane)" == fields[0] }) else {
                return nil
            }
            panes.append(
                Pane(
                    id: String(fields[0]),
                    listed: PaneRectangle(left: numbers[0], top: numbers[1], width: numbers[2], height: numbers[3]),
                    cell: leaf.rectangle, owner: fields[7] == "-" ? nil : String(fields[7]), isActive: fields[5] == "1"))
        }
    }

    var active: String? { panes.first(where: \.isActive)?.id }

    subscript(_ id: String) -> Pane? { panes.first { $0.id == id } }

    /// For the planner.
    ///
    /// - Parameter byLayout: from the layout's text, which a zoomed window needs; else from the panes.
    func window(byLayout: Bool) -> PaneWindow? {
        if byLayout {
            return PaneWindow(
                layout: layout, panes: panes.map { ($0.id, $0.owner) }, isZoomed: isZoomed, activePane: active)
        }
        return PaneWindow(
            width: width, height: height, isZoomed: isZoomed, activePane: active,
            panes: panes.map { PaneWindow.Pane(id: $0.id, rectangle: $0.listed, owner: $0.owner) })
    }
}
