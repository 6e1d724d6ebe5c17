/// What `git status --porcelain=v2 -z` says (`git-status(1)`, "Porcelain Format Version 2"): counted, with a few names.
struct TreeStatus: Sendable, Hashable {
    var changed: [String] = []
    var untracked: [String] = []
    var ignored: [String] = []

    init(_ text: String) {
        var fields = text.split(separator: "\0", omittingEmptySubsequences: true)[...]
        while let field = fields.popFirst() {
            // The fields before the path: 8 of a change, 9 of a rename, which is followed by the old path, 10 of a conflict.
            let fixed: Int
            switch field.first {
            case "1": fixed = 8
            case "2":
                fixed = 9
                _ = fields.popFirst()
            case "u": fixed = 10
            case "?":
                untracked.append(String(field.dropFirst(2)))
                continue
            case "!":
                ignored.append(String(field.dropFirst(2)))
                continue
            default: continue
            }
            let parts = field.split(separator: " ", maxSplits: fixed, omittingEmptySubsequences: false)
            if parts.count > fixed { changed.append(String(parts[fixed])) }
        }
    }

    /// Agents' notes are ours and go with the worktree.
    var ignoredButNotes: [String] { ignored.filter { $0 != ".reeve/" && !$0.hasPrefix(".reeve/") } }
}
