/// A promise that was not kept, and what shows it.
struct Violation: Sendable, Hashable, CustomStringConvertible {
    enum Promise: String, Sendable, CaseIterable {
        case commands = "acknowledged commands lost or done twice"
        case launches = "launched twice"
        case agents = "agents lost or orphaned"
        case states = "states that nothing explains"
        case limits = "limits exceeded"
        case order = "launched before what they wait for"
        case pause = "launched in a paused queue"
        case cursors = "gaps or repeats in event cursors"
        case recovery = "recoveries failed"
        case ends = "daemons that ended otherwise than they were told"
        case reloads = "reloads that did not count"
    }

    var promise: Promise
    var text: String
    /// Nil when it is none of one ticket.
    var ticket: String?

    init(_ promise: Promise, _ text: String, of ticket: String? = nil) {
        self.promise = promise
        self.text = text
        self.ticket = ticket
    }

    var description: String { "\(promise.rawValue): \(text)" }
}
