/// A window of a multiplexer with all its panes.
package struct PaneWindow: Sendable, Hashable {
    package struct Pane: Sendable, Hashable {
        /// `%` and digits.
        package var id: String
        /// As `list-panes` tells it (`pane_left`, `pane_top`, `pane_width`, `pane_height`) or as a cell of `#{window_layout}`.
        package var rectangle: PaneRectangle
        /// The instance whose tag is on the pane; nil: nobody's, so a person's.
        package var owner: String?

        package init(id: String, rectangle: PaneRectangle, owner: String? = nil) {
            self.id = id
            self.rectangle = rectangle
            self.owner = owner
        }
    }

    /// tmux makes no window wider or higher (`WINDOW_MAXIMUM`, tmux 3.3a).
    package static let largestSide = 10_000
    package static let mostPanes = 500

    package var width: Int
    package var height: Int
    /// One pane is shown over all others. `list-panes` then tells that pane's size wrongly; `#{window_layout}` is still right.
    package var isZoomed: Bool
    /// The pane that keys go to. In a zoomed window it is the zoomed one; where it is not told nothing is planned in that.
    package var activePane: String?
    /// In the order of tmux's indexes, which is that of `list-panes`.
    package var panes: [Pane]

    package init(width: Int, height: Int, isZoomed: Bool = false, activePane: String? = nil, panes: [Pane]) {
        self.width = width
        self.height = height
        self.isZoomed = isZoomed
        self.activePane = activePane
        self.panes = panes
    }

    /// The window as `#{window_layout}` tells it, which is right in a zoomed window as well.
    ///
    /// - Parameters:
    ///   - layout: checksum and cells, as tmux prints them.
    ///   - panes: ids and owners in the order of `list-panes`.
    /// - Returns: nil if the text is not a layout or has other panes than those.
    package init?(
        layout: String, panes: [(id: String, owner: String?)], isZoomed: Bool = false, activePane: String? = nil
    ) {
        guard let tree = TmuxLayoutText.read(layout) else { return nil }
        var cells: [Int: PaneRectangle] = [:]
        for (number, cell) in tree.leaves { cells[number] = cell }
        guard cells.count == panes.count else { return nil }
        var placed: [Pane] = []
        for pane in panes {
            guard let number = Self.number(pane.id), let cell = cells[number] else { return nil }
            placed.append(Pane(id: pane.id, rectangle: cell, owner: pane.owner))
        }
        self.init(
            width: tree.rectangle.width, height: tree.rectangle.height, isZoomed: isZoomed, activePane: activePane, panes: placed)
    }

    /// The number of a pane's id; nil if it is not `%` and one to ten digits (tmux counts panes in 32 bits).
    package static func number(_ id: String) -> Int? {
        let bytes = id.utf8
        guard bytes.first == UInt8(ascii: "%"), (2...11).contains(bytes.count) else { return nil }
        var number = 0
        for byte in bytes.dropFirst() {
            guard byte >= 48, byte <= 57 else { return nil }
            number = number * 10 + Int(byte - 48)
        }
        return number
    }
}
