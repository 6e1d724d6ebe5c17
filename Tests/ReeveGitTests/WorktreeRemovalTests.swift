import Foundation
import ReeveGit
import ReeveModel
import ReeveTestSupport
import Testing

/// The promises of `docs/git.md`, "When it is removed", with the real git.
@Suite(.serialized) struct WorktreeRemovalTests {
    /// Merges the ticket's branch as a colleague would, and pushes the base.
    private func merge(_ world: RealGit, _ place: WorktreePlace, squash: Bool = false) async throws {
        let other = try await world.colleague()
        try await world.git("push", "--quiet", "origin", "FEAT/FEAT-1", in: place.root)
        try await world.git("fetch", "--quiet", in: other)
        if squash {
            try await world.git("merge", "--quiet", "--squash", "origin/FEAT/FEAT-1", in: other)
            try await world.git("commit", "--quiet", "--message", "All of it", in: other)
        } else {
            try await world.git("merge", "--quiet", "--no-ff", "--message", "Merge", "origin/FEAT/FEAT-1", in: other)
        }
        try await world.git("push", "--quiet", "origin", "main", in: other)
    }

    @Test func `a merged worktree goes, with its branch and its folder`() async throws {
        try await RealGit.with { world in
            let place = try await world.worktrees.prepare(world.wish())
            try await world.commit("a", "a", in: place.root)
            try world.write("note", to: place.root + "/.reeve/FEAT-1/plan.md")
            try await merge(world, place)
            let removal = try await world.worktrees.remove(place, mergedHead: nil)
            #expect(removal == .removed(branchKept: nil, ignored: []))
            #expect(!world.exists(world.home + ".worktrees"))
            #expect(try await !world.hasBranch("FEAT/FEAT-1"))
            #expect(world.exists(world.home + "/README"))
        }
    }

    @Test func `one without any work goes too`() async throws {
        try await RealGit.with { world in
            let place = try await world.worktrees.prepare(world.wish())
            #expect(try await world.worktrees.remove(place, mergedHead: nil) == .removed(branchKept: nil, ignored: []))
        }
    }

    @Test func `removed again it is removed`() async throws {
        try await RealGit.with { world in
            let place = try await world.worktrees.prepare(world.wish())
            _ = try await world.worktrees.remove(place, mergedHead: nil)
            #expect(try await world.worktrees.remove(place, mergedHead: nil) == .removed(branchKept: nil, ignored: []))
        }
    }

    @Test func `after a crash between worktree and branch the branch goes`() async throws {
        try await RealGit.with { world in
            let place = try await world.worktrees.prepare(world.wish())
            try await world.git("worktree", "remove", place.root, in: world.home)
            #expect(try await world.hasBranch("FEAT/FEAT-1"))
            #expect(try await world.worktrees.remove(place, mergedHead: nil) == .removed(branchKept: nil, ignored: []))
            #expect(try await !world.hasBranch("FEAT/FEAT-1"))
        }
    }

