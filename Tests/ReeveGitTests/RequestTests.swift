import Foundation
import ReeveGit
import ReeveModel
import ReeveTestSupport
import Testing

/// The promises of `docs/git.md`, "Pull requests and merge requests": the real git, and stand-ins for `gh` and `glab`.
@Suite(.serialized) struct RequestTests {
    /// A ticket with one commit, whose remote is at a provider.
    private func with(
        _ url: String, _ body: (inout RealGit, PublishOrder) async throws -> Void
    ) async throws {
        try await RealGit.with { world in
            try await world.address(url)
            let place = try await world.worktrees.prepare(world.wish())
            try await world.commit("a", "a", in: place.root)
            let id = try #require(TicketID("FEAT-1"))
            try await body(
                &world, PublishOrder(ticket: id, place: place, title: "Sums\u{202E}\nand more", body: "Why\u{1B}[31m not\n"))
        }
    }

    private func requests(_ world: RealGit) -> ProviderRequests { ProviderRequests(settings: world.settings, time: RealTime()) }

    private func pushed(_ world: RealGit) async throws -> String {
        try await world.git("rev-parse", "FEAT/FEAT-1", in: world.remote)
    }

    private let github = "git@github.example.org:o/r.git"
    private let gitlab = "ssh://git@gitlab.com/g/s/r.git"

    // MARK: - GitHub

