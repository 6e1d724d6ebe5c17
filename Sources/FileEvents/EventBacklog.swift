/// Events that nobody has taken yet. Bounded, and never silent about what it lost.
///
/// An event that repeats the last pending one of the same file tells nothing new and is left out: a transcript that grows while the
/// reader is busy is one event. When more than `limit` are pending, those of the directories concerned are replaced by one `overflow`
/// each; until that has been taken, nothing more of such a directory is kept, because whoever takes it looks at everything anyway.
struct EventBacklog {
    private struct File: Hashable {
        var directory: String
        var name: String?
    }

    private var pending: [FileEvent] = []
    private var first = 0
    /// For each file its last pending event, as a position in `pending`.
    private var latest: [File: Int] = [:]
    private var overflowed: Set<String> = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    var count: Int { pending.count - first }

    mutating func append(_ event: FileEvent) {
        if overflowed.contains(event.directory), event.kind != .directoryGone { return }
        let file = File(directory: event.directory, name: event.name)
        if let position = latest[file], pending[position].kind == event.kind { return }
        if event.kind == .overflow {
            overflowed.insert(event.directory)
        } else if count >= limit {
            return giveUp(because: event)
        }
        latest[file] = pending.count
        pending.append(event)
    }

    mutating func takeFirst() -> FileEvent? {
        guard first < pending.count else { return nil }
        let event = pending[first]
        let file = File(directory: event.directory, name: event.name)
        if latest[file] == first { latest[file] = nil }
        if event.kind == .overflow { overflowed.remove(event.directory) }
        first += 1
        // What has been taken is let go once it is half of all: a constant cost for each event.
        if first * 2 > pending.count {
            pending.removeFirst(first)
            for key in latest.keys { latest[key, default: first] -= first }
            first = 0
        }
        return event
    }

    private mutating func giveUp(because event: FileEvent) {
        let lost = pending[first...] + [event]
        var directories: [String] = []
        for event in lost where !directories.contains(event.directory) { directories.append(event.directory) }
        let gone = lost.filter { $0.kind == .directoryGone }
        self = EventBacklog(limit: limit)
        for directory in directories { append(FileEvent(directory: directory, kind: .overflow)) }
        for event in gone { append(event) }
    }
}
