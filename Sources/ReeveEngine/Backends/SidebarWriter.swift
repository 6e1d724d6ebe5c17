import ReeveModel

/// Shows what agents do where their multiplexer has a place for it, beside the session's name. A courtesy: what cannot be shown is not.
struct SidebarWriter: Sendable {
    let queue: QueueActor
    let backends: Backends
    let board: StatusBoard

    /// Until cancelled.
    func run() async {
        let capable = Set(backends.all.filter { $0.capabilities.contains(.sidebar) }.map(\.name))
        guard !capable.isEmpty else { return }
        var shown: [LaunchID: TerminalStatus] = [:]
        while !Task.isCancelled {
            let version = board.version
            let agents = board.agents.filter { capable.contains($0.backend) }
            shown = shown.filter { launch, _ in agents.contains { $0.launch == launch } }
            for agent in agents {
                let status = TerminalStatus(state: agent.state.rawValue, text: agent.reason.map { InertText.clean($0) })
                guard shown[agent.launch] != status, let session = try? await queue.session(of: agent.ticket) else { continue }
                do {
                    try await backends.display(status, of: session)
                    shown[agent.launch] = status
                } catch {
                    // Tried again when something changes next.
                }
            }
            await board.change(since: version)
        }
    }
}
