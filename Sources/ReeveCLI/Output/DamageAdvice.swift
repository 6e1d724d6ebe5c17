import ReeveWire

/// What to do about a damaged database, for somebody who is tired. `docs/database.md` says the same at more length.
enum DamageAdvice {
    static func text(_ result: DatabaseCheck.Result, width: Int) -> String {
        let file = Terminal.clean(result.file)
        let directory = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
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
                "2. Put everything aside before you try anything:",
                "     cd \(directory)",
                "     cp -a . ~/reeve-damaged",
                "3. You have a backup? Put it in place:",
                "     rm -rf reeve.db*",
                "     cp BACKUP reeve.db",
                "   You have none? Save what can be read, into a new file:",
                "     rm -rf reeve.db*",
                "     sqlite3 ~/reeve-damaged/reeve.db .recover | sqlite3 reeve.db",
                "4. Check again, with the daemon still down: reeve db check",
                "5. So that nothing is launched twice, write into reeve.toml, in [queue]:",
                "     auto_launch = false",
                "   start the daemon, look through `reeve list --all`, cancel what is done,",
                "   take the line out again, and: reeve config reload",
                "",
                "docs/database.md has each step at more length, and what is lost.",
            ]).joined(separator: "\n")
    }
}
