import Processes
package import ReeveModel

/// Requests by the provider's own command line: `gh` for GitHub, `glab` for GitLab. Where there is none, or it is not signed in, the branch is
/// pushed and a person is told what to run.
package struct ProviderRequests: MergeRequests {
    private let settings: GitSettings
    private let time: any TimeSource

    /// Most bytes of a request's title and body.
    static let longestTitle = 200
    static let longestBody = 32_768

    package init(settings: GitSettings, time: any TimeSource) {
        self.settings = settings
        self.time = time
    }

    package func publish(_ order: PublishOrder) async throws(ReeveError) -> PublishOutcome {
        let place = order.place
        let git = try await program(place)
        guard let commit = try await git.commit(place.branch.reference) else {
            return .told(
                RequestAdvice(
                    "the branch '\(place.branch)' is gone", commands: [ShellText.command(["git", "-C", place.root, "branch"])]),
                pushed: nil)
        }
        guard let remote = place.remote else {
            return .told(
                RequestAdvice(
                    "the repository has no remote that '\(place.branch)' could be pushed to",
                    commands: [
                        ShellText.command(["git", "-C", place.root, "log", "--oneline", "\(place.base)..\(place.branch)"])
                    ]),
                pushed: nil)
        }
        if let merged = order.mergedHead, try await git.commit(merged) != nil, try await git.contains(merged, commit) {
            return .nothingNew
        }
        if let base = try await BaseBranch.known(git, place.base, remote: remote), try await git.contains(base, commit) {
            // A fresh clone's word may be old, but it never says too much: what is in it is merged.
            if order.mergedHead != nil { return .nothingNew }
            return .told(
                RequestAdvice(
                    "the branch '\(place.branch)' has no commit that '\(place.base)' has not",
                    commands: [ShellText.command(["git", "-C", place.root, "status"])]), pushed: nil)
        }
        switch try await BranchPush.push(commit, place, to: remote, lastPushed: order.lastPushed, git) {
        case .refused(let advice): return .told(advice, pushed: nil)
        case .pushed: break
        }
        return try await request(order, remote: remote, commit: commit, git)
    }

    package func look(_ reference: RequestReference) async throws(ReeveError) -> RequestReading {
        let git = try await program(reference.place)
        guard let remote = reference.place.remote, let tool = try await tool(reference.place, remote: remote, git) else {
            throw ReeveError(
                .unavailable,
                "nobody can be asked about request \(reference.number) any more: the remote is of no known provider",
                hint: "[git] provider names it")
        }
        return try await tool.view(reference.number)
    }

    // MARK: - The request

    private func request(
        _ order: PublishOrder, remote: String, commit: String, _ git: GitProgram
    ) async throws(ReeveError) -> PublishOutcome {
        let place = order.place
        guard let tool = try await tool(place, remote: remote, git) else {
            return .told(
                RequestAdvice(
                    "'\(place.branch)' is pushed; the remote '\(remote)' is of no provider that Reeve knows ([git] provider): "
                        + "make a request of it into '\(place.base)', and when it is merged:",
                    commands: ["reeve approve \(order.ticket)"]), pushed: commit)
        }
        let title = Self.title(order)
        do throws(ReeveError) {
            if let found = try await tool.find(place.branch) {
                return .requested(number: found.number, url: found.url, pushed: commit)
            }
            try await tool.create(place.branch, into: place.base, title: title, body: Self.body(order))
            if let made = try await tool.find(place.branch) {
                return .requested(number: made.number, url: made.url, pushed: commit)
            }
        } catch {
            let isMissing = ProcessRunner.isMissing(error)
            guard isMissing || error.hint == tool.run.signIn else { throw error }
            let first = isMissing ? [] : [tool.run.signIn]
            let reason = isMissing ? "there is no program '\(tool.name)'" : error.message
            return .told(
                RequestAdvice(
                    "'\(place.branch)' is pushed, but \(reason); it is tried again, or you make the request:",
                    commands: first + [ShellText.command(tool.createCommand(place.branch, into: place.base, title: title))]),
                pushed: commit)
        }
        throw ReeveError(
            .unavailable, "\(tool.name) has made a request of '\(place.branch)' and does not list it",
            hint: ShellText.command(tool.createCommand(place.branch, into: place.base, title: title)))
    }

    private func program(_ place: WorktreePlace) async throws(ReeveError) -> GitProgram {
        // The repository is there as long as anything is; a worktree may have been removed by hand.
        let directory = FileSystem.isDirectory(place.root) ? place.root : place.repository
        guard FileSystem.isDirectory(directory) else {
            throw .unavailable("\(InertText.clean(place.root)) and its repository are gone", hint: "put the repository back")
        }
        return try await GitWorktrees(settings: settings, time: time).program(directory)
    }

    private func tool(
        _ place: WorktreePlace, remote: String, _ git: GitProgram
    ) async throws(ReeveError) -> (any ProviderProgram)? {
        // Where it is pushed to, with what the user's configuration makes of addresses.
        guard let url = try await git.ask(["remote", "get-url", "--push", "--", remote]), let address = RemoteAddress(url) else {
            return nil
        }
        let provider = settings.provider == .auto ? address.provider : settings.provider
        let environment = ToolEnvironment.provider(settings.environment)
        func run(_ program: String) -> ProviderRun {
            ProviderRun(program: program, host: address.host, directory: git.directory, environment: environment, time: time)
        }
        switch provider {
        case .github: return GitHubProgram(run: run("gh"), address: address)
        case .gitlab: return GitLabProgram(run: run("glab"), address: address)
        case .none, .auto: return nil
        }
    }

    /// One line, not empty, and nothing that a program takes for an option's end.
    static func title(_ order: PublishOrder) -> String {
        let words = InertText.clean(order.title.split(whereSeparator: \.isNewline).joined(separator: " ")).trimmingWhitespace()
        let title = words.isEmpty ? order.ticket.text : "\(order.ticket): \(words)"
        return bounded(title, longestTitle)
    }

    static func body(_ order: PublishOrder) -> String {
        bounded(InertText.clean(order.body, keepingLines: true).trimmingWhitespace(), longestBody)
    }

    private static func bounded(_ text: String, _ limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var result = ""
        var size = 0
        for character in text {
            size += character.utf8.count
            if size > limit - 4 { break }
            result.append(character)
        }
        return result + " …"
    }
}
