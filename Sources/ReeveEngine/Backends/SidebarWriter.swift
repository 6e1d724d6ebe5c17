import ReeveModel

/// Shows what agents do, and what they tell of it, where their multiplexer has a place for it beside the session's name. A
/// courtesy: what cannot be shown is not.
///
/// One writer: whatever changes while it writes is one more look, and only the latest is shown.
struct SidebarWriter: Sendable {
    let queue: QueueActor
    let backends: Backends
    let board: StatusBoard
    let metadata: MetadataDesk

    /// Until cancelled.
    func run() async {
        let capable = Set(backends.all.filter { $0.capabilities.contains(.sidebar) }.map(\.name))
        guard !capable.isEmpty else { return }
        var shown: [LaunchID: TerminalStatus] = [:]
        while !Task.isCancelled {
            let version = board.version
            let agents = board.agents.filter { capable.contains($0.backend) }
            shown = shown.filter { launch, _ in agents.contains { $0.launch == launch } }
            let told = await told(of: agents)
            for agent in agents {
                let status = TerminalStatus(of: agent, told: told[agent.ticket])
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

    /// Without what is over. A journal that cannot be read leaves the states alone to be shown.
    private func told(of agents: [Agent]) async -> [TicketID: MetadataBoard] {
        guard !agents.isEmpty else { return [:] }
        return (try? await metadata.states(of: agents.map(\.ticket))) ?? [:]
    }
}
