import ReeveModel
import ReeveTOML

/// `[git]`, as it is written.
package struct GitKeys: Sendable, Hashable {
    package var usesWorktrees = false
    package var branch = BranchTemplate.usual
    package var directory = ""
    package var remote = "origin"
    package var fetch = true
    package var fetchTimeout = Duration.seconds(60)
    package var setup: [String] = []
    package var setupTimeout = Duration.seconds(600)
    package var provider = "auto"
    package var pollInterval = Duration.seconds(60)
    package init() {}

    static let keys: [ConfigurationKey] = [
        ConfigurationKeys.boolean(
            "git.use_worktrees", "false", "each ticket with a project works in a git worktree of its own", \.git.usesWorktrees),
        ConfigurationKey(
            name: "git.branch", type: "string", fallback: BranchTemplate.usual,
            note: "the branch of a ticket's worktree; `{type}` and `{id}` are replaced",
            keep: ConfigurationKeys.kept(\.git.branch)
        ) { (configuration, value) throws(Complaint) in
            let text = try Read.string(value)
            do throws(ReeveError) { _ = try BranchTemplate(text) } catch {
                throw Complaint(message: error.message, hint: error.hint)
            }
            configuration.git.branch = text
        },
        ConfigurationKey(
            name: "git.worktree_directory", type: "path", fallback: "",
            note: "where worktrees are made; empty: in a folder beside each repository",
            keep: ConfigurationKeys.kept(\.git.directory)
        ) { (configuration, value) throws(Complaint) in
            configuration.git.directory = value == .string("") ? "" : try Read.path(value)
        },
        ConfigurationKey(
            name: "git.remote", type: "string", fallback: "origin", note: "the remote whose default branch work begins at",
            keep: ConfigurationKeys.kept(\.git.remote)
        ) { (configuration, value) throws(Complaint) in
            let name = try Read.string(value)
            guard SafeName.isValid(name) else { throw Complaint(message: "'\(name)' is no remote's name", hint: SafeName.rule) }
            configuration.git.remote = name
        },
        ConfigurationKey(
            name: "git.fetch", type: "boolean", fallback: "true",
            note: "whether the remote is asked for its newest commits first", keep: ConfigurationKeys.kept(\.git.fetch)
        ) { (configuration, value) throws(Complaint) in configuration.git.fetch = try Read.boolean(value) },
        ConfigurationKeys.duration(
            "git.fetch_timeout", "1m", "how long that may take; then the newest known commit is taken", \.git.fetchTimeout,
            keep: ConfigurationKeys.kept(\.git.fetchTimeout)),
        ConfigurationKey(
            name: "git.setup", type: "list of strings", fallback: "[]",
            note: "a command that is run in each new worktree before its agent, never through a shell",
            keep: ConfigurationKeys.kept(\.git.setup)
        ) { (configuration, value) throws(Complaint) in configuration.git.setup = try Read.strings(value) },
        ConfigurationKeys.words(
            "git.provider", "auto", ["auto", "github", "gitlab", "none"],
            "who makes requests of `pr` reviews; `auto` goes by the remote's address, `none` leaves it to you", \.git.provider),
        ConfigurationKeys.duration(
            "git.poll_interval", "1m", "how often an open request is looked at", \.git.pollInterval,
            keep: ConfigurationKeys.kept(\.git.pollInterval)),
        ConfigurationKeys.duration(
            "git.setup_timeout", "10m", "how long that may take", \.git.setupTimeout,
            keep: ConfigurationKeys.kept(\.git.setupTimeout)),
    ]
}
