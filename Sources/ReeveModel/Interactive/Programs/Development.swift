extension InteractivePrograms {
    /// Builders and packagers of projects, after npm 11, pnpm 10, Yarn 1.22, Bun 1.2, Terraform 1.12, OpenTofu 1.10, Ansible
    /// 2.18.
    static func addDevelopment(_ table: inout InteractiveTable) {
        let defaults: [OptionRule] = [.quiet("-y --yes", "-y takes the defaults")]
        let starts = interactive(.questions, "init create", defaults)
        let logins = interactive(.questions, "login adduser")
        table.add(
            "npm",
            .init(
                .quiet, values: "-w --workspace --prefix",
                commands: joined(
                    starts, logins,
                    ["help": .init(.longText), "explore": .init(.shell, operands: [.quiet(from: 2, "runs one command there")])])))
        // pnpm init writes its file without a question.
        table.add(
            "pnpm",
            .init(
                .quiet, values: "-C --dir --filter -F",
                commands: joined(
                    logins,
                    ["create": .init(.questions, defaults), "update": .init(.quiet, [.asks("-i --interactive", .screen)])])))
        table.add(
            "yarn",
            .init(
                .quiet, values: "--cwd",
                commands: joined(starts, logins, interactive(.screen, "upgrade-interactive"))))
        table.add("bun", .init(.quiet, values: "--cwd", commands: joined(starts, ["repl": .init(.prompt)])))
        table.add(
            "create-vite create-next-app create-svelte create-astro create-remix",
            .init(.questions, [.quiet("-y --yes -t --template --defaults")], values: "-t --template"))
        table.add(
            "poetry pipenv hatch",
            .init(.quiet, commands: ["shell": .init(.shell), "init": .init(.questions, [.quiet("-n --no-interaction")])]))

        table.add(
            "make gmake",
            .init(
                .quiet, values: "-C -f -o -W -I --directory --file --makefile", attached: "-j -l",
                commands: interactive(.screen, "menuconfig nconfig")))
        table.add("ccmake", .init(.screen))

        // A plan in a file was looked at before.
        let apply: [OptionRule] = [.quiet("-auto-approve --auto-approve", "-auto-approve asks for no yes")]
        table.add(
            "terraform tofu terragrunt",
            .init(
                .quiet,
                values: """
                    -var -var-file -target -chdir -replace -parallelism -state -state-out -backup -lock-timeout -exclude \
                    -target-file -exclude-file --var --var-file --target --chdir --replace --parallelism --state --state-out \
                    --backup --lock-timeout --exclude --target-file --exclude-file
                    """, oneDash: true,
                commands: [
                    "apply": .init(.confirmation, apply, operands: [.quiet(from: 1, "has its plan")]),
                    "destroy": .init(.confirmation, apply), "console": .init(.prompt), "login": .init(.confirmation),
                ],
                sharesOptions: true))
        table.add(
            "pulumi",
            .init(
                .quiet,
                commands: joined(
                    interactive(.confirmation, "up update destroy refresh", [.quiet("-y --yes")]),
                    ["new": .init(.questions, [.quiet("-y --yes")])])))
        table.add(
            "cdk",
            .init(.quiet, commands: interactive(.confirmation, "deploy destroy", [.quiet("--require-approval=never -f --force")]))
        )
        table.add(
            "ansible ansible-playbook",
            .init(
                .quiet,
                [
                    .asks("-k -K -J --ask-pass --ask-become-pass --ask-vault-pass --ask-vault-password", .password),
                    .asks("--step", .questions),
                ],
                values: "-i -e -l -u -t -f -M -m -a --extra-vars --inventory --limit --tags --user"))
        table.add(
            "ansible-vault",
            .init(
                .quiet,
                commands: joined(
                    interactive(.editing, "create edit"),
                    interactive(
                        .password, "view encrypt decrypt rekey encrypt_string", [.quiet("--vault-password-file --vault-id")]))))
        table.add(
            "nix",
            .init(
                .quiet,
                commands: [
                    "repl": .init(.prompt), "develop": .init(.shell, [.quiet("-c --command")], last: "-c --command"),
                    "shell": .init(.shell, [.quiet("-c --command")], last: "-c --command"),
                ]))
        table.add("entr", .init(.chooser, [.quiet("-n", "-n reads no keys")], stopsAfter: 1))
    }
}
