import Processes
package import ReeveModel

extension GitWorktrees {
    package func remove(_ place: WorktreePlace, mergedHead: String?) async throws(ReeveError) -> WorktreeRemoval {
        guard FileSystem.isDirectory(place.repository) else {
            throw .conflict(
                "the repository of \(InertText.clean(place.root)) is not at \(InertText.clean(place.repository)) any more",
                hint: "nothing was removed; put it back, or remove the worktree yourself")
        }
        let git = try await program(place.repository)
        let lock = try await FileLock.wait(for: Self.lockPath(place.repository), within: Self.lockTimeout, time: time)
        defer { withExtendedLifetime(lock) {} }
        let list = WorktreeList(try await git.say(["worktree", "list", "--porcelain", "-z"]))
        let entry = list.entry(at: place.root)
        guard let entry else {
            // Removed before, by whomever. What is at its place now is not ours.
            return .removed(branchKept: try await removeBranch(place, git, list, mergedHead: mergedHead), ignored: [])
        }
        if entry == list.entries.first {
            return kept(place, ["it is the repository's main working tree, and no ticket's own"])
        }
        if let reason = entry.locked {
            let look = ShellText.command(["git", "-C", place.repository, "worktree", "list", "--verbose"])
            return .kept(reasons: ["git has it locked" + (reason.isEmpty ? "" : ": \(InertText.clean(reason))")], look: look)
        }
        guard FileSystem.exists(place.root) else {
            let look = ShellText.command(["git", "-C", place.repository, "worktree", "list", "--verbose"])
            return .kept(reasons: ["its directory is gone, and git still knows it; 'git worktree prune' forgets it"], look: look)
        }
        let tree = try await program(place.root)
        let state = try await tree.say(["rev-parse", "--absolute-git-dir"])
        // Taken for the look and for the removal: a set-up command that runs has it.
        guard let own = try FileLock.attempt(Self.lockPath(state)) else { return kept(place, ["its set-up command is running"]) }
        defer { withExtendedLifetime(own) {} }
        try await refresh(place, git)

        let status = TreeStatus(
            try await tree.say([
                "status", "--porcelain=v2", "-z", "--untracked-files=all", "--ignored=matching", "--ignore-submodules=none",
                "--no-renames",
            ]))
        var reasons = unsaved(status, state: state)
        if let hidden = try await hiddenChanges(tree) { reasons.append(hidden) }
        if let stashes = try await stashes(of: place.branch, tree) { reasons.append(stashes) }
        if !reasons.isEmpty { return kept(place, reasons) }
        if let open = try await unmerged(place, tree, mergedHead: mergedHead) { return open }

        let ignored = status.ignoredButNotes.sorted().prefix(20).map { InertText.clean($0) }
        // Without --force: git itself looks again whether anything has changed meanwhile.
        let output = try await git.run(["worktree", "remove", "--", place.root], within: Self.checkoutTimeout)
        guard output.status == 0 else { return kept(place, ["git does not remove it: \(GitProgram.lastWords(output))"]) }
        if let slash = place.root.lastIndex(of: "/") { FileSystem.removeIfEmpty(String(place.root[..<slash])) }
        let rest = WorktreeList(try await git.say(["worktree", "list", "--porcelain", "-z"]))
        return .removed(branchKept: try await removeBranch(place, git, rest, mergedHead: mergedHead), ignored: Array(ignored))
    }

    private func kept(_ place: WorktreePlace, _ reasons: [String]) -> WorktreeRemoval {
        .kept(reasons: reasons, look: ShellText.command(["git", "-C", place.root, "status"]))
    }

    /// What would be lost with the files. Each reason names a few of them.
    private func unsaved(_ status: TreeStatus, state: String) -> [String] {
        var reasons: [String] = []
        if !status.changed.isEmpty { reasons.append("not committed: \(named(status.changed))") }
        if !status.untracked.isEmpty { reasons.append("not known to git: \(named(status.untracked))") }
        let unfinished = [
            ("rebase-merge", "rebase"), ("rebase-apply", "rebase"), ("MERGE_HEAD", "merge"), ("CHERRY_PICK_HEAD", "cherry-pick"),
            ("REVERT_HEAD", "revert"), ("BISECT_LOG", "bisect"),
        ]
        if let found = unfinished.first(where: { FileSystem.exists("\(state)/\($0.0)") }) {
            reasons.append("a \(found.1) is not finished")
        }
        return reasons
    }

    private func named(_ paths: [String]) -> String {
        let some = paths.sorted().prefix(3).map { InertText.clean(String($0.prefix(80))) }.joined(separator: ", ")
        return paths.count > 3 ? "\(some) and \(paths.count - 3) more" : some
    }

