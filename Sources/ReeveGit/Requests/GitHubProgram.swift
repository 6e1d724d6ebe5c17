import ReeveJSON
import ReeveModel

/// GitHub by `gh`.
///
/// Sources: the manual pages of gh 2.45 and 2.87 (`gh-pr-create(1)`, `gh-pr-list(1)`, `gh-pr-view(1)`, `gh-api(1)`,
/// `gh-auth-status(1)`), <https://cli.github.com/manual>. `gh pr create` has no `--json` (cli/cli 11247), so what it made is looked up.
/// `gh pr view` does not tell remarks on lines (`--json reviews` has the reviews' own text); these are in the REST API, "List review comments on
/// a pull request".
struct GitHubProgram: ProviderProgram {
    let name = "gh"
    var run: ProviderRun
    var address: RemoteAddress

    /// `[HOST/]OWNER/REPO`.
    private var repository: String { "\(address.host)/\(address.path)" }

    func find(_ branch: BranchName) async throws(ReeveError) -> (number: Int64, url: String)? {
        let answer = try await run.json(
            [
                "pr", "list", "--repo", repository, "--head", branch.text, "--state", "open", "--json",
                "number,url,headRefName,isCrossRepository", "--limit", "20",
            ], hint: ShellText.command(["gh", "pr", "list", "--repo", repository]))
        guard answer.root.kind == .array else { throw unreadable("pr list") }
        // A fork may have a branch of the same name, and its request is not ours.
        for item in answer.root.items
        where item.text("headRefName") == branch.text && item.member("isCrossRepository")?.boolean == false {
            if let number = item.number("number"), let url = item.text("url") { return (number, InertText.clean(url)) }
        }
        return nil
    }

    func create(_ branch: BranchName, into base: BranchName, title: String, body: String) async throws(ReeveError) {
        _ = try await run.say(
            [
                "pr", "create", "--repo", repository, "--head", branch.text, "--base", base.text, "--title", title, "--body-file",
                "-",
            ], input: body, hint: ShellText.command(createCommand(branch, into: base, title: title)))
    }

    func view(_ number: Int64) async throws(ReeveError) -> RequestReading {
        let hint = ShellText.command(viewCommand(number))
        let answer = try await run.json(
            ["pr", "view", String(number), "--repo", repository, "--json", "number,url,state,headRefOid,reviews"], hint: hint)
        let root = answer.root
        guard let url = root.text("url"), let word = root.text("state"), let state = Self.states[word] else {
            throw unreadable("pr view")
        }
        var reading = RequestReading(number: number, url: InertText.clean(url), state: state, head: root.commit("headRefOid"))
        guard state == .open else { return reading }
        let wanting = Self.wanting(root.list("reviews"))
        guard let newest = wanting.max(by: { $0.at < $1.at }) else { return reading }
        var remarks = wanting.sorted { $0.at < $1.at }.map { ReviewText.Remark(by: $0.by, text: $0.text) }
        remarks += try await lineRemarks(number, by: Set(wanting.map(\.by)))
        reading.review = RequestReview(
            id: "github:\(InertText.clean(newest.id))", by: Set(wanting.map { ReviewText.name($0.by) }).sorted(),
            text: ReviewText.write(remarks))
        return reading
    }

    func createCommand(_ branch: BranchName, into base: BranchName, title: String) -> [String] {
        ["gh", "pr", "create", "--repo", repository, "--head", branch.text, "--base", base.text, "--title", title, "--body", ""]
    }

    func viewCommand(_ number: Int64) -> [String] { ["gh", "pr", "view", String(number), "--repo", repository] }

    private static let states: [String: RequestReading.State] = ["OPEN": .open, "MERGED": .merged, "CLOSED": .closed]

    struct Review: Sendable, Hashable {
        var id: String
        var by: String
        var at: String
        var text: String
    }

    /// The reviews that stand: of each reviewer the last that has an opinion, if it asks for changes. A remark without one does not take it
    /// back; an approval does, and so does somebody who dismisses it (its state becomes `DISMISSED`).
    static func wanting(_ reviews: [JSONView]) -> [Review] {
        var standing: [String: (state: String, review: Review)] = [:]
        for item in reviews {
            guard let state = item.text("state"), ["APPROVED", "CHANGES_REQUESTED", "DISMISSED"].contains(state),
                let id = item.text("id"), let at = item.text("submittedAt")
            else { continue }
            let by = item.member("author")?.text("login") ?? ""
            // RFC 3339 in UTC: the order of the texts is that of the moments.
            if let before = standing[by], before.review.at > at { continue }
            standing[by] = (state, Review(id: id, by: by, at: at, text: item.text("body") ?? ""))
        }
        return standing.values.filter { $0.state == "CHANGES_REQUESTED" }.map(\.review)
    }

    /// What those reviewers have written at lines of the change, oldest first, the newest hundred.
    private func lineRemarks(_ number: Int64, by names: Set<String>) async throws(ReeveError) -> [ReviewText.Remark] {
        let path = "repos/\(address.path)/pulls/\(number)/comments?per_page=100&sort=created&direction=desc"
        let answer = try await run.json(
            ["api", "--hostname", address.host, "--method", "GET", path], hint: ShellText.command(viewCommand(number)))
        guard answer.root.kind == .array else { throw unreadable("api") }
        return answer.root.items.reversed().compactMap { item in
            guard let by = item.member("user")?.text("login"), names.contains(by), let text = item.text("body") else {
                return nil
            }
            let place = item.text("path").map { path in item.number("line").map { "\(path):\($0)" } ?? path }
            return ReviewText.Remark(by: by, place: place, text: text)
        }
    }

    private func unreadable(_ command: String) -> ReeveError {
        .unavailable(
            "'gh \(command)' answers otherwise than is known", hint: "gh --version; docs/git.md names the versions that are known"
        )
    }
}
