/// The main pane and its agents in one rectangle, as the layouts have them. Sizes are in percent first, then as the minimums demand; what
/// agents share evenly differs by one cell at most.
struct PaneArrangement {
    let layout: PaneLayout
    /// Bounded.
    let configuration: PaneConfiguration
    let area: PaneRectangle
    /// Nil where only agents stand.
    let host: Int?
    /// Rows that titles take at the upper and the lower edge of the window.
    private let titleAbove: Int
    private let titleBelow: Int

    init(
        _ layout: PaneLayout, _ configuration: PaneConfiguration, in area: PaneRectangle, windowHeight: Int, host: Int?
    ) {
        self.layout = layout
        self.configuration = configuration
        self.area = area
        self.host = host
        titleAbove = configuration.borderStatus == .top && area.top == 0 ? 1 : 0
        titleBelow = configuration.borderStatus == .bottom && area.bottom == windowHeight ? 1 : 0
    }

    /// Rows that programs see, dividers not yet taken away.
    private var rows: Int { area.height - titleAbove - titleBelow }
    private var agentWidth: Int { configuration.agentPaneMinWidth }
    private var agentHeight: Int { configuration.agentPaneMinHeight }

    /// Columns that the main pane must have, also where agents take none of them.
    private var hostWidth: Int { host == nil ? 0 : configuration.mainPaneMinWidth }

    /// Columns for agents when the main pane has so many.
    private func beside(_ hostWidth: Int) -> Int { host == nil ? area.width : area.width - hostWidth - 1 }

    private static func fitting(_ size: Int, _ minimum: Int) -> Int { max(0, (size + 1) / (minimum + 1)) }

    /// How many agents fit. The main pane counts with its minimum.
    var capacity: Int {
        switch layout {
        case .vertical: beside(configuration.mainPaneMinWidth) >= agentWidth ? Self.fitting(rows, agentHeight) : 0
        case .horizontal:
            (host == nil ? rows : rows - 1 - configuration.mainPaneMinHeight) >= agentHeight && area.width >= hostWidth
                ? Self.fitting(area.width, agentWidth) : 0
        case .grid: Self.fitting(beside(configuration.mainPaneMinWidth), agentWidth) * Self.fitting(rows, agentHeight)
        }
    }

    /// What so many agents need at least, in cells of the layout.
    func needed(_ agents: Int) -> (width: Int, height: Int) {
        guard agents > 0 else { return (area.width, area.height) }
        let titles = titleAbove + titleBelow
        let beside = host == nil ? 0 : configuration.mainPaneMinWidth + 1
        let hostHeight = host == nil ? 0 : configuration.mainPaneMinHeight + 1
        func line(_ count: Int, _ minimum: Int) -> Int { count * (minimum + 1) - 1 }
        switch layout {
        case .vertical: return (beside + agentWidth, line(agents, agentHeight) + titles)
        case .horizontal: return (max(line(agents, agentWidth), hostWidth), hostHeight + agentHeight + titles)
        case .grid:
            let columns = max(1, min(agents, Self.fitting(self.beside(configuration.mainPaneMinWidth), agentWidth)))
            return (
                beside + line(columns, agentWidth), line((agents + columns - 1) / columns, agentHeight) + titles
            )
        }
    }