    /// Files that git was told not to look at: their changes are in no status. Lower-case tags of `git ls-files -v`.
    private func hiddenChanges(_ tree: GitProgram) async throws(ReeveError) -> String? {
        let files = try await tree.say(["ls-files", "-v", "-z"]).split(separator: "\0").filter { $0.first?.isLowercase == true }
        return files.isEmpty ? nil : "marked assume-unchanged: \(named(files.map { String($0.dropFirst(2)) }))"
    }

    /// Stashes are the repository's, so they would not be lost, but nobody would look for them there. `WIP on BRANCH: …`, `On BRANCH: …`.
    private func stashes(of branch: BranchName, _ tree: GitProgram) async throws(ReeveError) -> String? {
        let count = try await tree.say(["stash", "list", "-z", "--format=%gs"]).split(separator: "\0")
            .count { $0.hasPrefix("WIP on \(branch): ") || $0.hasPrefix("On \(branch): ") }
        return count == 0 ? nil : "\(count) stash\(count == 1 ? "" : "es") of '\(branch)'"
    }

    // MARK: - Commits

    /// Brings the remote's word on what is merged. Without it the last word counts, and more is kept.
    private func refresh(_ place: WorktreePlace, _ git: GitProgram) async throws(ReeveError) {
        guard settings.fetch, place.remote != nil else { return }
        var known = settings
        known.remote = place.remote ?? settings.remote
        _ = try await BaseBranch.find(git, work: place.branch, settings: known)
    }

    /// Nil when every commit of the worktree and of its branch is in the base, or was merged as the provider says.
    private func unmerged(
        _ place: WorktreePlace, _ tree: GitProgram, mergedHead: String?
    ) async throws(ReeveError) -> WorktreeRemoval? {
        guard let base = try await BaseBranch.known(tree, place.base, remote: place.remote) else {
            return kept(place, ["the branch '\(place.base)' that it goes back to is not known any more"])
        }
        for tip in ["HEAD", place.branch.reference] {
            guard let commit = try await tree.commit(tip) else { continue }
            if try await isMerged(commit, in: base, mergedHead: mergedHead, tree) { continue }
            let count = try await tree.say(["rev-list", "--count", "\(base)..\(commit)"])
            let shownBase = base.split(separator: "/").dropFirst(2).joined(separator: "/")
            var reason = "\(count) commit\(count == "1" ? "" : "s") not in '\(shownBase)'"
            if let remote = place.remote {
                let tracking = BaseBranch.tracking(remote, place.branch)
                var isPushed = try await tree.commit(tracking) != nil
                if isPushed { isPushed = try await tree.contains(tracking, commit) }
                reason += isPushed ? ", pushed and not merged" : ", not pushed"
            }
            return .kept(
                reasons: [reason],
                look: ShellText.command([
                    "git", "-C", place.root, "log", "--oneline", "\(shownBase)..\(tip == "HEAD" ? tip : place.branch.text)",
                ]))
        }
        return nil
    }

    private func isMerged(
        _ commit: String, in base: String, mergedHead: String?, _ git: GitProgram
    ) async throws(ReeveError) -> Bool {
        if try await git.contains(base, commit) { return true }
        // A request that was squashed leaves none of its commits behind: the provider's word names the last of them.
        if let mergedHead, let head = try await git.commit(mergedHead), try await git.contains(head, commit) { return true }
        // A rebased one leaves the same changes as other commits, which `git cherry` marks with '-'. It passes over merges.
        guard try await git.say(["rev-list", "--count", "--merges", "\(base)..\(commit)"]) == "0" else { return false }
        return try await git.say(["cherry", base, commit]).split(separator: "\n").allSatisfy { $0.hasPrefix("- ") }
    }

    /// Deletes the branch if it is merged.
    /// - Returns: why it stays; nil when it is gone.
    private func removeBranch(
        _ place: WorktreePlace, _ git: GitProgram, _ list: WorktreeList, mergedHead: String?
    ) async throws(ReeveError) -> String? {
        guard let commit = try await git.commit(place.branch.reference) else { return nil }
        if let other = list.entry(on: place.branch.reference) { return "it is checked out in \(InertText.clean(other.path))" }
        guard let base = try await BaseBranch.known(git, place.base, remote: place.remote) else {
            return "the branch '\(place.base)' that it goes back to is not known any more"
        }
        if base == place.branch.reference { return "it is the branch that work goes back to" }
        guard try await isMerged(commit, in: base, mergedHead: mergedHead, git) else { return "it is not merged" }
        // Only what was looked at: with another commit by now git refuses.
        let output = try await git.run(["update-ref", "-d", place.branch.reference, commit])
        return output.status == 0 ? nil : "git does not delete it: \(GitProgram.lastWords(output))"
    }
}
