import Processes
import ReeveModel

/// Which repository a directory belongs to, and what is to be known of it before anything is done there.
struct GitRepository: Sendable {
    /// The directory that all worktrees share: `…/.git`, or the bare repository. The key of the lock.
    var common: String
    /// Where its main working tree is, or the bare repository.
    var home: String
    /// Of the directory that was asked for, below its working tree: `sub/dir/`, or empty.
    var prefix: String

    /// - Throws: `conflict` when it is no repository or has no commit yet.
    static func find(_ git: GitProgram) async throws(ReeveError) -> GitRepository {
        let question = [
            "rev-parse", "--path-format=absolute", "--git-common-dir", "--is-inside-work-tree", "--is-bare-repository",
        ]
        let output = try await git.run(question)
        let lines = output.text.split(separator: "\n", omittingEmptySubsequences: false)
        guard output.status == 0, lines.count >= 3 else {
            throw .conflict(
                "\(InertText.clean(git.directory)) is no git repository that can be used: \(GitProgram.lastWords(output))",
                hint: "git init there, or set use_worktrees = false")
        }
        let common = FileSystem.canonical(String(lines[0]))
        // Three words, and a path may hold line breaks: then it is not used.
        guard lines.count == 4, lines[3].isEmpty, FileSystem.isDirectory(common) else {
            throw .conflict("the path of \(InertText.clean(git.directory)) has a line break in it", hint: "move the repository")
        }
        guard lines[1] == "true" || lines[2] == "true" else {
            throw .conflict(
                "\(InertText.clean(git.directory)) is inside of git's own directory",
                hint: "name the repository's directory as project")
        }
        guard try await git.commit("HEAD") != nil else {
            throw .conflict(
                "the repository \(InertText.clean(git.directory)) has no commit that a branch could begin at",
                hint: "git -C \(ShellText.quoted(git.directory)) commit --allow-empty -m Begin")
        }
        var home = common
        if common.hasSuffix("/.git") {
            home = String(common.dropLast(5))
        } else if lines[1] == "true" {
            // A separate git directory: a submodule, `--separate-git-dir`.
            home = FileSystem.canonical(try await git.say(["rev-parse", "--path-format=absolute", "--show-toplevel"]))
        }
        let prefix = lines[1] == "true" ? try await git.say(["rev-parse", "--show-prefix"]) : ""
        return GitRepository(common: common, home: home, prefix: prefix)
    }

    /// The last part of its path, without what git adds to it.
    var name: String {
        let last = home.split(separator: "/").last.map(String.init) ?? "repository"
        return last.hasSuffix(".git") && last.count > 4 ? String(last.dropLast(4)) : last
    }

    /// Where a ticket's worktree is.
    func place(_ ticket: TicketID, in directory: String?) -> String {
        // As git will say it: links followed.
        if let directory { return FileSystem.canonical("\(directory)/\(name)/\(ticket)") }
        let base = home.hasSuffix(".git") && !home.hasSuffix("/.git") ? String(home.dropLast(4)) : home
        return FileSystem.canonical("\(base).worktrees/\(ticket)")
    }

    func worktrees(_ git: GitProgram) async throws(ReeveError) -> WorktreeList {
        WorktreeList(try await git.say(["worktree", "list", "--porcelain", "-z"]))
    }
}
