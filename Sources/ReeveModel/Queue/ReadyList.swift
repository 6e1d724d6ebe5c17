/// Tickets of one lane (same project, same agent kind) that could start, most urgent and oldest first.
struct ReadyList: Sendable {
    struct Entry: Sendable, Hashable, Comparable {
        var priority: Priority
        var sequence: Int64
        var id: TicketID

        static func < (a: Entry, b: Entry) -> Bool { (a.priority, a.sequence) < (b.priority, b.sequence) }
    }

    /// One array per priority, oldest first: the common insert (the youngest) is an append.
    private var lanes: [[Entry]] = Array(repeating: [], count: Priority.allCases.count)

    var isEmpty: Bool { lanes.allSatisfy(\.isEmpty) }

    var first: Entry? { lanes.lazy.compactMap(\.first).first }

    mutating func insert(_ entry: Entry) {
        let lane = entry.priority.rawValue
        lanes[lane].insert(entry, at: position(of: entry, in: lane))
    }

    mutating func remove(_ entry: Entry) {
        let lane = entry.priority.rawValue
        let index = position(of: entry, in: lane)
        if index < lanes[lane].count, lanes[lane][index] == entry { lanes[lane].remove(at: index) }
    }

    /// Binary search from the young end, where almost every insert happens.
    private func position(of entry: Entry, in lane: Int) -> Int {
        if let last = lanes[lane].last, last < entry { return lanes[lane].count }
        var low = 0
        var high = lanes[lane].count
        while low < high {
            let middle = (low + high) / 2
            if lanes[lane][middle] < entry { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
