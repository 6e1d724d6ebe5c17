import ReeveModel
import Testing

@testable import ReeveAgents

@Suite struct AdapterCheckTests {
    private static let claudeHelp = """
        Options:
          -p, --print             x
          --output-format <format>
          -r, --resume [value]    y
          --session-id <uuid>
          --model <model>
          --permission-mode <mode>
          --dangerously-skip-permissions
          --allowedTools, --allowed-tools <tools...>
        """

    private func check(_ version: String, _ help: String = claudeHelp) -> [AdapterCheck.Finding] {
        AdapterCheck(.claude, version: version, helps: [[]: help]).findings
    }

    @Test func `a program that is as it should be has no findings`() { #expect(check("2.1.292 (Claude Code)").isEmpty) }

    @Test(arguments: [
        ("2.0.76 (Claude Code)", AdapterCheck.Finding.tooOld(ToolVersion(2, 0, 76), oldest: ToolVersion(2, 1, 0))),
        ("2.2.0 (Claude Code)", .newer(ToolVersion(2, 2, 0), newest: ToolVersion(2, 1, 292))),
        ("claude 3", .unreadableVersion("claude 3")), ("\u{1B}[31mboo", .unreadableVersion("[31mboo")),
        ("", .unreadableVersion("")),
    ])
    func `a version outside of what is known is said`(version: String, finding: AdapterCheck.Finding) {
        #expect(check(version) == [finding])
    }

    @Test func `an older version than promised is said`() {
        let check = AdapterCheck(.codex, version: "codex-cli 0.120.0", helps: [:])
        #expect(check.findings == [.unsupported(ToolVersion(0, 120, 0), supported: ToolVersion(0, 149, 0))] && check.isFine)
    }

    @Test func `a flag that is gone is said`() {
        let help = Self.claudeHelp.replacing("--dangerously-skip-permissions", with: "--bare")
        #expect(check("2.1.292 (Claude Code)", help) == [.missing("--dangerously-skip-permissions", command: [])])
    }

    @Test func `a flag with another name is said with it`() {
        let help = Self.claudeHelp.replacing("--allowedTools, --allowed-tools", with: "--allowed-tools")
            .replacing("--session-id", with: "--sessions-id")
        #expect(
            check("2.1.292 (Claude Code)", help) == [
                .renamed("--allowedTools", command: [], others: ["--allowed-tools"]),
                .renamed("--session-id", command: [], others: ["--sessions-id"]),
            ])
    }

    @Test func `from a help without flags nothing is concluded`() {
        #expect(check("2.1.292 (Claude Code)", "please log in first") == [.unreadableHelp(command: [])])
    }

    @Test func `a subcommand's flags are looked for in its own help`() {
        let check = AdapterCheck(
            .codex, version: "codex-cli 0.160.1",
            helps: [["exec"]: "  --json\n  -m, --model <MODEL>\n  -s, --sandbox <MODE>\n  --skip-git-repo-check\n"])
        #expect(check.findings == [.missing("--dangerously-bypass-approvals-and-sandbox", command: ["exec"])] && !check.isFine)
        #expect(
            check.findings.map { $0.sentence("codex") } == ["'codex exec' has no --dangerously-bypass-approvals-and-sandbox"])
        #expect(
            AdapterCheck.probes(.codex) == [
                ["codex", "--version"], ["codex", "--help"], ["codex", "resume", "--help"], ["codex", "exec", "--help"],
            ])
    }

    @Test(arguments: [
        ("  -c, --config <key=value>   or --other", ["-c", "--config"]),
        ("      --include-directories  words [array]", ["--include-directories"]),
        ("usage: aider [-h] [--model MODEL] [--lint | --no-lint]", ["-h", "--model", "--lint", "--no-lint"]),
        ("             [--[no-]color]", ["--color", "--no-color"]), ("  --mode=MODE text", ["--mode"]),
        ("  -o, --output[=FILE]", ["-o", "--output"]), ("  use --this instead", []), ("  --- title ---", []),
        ("  -1, --x\u{7}y", []), ("\t-a\tsay --b", ["-a"]),
    ])
    func `flags are found in the column of flags, whoever has written the help`(line: String, flags: [String]) {
        #expect(HelpFlags.names(in: line) == Set(flags))
    }

    @Test func `a help of any length is read to a bound`() {
        let help = String(repeating: "x", count: HelpFlags.longest) + "\n  --late"
        #expect(HelpFlags.names(in: help).isEmpty)
    }

    @Test(arguments: ShippedAdapters.all.map(\.name)) func `the flags that are sent have a place in the data`(name: String) throws
    {
        let adapter = try #require(ShippedAdapters.all.first { $0.name == name })
        for range in adapter.ranges {
            for form in LaunchPlan.Form.allCases {
                for flags in range.permissions(form).values {
                    for flag in flags where flag.hasPrefix("-") {
                        let role = range.flags.first { $0.names.contains(flag) }?.role
                        // Pi's plan mode is a list of tools.
                        #expect(role == .permission || (name == "pi" && role == .tools), "\(name) \(flag)")
                    }
                }
            }
            for pair in range.pairs {
                #expect(range.canonical(pair.one) == pair.one && range.canonical(pair.other) == pair.other)
            }
        }
    }
}
