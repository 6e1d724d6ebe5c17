import Foundation
import ReeveHooks
import ReeveJSON
import ReeveModel
import ReeveTestSupport
import Testing

/// What becomes of a person's settings file.
@Suite struct SettingsHooksTests {
    @Test(arguments: OddSettings.all.map(\.name), [HookKind.claude, .codex])
    func `install and uninstall leave the same bytes`(name: String, kind: HookKind) throws {
        let text = try #require(OddSettings.all.first { $0.name == name }).text
        try Home.with { home in
            let file = try #require(Home.settings[kind])
            try home.write(file, text.utf8)
            let planner = try home.planner()
            try planner.install(kind, version: Home.newest).apply()
            let installed = try #require(home.read(file))
            let groups = try Self.ours(installed, kind)
            let events = kind == .claude ? HookEvents.claude : HookEvents.codex
            #expect(Set(groups) == Set(events.map(\.name)) && groups.count == events.count)
            #expect(try planner.install(kind, version: Home.newest).changes.isEmpty)
            try planner.uninstall(kind).apply()
            #expect(home.text(file) == text)
            #expect(home.files == [file])
            #expect(try planner.uninstall(kind).changes.isEmpty)
        }
    }

    @Test(arguments: OddSettings.refused.map(\.name))
    func `a settings file that cannot be edited is refused with line and column`(name: String) throws {
        let row = try #require(OddSettings.refused.first { $0.name == name })
        try Home.with { home in
            try home.write(".claude/settings.json", row.text.utf8)
            for uninstalls in [false, true] {
                let error = #expect(throws: ReeveError.self) {
                    let planner = try home.planner()
                    _ = try uninstalls ? planner.uninstall(.claude) : planner.install(.claude)
                }
                let message = try #require(error).message
                // Whether 'Stop' is an array concerns who puts something into it.
                #expect(message.hasPrefix("\(home.path)/.claude/settings.json\(row.said)"), "\(message)")
                #expect(message.hasSuffix("; nothing was changed"))
                #expect(error?.hint?.isEmpty == false)
            }
            #expect(home.text(".claude/settings.json") == row.text)
            #expect(home.files == [".claude/settings.json"])
        }
    }

    @Test func `a file that was made for the hooks goes with them`() throws {
        try Home.with { home in
            let planner = try home.planner()
            try planner.install(.claude).apply()
            #expect(home.files == [".claude/settings.json"])
            #expect(
                home.text(".claude/settings.json")?.hasPrefix("{\n  \"hooks\": {\n    \"SessionStart\": [\n      {\n") == true)
            try planner.uninstall(.claude).apply()
            #expect(home.files == [])
        }
    }

    @Test func `what a person puts into a file that was made for the hooks stays`() throws {
        try Home.with { home in
            let planner = try home.planner()
            try planner.install(.claude).apply()
            let text = try #require(home.text(".claude/settings.json"))
            try home.write(".claude/settings.json", ("{\n  \"model\": \"opus\"," + text.dropFirst()).utf8)
            try planner.uninstall(.claude).apply()
            #expect(home.text(".claude/settings.json") == "{\n  \"model\": \"opus\"\n}\n")
        }
    }

    @Test func `ours comes behind what is there, in the file's own layout`() throws {
        try Home.with { home in
            let text = "{\n\t\"hooks\": {\n\t\t\"Stop\": [\n\t\t\t{\"hooks\": []}\n\t\t]\n\t},\n\t\"z\": 1\n}\n"
            try home.write(".codex/hooks.json", text.utf8)
            try home.planner().install(.codex).apply()
            let lines = try #require(home.text(".codex/hooks.json")).split(separator: "\n").map(String.init)
            #expect(
                lines[0...6] == [
                    "{", "\t\"hooks\": {", "\t\t\"Stop\": [", "\t\t\t{\"hooks\": []},", "\t\t\t{", "\t\t\t\t\"hooks\": [",
                    "\t\t\t\t\t{",
                ])
            #expect(lines.contains("\t\t\t\t\t\t\"command\": \"/opt/reeve/bin/reeve hook codex\","))
            #expect(lines.suffix(3) == ["\t},", "\t\"z\": 1", "}"])
        }
    }

    @Test func `an update replaces exactly our entries`() throws {
        try Home.with { home in
            let text = "{\n  \"hooks\": {\n    \"Stop\": [\n      \(OddSettings.own)\n    ]\n  }\n}\n"
            try home.write(".claude/settings.json", text.utf8)
            try home.planner("/old place/bin/reeve").install(.claude).apply()
            let old = try #require(home.text(".claude/settings.json"))
            try home.planner().install(.claude).apply()
            let new = try #require(home.text(".claude/settings.json"))
            #expect(new == old.replacing("'/old place/bin/reeve' hook claude", with: "/opt/reeve/bin/reeve hook claude"))
            #expect(new != old)
            try home.planner().uninstall(.claude).apply()
            #expect(home.text(".claude/settings.json") == text)
        }
    }

    @Test func `of several entries of ours one stays, and none in an event that is no longer wanted`() throws {
        let ours = #"{"type":"command","command":"/old/reeve hook claude","timeout":9}"#
        let text =
            #"{"hooks":{"Stop":[{"hooks":[\#(ours),{"type":"command","command":"mine"},\#(ours)]},{"hooks":[\#(ours)]}],"Gone":[{"hooks":[\#(ours)]}]}}"#
        try Home.with { home in
            try home.write(".claude/settings.json", text.utf8)
            try home.planner().install(.claude).apply()
            let installed = try #require(home.read(".claude/settings.json"))
            #expect(try Self.ours(installed, .claude).filter { $0 == "Stop" || $0 == "Gone" } == ["Stop"])
            #expect(
                String(decoding: installed, as: UTF8.self).contains(
                    #"{"hooks":[{"type":"command","command":"/opt/reeve/bin/reeve hook claude","timeout":5},{"type":"command","command":"mine"}]}"#
                ))
            try home.planner().uninstall(.claude).apply()
            #expect(
                home.text(".claude/settings.json") == #"{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"mine"}]}]}}"#)
        }
    }

    @Test func `what a person added beside our entry stays when it goes`() throws {
        try Home.with { home in
            try home.planner().install(.claude).apply()
            let text = try #require(home.text(".claude/settings.json"))
            let entry =
                "{\n            \"type\": \"command\",\n            \"command\": \"/opt/reeve/bin/reeve hook claude\",\n            \"timeout\": 5\n          }"
            let first = try #require(text.firstRange(of: entry))
            try home.write(
                ".claude/settings.json",
                text.replacingCharacters(in: first, with: entry + ", {\"type\": \"command\", \"command\": \"mine\"}").utf8)
            try home.planner().uninstall(.claude).apply()
            let left = try #require(home.read(".claude/settings.json"))
            let rest = try JSONDocument(left).root
            #expect(rest.member("hooks")?.members.map { $0.key.string } == ["SessionStart"])
            #expect(
                rest.member("hooks")?.member("SessionStart")?.items[0].member("hooks")?.items.map { $0.member("command")?.string }
                    == ["mine"])
        }
    }

    @Test(arguments: [JSONSerialization.WritingOptions(), .prettyPrinted, .sortedKeys])
    func `from a file that an agent has written anew ours goes, and nothing else`(layout: JSONSerialization.WritingOptions) throws
    {
        try Home.with { home in
            let text =
                "{\"a\": 1.5, \"hooks\": {\"Stop\": [\(OddSettings.own)], \"Mine\": [\(OddSettings.own)]}, \"z\": {\"hooks\": {}}}"
            try home.write(".claude/settings.json", text.utf8)
            try home.planner().install(.claude, version: Home.newest).apply()
            let installed = try #require(home.read(".claude/settings.json"))
            let written = try JSONSerialization.data(
                withJSONObject: JSONSerialization.jsonObject(with: Data(installed)), options: layout)
            try home.write(".claude/settings.json", written)
            try home.planner().uninstall(.claude).apply()
            let bytes = try #require(home.read(".claude/settings.json"))
            let (left, expected) = (try JSONDocument(bytes).root, try JSONDocument(Array(text.utf8)).root)
            #expect(left.fingerprint == expected.fingerprint)
        }
    }

    /// Files of every layout, and edits elsewhere between install and uninstall.
    @Test(arguments: 0..<25 as Range<UInt64>)
    func `edits of other parts in between stay, and nothing else differs`(seed: UInt64) throws {
        try Home.with { home in
            let planner = try home.planner()
            var random = SeededGenerator(seed: seed)
            for _ in 0..<6 {
                let written = WrittenSettings(&random)
                let original = written.text
                try home.write(".claude/settings.json", original.utf8)
                try planner.install(.claude, version: random.oneIn(2) ? Home.newest : nil).apply()
                let installed = try #require(home.text(".claude/settings.json"))
                if random.oneIn(4) {
                    try planner.install(.claude, version: Home.newest).apply()
                    try home.planner("/moved/to/reeve").install(.claude, version: Home.newest).apply()
                }
                let current = try #require(home.text(".claude/settings.json"))
                #expect(installed != original)
                let edit = written.edit(&random)
                try home.write(".claude/settings.json", edit(current).utf8)
                try planner.uninstall(.claude).apply()
                #expect(home.text(".claude/settings.json") == edit(original), "seed \(seed): \(original)")
                try? FileManager.default.removeItem(atPath: "\(home.path)/.claude")
            }
        }
    }

    @Test(
        arguments: [
            (nil, 9), (ProgramVersion(2, 0, 76), 9), (ProgramVersion(2, 1, 0), 11), (ProgramVersion(2, 1, 78), 12),
            (ProgramVersion(2, 1, 100), 12),
            (ProgramVersion(2, 1, 101), 15), (ProgramVersion(3, 0, 0), 15),
        ] as [(ProgramVersion?, Int)])
    func `Claude Code is given no event that its version may not know`(version: ProgramVersion?, count: Int) throws {
        try Home.with { home in
            let plan = try home.planner().install(.claude, version: version)
            try plan.apply()
            #expect(try Self.ours(#require(home.read(".claude/settings.json")), .claude).count == count)
            #expect(plan.notes.isEmpty == (version != nil))
        }
    }

    @Test(
        arguments: [
            ("2.1.292 (Claude Code)", ProgramVersion(2, 1, 292)), ("codex-cli 0.124.0-alpha.2\n", ProgramVersion(0, 124, 0)),
            ("v1.18.22", ProgramVersion(1, 18, 22)), ("none 1.2", nil), ("", nil), ("99999999999999999999.1.1", nil),
        ] as [(String, ProgramVersion?)])
    func `a version is found in what a program prints`(text: String, version: ProgramVersion?) {
        #expect(ProgramVersion(printed: text) == version)
    }

    @Test func `Codex is told by notes what cannot be done for it`() throws {
        try Home.with { home in
            let planner = try home.planner()
            let old = try planner.install(.codex, version: ProgramVersion(0, 90, 0))
            #expect(old.changes.isEmpty)
            #expect(old.notes.joined().contains(#"notify = ["/opt/reeve/bin/reeve", "hook", "codex"]"#))
            let flagged = try planner.install(.codex, version: ProgramVersion(0, 114, 0))
            #expect(
                flagged.notes.count == 2 && flagged.notes[0].contains("/hooks") && flagged.notes[1].contains("codex_hooks = true")
            )
            #expect(try planner.install(.codex, version: ProgramVersion(0, 124, 0)).notes.count == 1)
        }
    }

    @Test(arguments: ["/opt/reeve/bin/reeve", "/a b/reeve", "/it's/reeve", "/$HOME/`x`/\"y\"/reeve", "/''/é/reeve"])
    func `a shell calls exactly the program that is meant`(program: String) async throws {
        let command = HookCommand(kind: .claude, program: program)
        let run = await ProgramRun.of(["/bin/sh", "-c", "printf '%s\\n' \(command.text)"], environment: [:])
        #expect(run.text == "\(program)\nhook\nclaude\n")
        #expect(HookCommand.isOurs(command.text, .claude))
        #expect(!HookCommand.isOurs(command.text, .codex))
    }

    @Test(arguments: [
        "reeve hook claude", "/x/reeve hook claude --loud", "/x/reeve hook", "A=1 /x/reeve hook claude",
        "/x/reeve hook claude || true",
        "/x/other hook claude", "cat; /x/reeve hook claude", "'/x/reeve hook claude", "''/x/reeve' hook claude",
        " /x/reeve hook claude",
    ])
    func `a command that Reeve would not write is not Reeve's`(text: String) { #expect(!HookCommand.isOurs(text, .claude)) }

    /// The events that have entries of ours, one for each entry.
    static func ours(_ bytes: [UInt8], _ kind: HookKind) throws -> [String] {
        let hooks = try #require(try JSONDocument(bytes).root.member("hooks"))
        var found: [String] = []
        for (event, groups) in hooks.members where groups.kind == .array {
            for entry in groups.items.flatMap({ $0.member("hooks")?.items ?? [] }) {
                guard let command = entry.member("command")?.string, HookCommand.isOurs(command, kind) else { continue }
                #expect(entry.member("type")?.string == "command")
                #expect(entry.member("timeout")?.integer == (kind == .claude ? 5 : 3))
                found.append(event.string ?? "")
            }
        }
        return found
    }
}

