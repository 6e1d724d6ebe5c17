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
    /// sorting, whatever the rectangles are.
    private static func tree(_ cells: ArraySlice<Cell>, in area: PaneRectangle, keepingOrder: Bool) -> PaneLayoutTree? {
        guard let first = cells.first else { return nil }
        if cells.count == 1 { return first.rectangle == area ? .pane(first.pane, area) : nil }
        for direction in [PaneDirection.sideBySide, .stacked] {
            let sorted = cells.sorted { start($0.rectangle, direction) < start($1.rectangle, direction) }
            guard let strips = strips(sorted, in: area, direction) else { continue }
            let ordered = keepingOrder ? cells : sorted[...]
            guard let members = members(of: strips, ordered, direction) else { continue }
            var children: [PaneLayoutTree] = []
            children.reserveCapacity(strips.count)
            for (strip, range) in zip(strips, members) {
                guard let child = tree(ordered[range], in: strip, keepingOrder: keepingOrder) else { return nil }
                children.append(child)
            }
            return .split(direction, area, children)
        }
        return nil
    }

    private static func start(_ cell: PaneRectangle, _ direction: PaneDirection) -> Int {
        direction == .sideBySide ? cell.left : cell.top
    }

    private static func end(_ cell: PaneRectangle, _ direction: PaneDirection) -> Int {
        direction == .sideBySide ? cell.right : cell.bottom
    }

    /// Two or more strips that fill the area; nil if no cut goes all the way through. One ends where the next cell begins behind all
    /// before it.
    private static func strips(_ sorted: [Cell], in area: PaneRectangle, _ direction: PaneDirection) -> [PaneRectangle]? {
        var result: [PaneRectangle] = []
        var from = start(area, direction)
        var reached = from
        func strip() -> PaneRectangle {
            direction == .sideBySide
                ? PaneRectangle(left: from, top: area.top, width: reached - from, height: area.height)
                : PaneRectangle(left: area.left, top: from, width: area.width, height: reached - from)
        }
        guard let first = sorted.first, start(first.rectangle, direction) == from else { return nil }
        for (_, cell) in sorted {
            let begin = start(cell, direction)
            if begin > reached {
                guard begin == reached + 1 else { return nil }
                result.append(strip())
                from = begin
            }
            reached = max(reached, end(cell, direction))
        }
        guard !result.isEmpty, reached == end(area, direction) else { return nil }
        result.append(strip())
        return result
    }

    /// Which cells are in which strip; nil if their order goes back and forth between two.
    private static func members(
        of strips: [PaneRectangle], _ cells: ArraySlice<Cell>, _ direction: PaneDirection
    ) -> [Range<Int>]? {
        var result: [Range<Int>] = []
        var begin = cells.startIndex
        var strip = 0
        for index in cells.indices {
            let place = start(cells[index].rectangle, direction)
            if place > end(strips[strip], direction) {
                guard index > begin else { return nil }
                result.append(begin..<index)
                begin = index
                strip += 1
            }
            guard strip < strips.count, place >= start(strips[strip], direction), place <= end(strips[strip], direction) else {
                return nil
            }
        }
        guard strip == strips.count - 1 else { return nil }
        result.append(begin..<cells.endIndex)
        return result
    }
}
