/// How far the showing of a ticket's work has come. Stored with the ticket: a new process goes on with it.
package struct VisualRecord: Sendable, Hashable {
    /// The visit of the step that is shown.
    package var visit: Int
    /// When its review was opened: a ticket that is tried again begins with the first visit once more.
    package var since: Timestamp
    /// The page has been opened for it: a restart opens no second window.
    package var isShown: Bool

    package init(visit: Int, since: Timestamp, isShown: Bool = false) {
        self.visit = visit
        self.since = since
        self.isShown = isShown
    }

    package func isOf(_ visit: Int, _ since: Timestamp) -> Bool { self.visit == visit && self.since == since }

    /// As it is kept: the visit, the moment in milliseconds, and `shown` once the page was opened.
    package var stored: String { "\(visit) \(since.milliseconds)" + (isShown ? " shown" : "") }

    package init?(stored: String) {
        let words = stored.split(separator: " ")
        guard words.count >= 2, let visit = Int(words[0]), visit > 0, let since = Int64(words[1]) else { return nil }
        self.init(visit: visit, since: Timestamp(milliseconds: since), isShown: words.count > 2)
    }
}