/// A settings file in some layout.
struct WrittenSettings {
    private let end: String
    private let unit: String?
    private let colon: String
    private(set) var text = ""

    init(_ random: inout SeededGenerator) {
        end = random.oneIn(4) ? "\r\n" : "\n"
        unit = random.pick(["  ", "    ", "\t", " ", nil])
        colon = unit == nil ? random.pick([":", ": "]) : random.pick([": ", ": ", ":", " : "])
        var members: [String] = []
        if random.oneIn(2) { members.append("\"first\(colon)1".replacing("first", with: "first\"")) }
        members.append("\"model\"\(colon)\"opus-1\"")
        if !random.oneIn(3) { members.append("\"hooks\"\(colon)" + hooks(&random)) }
        if random.oneIn(2) { members.append("\"perms\"\(colon)" + object(["\"allow\"\(colon)[\"Bash(ls:*)\", \"ü\"]"], 1)) }
        members.shuffle(using: &random)
        text = object(members, 0) + random.pick(["", end, end + end, " "])
    }

    private func hooks(_ random: inout SeededGenerator) -> String {
        var events: [String] = []
        for name in ["Stop", "Notification", "PreToolUse", "Foreign"] where random.oneIn(2) {
            let count = Int.random(in: 0...2, using: &random)
            let groups = (0..<count).map { "{\"hooks\"\(colon)[{\"type\"\(colon)\"command\",\"command\"\(colon)\"own \($0)\"}]}" }
            let empty = random.pick(["[]", "[ ]", "[\(end)]"])
            events.append("\"\(name)\"\(colon)" + (count == 0 ? empty : list("[", groups, "]", 2)))
        }
        return events.isEmpty ? random.pick(["{}", "{ }", "{\(end)  }"]) : object(events, 1)
    }

