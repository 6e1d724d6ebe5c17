import Ownership
import Processes
package import ReeveModel

/// Worktrees by git itself. Every change of a repository is made under a lock that all its worktrees share; nobody's working tree is
/// touched but the ticket's own.
package struct GitWorktrees: Worktrees {
    let settings: GitSettings
    let time: any TimeSource

    /// A checkout may be large, and may draw files from elsewhere (LFS).
    static let checkoutTimeout = Duration.seconds(600)
    static let lockTimeout = Duration.seconds(900)
    /// What of a set-up command's words is kept for the error.
    static let keptWords = 4096

    package init(settings: GitSettings, time: any TimeSource) {
        self.settings = settings
        self.time = time
    }

    package func prepare(_ wish: WorktreeWish) async throws(ReeveError) -> WorktreePlace {
        let project = FileSystem.canonical(wish.project)
        guard FileSystem.isDirectory(project) else {
            throw .conflict("the project \(InertText.clean(wish.project)) is no directory", hint: "reeve show \(wish.ticket)")
        }
        let git = try await program(project)
        let repository = try await GitRepository.find(git)
        let branch: BranchName
        if let known = wish.branch {
            branch = known
        } else {
            branch = try settings.branch.branch(ticket: wish.ticket, type: wish.type)
        }
        let root = repository.place(wish.ticket, in: settings.directory)
        var place: WorktreePlace
        do {
            let lock = try await FileLock.wait(for: Self.lockPath(repository.common), within: Self.lockTimeout, time: time)
            try exclude(repository)
            place = try await make(git, repository, branch: branch, root: root)
            withExtendedLifetime(lock) {}
        }
        let part = "\(root)/\(repository.prefix)"
        // Where the base does not have the project's directory, the agent works at the top.
        place.directory = FileSystem.isDirectory(FileSystem.canonical(part)) ? FileSystem.canonical(part) : root
        try await setUp(place, ticket: wish.ticket)
        return place
    }

    static func lockPath(_ directory: String) -> String { "\(directory)/reeve.lock" }

    func program(_ directory: String) async throws(ReeveError) -> GitProgram {
        var git = GitProgram(directory: directory, environment: settings.environment, time: time)
        let hasSSHCommand = try await git.ask(["config", "--get", "core.sshCommand"]) != nil
        git.environment = ToolEnvironment.git(settings.environment, hasSSHCommand: hasSSHCommand)
        return git
    }

    // MARK: - Making

    private func make(
        _ git: GitProgram, _ repository: GitRepository, branch: BranchName, root: String
    ) async throws(ReeveError) -> WorktreePlace {
        let list = try await repository.worktrees(git)
        var force: [String] = []
        if let entry = list.entry(at: root) {
            if entry.locked == "initializing" {
                // `git worktree add` was killed: it takes this lock off when the tree is complete (git 2.39, builtin/worktree.c). So nobody
                // has worked there; what is there is half a checkout.
                _ = try await git.run(["worktree", "remove", "--force", "--force", "--", root], within: Self.checkoutTimeout)
                force = ["--force", "--force"]
            } else if FileSystem.exists(root) {
                return try await reuse(git, repository, entry, branch)
            } else if let reason = entry.locked {
                throw .conflict(
                    "the worktree \(InertText.clean(root)) is locked and its directory is not there: \(InertText.clean(reason))",
                    hint: ShellText.command(["git", "-C", repository.home, "worktree", "unlock", root]))
            } else {
                force = ["--force"]
            }
        }
        if FileSystem.exists(root), !(FileSystem.isDirectory(root) && FileSystem.isEmpty(root)) {
            throw .conflict(
                "\(InertText.clean(root)) is no worktree of \(InertText.clean(repository.home)) and is in the way of one",
                hint: "look what is in it, and move it away")
        }
        if let other = list.entry(on: branch.reference), other.path != root {
            throw .conflict(
                "the branch '\(branch)' is checked out in \(InertText.clean(other.path))",
                hint: "switch to another branch there: \(ShellText.command(["git", "-C", other.path, "status"]))")
        }
        let base = try await BaseBranch.find(git, work: branch, settings: settings)
        var notes = base.notes
        var add = ["worktree", "add", "--quiet", "--no-track"] + force
        if try await git.commit(branch.reference) != nil {
            notes.append("the branch '\(branch)' was there before; work goes on where it is")
            add = ["worktree", "add", "--quiet"] + force + ["--", root, branch.text]
        } else if let remote = base.remote, let pushed = try await git.commit(BaseBranch.tracking(remote, branch)) {
            notes.append("the remote '\(remote)' has a branch '\(branch)'; work goes on where it is")
            add += ["-b", branch.text, "--", root, pushed]
        } else {
            guard let start = try await git.commit(base.reference) else {
                throw .unavailable("the branch '\(base.branch)' has gone while the worktree was being made", hint: "try again")
            }
            add += ["-b", branch.text, "--", root, start]
        }
        try await git.say(add, within: Self.checkoutTimeout)
        let state = try await stateDirectory(root)
        try write(base.branch.text + "\n", to: state + "/reeve-base")
        return WorktreePlace(
            repository: repository.common, root: root, directory: root, branch: branch, base: base.branch, remote: base.remote,
            notes: notes)
    }

    private func reuse(
        _ git: GitProgram, _ repository: GitRepository, _ entry: WorktreeList.Entry, _ branch: BranchName
    ) async throws(ReeveError) -> WorktreePlace {
        var notes: [String] = []
        if entry.reference != branch.reference {
            let other =
                entry.reference.map { "on '\($0.hasPrefix("refs/heads/") ? String($0.dropFirst(11)) : $0)'" } ?? "on no branch"
            notes.append("\(InertText.clean(entry.path)) is \(InertText.clean(other)) and not on '\(branch)'; it is left so")
        }
        let state = try await stateDirectory(entry.path)
        let kept = FileSystem.read(state + "/reeve-base", limit: 4096).flatMap { BranchName($0.trimmingWhitespace()) }
        var quiet = settings
        // What is there is not made new, so only the names are needed.
        quiet.fetch = kept == nil && settings.fetch
        let found = try await BaseBranch.find(git, work: branch, settings: quiet)
        if kept == nil { try write(found.branch.text + "\n", to: state + "/reeve-base") }
        return WorktreePlace(
            repository: repository.common, root: entry.path, directory: entry.path, branch: branch, base: kept ?? found.branch,
            remote: found.remote, notes: notes)
    }

    /// Git's own directory of one worktree: what is kept there goes with it.
    private func stateDirectory(_ root: String) async throws(ReeveError) -> String {
        try await GitProgram(directory: root, environment: settings.environment, time: time).say([
            "rev-parse", "--absolute-git-dir",
        ])
    }

    private func write(_ text: String, to path: String) throws(ReeveError) {
        do throws(Refusal) { try PrivateFile.write(text.utf8, to: path) } catch {
            throw .unavailable(error.reason, hint: error.mend)
        }
    }

    /// Agents' notes are never committed, whatever an agent does. The file is this clone's own and is not shared (`gitignore(5)`).
    private func exclude(_ repository: GitRepository) throws(ReeveError) {
        let path = repository.common + "/info/exclude"
        let text = FileSystem.read(path, limit: 1 << 20)
        if text == nil, FileSystem.exists(path) { return }
        let lines = (text ?? "").split(separator: "\n").map { $0.trimmingWhitespace() }
        if lines.contains(".reeve/") || lines.contains("/.reeve/") || lines.contains(".reeve") { return }
        try FileSystem.append((text ?? "").isEmpty || text?.hasSuffix("\n") == true ? ".reeve/\n" : "\n.reeve/\n", to: path)
    }

    // MARK: - The set-up command

    /// Runs it once for each worktree, again after a failure. Not under the repository's lock: other tickets need not wait for it.
    private func setUp(_ place: WorktreePlace, ticket: TicketID) async throws(ReeveError) {
        guard !settings.setup.isEmpty else { return }
        let state = try await stateDirectory(place.root)
        let lock = try await FileLock.wait(for: Self.lockPath(state), within: settings.setupTimeout + .seconds(60), time: time)
        defer { withExtendedLifetime(lock) {} }
        let done = state + "/reeve-ready"
        if FileSystem.exists(done) { return }
        var environment = ToolEnvironment.git(settings.environment)
        environment["REEVE_TICKET"] = ticket.text
        environment["REEVE_BRANCH"] = place.branch.text
        let outcome: (status: Int, end: String)
        do {
            outcome = try await ProcessRunner.runKeepingEnd(
                settings.setup, environment: environment, directory: place.directory, kept: Self.keptWords,
                timeLimit: .init(settings.setupTimeout, time))
        } catch let error as ReeveError {
            throw ReeveError(
                error.kind, "the set-up command of \(InertText.clean(place.root)): \(error.message)",
                hint: error.hint ?? again(place))
        } catch {
            throw ReeveError(.unavailable, "the set-up command of \(InertText.clean(place.root)) was stopped")
        }
        guard outcome.status == 0 else {
            let words = InertText.clean(outcome.end, keepingLines: true).trimmingWhitespace()
            throw ReeveError(
                .unavailable,
                "the set-up command '\(ShellText.command(settings.setup))' exited \(outcome.status) in \(InertText.clean(place.root))"
                    + (words.isEmpty ? "" : ":\n\(words)"),
                hint: GitProgram.saysDiskFull(outcome.end) ? ReeveError.makeRoom : again(place))
        }
        try write("", to: done)
    }

    private func again(_ place: WorktreePlace) -> String {
        "mend it there, it is run again: cd \(ShellText.quoted(InertText.clean(place.directory)))"
    }
}