    @Test func `GitHub: the branch is pushed and a request is made, once`() async throws {
        try await with(github) { world, order in
            try await world.providers.installGH()
            let outcome = try await requests(world).publish(order)
            let head = try await world.git("rev-parse", "HEAD", in: order.place.root)
            #expect(outcome == .requested(number: 7, url: "https://github.example.org/o/r/pull/7", pushed: head))
            #expect(try await pushed(world) == head)
            #expect(world.providers.said("gh/title") == "FEAT-1: Sums and more")
            #expect(world.providers.said("gh/body") == "Why[31m not")
            #expect(
                world.providers.said("gh/calls").contains(
                    "pr create --repo github.example.org/o/r --head FEAT/FEAT-1 --base main"))
            var again = order
            again.lastPushed = head
            #expect(try await requests(world).publish(again) == outcome)
            #expect(world.providers.said("gh/calls").components(separatedBy: "pr create").count == 2)
        }
    }

    @Test func `GitHub: the request of a fork's branch of the same name is not ours`() async throws {
        try await with(github) { world, order in
            try await world.providers.installGH()
            try world.write(
                #"[{"headRefName":"FEAT/FEAT-1","isCrossRepository":true,"number":3,"url":"https://github.example.org/o/r/pull/3"}]"#,
                to: "gh/list.json")
            let error = await failure { try await requests(world).publish(order) }
            #expect(error?.message.contains("already exists") == true)
        }
    }

    /// `gh pr view --json number,url,state,headRefOid,reviews`.
    private func view(_ state: String, reviews: String = "[]") -> String {
        let head = String(repeating: "a", count: 40)
        return
            #"{"number":7,"url":"https://github.example.org/o/r/pull/7","state":"\#(state)","headRefOid":"\#(head)","reviews":\#(reviews)}"#
    }

    private func review(_ id: String, _ by: String, _ state: String, _ minute: Int, _ text: String = "") -> String {
        #"{"id":"\#(id)","author":{"login":"\#(by)"},"state":"\#(state)","submittedAt":"2026-11-21T10:0\#(minute):00Z","body":"\#(text)"}"#
    }

    @Test(arguments: [("OPEN", RequestReading.State.open), ("MERGED", .merged), ("CLOSED", .closed)])
    func `GitHub: what becomes of a request is read`(_ word: String, _ state: RequestReading.State) async throws {
        try await with(github) { world, order in
            try await world.providers.installGH()
            try world.write(view(word), to: "gh/view.json")
            let reading = try await requests(world).look(RequestReference(place: order.place, number: 7))
            #expect(
                reading
                    == RequestReading(
                        number: 7, url: "https://github.example.org/o/r/pull/7", state: state,
                        head: String(repeating: "a", count: 40)))
        }
    }

    @Test func `GitHub: the text of a review is its own and that of its lines, clean`() async throws {
        try await with(github) { world, order in
            try await world.providers.installGH()
            try world.write(
                view(
                    "OPEN",
                    reviews:
                        "[\(review("R1", "ann", "CHANGES_REQUESTED", 1, #"Two things:\r\n\u001b[2Jsee below"#)),\(review("R2", "bob", "COMMENTED", 2, "nice"))]"
                ),
                to: "gh/view.json")
            try world.write(
                #"""
                [{"user":{"login":"ann"},"body":"and here","path":"b.swift","line":null},
                 {"user":{"login":"bob"},"body":"not asked","path":"a.swift","line":1},
                 {"user":{"login":"ann"},"body":"name it\u202e","path":"a.swift","line":12}]
                """#, to: "gh/comments.json")
            let reading = try await requests(world).look(RequestReference(place: order.place, number: 7))
            #expect(
                reading.review
                    == RequestReview(
                        id: "github:R1", by: ["ann"],
                        text: "ann:\nTwo things:\n[2Jsee below\n\nann on a.swift:12:\nname it\n\nann on b.swift:\nand here"))
        }
    }

    /// Who wants changes, of reviews in the order of their moments.
    @Test(arguments: [
        ("", ""),
        ("ann CHANGES_REQUESTED", "ann"),
        ("ann CHANGES_REQUESTED, ann COMMENTED", "ann"),
        ("ann CHANGES_REQUESTED, ann APPROVED", ""),
        ("ann APPROVED, ann CHANGES_REQUESTED", "ann"),
        ("ann DISMISSED", ""),
        ("ann CHANGES_REQUESTED, bob APPROVED", "ann"),
        ("bob CHANGES_REQUESTED, ann CHANGES_REQUESTED", "ann bob"),
        ("ann COMMENTED", ""),
        ("ann PENDING", ""),
    ])
    func `GitHub: the last opinion of each reviewer counts`(_ said: String, _ names: String) async throws {
        try await with(github) { world, order in
            try await world.providers.installGH()
            let reviews = said.split(separator: ", ").enumerated().map { index, words in
                let parts = words.split(separator: " ")
                return review("R\(index)", String(parts[0]), String(parts[1]), index)
            }
            try world.write(view("OPEN", reviews: "[\(reviews.reversed().joined(separator: ","))]"), to: "gh/view.json")
            try world.write("[]", to: "gh/comments.json")
            let reading = try await requests(world).look(RequestReference(place: order.place, number: 7))
            #expect((reading.review?.by ?? []) == names.split(separator: " ").map(String.init))
        }
    }

    // MARK: - GitLab

    @Test func `GitLab: the branch is pushed and a request is made, once`() async throws {
        try await with(gitlab) { world, order in
            try await world.providers.installGLab()
            let outcome = try await requests(world).publish(order)
            let head = try await world.git("rev-parse", "HEAD", in: order.place.root)
            #expect(outcome == .requested(number: 7, url: "https://gitlab.com/g/s/r/-/merge_requests/7", pushed: head))
            #expect(world.providers.said("glab/title") == "FEAT-1: Sums and more")
            #expect(world.providers.said("glab/body") == "Why[31m not")
            #expect(try await requests(world).publish(order) == outcome)
            #expect(world.providers.said("glab/calls").components(separatedBy: "mr create").count == 2)
        }
    }

    private func request(_ state: String) -> String {
        #"{"iid":7,"web_url":"https://gitlab.com/g/s/r/-/merge_requests/7","state":"\#(state)","sha":"\#(String(repeating: "b", count: 40))"}"#
    }

    @Test(arguments: [("opened", RequestReading.State.open), ("locked", .open), ("merged", .merged), ("closed", .closed)])
    func `GitLab: what becomes of a request is read`(_ word: String, _ state: RequestReading.State) async throws {
        try await with(gitlab) { world, order in
            try await world.providers.installGLab()
            try world.write(request(word), to: "glab/view.json")
            try world.write(#"[{"user":{"username":"ann"},"state":"reviewed"}]"#, to: "glab/reviewers.json")
            let reading = try await requests(world).look(RequestReference(place: order.place, number: 7))
            #expect(reading.state == state)
            #expect(reading.review == nil)
            #expect(reading.head == String(repeating: "b", count: 40))
        }
    }

    @Test func `GitLab: a review is told from the next one, and a mere comment is none`() async throws {
        try await with(gitlab) { world, order in
            try await world.providers.installGLab()
            try world.write(request("opened"), to: "glab/view.json")
            try world.write(
                #"[{"user":{"username":"ann"},"state":"requested_changes"},{"user":{"username":"bob"},"state":"approved"}]"#,
                to: "glab/reviewers.json")
            func note(_ id: Int, _ by: String, _ body: String, _ more: String = "") -> String {
                #"{"id":\#(id),"author":{"username":"\#(by)"},"body":"\#(body)"\#(more)}"#
            }
            let older = [
                note(5, "bob", "fine"), note(4, "ann", "requested changes", #","system":true"#),
                note(3, "ann", "old", #","resolvable":true,"resolved":true"#),
                note(2, "ann", "rename", #","resolvable":true,"resolved":false,"position":{"new_path":"a.swift","new_line":3}"#),
            ]
            func reading(_ notes: [String]) async throws -> RequestReview? {
                try world.write("[\(notes.joined(separator: ","))]", to: "glab/notes.json")
                return try await requests(world).look(RequestReference(place: order.place, number: 7)).review
            }
            let first = try await reading(older)
            #expect(first == RequestReview(id: "gitlab:ann:4", by: ["ann"], text: "ann on a.swift:3:\nrename"))
            let commented = try await reading([note(6, "ann", "thanks")] + older)
            #expect(commented?.id == first?.id)
            let second = try await reading([note(8, "ann", "requested changes", #","system":true"#)] + older)
            #expect(second?.id == "gitlab:ann:8")
        }
    }

    // MARK: - Pushing

    @Test func `our own earlier push is replaced, by lease`() async throws {
        try await with(github) { world, order in
            try await world.providers.installGH()
            guard case .requested(_, _, let first) = try await requests(world).publish(order) else {
                throw Failure(text: "not made")
            }
            try await world.git("commit", "--quiet", "--amend", "--message", "Better", in: order.place.root)
            var again = order
            again.lastPushed = first
            _ = try await requests(world).publish(again)
            #expect(try await pushed(world) == world.git("rev-parse", "HEAD", in: order.place.root))
        }
    }

    @Test(arguments: [true, false])
    func `what somebody else has pushed is never replaced`(_ hasPushed: Bool) async throws {
        try await with(github) { world, order in
            try await world.providers.installGH()
            var again = order
            if hasPushed, case .requested(_, _, let first) = try await requests(world).publish(order) { again.lastPushed = first }
            let other = try await world.colleague()
            try await world.git("switch", "--quiet", "--create", "FEAT/FEAT-1", in: other)
            let theirs = try await world.commit("theirs", "x", in: other)
            try await world.git("push", "--quiet", "--force", "origin", "FEAT/FEAT-1", in: other)
            try await world.git("commit", "--quiet", "--amend", "--message", "Better", in: order.place.root)
            let outcome = try await requests(world).publish(again)
            #expect(
                outcome
                    == .told(
                        RequestAdvice(
                            "the branch 'FEAT/FEAT-1' of the remote 'origin' has commits that are not here, and they are not replaced",
                            commands: ["git -C \(order.place.root) pull --rebase origin FEAT/FEAT-1"]), pushed: nil))
            #expect(try await pushed(world) == theirs)
        }
    }

    @Test func `what the remote's rules refuse is told`() async throws {
        try await with(github) { world, order in
            try await world.providers.installGH()
            try await Script.write(world.remote + "/hooks/pre-receive", "echo 'no such names here' >&2; exit 1")
            guard case .told(let advice, pushed: nil) = try await requests(world).publish(order) else {
                throw Failure(text: "taken")
            }
            #expect(advice.reason.contains("does not take the branch 'FEAT/FEAT-1': [remote rejected]"))
            #expect(advice.commands == ["git -C \(order.place.root) push origin FEAT/FEAT-1"])
        }
    }

    @Test func `a remote that does not answer is an error, to be tried again`() async throws {
        try await with(github) { world, order in
            try await world.providers.installGH()
            try await world.providers.install("ssh", "#!/bin/sh\necho 'ssh: no route to host' >&2; exit 255\n")
            let error = await failure { try await requests(world).publish(order) }
            #expect(error?.kind == .unavailable)
            #expect(error?.hint == "git -C \(order.place.root) push origin FEAT/FEAT-1")
        }
    }

    @Test func `with nothing to offer a person is told, and nothing is pushed`() async throws {
        try await with(github) { world, order in
            try await world.providers.installGH()
            try await world.git("reset", "--quiet", "--hard", "origin/main", in: order.place.root)
            guard case .told(let advice, pushed: nil) = try await requests(world).publish(order) else {
                throw Failure(text: "offered")
            }
            #expect(advice.reason == "the branch 'FEAT/FEAT-1' has no commit that 'main' has not")
            #expect(try await !world.hasBranch("FEAT/FEAT-1", in: world.remote))
        }
    }

    @Test func `what was merged before is not offered again`() async throws {
        try await with(github) { world, order in
            try await world.providers.installGH()
            var again = order
            again.mergedHead = try await world.git("rev-parse", "HEAD", in: order.place.root)
            #expect(try await requests(world).publish(again) == .nothingNew)
            #expect(try await !world.hasBranch("FEAT/FEAT-1", in: world.remote))
        }
    }

    // MARK: - Without a provider

    @Test(arguments: [("git@github.example.org:o/r.git", "gh"), ("ssh://git@gitlab.com/g/s/r.git", "glab")])
    func `without the program the branch is pushed, and what to run is told`(_ url: String, _ program: String) async throws {
        try await with(url) { world, order in
            // The machine may have the real ones.
            world.settings.environment["PATH"] = try onlyGit(world)
            guard case .told(let advice, .some) = try await requests(world).publish(order) else { throw Failure(text: "made") }
            #expect(advice.reason.contains("there is no program '\(program)'"))
            #expect(advice.commands.count == 1)
            #expect(advice.commands[0].hasPrefix("\(program) \(program == "gh" ? "pr" : "mr") create --repo "))
            #expect(advice.commands[0].contains("--title 'FEAT-1: Sums and more'"))
            #expect(try await world.hasBranch("FEAT/FEAT-1", in: world.remote))
        }
    }

    @Test(arguments: [("git@github.example.org:o/r.git", "gh"), ("ssh://git@gitlab.com/g/s/r.git", "glab")])
    func `without a signed-in user the branch is pushed, and how to sign in is told`(_ url: String, _ program: String)
        async throws
    {
        try await with(url) { world, order in
            try await world.providers.installGH(isSignedIn: false)
            try await world.providers.installGLab(isSignedIn: false)
            guard case .told(let advice, .some) = try await requests(world).publish(order) else { throw Failure(text: "made") }
            let host = program == "gh" ? "github.example.org" : "gitlab.com"
            #expect(advice.reason.contains("\(program) is not signed in to \(host)"))
            #expect(advice.commands.first == "\(program) auth login --hostname \(host)")
            #expect(advice.commands.count == 2)
        }
    }

    @Test func `with another provider, or none, a person makes the request`() async throws {
        try await with(github) { world, order in
            try await world.providers.installGH()
            world.settings.provider = .none
            guard case .told(let advice, .some) = try await requests(world).publish(order) else { throw Failure(text: "made") }
            #expect(advice.commands == ["reeve approve FEAT-1"])
            #expect(world.providers.said("gh/calls") == "")
        }
    }

    @Test func `without a remote nothing is pushed, and it is told`() async throws {
        try await RealGit.with(hasRemote: false) { world in
            let place = try await world.worktrees.prepare(world.wish())
            let id = try #require(TicketID("FEAT-1"))
            guard
                case .told(let advice, pushed: nil) = try await requests(world).publish(
                    PublishOrder(ticket: id, place: place, title: "x", body: ""))
            else { throw Failure(text: "made") }
            #expect(advice.reason.contains("has no remote"))
        }
    }

    @Test func `a provider that fails is an error with its words, to be tried again`() async throws {
        try await with(github) { world, order in
            try await world.providers.installGH()
            try world.write("", to: "gh/broken")
            let error = await failure { try await requests(world).publish(order) }
            #expect(error?.kind == .unavailable)
            #expect(error?.message == "'gh pr list' failed: HTTP 502: Bad Gateway")
        }
    }

    @Test(arguments: [
        "", "no json", "[]", "{}", #"{"state":"OPEN"}"#, #"{"url":"u","state":"LOCKED"}"#, String(repeating: "[", count: 100_000),
    ])
    func `an answer that is not known is an error, not a guess`(_ answer: String) async throws {
        try await with(github) { world, order in
            try await world.providers.installGH()
            try world.write(answer, to: "gh/view.json")
            let error = await failure { try await requests(world).look(RequestReference(place: order.place, number: 7)) }
            #expect(error?.kind == .unavailable)
            #expect(error?.hint?.hasPrefix("gh --version") == true)
        }
    }

    @Test func `an answer without end is an error`() async throws {
        try await with(github) { world, order in
            try await world.providers.install("gh", "#!/bin/sh\nexec yes\n")
            let error = await failure { try await requests(world).look(RequestReference(place: order.place, number: 7)) }
            #expect(error?.message.hasSuffix("said more than is read, and was stopped") == true)
        }
    }

    /// A PATH with git, what git needs, and the test's own programs.
    private func onlyGit(_ world: RealGit) throws -> String {
        for name in ["git", "sh", "sed", "cat"] {
            let found = ["/usr/bin/", "/bin/", "/usr/local/bin/", "/opt/homebrew/bin/"].map { $0 + name }
                .first { FileManager.default.isExecutableFile(atPath: $0) }
            guard let found else { throw Failure(text: "no \(name)") }
            try FileManager.default.createSymbolicLink(atPath: world.scratch.path + "/bin/\(name)", withDestinationPath: found)
        }
        return world.scratch.path + "/bin"
    }
}
