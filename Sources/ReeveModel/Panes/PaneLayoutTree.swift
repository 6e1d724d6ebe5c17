/// A window's layout: cells that lie beside or above each other, with one column or row between two.
///
/// Kept flat: a split has at least two children, and none of them is a split in the same direction. tmux can nest such splits; the cells
/// are the same.
package indirect enum PaneLayoutTree: Sendable, Hashable {
    /// The number of a pane's id.
    case pane(Int, PaneRectangle)
    case split(PaneDirection, PaneRectangle, [PaneLayoutTree])

    package var rectangle: PaneRectangle {
        switch self {
        case .pane(_, let rectangle), .split(_, let rectangle, _): rectangle
        }
    }

    /// All panes from left to right and from top to bottom, which is the order in which tmux fills a layout's text.
    package var leaves: [(pane: Int, rectangle: PaneRectangle)] {
        var result: [(pane: Int, rectangle: PaneRectangle)] = []
        collect(into: &result)
        return result
    }

    private func collect(into result: inout [(pane: Int, rectangle: PaneRectangle)]) {
        switch self {
        case .pane(let pane, let rectangle): result.append((pane, rectangle))
        case .split(_, _, let children): for child in children { child.collect(into: &result) }
        }
    }

    package func contains(where condition: (Int) -> Bool) -> Bool {
        switch self {
        case .pane(let pane, _): condition(pane)
        case .split(_, _, let children): children.contains { $0.contains(where: condition) }
        }
    }

    /// Children that fill a rectangle, flattened.
    ///
    /// - Parameter children: at least one, in order.
    static func joined(_ direction: PaneDirection, _ children: [PaneLayoutTree]) -> PaneLayoutTree {
        if children.count == 1 { return children[0] }
        var flat: [PaneLayoutTree] = []
        flat.reserveCapacity(children.count)
        for child in children {
            if case .split(direction, _, let inner) = child { flat += inner } else { flat.append(child) }
        }
        return .split(direction, flat[0].rectangle.union(flat[flat.count - 1].rectangle), flat)
    }

    /// The same with another pane in one's place.
    func renumbered(_ pane: Int, to other: Int) -> PaneLayoutTree {
        switch self {
        case .pane(let number, let cell): .pane(number == pane ? other : number, cell)
        case .split(let direction, let cell, let children):
            .split(direction, cell, children.map { $0.renumbered(pane, to: other) })
        }
    }

    /// Without a pane; what it had goes to the one beside it: first to a neighbour that is all ours, then to the one before it, as tmux
    /// does it. Nil if nothing is left.
    func removing(_ pane: Int, isOurs: (Int) -> Bool) -> PaneLayoutTree? {
        guard case .split(let direction, _, var children) = self else {
            if case .pane(pane, _) = self { return nil }
            return self
        }
        guard let place = children.firstIndex(where: { $0.contains { $0 == pane } }) else { return self }
        if let rest = children[place].removing(pane, isOurs: isOurs) {
            children[place] = rest
            return .joined(direction, children)
        }
        let gone = children.remove(at: place).rectangle
        let size = (direction == .sideBySide ? gone.width : gone.height) + 1
        func isAllOurs(_ index: Int) -> Bool { children.indices.contains(index) && !children[index].contains { !isOurs($0) } }
        if place == 0 || (!isAllOurs(place - 1) && isAllOurs(place)) {
            children[place] = children[place].grown(direction, by: size, atStart: true)
        } else {
            children[place - 1] = children[place - 1].grown(direction, by: size, atStart: false)
        }
        return .joined(direction, children)
    }

    /// Larger in a direction; `atStart`: its left or upper edge moves.
    private func grown(_ direction: PaneDirection, by size: Int, atStart: Bool) -> PaneLayoutTree {
        var cell = rectangle
        if direction == .sideBySide {
            cell.width += size
            if atStart { cell.left -= size }
        } else {
            cell.height += size
            if atStart { cell.top -= size }
        }
        switch self {
        case .pane(let pane, _): return .pane(pane, cell)
        case .split(direction, _, var children):
            let edge = atStart ? 0 : children.count - 1
            children[edge] = children[edge].grown(direction, by: size, atStart: atStart)
            return .split(direction, cell, children)
        case .split(let across, _, let children):
            return .split(across, cell, children.map { $0.grown(direction, by: size, atStart: atStart) })
        }
    }
}
