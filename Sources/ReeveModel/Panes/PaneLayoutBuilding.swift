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
            let groups = groups(strips, ordered, direction)
            guard groups.count > 1 else { continue }
            var children: [PaneLayoutTree] = []
            children.reserveCapacity(groups.count)
            for group in groups {
                guard let child = tree(ordered[group.members], in: group.area, keepingOrder: keepingOrder) else { return nil }
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

    /// Strips and the cells in them. A cut counts if all cells before it come before all others; where rows are the first cut, columns
    /// that happen to be in line are none.
    private static func groups(
        _ strips: [PaneRectangle], _ cells: ArraySlice<Cell>, _ direction: PaneDirection
    ) -> [(members: Range<Int>, area: PaneRectangle)] {
        var sizes = Array(repeating: 0, count: strips.count)
        // The last strip that has been met among the first so many cells.
        var reached = [-1]
        reached.reserveCapacity(cells.count + 1)
        for (_, cell) in cells {
            let place = start(cell, direction)
            let strip = strips.firstIndex { place <= end($0, direction) } ?? strips.count - 1
            sizes[strip] += 1
            reached.append(max(reached[reached.count - 1], strip))
        }
        var result: [(members: Range<Int>, area: PaneRectangle)] = []
        var begin = 0
        var count = 0
        var area = strips[0]
        for (index, strip) in strips.enumerated() {
            area = area.union(strip)
            count += sizes[index]
            guard reached[count] <= index else { continue }
            result.append(((cells.startIndex + begin)..<(cells.startIndex + count), area))
            begin = count
            if index + 1 < strips.count { area = strips[index + 1] }
        }
        return result
    }
}
