import Foundation
import ReeveTestSupport
import Testing

/// Whole workflows with the real daemon, tmux and demo agents that report.
@Suite(.serialized) struct WorkflowSerialTests {
    private static let agents = """
        [notifications]
        desktop = false
        [agents.planner]
        start = ["reeve-demo-agent", "--work", "50", "--report", "--tell", "--", "{prompt}"]
        [agents.coder]
        start = ["reeve-demo-agent", "--work", "50", "--report", "--tell", "--", "{prompt}"]
        [delegators.careful]
        agent = "coder"
        """

    private static let feature = """
        name = "FEAT"
        agent = "planner"
        [[steps]]
        name = "plan"
        review = "plan"
        prompt = "Plan {{ id }}: {{ title }}. {{ report_instructions }}"
        [[steps]]
        name = "build"
        prompt = "Build {{ id }} by this plan: {{ steps.plan.summary }}. {{ report_instructions }}"
        [[steps]]
        name = "code"
        agent = "careful"
        review = "plan"
        prompt = "Code {{ id }}. {{ report_instructions }}"
        on_reject = { goto_step = "code", prompt = "Do it again, {{ reviewer }} says: {{ feedback }}" }
        """

    private func withTypes(
        _ types: [String: String], _ configuration: String = agents, _ body: (RealDaemon) async throws -> Void
    ) async throws {
        try await RealDaemon.with(configuration) { d in
            let folder = try d.scratch.directory("types")
            for (name, text) in types {
                try text.write(toFile: "\(folder)/\(name).toml", atomically: true, encoding: .utf8)
            }
            #expect(await d.reeve("config", "reload").code == 0)
            try await body(d)
        }
    }

    private func isInReview(_ d: RealDaemon, _ step: String, _ visit: Int) async -> Bool {
        await eventually { await d.reeve("steps", "F", "-q").text.contains("\(visit) \(step) review") }
    }

    private func steps(_ d: RealDaemon) async -> [String] {
        await d.reeve("steps", "F", "-q").text.split(separator: "\n").map(String.init)
    }

    @Test func `plan, approve, build, code with another agent, reject, code again, approve, done`() async throws {
        try await withTypes(["FEAT": Self.feature]) { d in
            #expect(await d.reeve("add", "Log in", "--type", "FEAT", "--id", "F").code == 0)
            #expect(await isInReview(d, "plan", 1))
            #expect(await d.reeve("approve", "F").text.contains("step build comes next"))
            #expect(await isInReview(d, "code", 3))
            #expect(await d.reeve("agents").text.contains("coder"))
            #expect(await d.reeve("approve", "F", "--visit", "1").code == 5)
            #expect(await d.reeve("reject", "F", "--reason", "the tests are missing").code == 0)
            #expect(await isInReview(d, "code", 4))
            #expect(await d.reeve("steps", "F").text.contains("Do it again, "))
            #expect(await d.reeve("approve", "F").text.contains("the last step"))
            #expect(await eventually { await d.state("F") == "done" })
            #expect(await steps(d) == ["1 plan approved", "2 build done", "3 code rejected", "4 code approved"])
        }
    }

    @Test func `killed between the approval and the next prompt, the prompt is delivered once`() async throws {
        try await withTypes(["FEAT": Self.feature]) { d in
            #expect(await d.reeve("add", "Log in", "--type", "FEAT", "--id", "F").code == 0)
            #expect(await isInReview(d, "plan", 1))
            #expect(await d.reeve("approve", "F").code == 0)
            await d.kill()
            try await d.start()
            #expect(await isInReview(d, "code", 3))
            let inputs = await d.reeve("events", "--since", "0", "--json").text.split(separator: "\n")
            // The prompt of `build` is typed; those of `plan` and `code` come as arguments of their agents.
            #expect(inputs.count { $0.contains("\"what\":\"prompt") } <= 1)
            #expect(await steps(d) == ["1 plan approved", "2 build done", "3 code review"])
        }
    }

