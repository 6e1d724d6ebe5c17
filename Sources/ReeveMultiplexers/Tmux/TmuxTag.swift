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

    /// A condition that holds for the sessions with this id. Ids hold nothing that a pattern would take for more than itself.
    static func condition(_ id: SessionID) -> String { "#{m:\(id) *,\(format)}" }

    static func text(_ text: some StringProtocol, names id: SessionID) -> Bool { text.hasPrefix("\(id) ") }
}
