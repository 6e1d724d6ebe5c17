extension InteractivePrograms {
    /// Mercurial 7.0, Subversion 1.14, Jujutsu 0.31; Git has its own table.
    static func addVersionControl(_ table: inout InteractiveTable) {
        let written: [OptionRule] = [.quiet("-m -l -F --message --logfile --file", "has its message")]
        let message = InteractiveProgram(.message, written, values: "-m -l -F -u -d --message --logfile --file --user --date")
        let split = InteractiveProgram(
            .message, [.asks("-i --interactive", .screen)] + written, values: "-m -r --message --revision")
        let text = InteractiveProgram(.longText)
        table.add(
            "hg",
            .init(
                .quiet, [.quiet("-y --noninteractive")], values: "-R --cwd --config --pager",
                commands: [
                    "commit": .init(
                        .message, [.asks("-i --interactive", .changes)] + written, values: "-m -l -u -d -I -X --message --logfile"
                    ),
                    "ci": message, "backout": message, "histedit": .init(.list), "log": text, "diff": text, "annotate": text,
                ],
                sharesOptions: true, opened: editors("HGEDITOR", "VISUAL", "EDITOR")))
        table.add(
            "svn",
            .init(
                .quiet, commands: ["commit": message, "ci": message, "propedit": .init(.editing), "pe": .init(.editing)],
                opened: editors("SVN_EDITOR", "VISUAL", "EDITOR")))
        table.add(
            "jj",
            .init(
                .longText, values: "-R --repository --at-operation --color --config --config-file",
                operands: [.quiet(from: 1, "asks nobody here")],
                commands: [
                    "log": text, "diff": text, "show": text, "evolog": text, "op": .init(.quiet, commands: ["log": text]),
                    "describe": message, "desc": message, "commit": split, "split": .init(.screen), "diffedit": .init(.screen),
                    "squash": .init(
                        .quiet, [.asks("-i --interactive", .screen)] + written, values: "-m -r --message --revision --from --into"
                    ),
                    "resolve": .init(.screen, [.quiet("-l --list")]), "edit": .init(.quiet),
                ],
                meanings: ["--no-pager": "JJ_PAGER=cat"],
                opened: OpenedPrograms(editors: ["JJ_EDITOR", "VISUAL", "EDITOR"], pagers: ["JJ_PAGER", "PAGER"])))
    }
}
