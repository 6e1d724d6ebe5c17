package import ReeveModel

/// Makes the plan of an import. Pure: the files have been read, the tickets are made by whoever asked.
package struct ImportPlanner {
    /// What the journal has already.
    package struct Basis: Sendable {
        package var ids: Set<TicketID>
        /// From what a ticket says (`ContentMark(title:body:)`) to a ticket that says it.
        package var contents: [ContentMark: TicketID]

        package init(ids: Set<TicketID> = [], contents: [ContentMark: TicketID] = [:]) {
            self.ids = ids
            self.contents = contents
        }
    }

    /// - A ticket in `queue` is queued, one in `in-progress` too (no agent of ours works on it), one in `completed` is done.
    /// - A file whose id is free keeps it. One that says what a ticket with its id says is a duplicate; else it gets a new id.
    /// - A queued ticket that waits for one that is nowhere, or for itself in a circle, is wrong: it would never start.
    ///
    /// Files further on come first: of two copies in two folders the one that had got further is the ticket.
    package static func plan(_ tree: ImportTree, basis: Basis, ids: any IDGenerator) -> ImportPlan {
        var planner = ImportPlanner(basis: basis, ids: ids)
        return planner.plan(tree)
    }

    private let basis: Basis
    private let ids: any IDGenerator
    /// Ids of this plan, with the file that has each.
    private var taken: [TicketID: (path: String, content: ContentMark)] = [:]
    /// What the files of this plan say, with the first ticket that says it.
    private var said: [ContentMark: TicketID] = [:]
    private var named: Set<TicketID> = []

    private init(basis: Basis, ids: any IDGenerator) {
        self.basis = basis
        self.ids = ids
    }

    private mutating func plan(_ tree: ImportTree) -> ImportPlan {
        let files = tree.files.sorted { (Self.order($0.place), $0.name) < (Self.order($1.place), $1.name) }
        let parsed = files.map { file in (file, Self.parse(file)) }
        for case (_, .success(let ticket)) in parsed { if let id = ticket.file.id { named.insert(id) } }
        var items = parsed.map { file, result in
            switch result {
            case .success(let ticket): ImportPlan.Item(path: file.path, verdict: verdict(file, ticket.file, ticket.bytes))
            case .failure(let refusal): ImportPlan.Item(path: file.path, verdict: refusal.verdict)
            }
        }
        refuseUnmet(&items)
        return ImportPlan(items: items)
    }

    private static func order(_ place: TicketPlace) -> Int {
        switch place {
        case .completed: 0
        case .inProgress: 1
        case .queue: 2
        }
    }

    private struct Refusal: Error { var verdict: ImportPlan.Verdict }

    private static func parse(_ file: ImportTree.File) -> Result<(file: TicketFile, bytes: [UInt8]), Refusal> {
        switch file.content {
        case .other(let reason): return .failure(Refusal(verdict: .skipped(reason)))
        case .wrong(let fault): return .failure(Refusal(verdict: .wrong(fault.within(file.path))))
        case .bytes(let bytes):
            do throws(TicketFault) {
                return .success((try TicketFile.parse(bytes, name: file.name), bytes))
            } catch {
                return .failure(Refusal(verdict: .wrong(error.within(file.path))))
            }
        }
    }

    private mutating func verdict(_ file: ImportTree.File, _ ticket: TicketFile, _ bytes: [UInt8]) -> ImportPlan.Verdict {
        let content = ContentMark(title: ticket.title, body: ticket.body)
        var id: TicketID?
        if let own = ticket.id {
            if let other = taken[own] {
                if other.content == content { return .duplicate(of: own, file: other.path) }
            } else if !basis.ids.contains(own) {
                id = own
            }
        }
        if id == nil {
            // One that had to get a new id when it was imported before is known by what it says.
            if let same = basis.contents[content] { return .duplicate(of: same, file: nil) }
            if ticket.id == nil, let other = said[content] { return .duplicate(of: other, file: taken[other]?.path) }
        }
        let final = id ?? newID(ticket.type)
        taken[final] = (file.path, content)
        if said[content] == nil { said[content] = final }
        let state: TicketState = file.place == .completed ? .done : .queued
        let note = file.place == .inProgress ? "it was in progress; no agent works on it now, so it is queued again" : nil
        return .imported(
            ImportPlan.Ticket(
                id: final, isNewID: id == nil, state: state, file: ticket, bytes: bytes, place: file.place, name: file.name,
                note: note))
    }

    private func newID(_ type: String) -> TicketID {
        while true {
            // Five of 31 letters: 28 million for each type, so this ends.
            if let id = TicketID("\(type.prefix(40))-\(ids.token(5).uppercased())"), taken[id] == nil, !named.contains(id),
                !basis.ids.contains(id)
            {
                return id
            }
        }
    }

    /// Until nothing changes: what waited for one that is refused is refused too.
    private func refuseUnmet(_ items: inout [ImportPlan.Item]) {
        var isChanged = true
        while isChanged {
            isChanged = false
            var present = basis.ids
            for item in items { if case .imported(let ticket) = item.verdict { present.insert(ticket.id) } }
            var graph = DependencyGraph()
            for index in items.indices {
                guard case .imported(let ticket) = items[index].verdict, ticket.state == .queued else { continue }
                let after = ticket.file.after
                let reason: String?
                if let missing = after.first(where: { !present.contains($0) }) {
                    reason = "after names \(missing), which is no ticket here and none that can be imported"
                } else if let circle = graph.cycle(ticket.id, after: after) {
                    reason = "after closes a circle: \(circle.map(\.text).joined(separator: " → "))"
                } else {
                    reason = nil
                    graph.set(ticket.id, needs: Set(after))
                }
                if let reason {
                    items[index].verdict = .wrong(
                        TicketFault(
                            file: items[index].path, line: ticket.file.lines["after"], reason, hint: "take it out of after"))
                    isChanged = true
                }
            }
        }
    }
}
