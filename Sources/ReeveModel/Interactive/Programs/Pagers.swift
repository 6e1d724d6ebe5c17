extension InteractivePrograms {
    /// Pagers and what shows its text in one, after less 668, man-db 2.13, systemd 257, bat 0.25.
    static func addPagers(_ table: inout InteractiveTable) {
        let needed = OperandRule.needed("has nothing to show")
        table.add(
            "less zless more zmore most pg lv",
            .init(.pager, [.quiet("-V")], values: "-p -o -O -k -t -T -j -x -y -b -P -D", operands: [needed]))
        table.add(
            "man",
            .init(
                .longText, [.quiet("-k -f -w -W --apropos --whatis --path --where"), .quiet("-P=cat --pager=cat")],
                values: "-P --pager -M -m -S -s -L -C -p -r -R -E", operands: [needed], opened: pagers("MANPAGER", "PAGER")))
        table.add("info", .init(.pager, [.quiet("-o -w --output --where")], values: "-o --output -f --file -n --node"))
        table.add(
            "bat batcat",
            .init(
                .longText,
                [
                    .quiet("--paging=never -P -pp --list-languages --list-themes -L --config-file --diagnostic --cache-dir"),
                    .quiet("-V"),
                ],
                values:
                    """
                    -l -H -m -r --language --highlight-line --map-syntax --line-range --style --theme --paging --pager \
                    --color --tabs
                    """,
                operands: [needed], opened: pagers("BAT_PAGER", "PAGER")))
        table.add(
            "delta",
            .init(
                .longText, [.quiet("--paging=never")], values: "--paging", operands: [needed],
                opened: pagers("DELTA_PAGER", "PAGER")))
        // It follows without a pager, and what changes the journal shows nothing.
        table.add(
            "journalctl",
            .init(
                .longText,
                [
                    .quiet("-f --follow", "--follow has no pager"),
                    .quiet("--no-pager --vacuum-size --vacuum-time --vacuum-files --flush --sync --rotate --disk-usage --verify"),
                    .quiet("--relinquish-var --smart-relinquish-var --setup-keys --update-catalog --header -N --fields"),
                ],
                values: """
                    -u -p -t -T -o -S -U -g -c -D -F -M -i --unit --user-unit --priority --identifier --facility --output \
                    --since --until --grep --cursor --directory --file --root --field --machine --lines
                    """, attached: "-n -b", opened: pagers("SYSTEMD_PAGER", "PAGER")))
        table.add(
            "dmesg",
            .init(
                .quiet, [.quiet("-P --nopager"), .asks("-H --human", .longText)], values: "-f -l -n -s -F",
                opened: pagers("PAGER")))
        table.add("tig", .init(.pager, [.quiet("-v")]))
        table.add("lnav", .init(.screen, [.quiet("-n -V")], values: "-c -f -I -d"))
        table.add("multitail", .init(.screen, [.quiet("-V")]))
        table.add("jless fx", .init(.pager))
    }
}
