import Processes
import ReeveModel

/// Puts a ticket's branch on its remote. Nothing of anybody else's is ever replaced there: a forced push names the commit that we pushed
/// ourselves, and the remote refuses it if something else is there by now (`git-push(1)`, `--force-with-lease=<refname>:<expect>`).
enum BranchPush {
    enum Outcome: Sendable, Hashable {
        case pushed
        case refused(RequestAdvice)
    }

    static let timeout = Duration.seconds(300)

    static func push(
        _ commit: String, _ place: WorktreePlace, to remote: String, lastPushed: String?, _ git: GitProgram
    ) async throws(ReeveError) -> Outcome {
        let refspec = "\(commit):\(place.branch.reference)"
        let plain = try await git.run(["push", "--porcelain", "--", remote, refspec], within: timeout)
        if plain.status == 0 { return .pushed }
        guard isRejection(plain) else { return try refusal(plain, place, remote) }
        if let lastPushed, lastPushed != commit {
            let leased = try await git.run(
                ["push", "--porcelain", "--force-with-lease=\(place.branch.reference):\(lastPushed)", "--", remote, refspec],
                within: timeout)
            if leased.status == 0 { return .pushed }
            guard isRejection(leased) else { return try refusal(leased, place, remote) }
        }
        return .refused(
            RequestAdvice(
                "the branch '\(place.branch)' of the remote '\(remote)' has commits that are not here, and they are not replaced",
                commands: [ShellText.command(["git", "-C", place.root, "pull", "--rebase", remote, place.branch.text])]))
    }

    /// A line `!<TAB>from:to<TAB>[rejected] (…)`: the remote's branch has something else. `[remote rejected]` is a rule of the remote.
    private static func isRejection(_ output: ProcessRunner.Output) -> Bool {
        output.text.split(separator: "\n").contains { $0.hasPrefix("!") && $0.contains("[rejected]") }
    }

    /// What a person can mend is told; what may pass is tried again.
    private static func refusal(
        _ output: ProcessRunner.Output, _ place: WorktreePlace, _ remote: String
    ) throws(ReeveError) -> Outcome {
        let line = output.text.split(separator: "\n").first { $0.hasPrefix("!") && $0.contains("[remote rejected]") }
        let command = ShellText.command(["git", "-C", place.root, "push", remote, place.branch.text])
        if let line {
            let why = line.split(separator: "\t").last.map { InertText.clean(String($0.prefix(200))) } ?? ""
            return .refused(
                RequestAdvice("the remote '\(remote)' does not take the branch '\(place.branch)': \(why)", commands: [command]))
        }
        throw .unavailable("the branch '\(place.branch)' could not be pushed: \(GitProgram.lastWords(output))", hint: command)
    }
}
