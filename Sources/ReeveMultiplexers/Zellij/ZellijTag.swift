import ReeveModel

/// Whose a pane is, read from the command that Zellij says it was started with. Zellij keeps no values for us; a pane's command
/// it never changes, and nobody else starts our keeper with our session's id in our directory.
///
/// The keeper is started through `env`, with a variable that holds the rest: the true name, the instance, and a word that is new
/// at each start and tells this life of the pane from every other.
struct ZellijTag: Sendable, Hashable {
    static let variable = "REEVE_TERMINAL"

    var id: SessionID
    /// Nil where Zellij shows only what runs in the pane, and not what it was started with.
    var name: String?
    var owner: String?
    var life: String?

    /// The command of a new pane.
    /// - Parameter life: new at each call.
    static func command(for request: SpawnRequest, life: String) -> [String] {
        ["/usr/bin/env", "\(variable)=\(request.name)/\(request.owner)/\(life)"] + request.arguments
    }

    /// - Parameters:
    ///   - command: words with spaces between them, as Zellij prints them.
    ///   - runtimeDirectory: ours.
    /// - Returns: nil for what is no keeper of this daemon.
    init?(command: String, runtimeDirectory: String) {
        let mark = " --runtime-dir \(runtimeDirectory)"
        guard let range = command.firstRange(of: mark), range.upperBound == command.endIndex || command[range.upperBound] == " "
        else { return nil }
        let head = command[..<range.lowerBound]
        guard let space = head.lastIndex(of: " "), let id = SessionID(String(head[head.index(after: space)...])),
            head[..<space].hasSuffix("/reeve-keeper")
        else { return nil }
        self.id = id
        let words = head.split(separator: " ", maxSplits: 2)
        guard words.count == 3, words[0].hasSuffix("env"), words[1].hasPrefix("\(Self.variable)=") else { return }
        let facts = words[1].dropFirst(Self.variable.count + 1).split(separator: "/", omittingEmptySubsequences: false)
        guard facts.count == 3 else { return }
        name = String(facts[0])
        owner = String(facts[1])
        life = String(facts[2])
    }
}

/// What a handle's `epoch` holds: the id of the tab, and the life of the pane.
struct ZellijEpoch: Sendable, Hashable {
    var tab: Int
    var life: String

    init(tab: Int, life: String?) {
        self.tab = tab
        self.life = life ?? ""
    }

    init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let tab = Int(parts[0]) else { return nil }
        self.tab = tab
        life = String(parts[1])
    }

    var text: String { "\(tab).\(life)" }

    /// Where Zellij does not show the life of a pane, the session's id alone has to do.
    func isLife(of tag: ZellijTag) -> Bool { tag.life.map { $0 == life } ?? true }
}
