extension PanePlanning {
    // MARK: - One more

    func open(_ tree: PaneLayoutTree) throws(PaneDecision) -> PanePlan {
        let parts = parts(of: tree)
        // Where agents stand already the main pane loses nothing, so that comes first.
        let order = parts.filter { $0.panes != [host] } + parts.filter { $0.panes == [host] }
        for part in order {
            let agents = part.panes.filter { $0 != host } + [TmuxLayoutText.unnumbered]
            guard let content = arranged(part, agents, keeping: configuration.keepMainSize) else { continue }
            let room = room(parts, asked: part, agents: agents.count)
            return try spawn(part, replacedBy: content, in: tree, room: room)
        }
        let asked = order.first { $0.panes.contains(host) } ?? order[0]
        let room = room(parts, asked: asked, agents: asked.panes.count { $0 != host } + 1)
        guard configuration.evict == .idle, let victim = victim(in: tree) else { throw .defer(reason: .noRoom(room)) }
        return try replace(victim, in: tree, room: room)
    }

    /// The new pane is split off the old one, which goes then: `respawn-pane` can end a server that has a slow control client (tmux 3.3a).
    private func replace(
        _ victim: PaneQuestion.Session, in tree: PaneLayoutTree, room: PaneRoom
    ) throws(PaneDecision) -> PanePlan {
        guard let number = PaneWindow.number(victim.pane), let cell = tree.leaves.first(where: { $0.pane == number })?.rectangle
        else { throw .skip(reason: .paneGone(session: victim.session, pane: victim.pane)) }
        var plan = PanePlan(
            decision: .replace(
                targetPaneId: victim.pane, victimSessionId: victim.session,
                reason: .evicts(session: victim.session, room: room)))
        plan.steps = [try split(number, cell), .kill(pane: victim.pane)]
        finish(&plan, tree.renumbered(number, to: TmuxLayoutText.unnumbered), swaps: [])
        return plan
    }

    /// tmux splits what is at least a cell, a divider and a cell, and asks for one row more under a title (`layout_split_pane`, 3.3a).
    private func split(_ target: Int, _ cell: PaneRectangle) throws(PaneDecision) -> PaneStep {
        let isWide = cell.width >= 3
        guard isWide || cell.height >= 4 else { throw .defer(reason: .cannotSplit(pane: name(target))) }
        return .split(
            target: name(target), direction: isWide ? .sideBySide : .stacked, before: false, keepsZoom: window.isZoomed)
    }

    private func spawn(
        _ part: PanePart, replacedBy content: PaneLayoutTree, in tree: PaneLayoutTree, room: PaneRoom
    ) throws(PaneDecision) -> PanePlan {
        // The new pane comes behind the last agent, or behind the main pane if there is none.
        let target = part.panes.last { $0 != host } ?? host
        guard let cell = part.cell(of: target) else {
            throw .defer(reason: .cannotSplit(pane: name(target)))
        }
        let step = try split(target, cell)

        var order = part.panes
        order.insert(TmuxLayoutText.unnumbered, at: (order.firstIndex(of: target) ?? 0) + 1)
        let after = part.replaced(in: tree, by: content)
        var plan = PanePlan(decision: .spawn(targetPaneId: name(target), reason: .fits(room)))
        plan.steps = [step]
        finish(&plan, after, swaps: swaps(from: order, to: content))
        return plan
    }

    /// The idle session that has done nothing for longest and whose pane is large enough for another. Not the pane that has the focus:
    /// somebody is in it.
    private func victim(in tree: PaneLayoutTree) -> PaneQuestion.Session? {
        var large: Set<String> = []
        for (pane, cell) in tree.leaves where pane != host && ours.contains(pane) && name(pane) != window.activePane {
            let inside = configuration.borderStatus.inside(cell, windowHeight: window.height)
            if inside.width >= configuration.agentPaneMinWidth, inside.height >= configuration.agentPaneMinHeight {
                large.insert(name(pane))
            }
        }
        return question.sessions.filter { !$0.isBusy && large.contains($0.pane) }.min { a, b in
            (a.lastActiveAt ?? a.createdAt, a.createdAt, a.session) < (b.lastActiveAt ?? b.createdAt, b.createdAt, b.session)
        }
    }

    // MARK: - One less

    func close(_ pane: Int, of session: String, in tree: PaneLayoutTree) -> PanePlan {
        let companions = Set(parts(of: tree).first { $0.panes.contains(pane) }?.panes ?? [])
        var after = tree.removing(pane, isOurs: ours.contains) ?? tree
        let before = Dictionary(uniqueKeysWithValues: tree.leaves.map { ($0.pane, $0.rectangle) })
        let grown = after.leaves.filter { !ours.contains($0.pane) && before[$0.pane] != $0.rectangle }.map { name($0.pane) }
        // One after the other: a part that is laid out has another number of children in its split.
        for companion in companions where companion != pane {
            guard let part = parts(of: after).first(where: { $0.panes.contains(companion) }), part.panes.first == companion,
                let content = arranged(part, part.panes.filter { $0 != host }, keeping: configuration.keepMainSize),
                content.leaves.map(\.pane) == part.panes
            else { continue }
            after = part.replaced(in: after, by: content)
        }
        var plan = PanePlan(decision: .close(paneId: name(pane), reason: .ended(session: session, grown: grown)))
        plan.steps = [.kill(pane: name(pane))]
        finish(&plan, after, swaps: [])
        // A zoomed pane that is closed takes the zoom with it.
        if window.isZoomed, window.activePane == name(pane) {
            plan.keepsZoom = false
            plan.steps.removeAll { if case .zoom = $0 { true } else { false } }
        }
        return plan
    }