    /// The layout with these agents in this order; nil if they do not fit.
    ///
    /// - Parameters:
    ///   - hostIsFirst: the main pane is on the left or above; else on the right or below.
    ///   - hostSize: what the main pane has and shall keep, if that is possible: columns, or rows that its program sees; nil: percent.
    func tree(_ agents: [Int], hostIsFirst: Bool, hostSize: Int?) -> PaneLayoutTree? {
        guard !agents.isEmpty else { return host.map { .pane($0, area) } }
        guard agents.count <= capacity else { return nil }
        guard let host else {
            let columns = layout == .grid ? grid(agents.count, width: area.width)?.columns : nil
            return block(agents, in: area, columns: columns)
        }
        let wanted = hostSize ?? ((layout == .horizontal ? rows : area.width) - 1) * configuration.mainPaneSize / 100
        if layout == .horizontal {
            let size = min(max(wanted, configuration.mainPaneMinHeight), rows - 1 - agentHeight)
            let height = size + (hostIsFirst ? titleAbove : titleBelow)
            let rest = area.height - height - 1
            let above = PaneRectangle(left: area.left, top: area.top, width: area.width, height: hostIsFirst ? height : rest)
            let below = PaneRectangle(
                left: area.left, top: above.bottom + 1, width: area.width, height: hostIsFirst ? rest : height)
            return hostIsFirst
                ? .joined(.stacked, [.pane(host, above), block(agents, in: below, columns: nil)])
                : .joined(.stacked, [block(agents, in: above, columns: nil), .pane(host, below)])
        }
        var columns = 1
        if layout == .grid {
            // The share in percent is kept if the agents fit beside it; if not, the main pane goes as far down as it may.
            let share = min(max(wanted, configuration.mainPaneMinWidth), beside(agentWidth))
            guard
                let best = grid(agents.count, width: beside(share))
                    ?? grid(agents.count, width: beside(configuration.mainPaneMinWidth))
            else { return nil }
            columns = best.columns
        }
        let least = columns * (agentWidth + 1) - 1
        let width = min(max(wanted, configuration.mainPaneMinWidth), area.width - 1 - least)
        let rest = area.width - width - 1
        let left = PaneRectangle(left: area.left, top: area.top, width: hostIsFirst ? width : rest, height: area.height)
        let right = PaneRectangle(
            left: left.right + 1, top: area.top, width: hostIsFirst ? rest : width, height: area.height)
        return hostIsFirst
            ? .joined(.sideBySide, [.pane(host, left), block(agents, in: right, columns: columns)])
            : .joined(.sideBySide, [block(agents, in: left, columns: columns), .pane(host, right)])
    }

    /// The smallest grid in so many columns of cells, and of equally small ones that with the fewest rows.
    private func grid(_ agents: Int, width: Int) -> (columns: Int, rows: Int)? {
        let mostColumns = min(Self.fitting(width, agentWidth), agents)
        let mostRows = Self.fitting(rows, agentHeight)
        var best: (columns: Int, rows: Int)?
        for columns in stride(from: mostColumns, through: 1, by: -1) {
            let rows = (agents + columns - 1) / columns
            guard rows <= mostRows else { break }
            if let found = best, found.columns * found.rows <= columns * rows { continue }
            best = (columns, rows)
        }
        return best
    }

    /// Agents only. `columns`: as a grid of so many; nil: in one row.
    private func block(_ agents: [Int], in area: PaneRectangle, columns: Int?) -> PaneLayoutTree {
        let columns = columns ?? (layout == .vertical ? 1 : agents.count)
        let lines = (agents.count + columns - 1) / columns
        let above = area.top == self.area.top ? titleAbove : 0
        let below = area.bottom == self.area.bottom ? titleBelow : 0
        let heights = Self.spread(area.height - above - below - (lines - 1), lines)
        var top = area.top
        var children: [PaneLayoutTree] = []
        children.reserveCapacity(lines)
        for line in 0..<lines {
            let height = heights[line] + (line == 0 ? above : 0) + (line == lines - 1 ? below : 0)
            let members = agents[(line * columns)..<min(agents.count, (line + 1) * columns)]
            let widths = Self.spread(area.width - (members.count - 1), members.count)
            var left = area.left
            var row: [PaneLayoutTree] = []
            for (agent, width) in zip(members, widths) {
                row.append(.pane(agent, PaneRectangle(left: left, top: top, width: width, height: height)))
                left += width + 1
            }
            children.append(.joined(.sideBySide, row))
            top += height + 1
        }
        return .joined(.stacked, children)
    }

    /// Whole parts of a size that differ by one at most, the larger ones first.
    private static func spread(_ size: Int, _ parts: Int) -> [Int] {
        (0..<parts).map { size / parts + ($0 < size % parts ? 1 : 0) }
    }
}
