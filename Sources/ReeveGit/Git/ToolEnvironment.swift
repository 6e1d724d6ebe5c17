import ReeveModel

/// The environments that git, gh and glab run with: the daemon's, without what would steer them elsewhere, and with all questions off.
///
/// Sources: git 2.39 `git(1)`, section "Environment Variables", and its `prompt.c` (an empty `GIT_ASKPASS` asks nobody); `gh help environment`
/// (2.45 to 2.87); `glab help`, "Environment variables", and gitlab-org/cli issue 7999 (`GLAB_NO_PROMPT` since 1.61).
enum ToolEnvironment {
    /// - Parameter hasSSHCommand: the repository or the user configures how ssh is called, and that is left as it is: with no terminal and
    ///   no askpass program it can ask nobody either.
    static func git(_ base: [String: String], hasSSHCommand: Bool = false) -> [String: String] {
        var result = cleaned(base)
        result["GIT_TERMINAL_PROMPT"] = "0"
        result["GIT_ASKPASS"] = ""
        result["SSH_ASKPASS_REQUIRE"] = "never"
        result["GCM_INTERACTIVE"] = "never"
        if !hasSSHCommand { result["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes" }
        // An agent may be at work in the same tree: looking at it takes no locks.
        result["GIT_OPTIONAL_LOCKS"] = "0"
        result["GIT_EDITOR"] = ":"
        result["GIT_PAGER"] = "cat"
        return result
    }

    static func provider(_ base: [String: String]) -> [String: String] {
        var result = git(base)
        result["GH_PROMPT_DISABLED"] = "1"
        result["GH_NO_UPDATE_NOTIFIER"] = "1"
        result["GH_PAGER"] = "cat"
        result["GLAB_NO_PROMPT"] = "1"
        result["GLAB_CHECK_UPDATE"] = "false"
        result["NO_COLOR"] = "1"
        return result
    }

    private static func cleaned(_ base: [String: String]) -> [String: String] {
        var result = base.filter { name, _ in
            // Which repository or host is meant is said with each command.
            !name.hasPrefix("GIT_")
                && !["GH_REPO", "GH_FORCE_TTY", "GH_DEBUG", "GITLAB_REPO", "DEBUG", "LANGUAGE", "SSH_ASKPASS"].contains(name)
        }
        // What the programs say is read.
        result["LC_ALL"] = "C.UTF-8"
        return result
    }
}
