import Foundation
import Processes
import ReeveGit
import ReeveModel
import ReeveTestSupport
import Testing

/// The promises of `docs/git.md`, "A worktree for each ticket", with the real git.
@Suite(.serialized) struct WorktreePreparationTests {
    @Test func `a worktree is made beside the repository, on a branch of its own`() async throws {
        try await RealGit.with { world in
            let place = try await world.worktrees.prepare(world.wish())
            #expect(place.root == world.home + ".worktrees/FEAT-1")
            #expect(place.directory == place.root)
            #expect(place.branch.text == "FEAT/FEAT-1")
            #expect(place.base.text == "main")
            #expect(place.remote == "origin")
            #expect(place.notes == [])
            #expect(try await world.git("branch", "--show-current", in: place.root) == "FEAT/FEAT-1")
            #expect(world.exists(place.root + "/README"))
        }
    }

    @Test func `a person's working tree is not touched`() async throws {
        try await RealGit.with { world in
            try await world.git("switch", "--quiet", "--create", "mine", in: world.home)
            try world.write("half done", to: world.home + "/README")
            try world.write("new", to: world.home + "/new")
            let before = try await world.git("status", "--porcelain", "--branch", in: world.home)
            _ = try await world.worktrees.prepare(world.wish())
            #expect(try await world.git("status", "--porcelain", "--branch", in: world.home) == before)
            #expect(try String(contentsOfFile: world.home + "/README", encoding: .utf8) == "half done")
        }
    }

    @Test func `work begins at the newest commit of the remote's default branch`() async throws {
        try await RealGit.with { world in
            let newest = try await world.commit("b", "b", in: world.colleague())
            try await world.git("push", "--quiet", "origin", "main", in: world.colleague())
            let place = try await world.worktrees.prepare(world.wish())
            #expect(try await world.git("rev-parse", "HEAD", in: place.root) == newest)
        }
    }

    @Test func `the remote's default branch may have any name`() async throws {
        try await RealGit.with { world in
            let other = try await world.colleague()
            try await world.git("switch", "--quiet", "--create", "trunk", in: other)
            let newest = try await world.commit("b", "b", in: other)
            try await world.git("push", "--quiet", "origin", "trunk", in: other)
            try await world.git("symbolic-ref", "HEAD", "refs/heads/trunk", in: world.remote)
            let place = try await world.worktrees.prepare(world.wish())
            #expect(place.base.text == "trunk")
            #expect(try await world.git("rev-parse", "HEAD", in: place.root) == newest)
        }
    }

    @Test func `with fetch off the remote is not asked`() async throws {
        try await RealGit.with { world in
            world.settings.fetch = false
            try FileManager.default.removeItem(atPath: world.remote)
            let place = try await world.worktrees.prepare(world.wish())
            #expect(place.base.text == "main")
            #expect(place.notes == [])
        }
    }

    @Test func `a remote that cannot be reached is told, and its last known state is used`() async throws {
        try await RealGit.with { world in
            try FileManager.default.removeItem(atPath: world.remote)
            let place = try await world.worktrees.prepare(world.wish())
            #expect(place.remote == "origin")
            #expect(place.notes.count == 1)
            #expect(place.notes[0].hasPrefix("the remote 'origin' could not be asked, so this is its state of the last fetch: "))
        }
    }

    @Test func `a remote that does not answer is given up after a time`() async throws {
        try await RealGit.with { world in
            // Git calls it for every address of this kind, and it never says a word.
            try await world.providers.install("git-remote-silent", "#!/bin/sh\nexec sleep 1000\n")
            try await world.git("remote", "set-url", "origin", "silent://nowhere", in: world.home)
            world.settings.fetchTimeout = .milliseconds(300)
            let place = try await world.worktrees.prepare(world.wish())
            #expect(place.notes.first?.contains("was not done after 300ms") == true)
            #expect(world.exists(place.root + "/README"))
        }
    }

    @Test func `without a remote work begins at the local default branch, and it is told`() async throws {
        try await RealGit.with(hasRemote: false) { world in
            try await world.git("switch", "--quiet", "--create", "mine", in: world.home)
            try await world.commit("b", "b", in: world.home)
            let place = try await world.worktrees.prepare(world.wish())
            #expect(place.remote == nil)
            #expect(place.base.text == "main")
            #expect(place.notes == ["the repository has no remote", "work begins at the local branch 'main'"])
            #expect(!world.exists(place.root + "/b"))
        }
    }

    @Test func `the folder, the branch and the remote are configurable`() async throws {
        try await RealGit.with { world in
            try await world.git("remote", "rename", "origin", "upstream", in: world.home)
            try await world.git("remote", "add", "fork", "/nowhere", in: world.home)
            world.settings.directory = world.scratch.path + "/all"
            world.settings.branch = try BranchTemplate("agents/{type}-{id}")
            world.settings.remote = "upstream"
            let place = try await world.worktrees.prepare(world.wish())
            #expect(place.root == world.scratch.path + "/all/work/FEAT-1")
            #expect(place.branch.text == "agents/FEAT-FEAT-1")
            #expect(place.remote == "upstream")
        }
    }