    // MARK: - Again

    func arrange(_ tree: PaneLayoutTree) throws(PaneDecision) -> PanePlan {
        let found = parts(of: tree)
        guard ours.count > 1 else { throw .skip(reason: .nothingToArrange) }
        var after = tree
        var swaps: [(Int, Int)] = []
        var lack: PaneRoom?
        for first in found.map(\.panes[0]) {
            guard let part = parts(of: after).first(where: { $0.panes[0] == first }) else { continue }
            let agents = part.panes.filter { $0 != host }
            guard let content = arranged(part, agents, keeping: false) else {
                lack = lack ?? room(found, asked: part, agents: agents.count)
                continue
            }
            swaps += self.swaps(from: part.panes, to: content)
            after = part.replaced(in: after, by: content)
        }
        if after == tree { throw lack.map { .defer(reason: .noRoom($0)) } ?? .skip(reason: .alreadyArranged) }
        let main = found.first { $0.panes.contains(host) } ?? found[0]
        var plan = PanePlan(decision: .arrange(reason: .arranged(room(found, asked: main, agents: main.panes.count - 1))))
        finish(&plan, after, swaps: swaps)
        return plan
    }

    // MARK: - What they share

    private func parts(of tree: PaneLayoutTree) -> [PanePart] { PanePart.all(of: tree, isOurs: ours.contains) }

    private func arrangement(_ part: PanePart) -> PaneArrangement {
        PaneArrangement(
            question.layout, configuration, in: part.area, windowHeight: window.height,
            host: part.panes.contains(host) ? host : nil)
    }

    private func arranged(_ part: PanePart, _ agents: [Int], keeping: Bool) -> PaneLayoutTree? {
        let isLast = part.panes.count > 1 && part.panes.last == host
        var size: Int?
        let direction: PaneDirection = question.layout == .horizontal ? .stacked : .sideBySide
        if keeping, let cell = part.side(of: host, direction) {
            size =
                direction == .sideBySide
                ? cell.width : configuration.borderStatus.inside(cell, windowHeight: window.height).height
        }
        return arrangement(part).tree(agents, hostIsFirst: !isLast, hostSize: size)
    }

    private func room(_ parts: [PanePart], asked: PanePart, agents: Int) -> PaneRoom {
        let needed = arrangement(asked).needed(agents)
        let foreign = zip(window.panes, numbers).filter { !ours.contains($0.1) }
        return PaneRoom(
            agents: agents, capacity: arrangement(asked).capacity, neededWidth: needed.width, neededHeight: needed.height,
            availableWidth: asked.area.width, availableHeight: asked.area.height, foreignPanes: foreign.count,
            otherInstancePanes: foreign.count { $0.0.owner != nil }, isDivided: parts.count > 1)
    }

    private func name(_ pane: Int) -> String { pane == TmuxLayoutText.unnumbered ? PanePlan.newPane : "%\(pane)" }

    private func placed(_ tree: PaneLayoutTree) -> [PanePlan.Pane] {
        tree.leaves.map { pane, cell in
            PanePlan.Pane(
                id: name(pane), rectangle: configuration.borderStatus.inside(cell, windowHeight: window.height))
        }
    }

    /// What brings panes from one order of indexes into that of a layout. None for as long as nobody has put the main pane among agents.
    private func swaps(from order: [Int], to content: PaneLayoutTree) -> [(Int, Int)] {
        var order = order
        var result: [(Int, Int)] = []
        for (index, pane) in content.leaves.map(\.pane).enumerated() where order[index] != pane {
            guard let place = order.firstIndex(of: pane) else { continue }
            result.append((pane, order[index]))
            order.swapAt(index, place)
        }
        return result
    }

    private func finish(_ plan: inout PanePlan, _ after: PaneLayoutTree, swaps: [(Int, Int)]) {
        let text = TmuxLayoutText.write(after)
        plan.panes = placed(after)
        plan.layout = text
        for (pane, other) in swaps { plan.steps.append(.swap(pane: name(pane), with: name(other), keepsZoom: window.isZoomed)) }
        plan.steps.append(.setLayout(target: question.host, text: text))
        if !swaps.isEmpty, let active = window.activePane { plan.steps.append(.focus(pane: active)) }
        // One pane alone cannot be zoomed.
        guard window.isZoomed, plan.panes.count > 1, let active = window.activePane else { return }
        plan.steps.append(.zoom(pane: active))
        plan.keepsZoom = true
    }
}
