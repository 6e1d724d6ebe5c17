/// How a program is called that runs another one.
struct CommandWrapper: Sendable {
    var syntax: OptionSyntax
    /// Words before the command, after the options.
    var operands = 0
    /// Without a command it is a shell.
    var isShellAlone = false
    /// Its operands are no command: without a line it is a shell.
    var isShellOtherwise = false
    /// Options whose value is a whole command line.
    var lines: OptionNames
    /// What it runs may be named by a package: `npx @openai/codex`.
    var takesPackages = false
    /// Only these of its subcommands run something.
    var commands: [String: CommandWrapper] = [:]

    /// - Parameter several: options by how many words they take.
    init(
        _ values: OptionNames = "", several: [Int: OptionNames] = [:], operands: Int = 0, isShellAlone: Bool = false,
        isShellOtherwise: Bool = false, lines: OptionNames = "", takesPackages: Bool = false,
        commands: [String: CommandWrapper] = [:]
    ) {
        var counts: [String: Int] = [:]
        for (count, names) in several { for name in names.options { counts[name] = count } }
        syntax = OptionSyntax(
            values: values.options.union(lines.options).union(counts.keys), counts: counts,
            // Where nothing is a command, options may stand anywhere.
            stopsAfter: isShellOtherwise ? nil : operands + 1)
        self.operands = operands
        self.isShellAlone = isShellAlone
        self.isShellOtherwise = isShellOtherwise
        self.lines = lines
        self.takesPackages = takesPackages
        self.commands = commands
    }

