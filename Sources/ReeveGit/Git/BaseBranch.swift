import ReeveModel

/// Where work begins and goes back to: the default branch of the remote, or of this repository where there is no remote.
struct BaseBranch: Sendable {
    var branch: BranchName
    /// What the newest known state of it is called here.
    var reference: String
    var remote: String?
    var notes: [String] = []

    /// Asks the remote for its default branch and that branch's newest commit, and for the ticket's branch if it has it.
    ///
    /// Only those two are fetched, and only below `refs/remotes`: the remote's own refspecs could reach into the branches here (a mirror's
    /// do), so they are left out (`--refmap=`, `git-fetch(1)`).
    static func find(_ git: GitProgram, work: BranchName, settings: GitSettings) async throws(ReeveError) -> BaseBranch {
        var notes: [String] = []
        guard let remote = try await self.remote(git, wanted: settings.remote, notes: &notes) else {
            return try await local(git, notes: notes)
        }
        var name = try await lastKnown(git, remote)
        if settings.fetch {
            do throws(ReeveError) {
                let said = try await git.say(["ls-remote", "--symref", "--", remote, "HEAD"], within: settings.fetchTimeout)
                name = symbolic(said) ?? name
                if let name {
                    try await git.say(
                        [
                            "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-auto-gc", "--no-write-fetch-head",
                            "--refmap=",
                            "--", remote, "+\(name.reference):\(tracking(remote, name))",
                            // A pattern, since a branch that is not there would be an error. Longer names come too, and do no harm.
                            "+\(work.reference)*:\(tracking(remote, work))*",
                        ], within: settings.fetchTimeout)
                }
            } catch {
                notes.append(
                    "the remote '\(remote)' could not be asked, so this is its state of the last fetch: \(error.message)")
            }
        }
        if let name, try await git.commit(tracking(remote, name)) != nil {
            return BaseBranch(branch: name, reference: tracking(remote, name), remote: remote, notes: notes)
        }
        notes.append("nothing is known of the default branch of the remote '\(remote)'")
        var base = try await local(git, notes: notes)
        base.remote = remote
        return base
    }

    /// The newest known state of a base that is known by name; nil when it is gone.
    static func known(_ git: GitProgram, _ base: BranchName, remote: String?) async throws(ReeveError) -> String? {
        if let remote, try await git.commit(tracking(remote, base)) != nil { return tracking(remote, base) }
        return try await git.commit(base.reference) == nil ? nil : base.reference
    }

    static func tracking(_ remote: String, _ branch: BranchName) -> String { "refs/remotes/\(remote)/\(branch)" }

    private static func remote(
        _ git: GitProgram, wanted: String, notes: inout [String]
    ) async throws(ReeveError) -> String? {
        // A name that is part of a reference, too.
        let names = try await git.say(["remote"]).split(separator: "\n").map(String.init).filter { BranchName($0) != nil }
        if names.contains(wanted) { return wanted }
        if names.count == 1 { return names[0] }
        notes.append(
            names.isEmpty
                ? "the repository has no remote"
                : "the repository has several remotes and none is called '\(InertText.clean(wanted))' ([git] remote)")
        return nil
    }

    private static func lastKnown(_ git: GitProgram, _ remote: String) async throws(ReeveError) -> BranchName? {
        let prefix = "refs/remotes/\(remote)/"
        if let head = try await git.ask(["symbolic-ref", "--quiet", prefix + "HEAD"]), head.hasPrefix(prefix) {
            return BranchName(String(head.dropFirst(prefix.count)))
        }
        for name in ["main", "master"] {
            if let branch = BranchName(name), try await git.commit(prefix + name) != nil { return branch }
        }
        return nil
    }

    /// Of `ref: refs/heads/main<TAB>HEAD`, the first line (`git-ls-remote(1)`, `--symref`).
    private static func symbolic(_ text: String) -> BranchName? {
        for line in text.split(separator: "\n") where line.hasPrefix("ref: refs/heads/") && line.hasSuffix("\tHEAD") {
            return BranchName(String(line.dropFirst(16).dropLast(5)))
        }
        return nil
    }

    private static func local(_ git: GitProgram, notes: [String]) async throws(ReeveError) -> BaseBranch {
        var names = ["main", "master"]
        if let configured = try await git.ask(["config", "--get", "init.defaultBranch"]) { names.insert(configured, at: 0) }
        if let head = try await git.ask(["symbolic-ref", "--quiet", "--short", "HEAD"]) { names.append(head) }
        for name in names {
            guard let branch = BranchName(name), try await git.commit(branch.reference) != nil else { continue }
            return BaseBranch(
                branch: branch, reference: branch.reference, remote: nil,
                notes: notes + ["work begins at the local branch '\(branch)'"])
        }
        throw .conflict(
            "the repository \(InertText.clean(git.directory)) has no branch that work could begin at",
            hint: "git -C \(ShellText.quoted(git.directory)) switch --create main")
    }
}
