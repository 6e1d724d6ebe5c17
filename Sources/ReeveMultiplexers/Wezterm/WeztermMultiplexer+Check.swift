package import ReeveModel

extension WeztermMultiplexer {
    /// Refuses what is too old, with the reason.
    /// - Returns: `20240203-110809-5046fc22`
    func checkVersion() async throws -> String {
        let said = try await program.version()
        let version = said.hasPrefix("wezterm ") ? String(said.dropFirst("wezterm ".count)) : said
        guard !WeztermVersion.isTooOld(version) else {
            throw ReeveError.unavailable(
                "WezTerm \(version) is too old; Reeve needs \(WeztermVersion.oldest) or newer",
                hint: "install a newer one and name it in [sessions.wezterm] binary_path")
        }
        return version
    }

    package func check() async -> MultiplexerCheck {
        let check = await ProgramCheck(multiplexer: name, binary: settings.binary, environment: settings.environment).look {
            try await checkVersion()
        }
        guard check.isUsable else { return check }
        return check.adding([await program.listenerFinding(mend: "wezterm-mux-server --daemonize", probe)])
    }
}
