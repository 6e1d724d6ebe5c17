extension InteractivePrograms {
    /// Editors, after Vim 9.1, Neovim 0.11, GNU Emacs 30, GNU nano 8, GNU ed 1.20.
    static func addEditors(_ table: inout InteractiveTable) {
        // `-s` alone takes a script of keys; behind `-e` it means silent.
        table.add(
            "vi vim view vimdiff nvi elvis",
            .init(
                .editor, [.quiet("-es -Es -e+-s -E+-s --not-a-term --serverlist --remote-send --remote-expr")],
                values: "-c -S -u -U -i -t -T -w -W --cmd --startuptime --servername --remote-send --remote-expr"))
        // Of `-l` all behind the script is the script's own.
        table.add(
            "nvim",
            .init(
                .editor,
                [
                    .quiet("-es -Es -e+-s -E+-s --headless --embed --api-info"), .quiet("-l", "-l runs a Lua script"),
                    .quiet("--remote --remote-send --remote-expr"),
                ],
                values: "-c -S -u -i -t -w -W --cmd --startuptime --listen --server --remote-send --remote-expr", last: "-l"))
        table.add("nano pico rnano", .init(.editor, [.quiet("-V")], values: "-T -r -o -s -Y -f"))
        table.add(
            "emacs",
            .init(
                .editor, [.quiet("--batch -batch --script -script -x --daemon -daemon --bg-daemon --fg-daemon")],
                values: "-l -f -eval --eval --load --funcall -d -T -t --display --title --script -script -x -u --user -g",
                oneDash: true))
        table.add(
            "emacsclient",
            .init(
                .editor, [.asks("-nw -t --tty"), .quiet("-e --eval -n --no-wait")],
                values: "-s -f -a -F -d -T --socket-name --server-file --alternate-editor --frame-parameters --display"))
        table.add(
            "hx helix",
            .init(.editor, [.quiet("--health -V"), .quiet("-g --grammar")], values: "-c -g --config --grammar --log -w"))
        table.add("kak", .init(.editor, [.quiet("-f -l -d -clear -p")], values: "-f -p -c -e -E -s -ui -i", oneDash: true))
        table.add("micro joe jed mg ne jmacs jstar zile", .init(.editor))
        table.add("ed red", .init(.prompt, [.quiet("-V")], values: "-p"))
        table.add("ex", .init(.prompt, [.quiet("-s")], values: "-c -t -w"))
        table.add(
            "visudo", .init(.editing, [.quiet("-c -V")], values: "-f -x", opened: editors("SUDO_EDITOR", "VISUAL", "EDITOR")))
        table.add("vipw vigr", .init(.editing))
        table.add(
            "sudoedit",
            .init(
                .editing, values: "-u -g -C -D -p -R -r -t -T --user --group",
                opened: editors("SUDO_EDITOR", "VISUAL", "EDITOR")))
        table.add(
            "crontab",
            .init(
                .quiet, [.asks("-e", .editing), .asks("-i", .confirmation)], values: "-u -s",
                opened: editors("VISUAL", "EDITOR")))
    }

    /// The variables that choose an editor; the first that is set counts.
    static func editors(_ names: String...) -> OpenedPrograms { OpenedPrograms(editors: names) }
    /// The same of a pager.
    static func pagers(_ names: String...) -> OpenedPrograms { OpenedPrograms(pagers: names) }
}