    @Test func `a squashed branch goes when the provider says that it was merged`() async throws {
        try await RealGit.with { world in
            let place = try await world.worktrees.prepare(world.wish())
            try await world.commit("a", "a", in: place.root)
            let head = try await world.commit("b", "b", in: place.root)
            try await merge(world, place, squash: true)
            let without = try await world.worktrees.remove(place, mergedHead: nil)
            #expect(
                without
                    == .kept(
                        reasons: ["2 commits not in 'origin/main', pushed and not merged"],
                        look: "git -C \(place.root) log --oneline origin/main..HEAD"))
            #expect(try await world.worktrees.remove(place, mergedHead: head) == .removed(branchKept: nil, ignored: []))
            #expect(try await !world.hasBranch("FEAT/FEAT-1"))
        }
    }

    @Test func `a rebased branch goes, for its changes are in the base`() async throws {
        try await RealGit.with { world in
            let place = try await world.worktrees.prepare(world.wish())
            let commit = try await world.commit("a", "a", in: place.root)
            try await world.git("push", "--quiet", "origin", "FEAT/FEAT-1", in: place.root)
            let other = try await world.colleague()
            try await world.commit("c", "c", in: other)
            try await world.git("fetch", "--quiet", in: other)
            try await world.git("cherry-pick", commit, in: other)
            try await world.git("push", "--quiet", "origin", "main", in: other)
            #expect(try await world.worktrees.remove(place, mergedHead: nil) == .removed(branchKept: nil, ignored: []))
        }
    }

    @Test func `ignored files are told`() async throws {
        try await RealGit.with { world in
            let place = try await world.worktrees.prepare(world.wish())
            try world.write("*.log\n", to: world.home + "/.git/info/exclude")
            try world.write("x", to: place.root + "/build.log")
            #expect(try await world.worktrees.remove(place, mergedHead: nil) == .removed(branchKept: nil, ignored: ["build.log"]))
        }
    }

    /// What must not be lost, and how it is named.
    @Test(arguments: [
        ("a change", "not committed: README"),
        ("a staged change", "not committed: README"),
        ("a new file", "not known to git: dir/new"),
        ("many new files", "not known to git: n1, n2, n3 and 2 more"),
        ("a conflict", "not committed: README|a merge is not finished"),
        ("an unfinished rebase", "a rebase is not finished"),
        ("a stash", "1 stash of 'FEAT/FEAT-1'"),
        ("a hidden change", "marked assume-unchanged: README"),
        ("a repository inside", "not known to git: inner/"),
    ])
    func `work that is not committed keeps it, and says so`(_ what: String, _ reasons: String) async throws {
        try await RealGit.with { world in
            let place = try await world.worktrees.prepare(world.wish())
            let root = place.root
            switch what {
            case "a change": try world.write("changed", to: root + "/README")
            case "a staged change":
                try world.write("changed", to: root + "/README")
                try await world.git("add", "README", in: root)
            case "a new file": try world.write("x", to: root + "/dir/new")
            case "many new files": for n in 1...5 { try world.write("x", to: root + "/n\(n)") }
            case "a conflict":
                try await world.commit("README", "theirs", in: world.home)
                try await world.commit("README", "ours", in: root)
                _ = try? await world.git("merge", "main", in: root)
            case "an unfinished rebase":
                try await world.commit("README", "theirs", in: world.home)
                try await world.commit("README", "ours", in: root)
                _ = try? await world.git("rebase", "main", in: root)
                try await world.git("checkout", "--ours", "README", in: root)
                try await world.git("add", "README", in: root)
            case "a stash":
                try world.write("changed", to: root + "/README")
                try await world.git("stash", in: root)
            case "a hidden change":
                try await world.git("update-index", "--assume-unchanged", "README", in: root)
                try world.write("changed", to: root + "/README")
            default:
                try await world.git("init", "--quiet", root + "/inner", in: root)
                try await world.commit("a", "a", in: root + "/inner")
            }
            let removal = try await world.worktrees.remove(place, mergedHead: nil)
            #expect(
                removal
                    == .kept(reasons: reasons.split(separator: "|").map(String.init), look: "git -C \(root) status"))
            #expect(world.exists(root + "/README"))
        }
    }

    @Test func `commits that are not merged keep it`() async throws {
        try await RealGit.with { world in
            let place = try await world.worktrees.prepare(world.wish())
            try await world.commit("a", "a", in: place.root)
            #expect(
                try await world.worktrees.remove(place, mergedHead: nil)
                    == .kept(
                        reasons: ["1 commit not in 'origin/main', not pushed"],
                        look: "git -C \(place.root) log --oneline origin/main..HEAD"))
        }
    }

    @Test func `commits after the merge keep it`() async throws {
        try await RealGit.with { world in
            let place = try await world.worktrees.prepare(world.wish())
            let head = try await world.commit("a", "a", in: place.root)
            try await merge(world, place, squash: true)
            try await world.commit("b", "b", in: place.root)
            guard case .kept = try await world.worktrees.remove(place, mergedHead: head) else {
                Issue.record("the second commit would be lost")
                return
            }
        }
    }

    @Test func `commits on no branch keep it`() async throws {
        try await RealGit.with { world in
            let place = try await world.worktrees.prepare(world.wish())
            try await world.git("switch", "--quiet", "--detach", in: place.root)
            try await world.commit("a", "a", in: place.root)
            guard case .kept = try await world.worktrees.remove(place, mergedHead: nil) else {
                Issue.record("a commit that no branch has would be lost")
                return
            }
        }
    }

    @Test func `without a remote the local branch tells what is merged`() async throws {
        try await RealGit.with(hasRemote: false) { world in
            let place = try await world.worktrees.prepare(world.wish())
            try await world.commit("a", "a", in: place.root)
            guard case .kept = try await world.worktrees.remove(place, mergedHead: nil) else {
                Issue.record("not merged, and removed")
                return
            }
            try await world.git("merge", "--quiet", "FEAT/FEAT-1", in: world.home)
            #expect(try await world.worktrees.remove(place, mergedHead: nil) == .removed(branchKept: nil, ignored: []))
        }
    }

    @Test func `a lock keeps it`() async throws {
        try await RealGit.with { world in
            let place = try await world.worktrees.prepare(world.wish())
            try await world.git("worktree", "lock", "--reason", "mine", place.root, in: world.home)
            #expect(
                try await world.worktrees.remove(place, mergedHead: nil)
                    == .kept(reasons: ["git has it locked: mine"], look: "git -C \(world.home)/.git worktree list --verbose"))
        }
    }

    @Test func `the branch stays where somebody works on it`() async throws {
        try await RealGit.with { world in
            let place = try await world.worktrees.prepare(world.wish())
            try await world.git("switch", "--quiet", "--detach", in: place.root)
            try await world.git("switch", "--quiet", "FEAT/FEAT-1", in: world.home)
            #expect(
                try await world.worktrees.remove(place, mergedHead: nil)
                    == .removed(branchKept: "it is checked out in \(world.home)", ignored: []))
        }
    }

    @Test func `a person's own working tree is never removed`() async throws {
        try await RealGit.with { world in
            var place = try await world.worktrees.prepare(world.wish())
            place.root = world.home
            #expect(
                try await world.worktrees.remove(place, mergedHead: nil)
                    == .kept(
                        reasons: ["it is the repository's main working tree, and no ticket's own"],
                        look: "git -C \(world.home) status"))
        }
    }

    @Test func `files at its place that are not its own stay`() async throws {
        try await RealGit.with { world in
            let place = try await world.worktrees.prepare(world.wish())
            _ = try await world.worktrees.remove(place, mergedHead: nil)
            try world.write("mine", to: place.root + "/file")
            _ = try await world.worktrees.remove(place, mergedHead: nil)
            #expect(world.exists(place.root + "/file"))
        }
    }
}
