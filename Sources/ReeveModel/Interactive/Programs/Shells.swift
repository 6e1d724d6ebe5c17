extension InteractivePrograms {
    /// Shells and other computers, after Bash 5.2, util-linux 2.40, OpenSSH 10.0.
    static func addShells(_ table: inout InteractiveTable) {
        let script = OperandRule.quiet(from: 1, "runs a file")
        // What `-c` runs is judged by itself.
        table.add(
            "bash sh zsh dash ksh mksh ash fish tcsh csh nu elvish xonsh",
            .init(
                .shell, [.asks("-i"), .quiet("-n")], values: "-o -O --rcfile --init-file", stopsAfter: 1, operands: [script]))
        table.add(
            "pwsh powershell",
            .init(
                .shell,
                [.asks("-NoExit -noexit"), .quiet("-c -Command -command -f -File -file -EncodedCommand -NonInteractive")],
                values: "-ExecutionPolicy -WorkingDirectory", last: "-c -Command -command -f -File -file", oneDash: true,
                operands: [script]))
        table.add("rlwrap rlfe ledit", .init(.prompt))
        table.add("newgrp", .init(.shell))
        // `read` is the shell's own word; with another descriptor it reads that.
        table.add("read", .init(.questions, [.quiet("-u", "-u reads another descriptor")], values: "-u -p -d -n -N -t -a -i"))
        table.add("select", .init(.questions))
        table.add("su", .init(.password, values: "-c -s -g -G -w --command --shell --group"))
        table.add("login", .init(.password))

        // Other computers. Options may stand behind the host too; the command begins at the second operand.
        table.add(
            "ssh",
            .init(
                .remoteShell,
                [
                    .quiet("-V -G -Q", "only tells about itself"), .quiet("-N -f -W", "only forwards"),
                    .quiet("-O", "only speaks to a connection that is there"), .asks("-t", .terminal),
                    .quiet("-T -n", "gives no terminal here"),
                ],
                values: "-B -b -c -D -E -e -F -I -i -J -L -l -m -O -o -P -p -Q -R -S -W -w", stopsAfter: 2,
                operands: [.needed("has nowhere to go"), .quiet(from: 2, "runs one command there")]))
        table.add("telnet rlogin minicom picocom cu mosh ftp", .init(.prompt, values: "-p -l -b"))
        table.add(
            "sftp",
            .init(
                .prompt, [.quiet("-b")], values: "-b -B -c -D -F -i -l -o -P -R -S -s -X -J",
                operands: [.needed("has nowhere to go")]))
        table.add("lftp", .init(.prompt, [.quiet("-c -f")], values: "-c -e -f -u -p"))
        table.add("smbclient", .init(.prompt, [.quiet("-c --command")], values: "-c -U -W -I -p -D --command --user"))
        table.add("nslookup", .init(.prompt, oneDash: true, operands: [.quiet(from: 1, "asks one name")]))
        table.add(
            "bluetoothctl virsh wpa_cli iwctl ntpq",
            .init(.prompt, [.quiet("-B")], values: "-i -c -p --timeout", operands: [.quiet(from: 1, "runs one command")]))
        table.add(
            "vagrant",
            .init(
                .quiet,
                commands: [
                    "ssh": .init(.remoteShell, [.quiet("-c --command")]), "destroy": .init(.confirmation, [.quiet("-f --force")]),
                ]))
        table.add(
            "multipass limactl machinectl",
            .init(
                .quiet,
                commands: [
                    "shell": .init(.remoteShell, operands: [.quiet(from: 2, "runs one command there")]),
                    "login": .init(.remoteShell),
                ]))
        table.add(
            "distrobox toolbox",
            .init(.quiet, commands: ["enter": .init(.shell, operands: [.quiet(from: 2, "runs one command there")])]))
        table.add(
            "minikube",
            .init(.quiet, commands: ["ssh": .init(.remoteShell, operands: [.quiet(from: 1, "runs one command there")])]))
        table.add(
            "adb",
            .init(
                .quiet, values: "-s -t -H -P",
                commands: ["shell": .init(.remoteShell, values: "-e", operands: [.quiet(from: 1, "runs one command there")])]))
    }
}