    /// Options without a value are not listed. After GNU coreutils 9, util-linux 2.40, sudo 1.9, findutils 4.10, bubblewrap 0.11,
    /// PRoot 5.2, fakeroot 1.31, Nix 2.24, arch-install-scripts 28 and their own manuals.
    static let table: [String: CommandWrapper] = {
        var table: [String: CommandWrapper] = [:]
        func add(_ names: String, _ wrapper: CommandWrapper) {
            for name in names.split(separator: " ") { table[String(name)] = wrapper }
        }
        add("env", CommandWrapper("-u -C --unset --chdir", lines: "-S --split-string"))
        add("nice", CommandWrapper("-n --adjustment"))
        add("ionice", CommandWrapper("-c -n --class --classdata"))
        add("chrt", CommandWrapper("-T -P -D", operands: 1))
        add("taskset", CommandWrapper(operands: 1))
        add("time gtime", CommandWrapper("-f -o --format --output"))
        add(
            "builtin setsid command busybox valgrind nohup eval find fd fdfind caffeinate proxychains proxychains4 torsocks",
            CommandWrapper())
        add("exec", CommandWrapper("-a"))
        add("timeout gtimeout", CommandWrapper("-s -k --signal --kill-after", operands: 1))
        add("stdbuf", CommandWrapper("-i -o -e --input --output --error"))
        add("flock", CommandWrapper("-w -E --timeout --conflict-exit-code", operands: 1, lines: "-c --command"))
        add("strace", CommandWrapper("-o -e -E -a -p -s -u -P -S -X -b -I"))
        add("ltrace", CommandWrapper("-o -e -E -a -p -s -u -n -l -x -A -F -D"))
        add("sshpass", CommandWrapper("-p -f -d -P"))
        add(
            "systemd-run",
            CommandWrapper("-u -p -M -H -E --unit --property --slice --uid --gid --setenv --working-directory --description"))
        add("systemd-inhibit", CommandWrapper("--what --who --why --mode"))
        add(
            "sudo",
            CommandWrapper("-u -g -h -p -C -r -t -T -D -R -U --user --group --host --prompt --chdir --chroot --other-user"))
        add("doas", CommandWrapper("-u -C"))
        add("pkexec", CommandWrapper("--user"))
        add("runuser", CommandWrapper("-u -g -G --user --group", isShellAlone: true, lines: "-c --command"))
        add(
            "xargs",
            CommandWrapper(
                "-a -d -E -I -L -n -P -s --arg-file --delimiter --max-args --max-procs --replace --max-lines --max-chars"))

        // Another root or other namespaces.
        add("chroot", CommandWrapper("--userspec --groups", operands: 1, isShellAlone: true))
        add("unshare", CommandWrapper("-R -w -S -G --root --wd --setuid --setgid --map-user --map-group", isShellAlone: true))
        add("nsenter", CommandWrapper("-t -S -G --target --setuid --setgid", isShellAlone: true))
        add("arch-chroot", CommandWrapper("-u", operands: 1, isShellAlone: true))
        add("fakeroot", CommandWrapper("-l -f -s -i -b --lib --faked", isShellAlone: true))
        add("proot", CommandWrapper("-r -b -m -q -w -v -k -i -p -R -S", isShellAlone: true))
        add("firejail", CommandWrapper(isShellAlone: true))
        add(
            "bwrap",
            CommandWrapper(
                """
                --args --argv0 --userns --userns2 --pidns --uid --gid --hostname --chdir --unsetenv --lock-file --sync-fd \
                --remount-ro --overlay-src --tmp-overlay --ro-overlay --exec-label --file-label --proc --dev --tmpfs --mqueue \
                --dir --seccomp --add-seccomp-fd --block-fd --userns-block-fd --info-fd --json-status-fd --cap-add --cap-drop \
                --perms --size
                """,
                several: [
                    2: """
                    --bind --bind-try --bind-fd --dev-bind --dev-bind-try --ro-bind --ro-bind-try --ro-bind-fd --file \
                    --bind-data --ro-bind-data --symlink --setenv --chmod
                    """, 3: "--overlay",
                ]))
        add(
            "nix-shell",
            CommandWrapper(
                "-I -A -i -j --attr --exclude --keep --include --add-root --max-jobs --cores",
                several: [2: "--arg --argstr --option"], isShellOtherwise: true, lines: "--run --command"))

        // Environments of languages.
        let packages = CommandWrapper("-p --package", lines: "-c --call", takesPackages: true)
        add("npx", CommandWrapper("-p --package", isShellAlone: true, lines: "-c --call", takesPackages: true))
        add("pnpx bunx", packages)
        add("uvx", CommandWrapper("-p --from --with --python", takesPackages: true))
        add("npm", CommandWrapper("--prefix -w --workspace", commands: ["exec": packages, "x": packages]))
        add("pnpm", CommandWrapper("-C --dir --filter -F", commands: ["exec": packages, "dlx": packages]))
        add("yarn", CommandWrapper("--cwd", commands: ["exec": packages, "dlx": packages]))
        add("bun", CommandWrapper("--cwd", commands: ["x": packages]))
        add("pipx", CommandWrapper(commands: ["run": CommandWrapper("--spec --python", takesPackages: true)]))
        add("uv", CommandWrapper("--directory --project --config-file --cache-dir", commands: ["run": uvRun]))
        let run = CommandWrapper("-C -p --directory --project --python -e --env -n --name --prefix")
        add("poetry pipenv pdm hatch rye", CommandWrapper("-C -p -P --directory --project", commands: ["run": run]))
        add("conda mamba micromamba", CommandWrapper(commands: ["run": run]))
        add("bundle", CommandWrapper(commands: ["exec": CommandWrapper()]))
        add("direnv rustup", CommandWrapper(commands: ["exec": CommandWrapper(operands: 1), "run": CommandWrapper(operands: 1)]))
        add("mise rbenv pyenv", CommandWrapper(commands: ["exec": CommandWrapper(), "x": CommandWrapper()]))
        add("op doppler dotenv", CommandWrapper("-f", commands: ["run": CommandWrapper("--env-file -p -c --project --config")]))
        return table
    }()

    private static let uvRun = CommandWrapper(
        """
        -p -i -w --python --with --with-editable --with-requirements --project --directory --env-file --extra --group \
        --only-group --no-group --package --index --default-index --index-url --config-file
        """)
}
