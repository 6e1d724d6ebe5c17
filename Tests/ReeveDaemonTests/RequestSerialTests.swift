import Foundation
import ReeveTestSupport
import Testing

/// `pr` reviews with the real daemon, tmux and git, and a stand-in for `gh` (see `FakeProviders`; the real one was not run).
@Suite(.serialized) struct RequestSerialTests {
    private static let git = [
        "/usr/bin/env", "-i", "PATH=/usr/bin:/bin", "HOME=/", "git", "-c", "user.name=t", "-c", "user.email=t@t",
    ]

    /// Its agent commits and reports whenever it is told something.
    private static let type = """
        name = "WORK"
        [[steps]]
        name = "code"
        review = "pr"
        on_reject = { goto_step = "code", prompt = "Change this: {{ feedback }}" }
        prompt = "Code {{ id }}"
        """

    private func with(_ body: (RealDaemon, FakeProviders, _ remote: String, _ project: String) async throws -> Void) async throws
    {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let providers = try FakeProviders(scratch)
        let remote = try scratch.directory("remote.git")
        let project = try scratch.directory("p")
        try await providers.installGH()
        try await providers.installSSH(to: remote)
        try """
        echo ready
        while read -r line; do
            case $line in
            Code*|Change*)
                echo "$line" >> '\(scratch.path)/told'
                git -c user.name=t -c user.email=t@t commit -q --allow-empty -m work
                reeve step done --summary "coded: $line";;
            esac
        done
        """.write(toFile: "\(scratch.path)/agent", atomically: true, encoding: .utf8)
        let configuration = """
            [notifications]
            desktop = false
            [git]
            use_worktrees = true
            poll_interval = "200ms"
            [agents.committer]
            start = ["/bin/sh", "\(scratch.path)/agent"]
            prompt = "paste"
            """
        let path = "\(scratch.path)/bin:\(Programs.directory):/usr/local/bin:/usr/bin:/bin"
        try await RealDaemon.with(configuration, environment: ["PATH": path]) { d in
            let folder = try d.scratch.directory("types")
            try Self.type.write(toFile: "\(folder)/WORK.toml", atomically: true, encoding: .utf8)
            // The worktree goes with the terminal.
            let keys = try String(contentsOfFile: "\(d.scratch.path)/reeve.toml", encoding: .utf8)
            try keys.replacingOccurrences(of: #"linger = "60s""#, with: #"linger = "500ms""#)
                .write(toFile: "\(d.scratch.path)/reeve.toml", atomically: true, encoding: .utf8)
            #expect(await d.reeve("config", "reload").code == 0)
            #expect(await d.run(Self.git + ["init", "-q", "--bare", "-b", "main", remote]).code == 0)
            for words in [
                ["init", "-q", "-b", "main"], ["commit", "-q", "--allow-empty", "-m", "first"],
                ["remote", "add", "origin", remote], ["push", "-q", "origin", "main"],
                ["remote", "set-url", "origin", "git@github.example.org:o/r.git"],
            ] { #expect(await d.run(Self.git + ["-C", project] + words).code == 0) }
            try view(providers, "OPEN")
            let added = await d.reeve(
                "add", "Sums", "--type", "WORK", "--id", "F", "--project", project, "--agent", "committer")
            #expect(added.code == 0, "\(added)")
            try await body(d, providers, remote, project)
        }
    }

    /// `gh pr view --json number,url,state,headRefOid,reviews`.
    private func view(_ providers: FakeProviders, _ state: String, head: String = "", reviews: String = "[]") throws {
        let head = head.isEmpty ? String(repeating: "a", count: 40) : head
        let url = "https://github.example.org/o/r/pull/7"
        try providers.answer("gh/comments.json", "[]")
        try providers.answer(
            "gh/view.json", #"{"number":7,"url":"\#(url)","state":"\#(state)","headRefOid":"\#(head)","reviews":\#(reviews)}"#)
    }

    private func steps(_ d: RealDaemon) async -> [String] {
        await d.reeve("steps", "F", "-q").text.split(separator: "\n").map(String.init)
    }

    private func head(_ d: RealDaemon, _ remote: String) async -> String {
        await d.run(Self.git + ["-C", remote, "rev-parse", "WORK/F"]).text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test func `a request is made, its reviewer's words go back to the agent, and merged it ends the ticket and its worktree`()
        async throws
    {
        try await with { d, providers, remote, project in
            let url = "https://github.example.org/o/r/pull/7"
            #expect(
                await eventually { await d.reeve("meta", "show", "--ticket", "F").text.contains("request #7: \(url)") },
                "\(d.log)")
            #expect(providers.said("gh/title") == "F: Sums" && providers.said("gh/body").contains("coded"))
            let first = await head(d, remote)
            // It is followed by the next daemon too.
            await d.kill()
            try await d.start()
            let review =
                #"[{"id":"R1","author":{"login":"ann"},"state":"CHANGES_REQUESTED","submittedAt":"2026-11-21T10:00:00Z","body":"rename it"}]"#
            try view(providers, "OPEN", reviews: review)
            #expect(await eventually { await steps(d) == ["1 code rejected", "2 code review"] }, "\(d.log)")
            #expect(providers.said("told").contains("Change this: "))
            #expect(await eventually { await head(d, remote) != first })
            #expect(providers.said("gh/calls").components(separatedBy: "pr create").count == 2)
            let newest = await head(d, remote)
            #expect(await d.run(Self.git + ["-C", remote, "update-ref", "refs/heads/main", newest]).code == 0)
            try view(providers, "MERGED", head: newest)
            #expect(await eventually { await d.state("F") == "done" }, "\(d.log)")
            #expect(await eventually { !FileManager.default.fileExists(atPath: "\(project).worktrees/F") })
        }
    }

    @Test func `a request that is closed goes back to the agent`() async throws {
        try await with { d, providers, _, _ in
            #expect(await eventually { await d.reeve("meta", "show", "--ticket", "F").text.contains("request #7") }, "\(d.log)")
            try view(providers, "CLOSED")
            #expect(await eventually { await steps(d).first == "1 code rejected" }, "\(d.log)")
            #expect(await eventually { providers.said("told").contains("closed without being merged") })
        }
    }
}
