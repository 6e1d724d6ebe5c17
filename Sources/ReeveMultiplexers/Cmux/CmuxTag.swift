import ReeveModel

/// Whose a workspace is, in its description: `reeve ID INSTANCE BOOT NAME`.
///
/// The description is the one text of a workspace that its list shows, that a client can set as the workspace is made, and that
/// cmux keeps across its own restart (manaflow-ai/cmux, workspace summaries of 2026). Titles are not unique and change under a
/// person's hands, and the environment of a workspace is left out of every list on purpose. `BOOT` tells a workspace that cmux
/// has brought back after a restart, with a shell where the keeper was, from the one we made.
struct CmuxTag: Sendable, Hashable {
    var id: SessionID
    var owner: String
    /// Which life of cmux it was made in: the beginning of its `boot_id`, or `-` where cmux does not tell.
    var boot: String
    /// The name that we gave it, whatever the title is now.
    var name: String

    init(_ request: SpawnRequest, epoch: String) {
        id = request.id
        owner = request.owner
        boot = Self.boot(epoch)
        name = request.name.text
    }

    /// Nil for what is no tag of ours.
    init?(_ description: String?) {
        guard let words = description?.split(separator: " ", omittingEmptySubsequences: false), words.count == 5,
            words[0] == "reeve",
            let id = SessionID(String(words[1])), SessionName(String(words[4])) != nil
        else { return nil }
        self.id = id
        owner = String(words[2])
        boot = String(words[3])
        name = String(words[4])
    }

    var text: String { "reeve \(id) \(owner) \(boot) \(name)" }

    /// Eight characters are enough to tell one restart from the next, and people see it.
    static func boot(_ epoch: String) -> String {
        let head = epoch.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(8)
        return head.isEmpty ? "-" : String(head)
    }

    /// Whether the workspace was made in this life of cmux, as far as can be told: where one of the two is not
    /// known, nothing speaks against it.
    func isOf(epoch: String) -> Bool {
        let now = Self.boot(epoch)
        return boot == now || boot == "-" || now == "-"
    }
}
