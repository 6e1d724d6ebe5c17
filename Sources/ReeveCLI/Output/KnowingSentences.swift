import ReeveModel
import ReeveWire

/// What is said of how a state is known.
extension Sentences {
    static func explained(_ result: AgentExplain.Result) -> String {
        let agent = result.agent
        var lines = [
            Terminal.fit(
                "\(Terminal.clean(agent.ticket)): \(agent.state.rawValue)"
                    + (agent.reason.map { " (\(Terminal.clean($0)))" } ?? "")
                    + " since \(clock(agent.since)), by \(Terminal.clean(agent.kind))", Terminal.width)
        ]
        if let thread = result.thread {
            lines += self.thread(thread)
        } else {
            lines.append("  no conversation is known to be its own")
        }
        lines += evidence(result.evidence)
        if !result.silent.isEmpty { lines.append("  silent: " + Terminal.clean(result.silent.joined(separator: ", "))) }
        return lines.joined(separator: "\n")
    }

    static func explained(_ result: ExplainedFile) -> String {
        var lines: [String] = []
        for entry in result.threads {
            let detail = entry.thread.detail.map { " (\(Terminal.clean($0)))" } ?? ""
            lines.append(
                Terminal.fit("\(Terminal.clean(entry.thread.state))\(detail) since \(clock(entry.thread.since))", Terminal.width))
            lines += thread(entry.thread) + evidence(entry.evidence)
        }
        if result.skipped > 0 { lines.append("\(result.skipped) lines could not be read") }
        return lines.joined(separator: "\n")
    }

    private static func thread(_ thread: ThreadShape) -> [String] {
        let title = thread.title.map { ", “\(Terminal.clean($0))”" } ?? ""
        return [Terminal.fit("  thread \(Terminal.clean(thread.id)) of \(Terminal.clean(thread.kind))\(title)", Terminal.width)]
    }

    /// The one that decides is marked.
    private static func evidence(_ lines: [EvidenceShape]) -> [String] {
        lines.enumerated().flatMap { index, line -> [String] in
            let detail = line.detail.map { " (\(Terminal.clean($0)))" } ?? ""
            let guess = line.guess == true ? ", a guess" : ""
            let head =
                "\(index == 0 ? "→" : " ") \(Terminal.clean(line.source)): \(Terminal.clean(line.state))\(detail)\(guess), "
                + "\(DurationText.spoken(Int64(line.ageMs))) ago: \(Terminal.clean(line.rule))"
            var result = [Wrapping.wrap(head, Terminal.width, indent: 4)]
            if let matched = line.matched { result.append(Terminal.fit("    on: \(Terminal.clean(matched))", Terminal.width)) }
            if let why = line.outranked {
                result.append(Wrapping.wrap("    not believed: \(Terminal.clean(why))", Terminal.width, indent: 4))
            }
            return result
        }
    }
}