    @Test func `a project below its repository is found again in the worktree`() async throws {
        try await RealGit.with { world in
            try FileManager.default.createDirectory(atPath: world.home + "/part/a b", withIntermediateDirectories: true)
            try await world.commit("part/a b/file", "x", in: world.home)
            try await world.git("push", "--quiet", "origin", "main", in: world.home)
            let place = try await world.worktrees.prepare(world.wish(project: world.home + "/part/a b"))
            #expect(place.directory == place.root + "/part/a b")
            try FileManager.default.createDirectory(atPath: world.home + "/new", withIntermediateDirectories: true)
            let other = try await world.worktrees.prepare(world.wish("FEAT-2", project: world.home + "/new"))
            #expect(other.directory == other.root)
        }
    }

    @Test func `a bare repository has worktrees too`() async throws {
        try await RealGit.with { world in
            let place = try await world.worktrees.prepare(world.wish(project: world.remote))
            #expect(place.root == world.scratch.path + "/remote.worktrees/FEAT-1")
            #expect(world.exists(place.root + "/README"))
        }
    }

    @Test func `prepared again it is the same place, with all that is in it`() async throws {
        try await RealGit.with { world in
            let first = try await world.worktrees.prepare(world.wish())
            let head = try await world.commit("a", "a", in: first.root)
            try world.write("half done", to: first.root + "/README")
            let second = try await world.worktrees.prepare(world.wish())
            #expect(second == first)
            #expect(try await world.git("rev-parse", "HEAD", in: first.root) == head)
            #expect(try String(contentsOfFile: first.root + "/README", encoding: .utf8) == "half done")
        }
    }

    @Test func `a branch that was there is gone on with and never reset`() async throws {
        try await RealGit.with { world in
            try await world.git("switch", "--quiet", "--create", "FEAT/FEAT-1", in: world.home)
            let head = try await world.commit("a", "a", in: world.home)
            try await world.git("switch", "--quiet", "main", in: world.home)
            let place = try await world.worktrees.prepare(world.wish())
            #expect(try await world.git("rev-parse", "HEAD", in: place.root) == head)
            #expect(place.notes == ["the branch 'FEAT/FEAT-1' was there before; work goes on where it is"])
        }
    }

    @Test func `a branch that only the remote has is gone on with`() async throws {
        try await RealGit.with { world in
            let other = try await world.colleague()
            try await world.git("switch", "--quiet", "--create", "FEAT/FEAT-1", in: other)
            let head = try await world.commit("a", "a", in: other)
            try await world.git("push", "--quiet", "origin", "FEAT/FEAT-1", in: other)
            let place = try await world.worktrees.prepare(world.wish())
            #expect(try await world.git("rev-parse", "HEAD", in: place.root) == head)
            #expect(place.notes == ["the remote 'origin' has a branch 'FEAT/FEAT-1'; work goes on where it is"])
        }
    }

    @Test func `a branch that is checked out elsewhere is refused, with the place`() async throws {
        try await RealGit.with { world in
            try await world.git("switch", "--quiet", "--create", "FEAT/FEAT-1", in: world.home)
            let error = await failure { try await world.worktrees.prepare(world.wish()) }
            #expect(error?.kind == .conflict)
            #expect(error?.message == "the branch 'FEAT/FEAT-1' is checked out in \(world.home)")
            #expect(!world.exists(world.home + ".worktrees/FEAT-1"))
        }
    }

    @Test func `what is in the way is left alone`() async throws {
        try await RealGit.with { world in
            try world.write("mine", to: world.home + ".worktrees/FEAT-1/file")
            let error = await failure { try await world.worktrees.prepare(world.wish()) }
            #expect(error?.kind == .conflict)
            #expect(error?.message.hasSuffix("is in the way of one") == true)
            #expect(try String(contentsOfFile: world.home + ".worktrees/FEAT-1/file", encoding: .utf8) == "mine")
        }
    }

    @Test func `a worktree that a person has put on another branch is left so, and it is told`() async throws {
        try await RealGit.with { world in
            let place = try await world.worktrees.prepare(world.wish())
            try await world.git("switch", "--quiet", "--create", "try", in: place.root)
            let again = try await world.worktrees.prepare(world.wish())
            #expect(again.notes == ["\(place.root) is on 'try' and not on 'FEAT/FEAT-1'; it is left so"])
            #expect(try await world.git("branch", "--show-current", in: place.root) == "try")
        }
    }

