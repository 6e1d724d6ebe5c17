package import ReeveModel

extension PaneActor {
    /// Where and how a session is shown.
    package struct Showing: Sendable, Hashable {
        package var host: PaneHost
        /// That of the configuration where nil.
        package var layout: PaneLayout?
        package var isolation: PaneIsolation
    }

    /// Beside which pane a session is shown now: what belongs to it comes there too. Nil where nobody sees it, and where its server does not
    /// answer.
    package func showing(of session: SessionID) async -> Showing? {
        guard let known = placed[session], !windows.isGone(known.server),
            let there = try? await windows.tagged(on: known.server),
            there.contains(where: { $0.pane == known.pane && $0.tag == known.tag && !$0.isDead })
        else { return nil }
        let host = PaneHost(server: known.server, pane: known.tag.host)
        return Showing(
            host: host, layout: following.hosts.first { $0.host == host }?.layout, isolation: known.tag.isolation)
    }
}
