extension InteractivePrograms {
    /// Programs of which a subcommand or an operand decides. Nil: none of them, or nothing special.
    static func commandUse(_ name: String, _ stage: ShellStage) -> InteractiveUse? {
        let arguments = stage.words.dropFirst()
        switch name {
        case "git": return git(arguments, stage)
        case "ssh": return ssh(arguments)
        case "docker", "podman", "nerdctl": return container(name, arguments)
        case "docker-compose": return compose(name, arguments)
        case "kubectl", "oc": return kubectl(name, arguments)
        case "tmux", "screen", "zellij": return multiplexer(name, arguments)
        case "crontab":
            return CommandOptions(arguments, valueLetters: "u").has("e")
                ? .needs(.both, "crontab -e opens an editor") : .quiet("crontab asks nobody here")
        case "npm", "pnpm", "yarn", "bun":
            let options = CommandOptions(arguments)
            guard let command = options.operands.first, ["init", "create", "login", "adduser"].contains(command) else {
                return nil
            }
            if command == "init" || command == "create", options.has("y") || options.hasLong(["--yes"]) {
                return .quiet("\(name) \(command) -y takes the defaults")
            }
            return .needs(.input, "\(name) \(command) asks questions")
        case "python", "python3", "pypy3":
            let options = CommandOptions(arguments, valueLetters: "cmWX", stopsAtOperand: true)
            let debuggers = ["pdb", "ipdb", "pudb", "IPython", "code", "asyncio", "ptpython"]
            guard let module = options.value("m"), debuggers.contains(module) else { return nil }
            return .needs(.input, "\(name) -m \(module) reads commands at a prompt")
        case "sqlite3":
            // A database and SQL: it runs the SQL and ends.
            let options = CommandOptions(arguments, valueLongs: ["-cmd", "-init", "-separator"])
            return options.operands.count > 1 ? .quiet("sqlite3 runs the SQL that it is given") : nil
        case "swift":
            guard let command = arguments.first else { return .needs(.input, "swift alone reads commands at a prompt") }
            return command == "repl" ? .needs(.input, "swift repl reads commands at a prompt") : nil
        case "systemctl":
            let options = CommandOptions(arguments)
            if options.operands.first == "edit" { return .needs(.both, "systemctl edit opens an editor") }
            return options.hasLong(["--no-pager"]) || options.operands.first != "status"
                ? nil : .needs(.output, "systemctl status shows long text in a pager")
        case "gh":
            let options = CommandOptions(arguments)
            guard options.operands.prefix(2) == ["auth", "login"] else { return nil }
            return options.hasLong(["--with-token"])
                ? .quiet("gh reads the token from its input") : .needs(.input, "gh auth login asks questions")
        default: return nil
        }
    }

