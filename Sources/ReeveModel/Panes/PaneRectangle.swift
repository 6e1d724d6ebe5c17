/// A rectangle of character cells in a window; the window's own begins at 0,0.
package struct PaneRectangle: Sendable, Hashable {
    package var left: Int
    package var top: Int
    package var width: Int
    package var height: Int

    package init(left: Int, top: Int, width: Int, height: Int) {
        self.left = left
        self.top = top
        self.width = width
        self.height = height
    }

    /// The first column that is no longer in it: the divider's, or the window's width.
    package var right: Int { left + width }
    /// The first row that is no longer in it.
    package var bottom: Int { top + height }

    package func overlaps(_ other: PaneRectangle) -> Bool {
        left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }

    package func contains(_ other: PaneRectangle) -> Bool {
        left <= other.left && top <= other.top && other.right <= right && other.bottom <= bottom
    }

    /// The smallest rectangle around both.
    package func union(_ other: PaneRectangle) -> PaneRectangle {
        let left = min(left, other.left)
        let top = min(top, other.top)
        return PaneRectangle(
            left: left, top: top, width: max(right, other.right) - left, height: max(bottom, other.bottom) - top)
    }
}

/// How the children of a split stand.
package enum PaneDirection: Sendable, Hashable {
    /// From left to right, a column between two: what `split-window -h` makes, `{}` in a layout's text.
    case sideBySide
    /// From top to bottom, a row between two: `split-window -v`, `[]`.
    case stacked

    package var across: PaneDirection { self == .sideBySide ? .stacked : .sideBySide }
}

/// Where a window shows the titles of its panes: tmux's `pane-border-status`.
///
/// A pane that does not touch that edge of the window has its title on the divider and loses nothing; one that touches it gives up one
/// row of its own. In a layout's text the row is still the pane's. (Measured with tmux 3.3a.)
package enum PaneBorderStatus: String, Sendable, Hashable, CaseIterable {
    case off
    case top
    case bottom

    /// What a program sees of a cell of the layout.
    package func inside(_ cell: PaneRectangle, windowHeight: Int) -> PaneRectangle {
        switch self {
        case .top where cell.top == 0:
            PaneRectangle(left: cell.left, top: 1, width: cell.width, height: cell.height - 1)
        case .bottom where cell.bottom == windowHeight:
            PaneRectangle(left: cell.left, top: cell.top, width: cell.width, height: cell.height - 1)
        default: cell
        }
    }

    /// The cell of a pane as `list-panes` tells it. A cell as `#{window_layout}` tells it comes back as it is: a pane that begins in
    /// the window's row 1 can only be one below a title.
    package func cell(_ pane: PaneRectangle, windowHeight: Int) -> PaneRectangle {
        switch self {
        case .top where pane.top == 1:
            PaneRectangle(left: pane.left, top: 0, width: pane.width, height: pane.height + 1)
        case .bottom where pane.bottom == windowHeight - 1:
            PaneRectangle(left: pane.left, top: pane.top, width: pane.width, height: pane.height + 1)
        default: pane
        }
    }
}
