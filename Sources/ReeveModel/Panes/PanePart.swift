/// A rectangle of a layout in which only our panes stand, as large as it can be: a run of children of one split, or the whole window.
struct PanePart {
    /// To the split, as places among children.
    var path: [Int]
    /// Of that split; nil: all of the layout.
    var children: Range<Int>?
    var area: PaneRectangle
    /// In order.
    var panes: [Int] = []
    var nodes: [PaneLayoutTree]

    /// All such parts of a layout, from left to right and from top to bottom.
    static func all(of tree: PaneLayoutTree, isOurs: (Int) -> Bool) -> [PanePart] {
        var result: [PanePart] = []
        if tree.contains(where: { !isOurs($0) }) {
            find(in: tree, path: [], isOurs, into: &result)
        } else {
            result.append(PanePart(path: [], children: nil, area: tree.rectangle, nodes: [tree]))
        }
        for index in result.indices { result[index].panes = result[index].nodes.flatMap { $0.leaves.map(\.pane) } }
        return result
    }

    private static func find(
        in tree: PaneLayoutTree, path: [Int], _ isOurs: (Int) -> Bool, into result: inout [PanePart]
    ) {
        guard case .split(_, _, let children) = tree else { return }
        var index = 0
        while index < children.count {
            if children[index].contains(where: { !isOurs($0) }) {
                find(in: children[index], path: path + [index], isOurs, into: &result)
                index += 1
                continue
            }
            var end = index + 1
            while end < children.count, !children[end].contains(where: { !isOurs($0) }) { end += 1 }
            let area = children[index].rectangle.union(children[end - 1].rectangle)
            result.append(PanePart(path: path, children: index..<end, area: area, nodes: Array(children[index..<end])))
            index = end
        }
    }

    /// The layout with something else in this part's place.
    func replaced(in tree: PaneLayoutTree, by content: PaneLayoutTree) -> PaneLayoutTree {
        guard let children else { return content }
        return Self.replace(children, in: tree, path: path[...], by: content)
    }

    private static func replace(
        _ range: Range<Int>, in tree: PaneLayoutTree, path: ArraySlice<Int>, by content: PaneLayoutTree
    ) -> PaneLayoutTree {
        guard case .split(let direction, _, var children) = tree else { return content }
        if let next = path.first {
            children[next] = replace(range, in: children[next], path: path.dropFirst(), by: content)
        } else {
            children.replaceSubrange(range, with: [content])
        }
        return .joined(direction, children)
    }

    func cell(of pane: Int) -> PaneRectangle? {
        for node in nodes {
            for leaf in node.leaves where leaf.pane == pane { return leaf.rectangle }
        }
        return nil
    }

    /// The cell of a pane that has the whole of one side of this part; nil if others stand above or below it (or beside it).
    ///
    /// - Parameter direction: how it and the rest stand to each other.
    func side(of pane: Int, _ direction: PaneDirection) -> PaneRectangle? {
        guard panes.count > 1, let cell = cell(of: pane) else { return nil }
        let isWhole =
            direction == .sideBySide
            ? cell.height == area.height && (cell.left == area.left || cell.right == area.right)
            : cell.width == area.width && (cell.top == area.top || cell.bottom == area.bottom)
        return isWhole ? cell : nil
    }
}
