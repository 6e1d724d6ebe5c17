import ReeveJSON
package import ReeveModel

/// What the notifier goes on with after a restart, as one text.
///
/// Notices for webhooks that have not arrived are in it, whole. The alternative was one cursor for each webhook and reading the log again
/// from the oldest: but news are folded by the moment at which they came, so a second reading makes other notices with other keys, and
/// the receiver could not know a repeat. A queue file for each would be a second store beside the journal with its own ways to break.
package struct Bookmark: Sendable, Hashable {
    /// The newest that wait for a kept route; older ones are given up.
    package static let mostWaiting = 100

    package var memory: NotificationMemory
    /// By route.
    package var waiting: [String: [Notice]]

    package init(memory: NotificationMemory, waiting: [String: [Notice]] = [:]) {
        self.memory = memory
        self.waiting = waiting
    }

    /// Keeps the newest ones.
    /// - Returns: how many there was no room for.
    @discardableResult
    package mutating func put(_ notice: Notice, for route: String) -> Int {
        waiting[route, default: []].append(notice)
        let excess = max(0, (waiting[route]?.count ?? 0) - Self.mostWaiting)
        waiting[route]?.removeFirst(excess)
        return excess
    }

    package mutating func remove(_ key: String, of route: String) {
        waiting[route]?.removeAll { $0.key == key }
        if waiting[route]?.isEmpty ?? false { waiting[route] = nil }
    }

    // MARK: Text

    package var text: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("cursor")
        writer.value(memory.cursor)
        writer.key("told")
        writer.beginObject()
        for (subject, told) in memory.told.sorted(by: { $0.key < $1.key }) {
            writer.key(subject)
            writer.beginArray()
            writer.value(told.seq)
            writer.value(told.situation)
            writer.endArray()
        }
        writer.endObject()
        writer.key("held")
        writer.beginArray()
        for held in memory.held {
            writer.beginArray()
            writer.value(held.kind.rawValue)
            writer.value(held.subject)
            writer.value(held.name)
            writer.endArray()
        }
        writer.endArray()
        writer.key("uncounted")
        writer.beginObject()
        for (kind, count) in memory.uncounted.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            writer.key(kind.rawValue)
            writer.value(Int64(count))
        }
        writer.endObject()
        writer.key("waiting")
        writer.beginObject()
        for (route, notices) in waiting.sorted(by: { $0.key < $1.key }) {
            writer.key(route)
            writer.beginArray()
            for notice in notices { notice.write(to: &writer) }
            writer.endArray()
        }
        writer.endObject()
        writer.endObject()
        return writer.text
    }

    /// Nil for what is no bookmark: then the notifier begins with the newest event. Entries that cannot be read are left out.
    package init?(_ text: String) {
        guard let root = try? JSONDocument(Array(text.utf8)).root, let cursor = root.member("cursor")?.integer else { return nil }
        var memory = NotificationMemory(cursor: cursor)
        for (subject, value) in root.object("told") {
            let items = value.kind == .array ? value.items : []
            guard items.count == 2, let seq = items[0].integer, let situation = items[1].string else { continue }
            memory.told[subject] = .init(seq: seq, situation: situation)
        }
        for value in root.array("held") {
            let items = value.kind == .array ? value.items.compactMap(\.string) : []
            guard items.count == 3, let kind = NoticeKind(rawValue: items[0]) else { continue }
            memory.held.append(.init(kind: kind, subject: items[1], name: items[2]))
        }
        for (name, value) in root.object("uncounted") {
            guard let kind = NoticeKind(rawValue: name), let count = value.integer, count > 0 else { continue }
            memory.uncounted[kind] = Int(clamping: count)
        }
        self.init(memory: memory)
        for (route, value) in root.object("waiting") where value.kind == .array {
            waiting[route] = value.items.compactMap { Notice($0) }
        }
    }
}

extension JSONView {
    fileprivate func object(_ name: String) -> [(String, JSONView)] {
        guard let view = member(name), view.kind == .object else { return [] }
        return view.members.compactMap { member in member.key.string.map { ($0, member.value) } }
    }

    fileprivate func array(_ name: String) -> [JSONView] {
        guard let view = member(name), view.kind == .array else { return [] }
        return view.items
    }
}
