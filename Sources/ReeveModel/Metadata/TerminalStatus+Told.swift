/// What a multiplexer's sidebar says of an agent: what Reeve knows of it, and what it tells itself.
extension TerminalStatus {
    /// - Parameter told: what its ticket's board holds now, without what is over.
    package init(of agent: Agent, told: MetadataBoard?) {
        let known = agent.reason.map { InertText.clean($0) }.flatMap { $0.isEmpty ? nil : $0 }
        let status = told?.status?.text
        let progress = told?.progress
        self.init(
            state: agent.state.rawValue, text: Self.isFirst(agent) ? known ?? status : status ?? known,
            // What the percentage says everywhere else: the whole only when nothing is left.
            progress: progress.map { Double($0.amount.percent) / 100 }, progressLabel: progress.flatMap(Self.label))
    }

    /// Whether what is known of the agent comes before its own word. A status was true while it worked; who asks or has failed
    /// needs somebody, and the reason says what for. That it only has nothing to do is told by its state.
    private static func isFirst(_ agent: Agent) -> Bool {
        switch agent.state {
        case .waiting: agent.reason != Observation.idlePrompt
        case .error, .interrupted, .lost, .exited, .unknown: true
        case .launching, .running, .tool, .switching, .done: false
        }
    }

    private static func label(_ progress: MetadataProgress) -> String? {
        guard case .steps(let current, let total) = progress.amount else { return progress.label }
        return ["\(current)/\(total)", progress.label].compactMap(\.self).joined(separator: " ")
    }
}
