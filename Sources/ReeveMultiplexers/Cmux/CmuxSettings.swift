/// `[sessions.cmux]`, and where things are.
package struct CmuxSettings: Sendable, Hashable {
    /// The program of `binary_path`.
    package var binary: String
    /// `require_in_cmux`: nothing is done unless the daemon itself was started in a cmux terminal.
    package var requireInCmux: Bool
    package var placement: CmuxPlacement
    /// Nil: where cmux itself looks, in the order of `CmuxPlaces`.
    package var socketPath: String?
    /// Nil: `CMUX_SOCKET_PASSWORD` of the environment, else cmux's own file. Never shown and never logged.
    package var password: String?
    /// The instance whose sessions these are, as in `SpawnRequest.owner`.
    package var instance: String
    package var runtimeDirectory: String
    /// The daemon's own environment as far as cmux needs it: `HOME`, `PATH`, and every `CMUX_…`, which is what lets a daemon that
    /// was started in a cmux terminal in.
    package var environment: [String: String]

    package static let defaultBinary = "/Applications/cmux.app/Contents/Resources/bin/cmux"

    package init(
        binary: String = defaultBinary, requireInCmux: Bool = true, placement: CmuxPlacement = .auto, socketPath: String? = nil,
        password: String? = nil, instance: String, runtimeDirectory: String, environment: [String: String]
    ) {
        self.binary = binary
        self.requireInCmux = requireInCmux
        self.placement = placement
        self.socketPath = socketPath
        self.password = password
        self.instance = instance
        self.runtimeDirectory = runtimeDirectory
        self.environment = environment
    }
}

extension CmuxSettings: CustomStringConvertible, CustomDebugStringConvertible {
    /// Without the password, whoever prints it.
    package var description: String { "cmux at \(binary), placement \(placement.rawValue)" }
    package var debugDescription: String { description }
}
