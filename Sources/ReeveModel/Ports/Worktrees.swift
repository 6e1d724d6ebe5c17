/// A working tree of its own for each ticket. Implemented by `ReeveGit`.
package protocol Worktrees: Sendable {
    /// Makes the ticket's worktree, or finds the one that is there: asked again after a crash at any point it gives the same place.
    /// Nothing that anybody has done there is changed.
    /// - Throws: `conflict` when the project is no git repository or something else is in the way (it is left alone), `unavailable` when
    ///   git or the set-up command fails, `timeout`.
    func prepare(_ wish: WorktreeWish) async throws(ReeveError) -> WorktreePlace
    /// Removes the ticket's worktree if nothing can be lost by it, and then its branch. Asked again it goes on where it was.
    /// - Parameter mergedHead: the commit that the provider says was merged; nil when only the base branch can tell.
    func remove(_ place: WorktreePlace, mergedHead: String?) async throws(ReeveError) -> WorktreeRemoval
}

/// Whose worktree, and of which repository.
package struct WorktreeWish: Sendable, Hashable {
    package var ticket: TicketID
    package var type: String
    /// The ticket's directory: a repository's, or one below it.
    package var project: String
    /// The branch that the ticket has had; nil before its first worktree.
    package var branch: BranchName?

    package init(ticket: TicketID, type: String, project: String, branch: BranchName? = nil) {
        self.ticket = ticket
        self.type = type
        self.project = project
        self.branch = branch
    }
}

/// Where a ticket's work is. Kept with the ticket: removal and requests need it after a restart.
package struct WorktreePlace: Sendable, Hashable {
    /// What all worktrees of the repository share: its `.git`, or the bare repository itself.
    package var repository: String
    /// Of the worktree; absolute.
    package var root: String
    /// Where the agent works: the part of `root` that the project was of its repository.
    package var directory: String
    package var branch: BranchName
    /// The branch that the work goes back to: `main`.
    package var base: BranchName
    /// The remote that it is pushed to; nil where there is none.
    package var remote: String?
    /// What was not as usual, in sentences: an unreachable remote, a branch that was there before. Not kept.
    package var notes: [String]

    package init(
        repository: String, root: String, directory: String, branch: BranchName, base: BranchName, remote: String?,
        notes: [String] = []
    ) {
        self.repository = repository
        self.root = root
        self.directory = directory
        self.branch = branch
        self.base = base
        self.remote = remote
        self.notes = notes
    }
}

package enum WorktreeRemoval: Sendable, Hashable {
    /// It is gone, or was gone already.
    /// - Parameters:
    ///   - branchKept: why its branch stays; nil when that is gone too.
    ///   - ignored: files that git ignores and that went with it; at most 20 names.
    case removed(branchKept: String?, ignored: [String])
    /// It stays as it is.
    /// - Parameters:
    ///   - reasons: each a few words, at least one.
    ///   - look: the command that shows what it is about.
    case kept(reasons: [String], look: String)
}
