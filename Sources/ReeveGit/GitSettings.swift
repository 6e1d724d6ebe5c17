package import ReeveModel

/// `[git]` of the configuration, and what git and the providers' programs run with.
package struct GitSettings: Sendable {
    package enum Provider: String, Sendable, Hashable, CaseIterable {
        /// By the address of the remote.
        case auto
        case github
        case gitlab
        /// Branches are pushed; requests are made by people.
        case none
    }

    package var branch: BranchTemplate
    /// The folder of all worktrees; nil puts each repository's beside it.
    package var directory: String?
    /// The remote whose default branch work begins at and goes back to.
    package var remote: String
    /// Whether the remote is asked for its newest commits before a worktree is made or removed.
    package var fetch: Bool
    package var fetchTimeout: Duration
    /// Run in each new worktree before its agent; empty is none.
    package var setup: [String]
    package var setupTimeout: Duration
    package var provider: Provider
    /// Of the daemon. What steers git from outside is taken out (`GitProgram`).
    package var environment: [String: String]

    package init(
        branch: BranchTemplate, directory: String? = nil, remote: String = "origin", fetch: Bool = true,
        fetchTimeout: Duration = .seconds(60), setup: [String] = [], setupTimeout: Duration = .seconds(600),
        provider: Provider = .auto, environment: [String: String]
    ) {
        self.branch = branch
        self.directory = directory
        self.remote = remote
        self.fetch = fetch
        self.fetchTimeout = fetchTimeout
        self.setup = setup
        self.setupTimeout = setupTimeout
        self.provider = provider
        self.environment = environment
    }
}
