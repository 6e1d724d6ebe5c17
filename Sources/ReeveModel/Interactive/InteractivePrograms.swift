/// The programs that are known to use a terminal, after their manuals. Those with subcommands are in `InteractivePrograms+Commands`.
enum InteractivePrograms {
    /// With these a program only tells about itself.
    static let telling: Set<String> = ["--help", "--version", "-version", "-help", "--usage"]

    static let table: [String: InteractiveProgram] = {
        var table: [String: InteractiveProgram] = [:]
        func add(_ names: String..., program: InteractiveProgram) { for name in names { table[name] = program } }

        // Editors.
        add(
            "vi", "vim", "nvim", "view", "vimdiff", "nvi", "elvis",
            program: InteractiveProgram(
                kind: .editor, quietLetters: "s", quietLongs: ["--headless", "--not-a-term", "-es", "-Es"],
                valueLetters: "cSuUitTw",
                valueLongs: ["--cmd", "--startuptime", "--listen"]))
        add("nano", "pico", program: InteractiveProgram(kind: .editor, quietLetters: "V"))
        add(
            "emacs",
            program: InteractiveProgram(kind: .editor, quietLongs: ["--batch", "-batch", "--script", "-script", "--daemon"]))
        add("emacsclient", program: InteractiveProgram(kind: .editor, quietLongs: ["--eval", "--no-wait"], valueLetters: "s"))
        add(
            "helix", "hx", "micro", "joe", "jed", "mg", "ne", "kak", "jmacs", "jstar", "zile",
            program: InteractiveProgram(kind: .editor))
        add("ed", "ex", program: InteractiveProgram(kind: .prompt, quietLetters: "s"))
        add("visudo", "vipw", "vigr", program: InteractiveProgram(kind: .editor, quietLetters: "c"))
        add("sudoedit", program: InteractiveProgram(kind: .editor))

        // Pagers.
        add("less", "more", "most", "pg", "zless", "zmore", "lv", program: InteractiveProgram(kind: .pager, operands: .areNeeded))
        add("man", program: InteractiveProgram(kind: .pager, quietLetters: "kfw", operands: .areNeeded))
        add("info", program: InteractiveProgram(kind: .pager, quietLetters: "ow", quietLongs: ["--output", "--where"]))
        add("journalctl", program: InteractiveProgram(kind: .pager, quietLongs: ["--no-pager", "--disk-usage", "--flush"]))

        // Monitors.
        add("top", program: InteractiveProgram(kind: .monitor, quietLetters: "bhv", quietLongs: ["-l"], valueLetters: "dnpouUwE"))
        add(
            "htop", "btop", "bpytop", "bashtop", "glances", "nvtop", "gotop", "s-tui", program: InteractiveProgram(kind: .monitor)
        )
        add("atop", program: InteractiveProgram(kind: .monitor, quietLetters: "wPV"))
        add("iotop", program: InteractiveProgram(kind: .monitor, quietLetters: "b", quietLongs: ["--batch"]))
        add("iftop", program: InteractiveProgram(kind: .monitor, quietLetters: "t"))
        add("nethogs", program: InteractiveProgram(kind: .monitor, quietLetters: "t"))
        add("watch", "powertop", "slabtop", "bmon", "cmatrix", program: InteractiveProgram(kind: .monitor, stopsAtOperand: true))

        // Prompts of languages: a file is a script.
        let script = InteractiveProgram.Operands.makeQuiet("runs a file")
        add(
            "python", "python2", "python3", "pypy", "pypy3",
            program: InteractiveProgram(
                kind: .prompt, quietLetters: "cmV", askingLetters: "i", operands: script, valueLetters: "cmWX",
                stopsAtOperand: true))
        add(
            "ipython", "ipython3",
            program: InteractiveProgram(
                kind: .prompt, quietLetters: "c", askingLetters: "i", operands: script, valueLetters: "cm", stopsAtOperand: true))
        add(
            "node", "nodejs",
            program: InteractiveProgram(
                kind: .prompt, quietLetters: "epvc", quietLongs: ["--eval", "--print", "--check", "--test", "--run"],
                askingLetters: "i", askingLongs: ["--interactive"], operands: script, valueLetters: "eprC",
                valueLongs: ["--require", "--import"], stopsAtOperand: true))
        add("irb", "pry", program: InteractiveProgram(kind: .prompt, quietLetters: "v", operands: script, valueLetters: "rI"))
        add(
            "lua", "luajit", "lua5",
            program: InteractiveProgram(
                kind: .prompt, quietLetters: "ev", askingLetters: "i", operands: script, valueLetters: "el", stopsAtOperand: true)
        )
        add("ghci", program: InteractiveProgram(kind: .prompt, quietLetters: "e", valueLetters: "e"))
        add(
            "R",
            program: InteractiveProgram(
                kind: .prompt, quietLetters: "ef", quietLongs: ["--file"], operands: .quietCommands(["CMD"])))
        add(
            "julia",
            program: InteractiveProgram(
                kind: .prompt, quietLetters: "eEv", askingLetters: "i", operands: script, valueLetters: "eELJptC",
                stopsAtOperand: true))
        add("bc", program: InteractiveProgram(kind: .prompt, quietLetters: "v"))
        add("dc", program: InteractiveProgram(kind: .prompt, quietLetters: "efV", operands: script, valueLetters: "ef"))
        add("php", program: InteractiveProgram(kind: .prompt, quietLetters: "rfvimlS", askingLetters: "a", operands: script))
        add(
            "scala", "kotlin", "groovysh", "jshell", "erl", "iex", "utop", "ocaml", "sbcl", "clisp", "guile", "octave", "maxima",
            "gp",
            program: InteractiveProgram(
                kind: .prompt, quietLetters: "ec", quietLongs: ["--eval", "-noshell", "--script", "--non-interactive"],
                operands: script, stopsAtOperand: true))

        // Prompts of databases.
        add(
            "psql",
            program: InteractiveProgram(
                kind: .prompt, quietLetters: "cflV", quietLongs: ["--command", "--file", "--list"], valueLetters: "cdfhopUvFPRTL",
                valueLongs: ["--host", "--port", "--username", "--dbname"]))
        add(
            "mysql", "mariadb",
            program: InteractiveProgram(kind: .prompt, quietLetters: "eV", quietLongs: ["--execute"], valueLetters: "ehuPDS"))
        add(
            "sqlite3",
            program: InteractiveProgram(
                kind: .prompt, quietLongs: ["-batch", "--batch"], valueLongs: ["-cmd", "-init", "-separator"]))
        add(
            "redis-cli", "valkey-cli",
            program: InteractiveProgram(
                kind: .prompt, quietLongs: ["--scan", "--pipe", "--bigkeys", "--latency", "--rdb", "--eval"],
                operands: .makeQuiet("sends one command"), valueLetters: "hpansur", valueLongs: ["--user", "--pass"],
                stopsAtOperand: true))
        add(
            "mongosh", "mongo",
            program: InteractiveProgram(
                kind: .prompt, quietLongs: ["--eval"], askingLongs: ["--shell"], valueLongs: ["--host", "--port"]))
        add(
            "duckdb", program: InteractiveProgram(kind: .prompt, quietLetters: "csf", quietLongs: ["-batch"], valueLetters: "csf")
        )
        add("clickhouse-client", program: InteractiveProgram(kind: .prompt, quietLetters: "q", quietLongs: ["--query"]))

        // Debuggers.
        add("gdb", program: InteractiveProgram(kind: .prompt, quietLongs: ["--batch", "-batch"]))
        add(
            "lldb",
            program: InteractiveProgram(kind: .prompt, quietLetters: "b", quietLongs: ["--batch"], valueLetters: "osSOnpk"))
        add("pdb", "pdb3", "ipdb", "pudb", program: InteractiveProgram(kind: .prompt))

        // Shells. What `-c` runs is judged by itself.
        add(
            "bash", "sh", "zsh", "dash", "ksh", "mksh", "ash", "fish", "tcsh", "csh", "nu", "elvish", "xonsh", "pwsh",
            program: InteractiveProgram(
                kind: .shell, quietLetters: "n", askingLetters: "i", operands: .makeQuiet("runs a file"), valueLetters: "oO",
                valueLongs: ["--rcfile", "--init-file"], stopsAtOperand: true))
        add("su", program: InteractiveProgram(kind: .password, quietLetters: "c", quietLongs: ["--command"], valueLetters: "cs"))
        add(
            "login", "passwd", "chsh", "chfn", "smbpasswd", "htpasswd", "kinit", "ssh-keygen",
            program: InteractiveProgram(
                kind: .password, quietLetters: "SbNlyt", quietLongs: ["--stdin", "--status", "--keytab", "--shell"],
                valueLetters: "f"))

        // Other computers.
        add("telnet", "mosh", "ftp", "rlogin", "minicom", "picocom", "cu", program: InteractiveProgram(kind: .prompt))
        add("sftp", program: InteractiveProgram(kind: .prompt, quietLetters: "b", valueLetters: "bBcDFiloPRSsX"))
        add("lftp", program: InteractiveProgram(kind: .prompt, quietLetters: "cf", valueLetters: "cefup"))

        // Whole screens and choosers.
        add(
            "mc", "ranger", "nnn", "lf", "vifm", "yazi", "ncdu", "cfdisk", "alsamixer", "nmtui", "aptitude", "mutt", "neomutt",
            "weechat",
            "irssi", "w3m", "lynx", "links", "elinks",
            program: InteractiveProgram(kind: .screen, quietLongs: ["-dump", "--dump", "-dump_source"]))
        add(
            "tig", "lazygit", "lazydocker", "gitui", "k9s", "dive", "ctop",
            program: InteractiveProgram(
                kind: .screen, operands: .quietCommands(["version", "info"])))
        add(
            "fzf", "sk", "peco",
            program: InteractiveProgram(kind: .chooser, quietLetters: "f", quietLongs: ["--filter", "--bash", "--zsh"]))
        add("dialog", "whiptail", "gum", "select-editor", program: InteractiveProgram(kind: .chooser))

        // Agents.
        add(
            "claude",
            program: InteractiveProgram(
                kind: .agent, quietLetters: "pv", quietLongs: ["--print"],
                operands: .quietCommands(["mcp", "config", "update", "doctor", "install", "plugin"])))
        add(
            "codex",
            program: InteractiveProgram(
                kind: .agent, quietLetters: "V",
                operands: .quietCommands([
                    "exec", "e", "login", "logout", "mcp", "mcp-server", "completion", "apply", "app-server",
                ]),
                valueLetters: "cmpsaCi", valueLongs: ["--config", "--model", "--profile", "--sandbox", "--cd", "--image"],
                stopsAtOperand: true))
        add(
            "gemini", "qwen",
            program: InteractiveProgram(
                kind: .agent, quietLetters: "pv", quietLongs: ["--prompt", "--list-extensions"], askingLetters: "i",
                askingLongs: ["--prompt-interactive"], operands: .quietCommands(["mcp", "extensions"])))
        add(
            "opencode",
            program: InteractiveProgram(
                kind: .agent,
                operands: .quietCommands(["run", "serve", "web", "models", "upgrade", "export", "stats", "session"])))
        add("amp", program: InteractiveProgram(kind: .agent, quietLetters: "x", quietLongs: ["--execute"]))
        add("aider", program: InteractiveProgram(kind: .agent, quietLetters: "m", quietLongs: ["--message", "--message-file"]))
        add(
            "goose", "crush", "cursor-agent", "copilot", "droid",
            program: InteractiveProgram(
                kind: .agent, quietLetters: "p", quietLongs: ["--print"], operands: .quietCommands(["run", "exec", "mcp"])))
        return table
    }()

    /// Nil: not known.
    static func use(_ name: String, _ stage: ShellStage) -> InteractiveUse? {
        if let use = commandUse(name, stage) { return use }
        return table[name]?.use(name, stage)
    }

    /// What a shell is told to run with `-c`.
    static func shellLine(_ name: String, _ stage: ShellStage) -> String? {
        let shells: Set<String> = ["bash", "sh", "zsh", "dash", "ksh", "mksh", "ash", "fish", "tcsh", "csh", "su"]
        guard shells.contains(name) else { return nil }
        let options = CommandOptions(
            stage.words.dropFirst(), valueLetters: name == "su" ? "cs" : "oO",
            valueLongs: ["--rcfile", "--init-file", "--command"],
            stopsAtOperand: name != "su")
        if options.has("i") { return nil }
        if name == "su" { return options.value("c") ?? options.value("--command") }
        return options.has("c") ? options.operands.first : nil
    }
}
