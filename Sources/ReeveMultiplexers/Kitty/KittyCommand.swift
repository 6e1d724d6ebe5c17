import ReeveModel

/// The words after `kitten @`. Pure; after kitty's documentation and the source of its `rc` commands (0.26 to 0.39).
enum KittyCommand {
    static func base(_ binary: String, _ socketPath: String) -> [String] { [binary, "@", "--to", "unix:\(socketPath)"] }

    /// The owner is a variable of the window's environment, which `ls` shows: user variables (`--var`) are newer than 0.26.
    static func launch(_ request: SpawnRequest) -> [String] {
        [
            "launch", "--type=tab", "--keep-focus", "--cwd=/", "--tab-title=\(request.name)", "--title=\(request.name)",
            "--env=\(KittyWindow.ownerVariable)=\(request.owner)", "--env=\(KittyWindow.nameVariable)=\(request.name)",
        ] + request.arguments
    }

    static let list = ["ls"]
    static func close(_ window: String) -> [String] { ["close-window", "--match=id:\(window)"] }
    /// Through the standard input: as an argument escapes in it are decoded, and everybody could read it in the list of processes.
    /// - Parameter asPaste: in brackets where the program has asked for them; since `KittyVersion.bracketing`.
    static func send(_ window: String, asPaste: Bool) -> [String] {
        ["send-text", "--match=id:\(window)", "--stdin"] + (asPaste ? ["--bracketed-paste=auto"] : [])
    }
    /// Most bytes of one paste. kitty takes a text in pieces of this length or more, wherever they end, and puts each between
    /// brackets of its own, so that half of a character could stand in each of two (source of 0.32.2: 1024 in `send_text.py`,
    /// 2048 in `send_text.go`).
    static let longestPaste = 1024
    static func text(_ window: String, history: Bool, styled: Bool) -> [String] {
        ["get-text", "--match=id:\(window)", "--extent=\(history ? "all" : "screen")"] + (styled ? ["--ansi"] : [])
    }
    /// The cursor's place comes as escape sequences at the end.
    static func fingerprint(_ window: String) -> [String] {
        ["get-text", "--match=id:\(window)", "--extent=screen", "--add-cursor"]
    }
    static func focus(_ window: String) -> [String] { ["focus-window", "--match=id:\(window)"] }
    /// In the tab of the session's window. Where the tab's layout has no splits the new window is placed as the layout likes.
    static func split(_ window: String, _ direction: SplitDirection) -> [String] {
        [
            "launch", "--type=window", "--keep-focus", "--match=window_id:\(window)",
            "--location=\(direction == .horizontal ? "vsplit" : "hsplit")",
        ]
    }
}
