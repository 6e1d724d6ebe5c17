/// How far the showing of a ticket's work has come. Stored with the ticket: a new process goes on with it.
package struct VisualRecord: Sendable, Hashable {
    /// The visit of the step that is shown.
    package var visit: Int
    /// The page has been opened for it: a restart opens no second window.
    package var isShown: Bool

    package init(visit: Int, isShown: Bool = false) {
        self.visit = visit
        self.isShown = isShown
    }

    /// As it is kept: the visit, and a `+` once the page was opened.
    package var stored: String { "\(visit)\(isShown ? "+" : "")" }

    package init?(stored: String) {
        guard let visit = Int(stored.prefix { $0 != "+" }), visit > 0 else { return nil }
        self.init(visit: visit, isShown: stored.hasSuffix("+"))
    }
}
