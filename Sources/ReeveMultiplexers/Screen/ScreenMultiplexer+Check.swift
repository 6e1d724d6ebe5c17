package import ReeveModel

extension ScreenMultiplexer {
    /// Each session is a server of its own, so the program is all that it needs.
    package func check() async -> MultiplexerCheck {
        await ProgramCheck(
            multiplexer: name, binary: server.settings.binary, environment: server.settings.environment,
            install: "sudo apt install screen"
        ).look { try await server.checkVersion() }
    }
}
