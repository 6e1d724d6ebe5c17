/// What the notifications have to know after a restart. A value; whoever runs the policy keeps it.
package struct NotificationMemory: Sendable, Hashable {
    /// The situation that somebody was told of last.
    package struct Told: Sendable, Hashable {
        package var seq: Int64
        package var situation: String

        package init(seq: Int64, situation: String) {
            self.seq = seq
            self.situation = situation
        }
    }

    /// What was not told at the time and is part of the next summary.
    package struct Held: Sendable, Hashable {
        package var kind: NoticeKind
        package var subject: String
        package var name: String

        package init(kind: NoticeKind, subject: String, name: String) {
            self.kind = kind
            self.subject = subject
            self.name = name
        }
    }

    package static let mostTold = 2000
    package static let mostHeld = 200

    /// The last event that is done with.
    package var cursor: Int64
    /// By subject: a ticket's id, or another thing with a `/` before it. Situations that are over are not in it.
    package var told: [String: Told]
    package var held: [Held]
    /// What no longer fitted into `held`.
    package var uncounted: [NoticeKind: Int]

    package init(
        cursor: Int64, told: [String: Told] = [:], held: [Held] = [], uncounted: [NoticeKind: Int] = [:]
    ) {
        self.cursor = cursor
        self.told = told
        self.held = held
        self.uncounted = uncounted
    }

    /// The same but for how far it has read.
    package func saysTheSame(as other: NotificationMemory) -> Bool {
        told == other.told && held == other.held && uncounted == other.uncounted
    }

    mutating func note(_ situation: String, of subject: String, seq: Int64) {
        told[subject] = Told(seq: seq, situation: situation)
        // In strides, so that a full table is not searched at each event.
        guard told.count > Self.mostTold else { return }
        for (subject, _) in told.sorted(by: { $0.value.seq < $1.value.seq }).prefix(Self.mostTold / 10) { told[subject] = nil }
    }

    mutating func hold(_ entry: Held) {
        guard held.count >= Self.mostHeld else { return held.append(entry) }
        uncounted[entry.kind, default: 0] += 1
    }

    /// Empties what is held.
    mutating func takeTallies() -> [Notice.Tally] {
        var tallies: [Notice.Tally] = []
        for kind in NoticeKind.choices {
            let names = held.filter { $0.kind == kind }.map(\.name)
            let count = names.count + (uncounted[kind] ?? 0)
            guard count > 0 else { continue }
            tallies.append(Notice.Tally(kind: kind, count: count, names: Array(names.prefix(Notice.Tally.mostNames))))
        }
        held = []
        uncounted = [:]
        return tallies
    }
}
