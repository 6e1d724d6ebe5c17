/// The words of notices. What agents and people wrote is cleaned here and cut: some servers show whatever they get.
package enum NoticeText {
    /// In Unicode scalars: a character may have any number of them.
    package static let longestTitle = 120
    package static let longestBody = 500

    package static func title(_ text: String) -> String { bounded(InertText.clean(text), longestTitle) }

    /// Lines stay, at most six.
    package static func body(_ text: String) -> String {
        // Cut before it is cleaned and again after: a megabyte of invisible signs is not walked through.
        let lines = InertText.clean(bounded(text, longestBody * 4), keepingLines: true)
            .split(separator: "\n").map { $0.trimmingSpaces }.filter { !$0.isEmpty }
        return bounded(lines.prefix(6).joined(separator: "\n"), longestBody)
    }

    private static func bounded(_ text: String, _ limit: Int) -> String {
        let scalars = text.unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex), end < scalars.endIndex
        else {
            return text
        }
        return String(scalars[..<end]) + "…"
    }

    // MARK: One

    static func waiting(_ ticket: TicketID, agent: String, reason: String?) -> (title: String, body: String) {
        ("\(ticket) waits for you", said(agent, reason))
    }

    static func error(_ ticket: TicketID, agent: String, reason: String?) -> (title: String, body: String) {
        ("\(ticket): \(agent) has an error", reason ?? "")
    }

    static func ended(_ ticket: TicketID, _ state: TicketState, title: String, reason: String?) -> (title: String, body: String) {
        let end = state == .failed ? "\(ticket) failed" : "\(ticket) is \(state.rawValue)"
        return (end, [title, state == .done ? nil : reason].compactMap(\.self).joined(separator: "\n"))
    }

    static func review(_ ticket: TicketID, step: String, review: String) -> (title: String, body: String) {
        ("\(ticket) wants a \(review) review", "step \(step); reeve approve \(ticket), or reeve reject \(ticket)")
    }

    static func switchFailed(_ ticket: TicketID, reason: String) -> (title: String, body: String) {
        ("\(ticket) was not switched", reason)
    }

    static func queueHeld(agent: String?, reason: String) -> (title: String, body: String) {
        (agent.map { "Launching \($0) is stopped" } ?? "Launching is stopped", "\(reason)\nreeve queue resume goes on")
    }

    static func backendDown(_ name: String, detail: String) -> (title: String, body: String) {
        ("\(name) does not answer", detail)
    }

    static func message(_ sender: String, title: String?, body: String) -> (title: String, body: String) {
        let title = title ?? "a message"
        return (sender.isEmpty ? title : "\(sender): \(title)", body)
    }

    private static func said(_ agent: String, _ reason: String?) -> String { reason.map { "\(agent): \($0)" } ?? agent }

    // MARK: Several

    static func folded(_ tally: Notice.Tally) -> (title: String, body: String) {
        let count = tally.count
        let title =
            switch tally.kind {
            case .waiting: "\(count) agents wait for you"
            case .error: "\(count) agents have an error"
            case .done: "\(count) tickets are done"
            case .failed: "\(count) tickets failed"
            case .lost: "\(count) tickets are lost"
            case .review: "\(count) reviews are open"
            case .switchFailed: "\(count) tickets were not switched"
            case .queueHeld: "Launching is stopped, for \(count) reasons"
            case .backendDown: "\(count) multiplexers do not answer"
            case .message, .summary: "\(count) messages"
            }
        return (title, names(tally))
    }

    /// The most pressing first.
    static func summary(_ tallies: [Notice.Tally]) -> (title: String, body: String) {
        let title = "Meanwhile: " + tallies.map { "\($0.count) \(word($0.kind))" }.joined(separator: ", ")
        return (
            bounded(title, longestTitle),
            bounded(tallies.map { "\(word($0.kind)): \(names($0))" }.joined(separator: "\n"), longestBody)
        )
    }

    private static func word(_ kind: NoticeKind) -> String {
        switch kind {
        case .waiting: "waiting"
        case .error: "with an error"
        case .done, .failed, .lost: kind.rawValue
        case .review: "to review"
        case .switchFailed: "not switched"
        case .queueHeld: "stopped"
        case .backendDown: "down"
        case .message, .summary: "to read"
        }
    }

    private static func names(_ tally: Notice.Tally) -> String {
        var names: [String] = []
        for name in tally.names where !names.contains(name) { names.append(name) }
        let more = tally.count - tally.names.count
        return names.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        var rest = drop { $0 == " " }
        while rest.last == " " { rest.removeLast() }
        return rest
    }
}
