package import ReeveModel

extension ZellijMultiplexer {
    package func check() async -> MultiplexerCheck {
        var version: ZellijVersion?
        let program = await ProgramCheck(multiplexer: name, binary: settings.binary, environment: settings.callEnvironment)
            .look {
                let found = try await self.program.checkVersion()
                version = found
                return found.description
            }
        guard let version else { return program }
        guard let session = settings.session else {
            return program.adding(settings.requireInZellij ? [Self.notInside] : [])
        }
        do {
            let sessions = try await self.program.sessions()
            let looking =
                version.has(.losesTabsWithoutClient) && sessions.contains { $0.name == session && !$0.isExited }
                ? try await self.program.clients(session).count : nil
            return program.adding([finding(about: session, in: sessions, looking: looking)])
        } catch {
            return program.adding([.fault(error)])
        }
    }

    static let notInside = MultiplexerCheck.Finding.fault(
        "not inside Zellij, which require_in_zellij wants",
        mend: "start reeved in Zellij, or set [sessions.zellij] session")

    /// What stands in the way of tabs in a person's session.
    /// - Parameter looking: how many people look at it; nil where that makes no difference.
    func finding(
        about session: String, in sessions: [ZellijAnswer.Session], looking: Int?
    ) -> MultiplexerCheck.Finding {
        guard let found = sessions.first(where: { $0.name == session }) else { return .fault(noSession(session)) }
        if found.isExited { return .fault("the session '\(session)' is dead", mend: "zellij attach \(session)") }
        if looking == 0 {
            return .advice("no tab can be made while nobody is attached to '\(session)'", mend: "zellij attach \(session)")
        }
        return .fine("the session '\(session)' is there")
    }
}
