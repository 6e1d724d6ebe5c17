extension InteractivePrograms {
    /// What redraws the screen, after procps 4.0, the `top` of macOS 15, mtr 0.95, powertop 2.15.
    static func addMonitors(_ table: inout InteractiveTable) {
        // `-l` is of macOS: so many samples as plain text.
        table.add(
            "top",
            .init(.monitor, [.quiet("-b -v -V -l")], values: "-d -n -p -o -O -u -U -E -e -s -l -pid -stats -user -ncols"))
        table.add("htop btop bpytop bashtop btm bottom gotop s-tui zenith vtop gtop", .init(.monitor, [.quiet("-V")]))
        table.add("nvtop", .init(.monitor, [.quiet("-s --snapshot -v")]))
        table.add(
            "glances",
            .init(
                .monitor, [.quiet("--stdout --stdout-csv --stdout-json -w --webserver -s --server -q --quiet -V")],
                values: "--stdout --stdout-csv --stdout-json -t --time -C -p -B"))
        table.add("atop", .init(.monitor, [.quiet("-w -P -V")], values: "-w -P -r -b -e -L"))
        table.add("iotop", .init(.monitor, [.quiet("-b --batch")], values: "-n -d -p -u"))
        table.add("iftop", .init(.monitor, [.quiet("-t")], values: "-i -f -F -G -m -c -s -L -o"))
        table.add("nethogs", .init(.monitor, [.quiet("-t -V")], values: "-d -v -c"))
        table.add("nload bmon iptraf-ng wavemon cmatrix", .init(.monitor))
        table.add("bandwhich", .init(.monitor, [.quiet("-r --raw")], values: "-i --interface"))
        table.add("watch viddy hwatch", .init(.monitor, [.quiet("-v")], values: "-n --interval", stopsAfter: 1))
        table.add(
            "powertop",
            .init(
                .monitor, [.quiet("--auto-tune --html --csv --calibrate -c -r -C")],
                values: "-t --time -w --workload -i --iteration", attached: "-r -C"))
        table.add("slabtop", .init(.monitor, [.quiet("-o --once -V")], values: "-d -s"))
        table.add(
            "mtr",
            .init(
                .monitor, [.quiet("-r --report -w --report-wide -x --xml -j --json -C --csv -l --raw -v")],
                values: "-c -i -s -a -I -f -m -P -p -F --report-cycles --interval --filename"))
        table.add(
            "perf",
            .init(
                .quiet,
                commands: joined(
                    interactive(.monitor, "top", [.quiet("--stdio")]),
                    interactive(.screen, "report annotate", [.quiet("--stdio --header-only")]))))
        table.add("ctop", .init(.screen, [.quiet("-v")]))
    }
}
