/// `[sessions.kitty]`, and where things are.
package struct KittySettings: Sendable, Hashable {
    /// `kitten`, or `kitty` itself: both take `@`.
    package var binary: String
    /// The path of the socket that kitty was told to listen on (`listen_on unix:PATH`).
    package var socketPath: String
    package var runtimeDirectory: String
    /// What the command line is started with; complete.
    package var environment: [String: String]

    package init(binary: String, socketPath: String, runtimeDirectory: String, environment: [String: String]) {
        self.binary = binary
        self.socketPath = socketPath
        self.runtimeDirectory = runtimeDirectory
        self.environment = environment
    }

    /// The path in what `listen_on` and `KITTY_LISTEN_ON` hold: `unix:PATH`. Nil for TCP, and for names without a file (`unix:@NAME`).
    package static func socketPath(_ listenOn: String) -> String? {
        let path = listenOn.hasPrefix("unix:") ? String(listenOn.dropFirst(5)) : listenOn
        return path.hasPrefix("/") ? path : nil
    }

    /// `KITTY_WINDOW_ID` would be the window that is meant wherever none is named; the password of a person is not ours.
    var callEnvironment: [String: String] {
        environment.filter { !["KITTY_WINDOW_ID", "KITTY_RC_PASSWORD", "KITTY_LISTEN_ON"].contains($0.key) }
    }
}
