extension InteractivePrograms {
    /// Where code and machines are hosted, after GitHub CLI 2.74, glab 1.60, AWS CLI 2.27, Google Cloud CLI 520. gh asks for what
    /// is not given where input and output are terminals.
    static func addHosting(_ table: inout InteractiveTable) {
        let text: OptionNames = "-b -F -w -e --body --body-file --web --edit-last --editor"
        let values: OptionNames = """
            -t -b -F -B -H -R -a -l -m -p -r -T --title --body --body-file --base --head --repo --assignee --label --milestone \
            --project --reviewer --template --notes --notes-file --target
            """
        func asking(_ rules: OptionNames?, from count: Int? = nil) -> InteractiveProgram {
            .init(
                .choices, rules.map { [.quiet($0)] } ?? [], values: values,
                operands: count.map { [.quiet(from: $0, "has what it would ask for")] } ?? [])
        }
        let given: OptionNames = """
            --fill --fill-first --fill-verbose -f --title+--body --title+--body-file -t+-b -t+-F --title+-b --title+-F -t+--body \
            -t+--body-file -w --web --dry-run
            """
        let edited: OptionNames = """
            -t -b -F --title --body --body-file --add-label --remove-label --add-assignee --remove-assignee --add-reviewer \
            --remove-reviewer --milestone -m -B --base
            """
        let pull: [String: InteractiveProgram] = [
            "create": asking(given), "checkout": asking(nil, from: 1), "comment": asking(text), "edit": asking(edited),
            "merge": .init(
                .choices, [.quiet("-m -r -s --merge --rebase --squash --disable-auto")],
                values: "-b -F -t -R --body --body-file --subject --repo"),
            "review": .init(
                .choices,
                [
                    .quiet(
                        """
                        -a --approve -c+-b -r+-b --comment+--body --request-changes+--body -c+--body -r+--body -c+-F \
                        --comment+-b
                        """
                    )
                ], values: "-b -F -R --body --body-file --repo"),
        ]
        let issue: [String: InteractiveProgram] = [
            "create": asking(
                "--title+--body --title+--body-file -t+-b -t+-F --title+-b --title+-F -t+--body -t+--body-file -w --web"),
            "comment": asking(text), "edit": asking(edited),
        ]
        table.add(
            "gh",
            .init(
                .quiet,
                commands: [
                    "pr": .init(.quiet, values: "-R --repo", commands: pull),
                    "issue": .init(
                        .quiet,
                        values: """
                            -R --repo
                            """, commands: issue),
                    "auth": .init(
                        .quiet,
                        commands: [
                            "login": .init(.questions, [.quiet("--with-token", "reads the token from its input")]),
                            "refresh": .init(.questions), "logout": asking("-u --user"),
                        ]),
                    "repo": .init(
                        .quiet,
                        commands: [
                            "create": asking("--public --private --internal"),
                            "delete": .init(.choices, [.quiet("--yes --confirm")]),
                        ]),
                    "release": .init(
                        .quiet, commands: ["create": asking("-n --notes -F --notes-file --generate-notes --notes-from-tag")]),
                    "run": .init(.quiet, commands: ["watch": asking(nil, from: 1), "view": asking("-w --web", from: 1)]),
                    "codespace": .init(.quiet, commands: ["ssh": .init(.remoteShell)]),
                ]))
        table.add(
            "glab",
            .init(
                .quiet,
                commands: [
                    "mr": .init(.quiet, commands: ["create": asking("-f --fill --title+--description -t+-d -y --yes -w --web")]),
                    "auth": .init(.quiet, commands: ["login": .init(.questions, [.quiet("--stdin -t --token")])]),
                ]))
        table.add(
            "aws",
            .init(
                .quiet, values: "--profile --region --output",
                commands: [
                    "configure": .init(
                        .questions,
                        commands: joined(
                            interactive(.quiet, "get set list list-profiles import add-model"), ["sso": .init(.questions)])),
                    "ssm": .init(.quiet, commands: ["start-session": .init(.remoteShell)]),
                ]))
        table.add(
            "gcloud",
            .init(
                .quiet, [.quiet("-q --quiet")],
                commands: [
                    "init": .init(.questions),
                    "auth": .init(.quiet, commands: ["login": .init(.questions, [.quiet("--cred-file")])]),
                    "compute": .init(.quiet, commands: ["ssh": .init(.remoteShell, [.quiet("--command")])]),
                ],
                sharesOptions: true))
        table.add(
            "heroku",
            .init(
                .quiet, values: "-a --app",
                commands: [
                    "login": .init(.questions), "run": .init(.terminal, [.quiet("-x --no-tty")]),
                    "pg:psql": .init(.prompt, [.quiet("-c --command")]),
                ]))
        table.add(
            "fly flyctl",
            .init(.quiet, commands: ["ssh": .init(.quiet, commands: ["console": .init(.remoteShell, [.quiet("-C --command")])])]))
        table.add(
            "rclone",
            .init(
                .quiet,
                commands: ["config": .init(.questions, operands: [.quiet(from: 1, "does one thing")]), "ncdu": .init(.screen)]))
    }
}
