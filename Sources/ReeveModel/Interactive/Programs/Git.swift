extension InteractivePrograms {
    /// Git 2.50, after its manual and builtin/*.c; what opens an editor or a pager was seen with 2.39.5 at a terminal. Merges and
    /// reverts open an editor by themselves when they are at a terminal (`default_edit_option` of builtin/merge.c, `should_edit`
    /// of sequencer.c), and so does what continues after a conflict; a cherry-pick that goes through does not. Text goes to a
    /// pager where git sets one up (`setup_pager`): not for `--quiet` and `--exit-code` of a diff, not for plumbing.
    static let git: InteractiveTable = {
        var git = InteractiveTable()
        addGitMessages(&git)
        addGitTexts(&git)
        addGitChanges(&git)
        return git
    }()

    static func addGit(_ table: inout InteractiveTable) {
        table.add(
            "git",
            .init(
                .quiet, [.asks("-p --paginate", .longText)], values: "-C -c --git-dir --work-tree --namespace --config-env",
                commands: git.programs, settings: "-c",
                meanings: ["-P": "GIT_PAGER=cat", "--no-pager": "GIT_PAGER=cat"],
                opened: OpenedPrograms(
                    editors: ["GIT_EDITOR", "core.editor", "VISUAL", "EDITOR"],
                    lists: ["GIT_SEQUENCE_EDITOR", "sequence.editor"], pagers: ["GIT_PAGER", "core.pager", "PAGER"],
                    helpIsManual: true)))
    }

    /// Commits and what else has a message.
    private static func addGitMessages(_ git: inout InteractiveTable) {
        git.add(
            "commit",
            .init(
                .message,
                [
                    .asks("-p --patch --interactive", .changes), .asks("-e --edit -c --reedit-message"),
                    .quiet("-m -F -C --message --file --reuse-message", "has its message"),
                    .quiet("--no-edit --dry-run --short --porcelain"), .asks("--fixup=amend:* --fixup=reword:*"),
                    .quiet("--fixup", "--fixup makes its message itself"),
                ],
                values: """
                    -m -F -C -c -t --message --file --reuse-message --reedit-message --template --fixup --squash --author --date \
                    --cleanup --trailer --pathspec-from-file
                    """, attached: "-S -u"))
        git.add(
            "merge",
            .init(
                .merge,
                [
                    .asks("-e --edit"), .asks("--continue", .message), .quiet("-m -F --message --file", "has its message"),
                    .quiet("--no-edit --ff-only --squash --no-commit --abort --quit"),
                    .quiet("GIT_MERGE_AUTOEDIT=no merge.ff=only"),
                ],
                values: "-m -F -s -X --message --file --strategy --strategy-option --cleanup --into-name", attached: "-S"))
        // Since 2.33 it refuses where both sides have commits, unless it was told before what to do then; many told it to merge.
        git.add(
            "pull",
            .init(
                .merge,
                [
                    .asks("--rebase=interactive --rebase=i", .list), .asks("-e --edit"),
                    .quiet("-r --rebase", "--rebase makes no merge"),
                    .quiet("--no-edit --ff-only --squash --no-commit --dry-run"),
                    .quiet("GIT_MERGE_AUTOEDIT=no pull.rebase=true pull.ff=only"),
                ],
                values: "-s -X -j -o --strategy --strategy-option --depth --deepen --upload-pack --jobs", attached: "-S"))
        git.add(
            "revert",
            .init(
                .message,
                [
                    .asks("-e --edit"), .quiet("--no-edit -n --no-commit --abort --quit --skip"),
                ],
                values: "-m -X -s --mainline --strategy --strategy-option --cleanup", attached: "-S"))
        git.add(
            "cherry-pick",
            .init(
                .quiet, [.quiet("--no-edit"), .asks("-e --edit --continue", .message)],
                values: "-m -X -s --mainline --strategy --strategy-option --cleanup", attached: "-S"))
        git.add(
            "rebase",
            .init(
                .quiet, [.asks("-i --interactive --edit-todo", .list), .asks("--continue", .message)],
                values: "-x -s -X -C --onto --exec --strategy --strategy-option --whitespace", attached: "-S"))
        git.add(
            "tag",
            .init(
                .longText,
                [
                    .quiet("-m -F --message --file", "has its message"), .quiet("-d --delete -v --verify"),
                    .asks("-a -s -u --annotate --sign --local-user", .message),
                    .asks("-l --list --contains --no-contains --merged --no-merged --points-at -n"),
                ],
                values: "-m -F -u --message --file --local-user --cleanup --contains --no-contains --points-at --sort --format",
                attached: "-n", operands: [.quiet(from: 1, "makes a tag")]))
        git.add(
            "notes",
            .init(
                .quiet, values: "--ref",
                commands: [
                    "edit": .init(.message), "append": noteWithText, "add": noteWithText, "show": .init(.longText),
                ]))
        git.add(
            "send-email",
            .init(
                .questions, [.quiet("--confirm=never --dry-run --dump-aliases")], values: "--confirm --to --cc --from --subject"))
    }

    private static let noteWithText = InteractiveProgram(
        .message, [.asks("-c --reedit-message"), .quiet("-m -F -C --message --file --reuse-message", "has its text")],
        values: "-m -F -C -c --message --file --reuse-message --reedit-message")

    /// What shows long text.
    private static func addGitTexts(_ git: inout InteractiveTable) {
        git.add("log show whatchanged shortlog range-diff", .init(.longText))
        git.add("diff", .init(.longText, [.quiet("--quiet --exit-code")], values: "-O -S -G -l -U"))
        git.add("blame annotate", .init(.longText, [.quiet("--incremental")]))
        git.add("grep", .init(.longText, [.quiet("-q --quiet")], values: "-e -f -A -B -C -m --max-depth --threads"))
        git.add("help", .init(.longText))
        git.add("format-patch", .init(.quiet, [.asks("--stdout", .longText)], values: "-o -n -v --output-directory"))
        git.add("reflog", .init(.longText, commands: interactive(.quiet, "expire delete exists list drop")))
        git.add(
            "branch",
            .init(
                .longText,
                [
                    .quiet("--show-current", "--show-current is one line"), .asks("--edit-description", .message),
                    .quiet("-d -D -m -M -c -C -u --delete --move --copy --set-upstream-to --unset-upstream -f --force"),
                    .asks("-l --list --contains --no-contains --merged --no-merged --points-at"),
                ],
                values: "-u --set-upstream-to --contains --no-contains --points-at --sort --format",
                operands: [.quiet(from: 1, "makes a branch")]))
        git.add(
            "config",
            .init(
                .quiet, [.asks("-e --edit", .editing), .asks("-l --list --get-regexp", .longText)],
                values: "-f --file --blob --type --default",
                commands: ["edit": .init(.editing), "list": .init(.longText)]))
    }

    /// What asks about changes, and what has other programs do it.
    private static func addGitChanges(_ git: inout InteractiveTable) {
        git.add("add stage", .init(.quiet, [.asks("-p --patch -i --interactive", .changes), .asks("-e --edit", .editing)]))
        git.add("checkout restore reset", .init(.quiet, [.asks("-p --patch", .changes)], values: "-b -B -s --source --orphan"))
        git.add(
            "stash",
            .init(
                .quiet, [.asks("-p --patch", .changes)],
                commands: [
                    "list": .init(.longText), "show": .init(.longText, [.quiet("--quiet")]),
                    "push": .init(.quiet, [.asks("-p --patch", .changes)], values: "-m --message --pathspec-from-file"),
                    "save": .init(.quiet, [.asks("-p --patch", .changes)]),
                ]))
        git.add("clean", .init(.quiet, [.asks("-i --interactive", .questions)], values: "-e --exclude"))
        git.add(
            "am",
            .init(
                .quiet, [.asks("-i --interactive", .questions), .asks("--show-current-patch", .longText)],
                values: "-p -C --directory --exclude --include", attached: "-S"))
        git.add("mergetool difftool", .init(.screen, [.quiet("--tool-help")], values: "-t -x --tool --extcmd"))
        git.add("replace", .init(.quiet, [.asks("-e --edit", .editing)]))
    }
}