    @Test func `a directory that was deleted is made again, with the branch as it was`() async throws {
        try await RealGit.with { world in
            let place = try await world.worktrees.prepare(world.wish())
            let head = try await world.commit("a", "a", in: place.root)
            try FileManager.default.removeItem(atPath: place.root)
            let again = try await world.worktrees.prepare(world.wish())
            #expect(again.root == place.root)
            #expect(try await world.git("rev-parse", "HEAD", in: place.root) == head)
            #expect(try await world.git("status", "--porcelain", in: place.root) == "")
        }
    }

    @Test func `a checkout that was killed is mended`() async throws {
        try await RealGit.with { world in
            // Git itself kills the checkout half-way: the filter of one file ends its whole process group, and so `git worktree add`.
            try await world.commit(".gitattributes", "z filter=deadly\n", in: world.home)
            try await world.commit("z", "z", in: world.home)
            try await world.git("push", "--quiet", "origin", "main", in: world.home)
            try await world.git("config", "filter.deadly.smudge", "kill -9 0", in: world.home)
            let error = await failure { try await world.worktrees.prepare(world.wish()) }
            #expect(error?.kind == .unavailable)
            let list = try await world.git("worktree", "list", "--porcelain", in: world.home)
            #expect(list.contains("locked initializing"))
            try await world.git("config", "--unset", "filter.deadly.smudge", in: world.home)
            let place = try await world.worktrees.prepare(world.wish())
            #expect(world.exists(place.root + "/z"))
            #expect(try await world.git("status", "--porcelain", in: place.root) == "")
            #expect(try await !world.git("worktree", "list", "--porcelain", in: world.home).contains("locked"))
        }
    }

    /// What a crash leaves after each of the steps.
    @Test(arguments: ["branch", "empty directory", "no base", "no set-up"])
    func `after a crash at any point it is the same place`(_ moment: String) async throws {
        try await RealGit.with { world in
            world.settings.setup = ["sh", "-c", "echo ran >>\"$HOME/log\""]
            let root = world.home + ".worktrees/FEAT-1"
            let state = world.home + "/.git/worktrees/FEAT-1"
            switch moment {
            case "branch": try await world.git("branch", "FEAT/FEAT-1", "origin/main", in: world.home)
            case "empty directory": try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
            case "no base":
                _ = try await world.worktrees.prepare(world.wish())
                try FileManager.default.removeItem(atPath: state + "/reeve-base")
            default:
                _ = try await world.worktrees.prepare(world.wish())
                try FileManager.default.removeItem(atPath: state + "/reeve-ready")
            }
            let place = try await world.worktrees.prepare(world.wish())
            #expect(place.root == root)
            #expect(place.base.text == "main")
            #expect(try await world.git("rev-parse", "HEAD", in: root) == world.git("rev-parse", "origin/main", in: world.home))
            #expect(try await world.git("status", "--porcelain", in: root) == "")
            let runs = try String(contentsOfFile: world.scratch.path + "/home/log", encoding: .utf8)
            #expect(runs == (moment == "no set-up" ? "ran\nran\n" : "ran\n"))
        }
    }

