import ReeveJSON
import ReeveModel

/// GitLab by `glab`.
///
/// Sources: the manual pages of glab 1.49 to 1.90 (`glab-mr-create`, `glab-mr-list`, `glab-mr-view`, `glab-api`, `glab-auth-status`) and
/// the source of `glab mr view`, which prints the merge request of the REST API as it is: `iid`, `web_url`, `state`
/// (`opened`, `closed`, `locked`, `merged`), `sha`. Who wants changes is told by `GET /projects/:id/merge_requests/:iid/reviewers`
/// (`state`: `requested_changes`; GitLab 16.9 and later), what they say by `…/notes`. `glab mr view --comments` is not used: it shows the
/// oldest page first.
struct GitLabProgram: ProviderProgram {
    let name = "glab"
    var run: ProviderRun
    var address: RemoteAddress

    func find(_ branch: BranchName) async throws(ReeveError) -> (number: Int64, url: String)? {
        let answer = try await run.json(
            ["mr", "list", "--repo", address.webAddress, "--source-branch", branch.text, "--output", "json", "--per-page", "20"],
            hint: ShellText.command(["glab", "mr", "list", "--repo", address.webAddress]))
        guard answer.root.kind == .array else { throw unreadable("mr list") }
        for item in answer.root.items
        where item.text("source_branch") == branch.text && item.text("state") == "opened"
            && item.number("source_project_id") == item.number("target_project_id")
        {
            if let number = item.number("iid"), let url = item.text("web_url") { return (number, InertText.clean(url)) }
        }
        return nil
    }

    func create(_ branch: BranchName, into base: BranchName, title: String, body: String) async throws(ReeveError) {
        // A description that is '-' alone would open an editor.
        let description = body.trimmingWhitespace() == "-" ? "" : body
        _ = try await run.say(
            [
                "mr", "create", "--repo", address.webAddress, "--source-branch", branch.text, "--target-branch", base.text,
                "--title", title,
                "--description", description, "--no-editor", "--yes",
            ], hint: ShellText.command(createCommand(branch, into: base, title: title)))
    }

    func view(_ number: Int64) async throws(ReeveError) -> RequestReading {
        let hint = ShellText.command(viewCommand(number))
        let answer = try await run.json(
            ["mr", "view", String(number), "--repo", address.webAddress, "--output", "json"], hint: hint)
        let root = answer.root
        guard let url = root.text("web_url"), let word = root.text("state"), let state = Self.states[word] else {
            throw unreadable("mr view")
        }
        var reading = RequestReading(number: number, url: InertText.clean(url), state: state, head: root.commit("sha"))
        guard state == .open else { return reading }
        let reviewers = try await api("\(number)/reviewers", hint: hint)
        let names = Set(
            reviewers.filter { $0.text("state") == "requested_changes" }.compactMap { $0.member("user")?.text("username") })
        guard !names.isEmpty else { return reading }
        let notes = try await api("\(number)/notes?per_page=100&order_by=created_at&sort=desc", hint: hint)
        reading.review = Self.review(names: names, notes: notes)
        return reading
    }

    func createCommand(_ branch: BranchName, into base: BranchName, title: String) -> [String] {
        [
            "glab", "mr", "create", "--repo", address.webAddress, "--source-branch", branch.text, "--target-branch", base.text,
            "--title", title,
            "--description", "", "--yes",
        ]
    }

    func viewCommand(_ number: Int64) -> [String] { ["glab", "mr", "view", String(number), "--repo", address.webAddress] }

    /// A locked one is being merged.
    private static let states: [String: RequestReading.State] = [
        "opened": .open, "locked": .open, "merged": .merged, "closed": .closed,
    ]

    private func api(_ path: String, hint: String) async throws(ReeveError) -> [JSONView] {
        let project = address.path.split(separator: "/").joined(separator: "%2F")
        let answer = try await run.json(
            ["api", "--hostname", address.host, "--method", "GET", "projects/\(project)/merge_requests/\(path)"], hint: hint)
        guard answer.root.kind == .array else { throw unreadable("api") }
        return answer.root.items
    }

    /// - Parameter notes: newest first. A review is told from the next one by GitLab's own note of it, else by its newest open thread: a
    ///   mere comment is no new review.
    static func review(names: Set<String>, notes: [JSONView]) -> RequestReview {
        var id = "none"
        var remarks: [ReviewText.Remark] = []
        for note in notes {
            guard let by = note.member("author")?.text("username"), names.contains(by) else { continue }
            let isSystem = note.member("system")?.boolean == true
            let body = note.text("body") ?? ""
            let isThread = note.member("resolvable")?.boolean == true && note.member("resolved")?.boolean != true
            if id == "none", isSystem ? body.hasPrefix("requested changes") : isThread, let number = note.number("id") {
                id = String(number)
            }
            if isSystem || note.member("resolved")?.boolean == true { continue }
            let position = note.member("position")
            let place = position?.text("new_path").map { path in position?.number("new_line").map { "\(path):\($0)" } ?? path }
            remarks.append(ReviewText.Remark(by: by, place: place, text: body))
        }
        let shown = names.map(ReviewText.name).sorted()
        return RequestReview(
            id: "gitlab:\(shown.joined(separator: ",")):\(id)", by: shown, text: ReviewText.write(remarks.reversed()))
    }

    private func unreadable(_ command: String) -> ReeveError {
        .unavailable(
            "'glab \(command)' answers otherwise than is known",
            hint: "glab --version; docs/git.md names the versions that are known")
    }
}
