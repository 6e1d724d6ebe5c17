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
    }

    var promise: Promise
    var text: String

    init(_ promise: Promise, _ text: String) {
        self.promise = promise
        self.text = text
    }

    var description: String { "\(promise.rawValue): \(text)" }
}
