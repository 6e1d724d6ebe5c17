extension InteractivePrograms {
    /// Services, disks and mail, after systemd 257, util-linux 2.40, GNU parted 3.6, at 3.2.
    static func addSystem(_ table: inout InteractiveTable) {
        table.add(
            "systemctl",
            .init(
                .longText,
                values: "-p -t -H -M -o -s -n -P --property --type --state --host --machine --output --lines --signal --root",
                operands: [.quiet(from: 1, "asks nobody here")],
                commands: joined(
                    interactive(
                        .longText,
                        "status list-units list-unit-files list-timers list-sockets list-dependencies list-jobs cat show help"
                    ), ["edit": .init(.editing, [.quiet("--stdin")])]),
                sharesOptions: true, meanings: ["--no-pager": "SYSTEMD_PAGER=cat"],
                opened: OpenedPrograms(
                    editors: ["SYSTEMD_EDITOR", "EDITOR", "VISUAL"], pagers: ["SYSTEMD_PAGER", "PAGER"])))
        table.add(
            "coredumpctl",
            .init(
                .longText, values: "-n -S -U -F -D -o", operands: [.quiet(from: 1, "asks nobody here")],
                commands: joined(interactive(.longText, "list info"), interactive(.prompt, "gdb debug")),
                sharesOptions: true, meanings: ["--no-pager": "SYSTEMD_PAGER=cat"], opened: pagers("SYSTEMD_PAGER", "PAGER")))
        table.add("fdisk gdisk", .init(.prompt, [.quiet("-l -s -x -d -V --list --dump --json -J")]))
        table.add("parted", .init(.prompt, [.quiet("-l -s --list --script -v")], operands: [.quiet(from: 2, "runs one command")]))
        table.add(
            "nmcli",
            .init(
                .quiet, [.asks("-a --ask", .questions)], values: "-f -m -c -e -w",
                commands: ["connection": connection, "con": connection, "c": connection]))
        table.add("at batch", .init(.prompt, [.quiet("-f -l -r -c -d -V")], values: "-f -q -t -r -c -d"))
        table.add("mail mailx", .init(.prompt, [.quiet("-e -H")], values: "-s -c -b -r -f -u -A -a"))
        table.add("units qalc calc", .init(.prompt, [.quiet("-V")], operands: [.quiet(from: 1, "computes what it is given")]))
        table.add("script", .init(.shell, values: "-c -T -I -O -B -E -o -m", attached: "-t"))
        table.add(
            "asciinema", .init(.quiet, commands: ["rec": .init(.shell), "play": .init(.monitor)]))
        table.add("fsck e2fsck", .init(.confirmation, [.quiet("-a -p -y -n -N -V")], values: "-t"))
        table.add(
            "rm cp mv ln", .init(.quiet, [.asks("-i --interactive=always --interactive=once -I", .confirmation)], values: "-t -S")
        )
    }

    private static let connection = InteractiveProgram(.quiet, commands: ["edit": .init(.prompt)])
}
