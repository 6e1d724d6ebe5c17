extension InteractivePrograms {
    /// Package managers that ask before they change the system, after APT 3.0, DNF 5.2, pacman 7.0, zypper 1.14, pip 25, conda
    /// 25.
    static func addPackages(_ table: inout InteractiveTable) {
        let sure: [OptionRule] = [
            .quiet("-y --yes --assume-yes -s --simulate --just-print --dry-run --recon --print-uris")
        ]
        table.add(
            "apt apt-get",
            .init(
                .quiet, sure, values: "-o -c -t -a --option --config-file --target-release",
                commands: joined(
                    interactive(
                        .confirmation,
                        """
                        install reinstall remove purge upgrade full-upgrade dist-upgrade autoremove autopurge build-dep \
                        dselect-upgrade
                        """
                    ), ["edit-sources": .init(.editing), "changelog": .init(.longText)]),
                sharesOptions: true))
        table.add(
            "dnf dnf5 yum microdnf",
            .init(
                .quiet, [.quiet("-y --assumeyes --assumeno")],
                values: "-c -x --config --repo --enablerepo --disablerepo --exclude",
                commands: interactive(
                    .confirmation,
                    "install reinstall remove erase upgrade update downgrade autoremove group groupinstall swap distro-sync"),
                sharesOptions: true))
        let pacman: [OptionRule] = [
            .quiet("--noconfirm -p --print -Q -F -T -D --query --files"),
            .quiet("-S+-s -S+-i -S+-l -S+-g -S+--search -S+--info", "only tells about packages"),
            .asks("-S -R -U --sync --remove --upgrade", .confirmation),
        ]
        table.add("pacman", .init(.quiet, pacman, values: "-b -r --root --config --ignore"))
        // Without an operation they bring the whole system up to date, with a name they look for it and ask.
        table.add("yay paru", .init(.confirmation, pacman, values: "-b -r --root --config --ignore"))
        table.add(
            "zypper",
            .init(
                .quiet, [.quiet("-n -y --non-interactive --no-confirm")], values: "-R -D --root",
                commands: interactive(.confirmation, "install in remove rm update up dist-upgrade dup patch"), sharesOptions: true
            ))
        table.add(
            "flatpak",
            .init(
                .quiet, [.quiet("-y --assumeyes --noninteractive")],
                commands: interactive(.confirmation, "install uninstall update remove"), sharesOptions: true))
        table.add(
            "pip pip3",
            .init(.quiet, commands: ["uninstall": .init(.confirmation, [.quiet("-y --yes")], values: "-r --requirement")]))
        table.add(
            "conda mamba micromamba",
            .init(
                .quiet, [.quiet("-y --yes -d --dry-run")], values: "-n -p -c -f --name --prefix --channel --file",
                commands: joined(
                    interactive(.confirmation, "install create remove update uninstall upgrade"),
                    ["env": .init(.quiet, commands: interactive(.confirmation, "remove"))]),
                sharesOptions: true))
        table.add("add-apt-repository", .init(.confirmation, [.quiet("-y --yes -L --list")]))
        table.add("emerge", .init(.quiet, [.quiet("--ask=n"), .asks("-a --ask", .confirmation)]))
        table.add("do-release-upgrade unminimize", .init(.questions, [.quiet("-c --check-dist-upgrade-only")]))
    }
}
