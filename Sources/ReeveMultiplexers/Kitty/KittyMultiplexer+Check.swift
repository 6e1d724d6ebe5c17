package import ReeveModel

extension KittyMultiplexer {
    package func check() async -> MultiplexerCheck {
        var said = ""
        let check = await ProgramCheck(multiplexer: name, binary: settings.binary, environment: settings.environment).look {
            said = Self.shown(try await program.version())
            return said
        }
        guard check.isUsable else { return check }
        let older = Self.isUntried(said) ? [Self.untried] : []
        guard !settings.socketPath.isEmpty else { return check.adding(older + [Self.noSocket]) }
        return check.adding(
            older + [await program.listenerFinding(mend: "start a kitty that listens there: docs/kitty.md", probe)])
    }

    /// Older than the first version whose documentation this was written after.
    static func isUntried(_ shown: String) -> Bool {
        let numbers = shown.split(separator: " ").last?.split(separator: ".").prefix(2).compactMap { Int($0) } ?? []
        return numbers.count == 2 && (numbers[0], numbers[1]) < (0, 26)
    }

    static let untried = MultiplexerCheck.Finding.advice(
        "older than 0.26, of which nothing is known here", mend: "a newer kitty, if something does not work")
    static let noSocket = MultiplexerCheck.Finding.fault(
        "no socket of kitty is named", mend: "set [sessions.kitty] listen_on as in kitty.conf: docs/kitty.md")
}