    @Test func `two that ask at once get one worktree, and set it up once`() async throws {
        try await RealGit.with { world in
            world.settings.setup = ["sh", "-c", "echo ran >>\"$HOME/log\""]
            let worktrees = world.worktrees
            let wish = try world.wish()
            let places = try await withThrowingTaskGroup(of: WorktreePlace.self) { group in
                for _ in 0..<4 { group.addTask { try await worktrees.prepare(wish) } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1.root) }
            }
            #expect(places.count == 1)
            #expect(try String(contentsOfFile: world.scratch.path + "/home/log", encoding: .utf8) == "ran\n")
        }
    }

    @Test func `the set-up command runs in the worktree and knows its ticket`() async throws {
        try await RealGit.with { world in
            world.settings.setup = ["sh", "-c", "pwd >\"$HOME/log\"; echo $REEVE_TICKET $REEVE_BRANCH >>\"$HOME/log\""]
            let place = try await world.worktrees.prepare(world.wish())
            #expect(
                try String(contentsOfFile: world.scratch.path + "/home/log", encoding: .utf8)
                    == "\(place.root)\nFEAT-1 FEAT/FEAT-1\n")
        }
    }

    @Test func `a set-up command that fails is told with the end of its words, and run again`() async throws {
        try await RealGit.with { world in
            world.settings.setup = [
                "sh", "-c", "yes | head -c 100000; printf 'no \\033[31mcompiler\\n' >&2; test -e \"$HOME/mended\"",
            ]
            let error = await failure { try await world.worktrees.prepare(world.wish()) }
            #expect(error?.kind == .unavailable)
            #expect(error?.message.contains("exited 1 in \(world.home).worktrees/FEAT-1:\n") == true)
            #expect(error?.message.hasSuffix("no [31mcompiler") == true)
            #expect((error?.message.utf8.count ?? 0) < 5000)
            try world.write("", to: "home/mended")
            _ = try await world.worktrees.prepare(world.wish())
        }
    }

    @Test func `a set-up command that takes too long is killed`() async throws {
        try await RealGit.with { world in
            world.settings.setup = ["sleep", "1000"]
            world.settings.setupTimeout = .milliseconds(200)
            let error = await failure { try await world.worktrees.prepare(world.wish()) }
            #expect(error?.kind == .timeout)
            #expect(error?.message.contains("was not done after 200ms") == true)
        }
    }

    @Test(arguments: [nil, "# mine", "# mine\n", ".reeve/\n"])
    func `agents' notes are kept out of commits, once`(_ before: String?) async throws {
        try await RealGit.with { world in
            let path = world.home + "/.git/info/exclude"
            try? FileManager.default.removeItem(atPath: path)
            if let before { try world.write(before, to: path) }
            let place = try await world.worktrees.prepare(world.wish())
            _ = try await world.worktrees.prepare(world.wish("FEAT-2"))
            let kept = before == "# mine" ? "# mine\n" : before ?? ""
            #expect(try String(contentsOfFile: path, encoding: .utf8) == (kept.contains(".reeve/") ? kept : kept + ".reeve/\n"))
            try world.write("note", to: place.root + "/.reeve/FEAT-1/plan.md")
            #expect(try await world.git("status", "--porcelain", in: place.root) == "")
        }
    }

    @Test func `what is no repository is refused`() async throws {
        try await RealGit.with { world in
            let plain = try world.scratch.directory("plain")
            let empty = try world.scratch.directory("empty")
            try await world.git("init", "--quiet", empty, in: world.scratch.path)
            for (project, words) in [
                (plain, "is no git repository"), (empty, "has no commit"), (world.home + "/.git", "inside of git's own"),
                (world.scratch.path + "/nowhere", "is no directory"),
            ] {
                let error = await failure { try await world.worktrees.prepare(world.wish(project: project)) }
                #expect(error?.kind == .conflict)
                #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
                #expect(error?.hint != nil)
            }
        }
    }

    @Test func `a mirror's branches are not overwritten by a fetch`() async throws {
        try await RealGit.with { world in
            let mirror = world.scratch.path + "/mirror.git"
            try await world.git("clone", "--quiet", "--mirror", world.remote, mirror, in: world.scratch.path)
            let place = try await world.worktrees.prepare(world.wish(project: mirror))
            let head = try await world.commit("a", "a", in: place.root)
            let other = try await world.colleague()
            try await world.git("switch", "--quiet", "--create", "FEAT/FEAT-1", in: other)
            try await world.commit("b", "b", in: other)
            try await world.git("push", "--quiet", "origin", "FEAT/FEAT-1", in: other)
            _ = try await world.worktrees.prepare(world.wish(project: mirror))
            try FileManager.default.removeItem(atPath: place.root)
            _ = try await world.worktrees.prepare(world.wish(project: mirror))
            #expect(try await world.git("rev-parse", "HEAD", in: place.root) == head)
        }
    }

    @Test func `ssh is called so that it asks nobody`() async throws {
        try await RealGit.with { world in
            // That `ssh` refuses to be called in any other way.
            try await world.address("ssh://git@host.example/o/r.git")
            #expect(try await world.worktrees.prepare(world.wish()).notes == [])
        }
    }

    @Test func `how ssh is called is left to a person who has configured it`() async throws {
        try await RealGit.with { world in
            try await world.git("remote", "set-url", "origin", "ssh://git@host.example/o/r.git", in: world.home)
            try await world.providers.install("my-ssh", "#!/bin/sh\nexec git upload-pack '\(world.remote)'\n")
            try await world.git("config", "core.sshCommand", "my-ssh --mine", in: world.home)
            #expect(try await world.worktrees.prepare(world.wish()).notes == [])
        }
    }

    @Test func `a password is asked of nobody`() async throws {
        try await RealGit.with { world in
            // What git runs for every address of this kind asks for a password, as its own transport does.
            try await world.providers.install(
                "git-remote-locked", "#!/bin/sh\nprintf 'protocol=https\\nhost=h\\n\\n' | exec git credential fill >&2\n")
            try await world.providers.install("asker", "#!/bin/sh\ntouch \"$HOME/asked\"\n")
            try await world.git("config", "core.askPass", "asker", in: world.home)
            try await world.git("remote", "set-url", "origin", "locked://h/r", in: world.home)
            let place = try await world.worktrees.prepare(world.wish())
            #expect(place.notes.count == 1)
            #expect(place.notes.first?.contains("terminal prompts disabled") == true, "\(place.notes)")
            #expect(!world.exists(world.scratch.path + "/home/asked"))
        }
    }
}