    private func object(_ parts: [String], _ depth: Int) -> String { list("{", parts, "}", depth) }

    private func list(_ open: String, _ parts: [String], _ close: String, _ depth: Int) -> String {
        guard let unit else { return open + parts.joined(separator: colon == ":" ? "," : ", ") + close }
        let line = end + String(repeating: unit, count: depth)
        return open + line + unit + parts.joined(separator: "," + line + unit) + line + close
    }

    /// Something that a person does to the file, wherever it is in it.
    func edit(_ random: inout SeededGenerator) -> (String) -> String {
        switch Int.random(in: 0...3, using: &random) {
        case 0: { $0 }
        case 1: { $0.replacing("\"opus-1\"", with: "\"sonnet, 4\"") }
        case 2: { text in "{\"before\": [{}, 1]," + text.dropFirst() }
        default:
            { text in
                let scalars = Array(text.utf8)
                let close = scalars.lastIndex(of: UInt8(ascii: "}")) ?? 0
                let last = scalars[..<close].lastIndex { $0 != 32 && $0 != 9 && $0 != 10 && $0 != 13 } ?? 0
                return String(
                    decoding: scalars[...last] + Array(", \"behind\": \"}\"".utf8) + scalars[(last + 1)...], as: UTF8.self)
            }
        }
    }
}