    private static func git(_ arguments: some Collection<String>, _ stage: ShellStage) -> InteractiveUse? {
        let general = CommandOptions(
            arguments, valueLetters: "Cc", valueLongs: ["--git-dir", "--work-tree", "--namespace"], stopsAtOperand: true)
        guard let command = general.operands.first else { return .quiet("git alone only tells about itself") }
        let rest = general.operands.dropFirst()
        let options = CommandOptions(rest, valueLetters: command == "commit" ? "mFCct" : command == "tag" ? "mFu" : "")
        let name = "git \(InteractiveCommand.shown(command))"
        if options.longs.contains("--help") { return .needs(.output, "\(name) --help shows a manual page in a pager") }
        let editor = InteractiveUse.needs(.both, "\(name) opens an editor for the message")
        if let set = stage.variables.last(where: { $0.hasPrefix("GIT_EDITOR=") || $0.hasPrefix("EDITOR=") }) {
            let program = String(set.drop { $0 != "=" }.dropFirst())
            if ["true", ":", "cat", "/bin/true"].contains(program) { return .quiet("\(name) has an editor that asks nobody") }
        }
        switch command {
        case "rebase":
            return options.has("i") || options.hasLong(["--interactive", "--edit-todo"])
                ? .needs(.both, "git rebase -i opens an editor for the list of commits") : .quiet("git rebase asks nobody here")
        case "add", "checkout", "restore", "reset", "stash":
            if options.has("p") && command != "stash" || options.hasLong(["--patch", "--interactive", "-p"])
                || command == "add" && options.has("ie")
                || command == "stash" && options.operands.first != "show" && options.has("p")
            {
                return .needs(.input, "\(name) -p asks about each change")
            }
            if command == "stash", let what = options.operands.first, what == "list" || what == "show" { break }
            return nil
        case "commit":
            if options.has("p") || options.hasLong(["--patch", "--interactive"]) {
                return .needs(.input, "git commit -p asks about each change")
            }
            if options.has("e") || options.hasLong(["--edit"]) { return editor }
            if options.has("mFC") || options.hasLong(["--message", "--file", "--no-edit", "--reuse-message", "--dry-run"]) {
                return .quiet("git commit has its message")
            }
            return options.hasLong(["--fixup"]) ? .quiet("git commit --fixup makes its message itself") : editor
        case "merge", "revert", "cherry-pick", "pull":
            return options.has("e") || options.hasLong(["--edit"]) ? editor : nil
        case "tag" where options.has("as") || options.hasLong(["--annotate", "--sign"]):
            return options.has("mF") || options.hasLong(["--message", "--file"]) ? .quiet("git tag has its message") : editor
        case "config" where options.has("e") || options.hasLong(["--edit"]):
            return .needs(.both, "git config -e opens an editor")
        case "clean" where options.has("i"): return .needs(.input, "git clean -i asks what to remove")
        case "mergetool", "difftool", "citool", "gui": return .needs(.both, "\(name) opens another program")
        case "log", "diff", "show", "blame", "reflog", "whatchanged", "range-diff", "grep", "shortlog", "help": break
        case "branch", "tag":
            guard options.operands.isEmpty else { return nil }
        default: return nil
        }
        if general.has("P") || general.longs.contains("--no-pager") { return .quiet("\(name) has its pager turned off") }
        if let pager = stage.variables.last(where: { $0.hasPrefix("GIT_PAGER=") || $0.hasPrefix("PAGER=") }),
            ["cat", ""].contains(String(pager.drop { $0 != "=" }.dropFirst()))
        {
            return .quiet("\(name) has cat for a pager")
        }
        return .needs(.output, "\(name) shows long text in a pager, which waits for keys")
    }

    private static func ssh(_ arguments: some Collection<String>) -> InteractiveUse {
        let options = CommandOptions(arguments, valueLetters: "BbcDEeFIiJLlmOopQRSWw", stopsAtOperand: true)
        if options.has("VGQ") { return .quiet("ssh only tells about itself") }
        if options.has("NfW") { return .quiet("ssh only forwards") }
        if options.has("O") { return .quiet("ssh only speaks to a connection that is there") }
        guard !options.operands.isEmpty else { return .quiet("ssh has nowhere to go") }
        // OpenSSH reads options behind the host as well.
        let behind = CommandOptions(options.operands.dropFirst(), valueLetters: "BbcDEeFIiJLlmOopQRSWw", stopsAtOperand: true)
        if behind.has("Nf") { return .quiet("ssh only forwards") }
        if options.has("t") || behind.has("t") { return .needs(.input, "ssh -t gives the command a terminal") }
        if options.has("T") || options.has("n") { return .quiet("ssh gives no terminal here") }
        return behind.operands.isEmpty
            ? .needs(.input, "ssh without a command is a shell on another computer") : .quiet("ssh runs one command there")
    }

