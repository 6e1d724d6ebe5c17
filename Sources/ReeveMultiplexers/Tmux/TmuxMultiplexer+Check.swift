package import ReeveModel

extension TmuxMultiplexer {
    /// Its server is started when it is wanted, so the program is all that it needs.
    package func check() async -> MultiplexerCheck {
        await ProgramCheck(
            multiplexer: name, binary: settings.binary, environment: settings.environment, install: "sudo apt install tmux"
        ).look { try await server.checkVersion().description }
    }
}
