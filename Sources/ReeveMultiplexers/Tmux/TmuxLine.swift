import ReeveModel

/// A way to a tmux server: the connection to ours, or visits to a person's.
protocol TmuxLine: Sendable {
    /// The output of each command, none of which may be `if-shell`. Throws the first error, translated.
    func ask(_ commands: [TmuxCommand], patience: Duration) async throws -> [[String]]
    /// The output as bytes, for answers that are long.
    func askText(_ command: TmuxCommand, patience: Duration) async throws -> [UInt8]
    /// Commands of any kind; all output lines together.
    /// - Parameter fence: a line that nothing else prints.
    func askFenced(_ commands: [TmuxCommand], fence: String, patience: Duration) async throws -> [String]
    /// Puts a text into a buffer of tmux.
    /// - Returns: what is left to be done for that, in the request that uses the buffer.
    func fill(_ buffer: String, with text: String, patience: Duration) async throws -> [TmuxCommand]
}

extension TmuxLine {
    func ask(_ command: TmuxCommand, patience: Duration) async throws -> [String] {
        try await ask([command], patience: patience).first ?? []
    }
}