    @Test func `a step that ends with its files is over when they are there`() async throws {
        let pages = """
            name = "PAGE"
            [[steps]]
            name = "draft"
            done_when = ["artifacts"]
            artifact_patterns = ["drafts/{{ id }}*.md"]
            prompt = "Write drafts/{{ id }}.md"
            [[steps]]
            name = "look"
            review = "plan"
            prompt = "Look at it"
            """
        try await withTypes(["PAGE": pages]) { d in
            let project = try d.scratch.directory("a [b]*")
            #expect(
                await d.reeve("add", "x", "--type", "PAGE", "--id", "F", "--project", project, "--agent", "talker").code == 0)
            #expect(await d.reeve("wait", "F", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            _ = try d.scratch.directory("a [b]*/drafts")
            try "x".write(toFile: "\(project)/drafts/F-1.md", atomically: true, encoding: .utf8)
            #expect(await eventually { await steps(d).first == "1 draft done" })
            #expect(await eventually { await steps(d).count == 2 })
        }
    }

    @Test func `of paired types one is worked on at a time`() async throws {
        let talk = "name = \"TALK\"\nmode = \"paired\"\n[[steps]]\nname = \"talk\"\nprompt = \"{{ prompt }}\""
        try await withTypes(["TALK": talk]) { d in
            for id in ["F", "G"] {
                #expect(await d.reeve("add", "x", "--type", "TALK", "--id", id, "--agent", "sleeper").code == 0)
            }
            #expect(await d.reeve("wait", "F", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            #expect(await d.reeve("launch", "G").errors.contains("one at a time"))
            #expect(await d.reeve("cancel", "F").code == 0)
            #expect(await d.reeve("wait", "G", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
        }
    }

    @Test func `a ticket works in a worktree of its own, which stays while it has work that nobody has`() async throws {
        let git = ["/usr/bin/env", "-i", "PATH=/usr/bin:/bin", "HOME=/", "git", "-c", "user.name=t", "-c", "user.email=t@t"]
        try await withTypes([:], Self.agents + "\n[git]\nuse_worktrees = true\n") { d in
            let project = try d.scratch.directory("p")
            for words in [["init", "-q", "-b", "main"], ["commit", "-q", "--allow-empty", "-m", "first"]] {
                #expect(await d.run(git + ["-C", project] + words).code == 0)
            }
            #expect(await d.reeve("add", "x", "--id", "F", "--project", project, "--agent", "talker").code == 0)
            #expect(await d.reeve("wait", "F", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            let shown = await d.reeve("show", "F").text
            #expect(shown.contains("branch    TASK/F") && shown.contains("p.worktrees/F"), "\(shown)")
            let pid = try #require(await d.agentPid("F"))
            let place = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")
            #expect(place.hasSuffix("/p.worktrees/F"))
            try "x".write(toFile: "\(place)/new", atomically: true, encoding: .utf8)
            #expect(await d.isAtPrompt("F"))
            #expect(await d.reeve("send", "F", "/exit").code == 0)
            #expect(await eventually { await d.state("F") == "done" })
            #expect(FileManager.default.fileExists(atPath: "\(place)/new"))
        }
    }

    @Test func `a branch in a request's review is pushed, and what a person has to do is told`()
        async throws
    {
        let git = ["/usr/bin/env", "-i", "PATH=/usr/bin:/bin", "HOME=/", "git", "-c", "user.name=t", "-c", "user.email=t@t"]
        let type = "name = \"WORK\"\n[[steps]]\nname = \"code\"\nreview = \"pr\"\nprompt = \"Code\""
        let keys = Self.agents + "\n[git]\nuse_worktrees = true\nprovider = \"none\"\n"
        try await withTypes(["WORK": type], keys) { d in
            let remote = try d.scratch.directory("remote.git")
            #expect(await d.run(git + ["init", "-q", "--bare", "-b", "main", remote]).code == 0)
            let project = try d.scratch.directory("p")
            for words in [
                ["init", "-q", "-b", "main"], ["commit", "-q", "--allow-empty", "-m", "first"],
                ["remote", "add", "origin", remote],
                ["push", "-q", "origin", "main"],
            ] { #expect(await d.run(git + ["-C", project] + words).code == 0) }
            // An agent that commits, reports, and waits.
            let script =
                "\(git.dropFirst().joined(separator: " ")) commit -q --allow-empty -m work; reeve step done --summary coded; cat"
            try
                (try String(contentsOfFile: "\(d.scratch.path)/reeve.toml", encoding: .utf8)
                + "\n[agents.committer]\nstart = [\"/bin/sh\", \"-c\", \"/usr/bin/env \(script)\"]\nprompt = \"none\"\n")
                .write(toFile: "\(d.scratch.path)/reeve.toml", atomically: true, encoding: .utf8)
            #expect(await d.reeve("config", "reload").code == 0)
            #expect(
                await d.reeve("add", "x", "--type", "WORK", "--id", "F", "--project", project, "--agent", "committer").code == 0)
            #expect(await isInReview(d, "code", 1))
            #expect(await eventually { await d.run(git + ["-C", remote, "rev-parse", "-q", "--verify", "WORK/F"]).code == 0 })
            #expect(await eventually { await d.reeve("meta", "show", "--ticket", "F").text.contains("WORK/F") })
            let place = "\(project).worktrees/F"
            #expect(FileManager.default.fileExists(atPath: place))
            #expect(await d.run(git + ["-C", remote, "update-ref", "refs/heads/main", "WORK/F"]).code == 0)
            #expect(await d.reeve("approve", "F").code == 0)
            #expect(await eventually { await d.state("F") == "done" })
        }
    }
}
