import ReeveModel

/// A plan that was carried out, between two readings of its window.
struct PlanOutcome {
    let question: PaneQuestion
    var plan: PanePlan
    /// The pane that was made for it.
    let made: String?
    let before: WindowReading
    var after: WindowReading

    private var border: PaneBorderStatus { question.configuration.borderStatus }

    /// Ids of the plan as tmux has them: the new pane, and in a replaced one's place the one that came for it.
    private func real(_ id: String) -> String {
        if id == PanePlan.newPane { return made ?? id }
        if case .replace(id, _, _) = plan.decision { return made ?? id }
        return id
    }

    /// What tmux tells otherwise than the plan does; nil: nothing.
    var disagreement: String? {
        guard (after.width, after.height) == (before.width, before.height) else {
            return "the window is \(after.width)×\(after.height) now"
        }
        let zoom = after.isZoomed ? "zoomed" : "not zoomed"
        guard after.isZoomed == plan.keepsZoom else { return "\(zoom) afterwards" }
        guard after.panes.map(\.id) == plan.panes.map({ real($0.id) }) else {
            return "panes \(after.panes.map(\.id)) instead of \(plan.panes.map(\.id))"
        }
        for (pane, planned) in zip(after.panes, plan.panes) {
            let cell = border.inside(pane.cell, windowHeight: after.height)
            guard cell == planned.rectangle else { return "\(pane.id) in the layout is \(cell), planned \(planned.rectangle)" }
            guard after.isZoomed || pane.listed == planned.rectangle else {
                return "\(pane.id) is \(pane.listed), planned \(planned.rectangle)"
            }
        }
        return active ?? owners ?? foreign
    }

    /// Keys go where they went, unless that pane has gone.
    private var active: String? {
        guard let was = before.active.map(real), after[was] != nil else { return nil }
        return after.active == was ? nil : "\(after.active ?? "nothing") is active instead of \(was)"
    }

    private var owners: String? {
        for pane in after.panes {
            let was = before[pane.id]
            if was == nil, pane.id != made { return "\(pane.id) has come from nowhere" }
            let owner = was == nil ? PaneLife.owner : was?.owner
            if pane.owner != owner { return "\(pane.id) belongs to \(pane.owner ?? "nobody")" }
        }
        return nil
    }

    /// Other people's panes are where they were and as large, but for those that the plan says get a closed one's room.
    private var foreign: String? {
        var grown: [String] = []
        if case .close(_, .ended(_, let panes)) = plan.decision { grown = panes }
        for pane in before.panes where pane.owner != PaneLife.owner && pane.id != question.host {
            guard let now = after[pane.id] else { return "\(pane.id) is foreign and has gone" }
            guard now.cell != pane.cell else { continue }
            guard grown.contains(pane.id) else { return "\(pane.id) is foreign and was moved" }
            guard now.cell.contains(pane.cell) else { return "\(pane.id) is foreign and has become smaller" }
        }
        return nil
    }
}
