import Foundation
import Processes
import ReeveGit
import ReeveModel
import ReeveTestSupport

/// A remote, a person's clone of it with one commit, and the real git between them: in a directory of its own, with nothing of the user's
/// configuration.
struct RealGit: Sendable {
    let scratch: Scratch
    let providers: FakeProviders
    let remote: String
    /// The person's clone.
    let home: String
    let environment: [String: String]
    var settings: GitSettings

    static func with(hasRemote: Bool = true, _ body: (inout RealGit) async throws -> Void) async throws {
        try await Scratch.with { scratch in
            var world = try await RealGit(scratch, hasRemote: hasRemote)
            try await body(&world)
        }
    }

    private init(_ scratch: Scratch, hasRemote: Bool) async throws {
        self.scratch = scratch
        providers = try FakeProviders(scratch)
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        environment = [
            "PATH": "\(scratch.path)/bin:\(path)", "HOME": try scratch.directory("home"), "GIT_CONFIG_NOSYSTEM": "1",
            "LC_ALL": "C.UTF-8",
        ]
        remote = "\(scratch.path)/remote.git"
        home = "\(scratch.path)/work"
        // The daemon's environment would steer git elsewhere; it must not.
        settings = GitSettings(
            branch: try BranchTemplate(),
            environment: environment.merging(["GIT_DIR": "/nowhere", "GIT_WORK_TREE": "/nowhere", "GIT_INDEX_FILE": "/nowhere"]) {
                a, _ in a
            })
        try write(
            "[user]\nname = A Person\nemail = person@example.org\n[init]\ndefaultBranch = main\n[protocol \"file\"]\nallow = always\n",
            to: "home/.gitconfig")
        if hasRemote {
            try await git("init", "--quiet", "--bare", remote, in: scratch.path)
            try await git("clone", "--quiet", remote, home, in: scratch.path)
        } else {
            try await git("init", "--quiet", home, in: scratch.path)
        }
        try await commit("README", "hello\n", in: home)
        if hasRemote { try await git("push", "--quiet", "origin", "main", in: home) }
    }

    var worktrees: GitWorktrees { GitWorktrees(settings: settings, time: RealTime()) }

    @discardableResult
    func git(_ arguments: String..., in directory: String) async throws -> String {
        let output = try await ProcessRunner.run(["git"] + arguments, environment: environment, directory: directory)
        guard output.status == 0 else { throw Failure(text: "git \(arguments): \(output.errors)\(output.text)") }
        return output.text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @discardableResult
    func commit(_ file: String, _ text: String, in directory: String) async throws -> String {
        try text.write(toFile: "\(directory)/\(file)", atomically: true, encoding: .utf8)
        try await git("add", "--force", "--", file, in: directory)
        try await git("commit", "--quiet", "--message", "Change \(file)", in: directory)
        return try await git("rev-parse", "HEAD", in: directory)
    }

    func write(_ text: String, to path: String) throws {
        let full = path.hasPrefix("/") ? path : "\(scratch.path)/\(path)"
        try FileManager.default.createDirectory(
            atPath: (full as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: full, atomically: true, encoding: .utf8)
    }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    func hasBranch(_ name: String, in directory: String? = nil) async throws -> Bool {
        try await !git("branch", "--list", name, in: directory ?? home).isEmpty
    }

    /// A second clone: somebody else.
    func colleague() async throws -> String {
        let other = "\(scratch.path)/colleague"
        if !exists(other) { try await git("clone", "--quiet", remote, other, in: scratch.path) }
        return other
    }

    /// The remote has the address of a provider.
    func address(_ url: String) async throws {
        try await git("remote", "set-url", "origin", url, in: home)
        try await providers.installSSH(to: remote)
    }

    func wish(_ id: String = "FEAT-1", type: String = "FEAT", project: String? = nil) throws -> WorktreeWish {
        guard let ticket = TicketID(id) else { throw Failure(text: "no id: \(id)") }
        return WorktreeWish(ticket: ticket, type: type, project: project ?? home)
    }
}

struct Failure: Error, CustomStringConvertible {
    var text: String
    var description: String { text }
}

/// What a call throws, or nil.
func failure<Value>(_ body: () async throws -> Value) async -> ReeveError? {
    do {
        _ = try await body()
        return nil
    } catch { return error as? ReeveError }
}
