import ReeveModel

/// Whose a session is, in one option of it: `ID INSTANCE NAME`. One option and not three, since tmux works out every word of a list for
/// every pane: with 500 sessions each costs it about a millisecond.
struct TmuxTag: Equatable {
    static let option = "@reeve"
    /// The option's value in a format.
    static let format = "#{@reeve}"

    var id: SessionID
    var owner: String
    /// The true name, also where tmux cannot hold it.
    var name: String

    init(_ request: SpawnRequest) {
        id = request.id
        owner = request.owner
        name = request.name.text
    }

    /// Nil for what is no tag of ours.
    init?(_ text: some Collection<UInt8>) {
        let words = text.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count == 3, let id = SessionID(String(decoding: words[0], as: UTF8.self)) else { return nil }
        self.id = id
        owner = String(decoding: words[1], as: UTF8.self)
        name = String(decoding: words[2], as: UTF8.self)
    }

    var text: String { "\(id) \(owner) \(name)" }

    /// The pane that is meant, and the tag of its session: of a pane that is not there tmux takes another of the same session.
    static let paneFormat = "#{pane_id} \(format)"

    /// A condition that holds for this pane of the session with this id. Ids hold nothing that a pattern would take for more than itself.
    static func condition(_ id: SessionID, _ handle: TerminalHandle) -> String {
        let ours = "#{m:\(id) *,\(format)}"
        return handle.pane.isEmpty ? ours : "#{&&:\(ours),#{==:#{pane_id},\(handle.pane)}}"
    }

    /// - Parameter text: of `paneFormat`.
    static func text(_ text: some StringProtocol, names id: SessionID, in handle: TerminalHandle) -> Bool {
        let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard words.count == 2, handle.pane.isEmpty || words[0] == handle.pane else { return false }
        return words[1].hasPrefix("\(id) ")
    }
}

extension TerminalHandle {
    /// The session by its id and the pane in it, for formats: the tag is the session's, and the window may be in several sessions (a person
    /// has made a group, or linked it). A session that was adopted has no pane of its own: what is meant is its active one.
    var tmuxTarget: String { pane.isEmpty ? "\(session):" : "\(session):.\(pane)" }

    /// The pane alone, for commands: it is this one or none.
    var tmuxPane: String { pane.isEmpty ? "\(session):" : pane }
}
