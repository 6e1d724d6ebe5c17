/// Which queued tickets wait for which others.
package struct DependencyGraph: Sendable {
    private var needs: [TicketID: Set<TicketID>] = [:]
    private var neededBy: [TicketID: Set<TicketID>] = [:]

    package init() {}

    /// What `id` still waits for.
    package func unmet(_ id: TicketID) -> Set<TicketID> { needs[id] ?? [] }

    package mutating func set(_ id: TicketID, needs prerequisites: Set<TicketID>) {
        remove(id)
        guard !prerequisites.isEmpty else { return }
        needs[id] = prerequisites
        for prerequisite in prerequisites { neededBy[prerequisite, default: []].insert(id) }
    }

    package mutating func remove(_ id: TicketID) {
        for prerequisite in needs.removeValue(forKey: id) ?? [] { neededBy[prerequisite]?.remove(id) }
    }

    /// `id` is done: the tickets that wait for nothing any more, in id order.
    package mutating func satisfy(_ id: TicketID) -> [TicketID] {
        var freed: [TicketID] = []
        for dependent in neededBy.removeValue(forKey: id) ?? [] {
            needs[dependent]?.remove(id)
            if needs[dependent]?.isEmpty == true {
                needs[dependent] = nil
                freed.append(dependent)
            }
        }
        return freed.sorted()
    }

    /// The cycle that "`id` after `prerequisites`" would close, as the ids on it, or nil.
    package func cycle(_ id: TicketID, after prerequisites: some Sequence<TicketID>) -> [TicketID]? {
        var visited: Set<TicketID> = []
        var stack = prerequisites.map { [$0] }
        while let path = stack.popLast() {
            guard let last = path.last else { continue }
            if last == id { return [id] + path }
            guard visited.insert(last).inserted else { continue }
            for next in needs[last] ?? [] { stack.append(path + [next]) }
        }
        return nil
    }
}