    private static func container(_ name: String, _ arguments: some Collection<String>) -> InteractiveUse? {
        let general = CommandOptions(
            arguments, valueLetters: "cHl", valueLongs: ["--config", "--context", "--host", "--log-level"], stopsAtOperand: true)
        var words = general.operands[...]
        if words.first == "container" { words = words.dropFirst() }
        guard let command = words.popFirst() else { return nil }
        if command == "compose" { return compose(name + " compose", words) }
        guard ["run", "exec", "start", "attach", "login"].contains(command) else { return nil }
        let values: Set<String> = [
            "--name", "--env", "--volume", "--workdir", "--user", "--network", "--entrypoint", "--publish", "--mount",
            "--hostname",
            "--label", "--memory", "--cpus", "--platform", "--env-file", "--detach-keys",
        ]
        let options = CommandOptions(words, valueLetters: "evwuplhmc", valueLongs: values, stopsAtOperand: true)
        if options.longs.contains("--help") { return .quiet("\(name) \(command) --help only tells about it") }
        switch command {
        case "attach": return .needs(.input, "\(name) attach is the container's terminal")
        case "login":
            return options.hasLong(["--password-stdin"]) || options.has("p")
                ? .quiet("\(name) login has its password") : .needs(.device, "\(name) login asks for a password")
        case "start":
            return options.has("i") ? .needs(.input, "\(name) start -i is the container's terminal") : nil
        default:
            if options.has("d") || options.longs.contains("--detach") {
                return .quiet("\(name) \(command) -d runs in the background")
            }
            let isTerminal = options.has("t") || options.longs.contains("--tty")
            return isTerminal
                ? .needs(.input, "\(name) \(command) -t asks for a terminal") : .quiet("\(name) \(command) asks for no terminal")
        }
    }

    private static func compose(_ name: String, _ arguments: some Collection<String>) -> InteractiveUse? {
        let general = CommandOptions(
            arguments, valueLetters: "fp", valueLongs: ["--file", "--project-name"], stopsAtOperand: true)
        guard let command = general.operands.first, command == "run" || command == "exec" else { return nil }
        let options = CommandOptions(
            general.operands.dropFirst(), valueLetters: "euwpv", valueLongs: ["--user", "--env", "--workdir"],
            stopsAtOperand: true)
        return options.has("Td") || options.hasLong(["--no-TTY", "--no-tty", "--detach"])
            ? .quiet("\(name) \(command) asks for no terminal")
            : .needs(.input, "\(name) \(command) gives the command a terminal")
    }

    private static func kubectl(_ name: String, _ arguments: some Collection<String>) -> InteractiveUse? {
        let own = Array(arguments.prefix { $0 != "--" })
        let options = CommandOptions(
            own, valueLetters: "nc",
            valueLongs: ["--namespace", "--context", "--container", "--image", "--kubeconfig", "--filename"])
        guard let command = options.operands.first else { return nil }
        switch command {
        case "edit": return .needs(.both, "\(name) edit opens an editor")
        case "exec", "run", "attach", "debug":
            return options.has("t") || options.longs.contains("--tty")
                ? .needs(.input, "\(name) \(command) -t asks for a terminal") : .quiet("\(name) \(command) asks for no terminal")
        default: return nil
        }
    }

    private static func multiplexer(_ name: String, _ arguments: some Collection<String>) -> InteractiveUse {
        let attached = InteractiveUse.needs(.both, "\(name) shows its windows on the terminal")
        switch name {
        case "tmux":
            let general = CommandOptions(arguments, valueLetters: "cfLST", stopsAtOperand: true)
            if general.has("V") { return .quiet("tmux -V only tells its version") }
            guard let command = general.operands.first else { return attached }
            let options = CommandOptions(general.operands.dropFirst(), valueLetters: "cefFnstxy")
            let attaches = ["attach", "attach-session", "a", "at"].contains(command)
            let makes = ["new", "new-session", "new-s"].contains(command)
            return attaches || makes && !options.has("d")
                ? attached : .quiet("tmux \(InteractiveCommand.shown(command)) only speaks to the server")
        case "screen":
            let options = CommandOptions(arguments, valueLetters: "ceShprstTX", stopsAtOperand: true)
            if options.has("vX") || options.hasLong(["-ls", "-list", "-dmS", "-dm", "-wipe", "--version", "--help"]) {
                return .quiet("screen asks for no terminal here")
            }
            return options.has("m") && options.has("d") || options.has("l")
                ? .quiet("screen asks for no terminal here") : attached
        default:
            let options = CommandOptions(arguments, valueLetters: "cls")
            if !options.longs.isDisjoint(with: telling) { return .quiet("zellij only tells about itself") }
            guard let command = options.operands.first else { return attached }
            return ["attach", "a", "options"].contains(command) ? attached : .quiet("zellij only speaks to the server")
        }
    }
}
