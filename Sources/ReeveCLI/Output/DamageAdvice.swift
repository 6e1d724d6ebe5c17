import ReeveWire

/// What to do about a damaged database, for somebody who is tired. `docs/database.md` says the same at more length.
enum DamageAdvice {
    static func text(_ result: DatabaseCheck.Result, width: Int) -> String {
        let file = Terminal.clean(result.file)
        let findings = result.findings.prefix(10).map { Wrapping.wrap("  - \(Terminal.clean($0))", width, indent: 4) }
        let more = result.findings.count > 10 ? ["  … and \(result.findings.count - 10) more (--json has them)"] : []
        return
            (["\(file) is damaged:"] + findings + more + [
                "",
                Wrapping.wrap(
                    "Nothing is lost by waiting. Agents that run go on; Reeve launches nothing new from a database that it "
                        + "has found damaged, and writes nothing into it. Do these in order:", width, indent: 0),
                "",
                "1. Stop the daemon; the agents go on:",
                "     systemctl --user stop reeve.socket reeve     (or: reeve shutdown)",
                "2. You have a backup?   reeve db restore FILE",
                "   You have none?       reeve db salvage",
                "   Either puts the damaged files aside, and pauses the queue, so that nothing",
                "   that was done since is done again.",
                "3. Start the daemon, look through `reeve list --all`, cancel what is done, and:",
                "     reeve queue resume",
                "",
                "docs/database.md has each step at more length, and what is lost.",
            ]).joined(separator: "\n")
    }
}
