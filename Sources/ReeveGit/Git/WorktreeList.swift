/// What `git worktree list --porcelain -z` says (git 2.36 and later; `git-worktree(1)`, "Porcelain Format"): attributes that end with NUL,
/// an empty one after each worktree, the main one first.
struct WorktreeList: Sendable {
    struct Entry: Sendable, Hashable {
        var path: String
        /// As `refs/heads/…`; nil while no branch is checked out.
        var reference: String?
        /// The reason of the lock, which may be empty; nil where there is none.
        var locked: String?
        /// Its directory is gone.
        var isPrunable = false
        var isBare = false
    }

    var entries: [Entry] = []

    init(_ text: String) {
        var entry: Entry?
        for field in text.split(separator: "\0", omittingEmptySubsequences: false) {
            if field.isEmpty {
                if let entry { entries.append(entry) }
                entry = nil
                continue
            }
            let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? String(parts[1]) : ""
            switch parts[0] {
            case "worktree": entry = Entry(path: value)
            case "branch": entry?.reference = value
            case "locked": entry?.locked = value
            case "prunable": entry?.isPrunable = true
            case "bare": entry?.isBare = true
            default: break
            }
        }
        if let entry { entries.append(entry) }
    }

    func entry(at path: String) -> Entry? { entries.first { $0.path == path } }
    func entry(on reference: String) -> Entry? { entries.first { $0.reference == reference } }
}
