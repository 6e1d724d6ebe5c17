/// Rectangles back to the layout that they come from.
package enum PaneLayoutBuilding {
    package enum Outcome: Sendable, Hashable {
        case tree(PaneLayoutTree)
        /// A layout, but the panes' indexes go through it in another order: tmux's `join-pane -f` does that. A layout's text is filled by
        /// index, so it would move panes that are not ours.
        case orderDiffers
        /// Not to be made by splitting: a gap, an overlap, or a pinwheel.
        case notALayout
    }

    private typealias Cell = (pane: Int, rectangle: PaneRectangle)

    /// - Parameter cells: in the order of their indexes. Where a window can be cut both ways, as four panes in a square can, the order
    ///   tells which cut was the first.
    package static func build(_ cells: [(pane: Int, rectangle: PaneRectangle)], in window: PaneRectangle) -> Outcome {
        if let tree = tree(cells[...], in: window, keepingOrder: true) { return .tree(tree) }
        return tree(cells[...], in: window, keepingOrder: false) == nil ? .notALayout : .orderDiffers
    }

    /// A cut that goes all the way through is as good as any other, so none is ever taken back: the time is that of the depth times
    /// the number of cells, whatever the rectangles are.
    private static func tree(_ cells: ArraySlice<Cell>, in area: PaneRectangle, keepingOrder: Bool) -> PaneLayoutTree? {
        guard let first = cells.first else { return nil }
        if cells.count == 1 { return first.rectangle == area ? .pane(first.pane, area) : nil }
        for direction in [PaneDirection.sideBySide, .stacked] {
            var ordered = cells
            if !keepingOrder {
                ordered.sort {
                    direction == .sideBySide ? $0.rectangle.left < $1.rectangle.left : $0.rectangle.top < $1.rectangle.top
                }
            }
            guard let groups = groups(ordered, in: area, direction) else { continue }
            var children: [PaneLayoutTree] = []
            children.reserveCapacity(groups.count)
            for group in groups {
                guard let child = tree(ordered[group.cells], in: group.area, keepingOrder: keepingOrder) else { return nil }
                children.append(child)
            }
            return .split(direction, area, children)
        }
        return nil
    }

    /// Two or more strips that fill the area, each with the cells in it; nil if no cut goes all the way through. A strip is complete
    /// when the next cell begins behind all before it.
    private static func groups(
        _ cells: ArraySlice<Cell>, in area: PaneRectangle, _ direction: PaneDirection
    ) -> [(cells: Range<Int>, area: PaneRectangle)]? {
        var result: [(cells: Range<Int>, area: PaneRectangle)] = []
        var begin = cells.startIndex
        var from = direction == .sideBySide ? area.left : area.top
        var reached = from
        func strip() -> PaneRectangle {
            direction == .sideBySide
                ? PaneRectangle(left: from, top: area.top, width: reached - from, height: area.height)
                : PaneRectangle(left: area.left, top: from, width: area.width, height: reached - from)
        }
        for index in cells.indices {
            let cell = cells[index].rectangle
            let start = direction == .sideBySide ? cell.left : cell.top
            if index > begin, start > reached {
                guard start == reached + 1 else { return nil }
                result.append((begin..<index, strip()))
                begin = index
                from = start
                reached = start
            }
            guard start >= from else { return nil }
            reached = max(reached, direction == .sideBySide ? cell.right : cell.bottom)
        }
        guard !result.isEmpty, reached == (direction == .sideBySide ? area.right : area.bottom) else { return nil }
        result.append((begin..<cells.endIndex, strip()))
        return result
    }
}
