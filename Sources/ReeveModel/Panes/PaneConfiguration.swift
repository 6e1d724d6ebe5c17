/// How many columns and rows the panes of a window get. Names and defaults are those of the configuration file; the values in use are
/// always within the bounds that `bounded` sets.
package struct PaneConfiguration: Sendable, Hashable {
    /// What happens to a new session when no room is left.
    package enum Evict: String, Sendable, Hashable, CaseIterable {
        /// It waits.
        case never
        /// It takes the pane of the session that has been idle longest. A busy one is never closed.
        case idle
    }

    package static let mainPaneSizes = 20...80

    package var enabled: Bool
    /// `main_pane_size`: the main pane's share in percent, of the width or (horizontal) of the height.
    package var mainPaneSize: Int
    /// `main_pane_min_width`, columns.
    package var mainPaneMinWidth: Int
    /// `main_pane_min_height`, rows that its program sees.
    package var mainPaneMinHeight: Int
    /// `agent_pane_min_width`, columns.
    package var agentPaneMinWidth: Int
    /// `agent_pane_min_height`, rows that its program sees.
    package var agentPaneMinHeight: Int
    package var evict: Evict
    /// `border_status`: what the window's `pane-border-status` is.
    package var borderStatus: PaneBorderStatus
    /// `keep_main_size`: once agents stand beside it, the main pane keeps the size that a person has given it as far as the minimums
    /// allow. `arrange` always goes back to `main_pane_size`.
    package var keepMainSize: Bool

    package init(
        enabled: Bool = true, mainPaneSize: Int = 60, mainPaneMinWidth: Int = 100, mainPaneMinHeight: Int = 11,
        agentPaneMinWidth: Int = 52, agentPaneMinHeight: Int = 11, evict: Evict = .never, borderStatus: PaneBorderStatus = .off,
        keepMainSize: Bool = true
    ) {
        self.enabled = enabled
        self.mainPaneSize = mainPaneSize
        self.mainPaneMinWidth = mainPaneMinWidth
        self.mainPaneMinHeight = mainPaneMinHeight
        self.agentPaneMinWidth = agentPaneMinWidth
        self.agentPaneMinHeight = agentPaneMinHeight
        self.evict = evict
        self.borderStatus = borderStatus
        self.keepMainSize = keepMainSize
    }

    /// The same with every number where arithmetic on it is safe: percent within `mainPaneSizes`, minimums from 1 to the size of the
    /// largest window.
    package var bounded: PaneConfiguration {
        func cells(_ value: Int) -> Int { min(max(value, 1), PaneWindow.largestSide) }
        var result = self
        result.mainPaneSize = min(max(mainPaneSize, Self.mainPaneSizes.lowerBound), Self.mainPaneSizes.upperBound)
        result.mainPaneMinWidth = cells(mainPaneMinWidth)
        result.mainPaneMinHeight = cells(mainPaneMinHeight)
        result.agentPaneMinWidth = cells(agentPaneMinWidth)
        result.agentPaneMinHeight = cells(agentPaneMinHeight)
        return result
    }
}

/// Where agents stand to the main pane.
package enum PaneLayout: String, Sendable, Hashable, CaseIterable {
    /// The main pane on one side, the agents above each other beside it.
    case vertical
    /// The main pane above, the agents beside each other below it.
    case horizontal
    /// The main pane on one side, the agents in rows and columns beside it.
    case grid
}
