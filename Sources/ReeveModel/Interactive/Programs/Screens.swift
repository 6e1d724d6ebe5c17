extension InteractivePrograms {
    /// Whole screens, choosers and multiplexers, after fzf 0.60, gum 0.16, tmux 3.5, GNU screen 5.0, Zellij 0.44.
    static func addScreens(_ table: inout InteractiveTable) {
        table.add(
            "mc ranger nnn vifm yazi cfdisk alsamixer nmtui mutt neomutt weechat irssi",
            .init(.screen, [.quiet("-V")], values: "-s -d -f -e"))
        table.add("lf", .init(.screen, [.quiet("-doc -remote -server -print-last-dir")], values: "-remote", oneDash: true))
        table.add("ncdu", .init(.screen, [.quiet("-o -O -v")], values: "-o -O -f -X"))
        table.add("gdu", .init(.screen, [.quiet("-n --non-interactive -o --output-file -v")], values: "-o -f -i -l"))
        table.add(
            "w3m lynx links elinks",
            .init(.screen, [.quiet("-dump --dump -dump_source --source -source -listonly")], values: "-T -I -O"))
        table.add(
            "lazygit lazydocker gitui",
            .init(.screen, [.quiet("-v -V")], commands: interactive(.quiet, "status branch log stash")))
        table.add(
            "k9s",
            .init(
                .screen, values: "-n -c --context --namespace --command", commands: interactive(.quiet, "version info completion")
            ))
        table.add("dive", .init(.screen, [.quiet("--ci CI=true -j --json -v")], values: "--ci-config -j --json --source"))
        table.add(
            "aptitude",
            .init(
                .screen, [.quiet("-s --simulate -y --assume-yes")], operands: [.quiet(from: 1, "runs one command")],
                commands: interactive(
                    .confirmation, "install remove purge upgrade safe-upgrade full-upgrade",
                    [.quiet("-y --assume-yes -s --simulate")])))
        table.add(
            "tasksel",
            .init(
                .screen, [.quiet("-t --test --list-tasks --task-packages --task-desc")],
                operands: [.quiet(from: 1, "does one thing")]))
        table.add(
            "dpkg-reconfigure",
            .init(
                .screen, [.quiet("-f=noninteractive --frontend=noninteractive DEBIAN_FRONTEND=noninteractive")],
                values: "-f -p --frontend --priority"))
        table.add("raspi-config", .init(.screen, operands: [.quiet(from: 1, "does one thing")]))

        // Choosers.
        table.add(
            "fzf sk",
            .init(
                .chooser, [.quiet("-f --filter --bash --zsh --fish --man")],
                values: "-f --filter -q --query -d -n --preview --bind --prompt"))
        table.add("peco select-editor", .init(.chooser))
        table.add("dialog whiptail", .init(.chooser, [.quiet("--infobox --print-maxsize --print-version")]))
        table.add(
            "gum",
            .init(
                .quiet,
                commands: interactive(.chooser, "choose confirm file filter input pager write table", [.quiet("-p --print")])))

        // Multiplexers. Other commands only speak to the server.
        let server = OperandRule.quiet(from: 1, "only speaks to the server")
        table.add(
            "tmux",
            .init(
                .windows, [.quiet("-V")], values: "-c -f -L -S -T", operands: [server],
                commands: joined(
                    interactive(.windows, "attach attach-session a at"),
                    [
                        "new": tmuxSession, "new-session": tmuxSession, "new-s": tmuxSession,
                    ])))
        table.add(
            "screen",
            .init(
                .windows, [.quiet("-v -X -Q -ls -list -wipe -d+-m -D+-m")], values: "-c -e -h -p -s -S -t -T -X -Q",
                stopsAfter: 1))
        table.add(
            "zellij",
            .init(
                .windows, values: "-c -l -s --config --layout --session --config-dir --data-dir -n --new-session-with-layout",
                operands: [server],
                commands: [
                    "attach": .init(.windows, [.quiet("-b --create-background")]),
                    "a": .init(.windows, [.quiet("-b --create-background")]),
                    "options": .init(.windows),
                ]))
        table.add("byobu", .init(.windows, operands: [server]))
        table.add("dtach abduco", .init(.windows, [.quiet("-n -N")], values: "-n -A -c -a", stopsAfter: 1))
    }

    private static let tmuxSession = InteractiveProgram(.windows, [.quiet("-d")], values: "-c -e -f -F -n -s -t -x -y")
}
