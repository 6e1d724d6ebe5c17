import ReeveModel

/// The words after `wezterm cli`. Pure; after WezTerm's documentation and the source of its `cli` commands (20240203).
enum WeztermCommand {
    /// Never a server of its own making: one that is started by a call lives and dies with nobody's knowledge.
    static func base(_ binary: String) -> [String] { [binary, "cli", "--no-auto-start"] }

    /// In a workspace of its own, whose name says what the session is: that is the only thing that a pane can be given in the moment in
    /// which it is made.
    static func spawn(_ tag: WeztermTag, running program: [String]) -> [String] {
        ["spawn", "--new-window", "--workspace", tag.text, "--cwd", "/", "--"] + program
    }

    static let list = ["list", "--format", "json"]
    static let clients = ["list-clients", "--format", "json"]
    static func title(_ pane: String, _ title: String) -> [String] { ["set-tab-title", "--pane-id", pane, title] }
    static func kill(_ pane: String) -> [String] { ["kill-pane", "--pane-id", pane] }
    /// The text comes through the standard input: as an argument everybody could read it in the list of processes.
    static func send(_ pane: String, asPaste: Bool) -> [String] {
        ["send-text", "--pane-id", pane] + (asPaste ? [] : ["--no-paste"])
    }
    /// Line 0 is the first of the screen; history has negative numbers.
    static func text(_ pane: String, history: Int, styled: Bool) -> [String] {
        ["get-text", "--pane-id", pane] + (history > 0 ? ["--start-line", "-\(history)"] : []) + (styled ? ["--escapes"] : [])
    }
    static func split(_ pane: String, _ direction: SplitDirection) -> [String] {
        ["split-pane", "--pane-id", pane, direction == .horizontal ? "--right" : "--bottom"]
    }
}

/// Whose a session is, as the name of its workspace: `reeve ID OWNER NAME`.
struct WeztermTag: Sendable, Hashable {
    var id: SessionID
    var owner: String
    var name: String

    init(_ request: SpawnRequest) {
        id = request.id
        owner = request.owner
        name = request.name.text
    }

    /// Nil for a workspace of somebody's own.
    init?(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        guard words.count == 4, words[0] == "reeve", let id = SessionID(words[1]) else { return nil }
        self.id = id
        owner = words[2]
        name = words[3]
    }

    var text: String { "reeve \(id) \(owner) \(name)" }
}
