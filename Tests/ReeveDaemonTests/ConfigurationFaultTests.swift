import Foundation
import ReeveAgents
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveDaemon

/// Values that can be read and mean nothing, and the places of faults.
@Suite struct ConfigurationFaultTests {
    private func parse(_ text: String, home: String = "/h") throws(ConfigurationFault) -> Configuration {
        try ConfigurationLoader.parse(text, file: "reeve.toml", home: home)
    }

    @Test(
        arguments: [
            (#"[agents.claude]\#nstart = ["claude\u0000--bad"]"#, 2), (#"[agents.claude]\#nstart = ["claude\U00000000"]"#, 2),
            (##"# "\u0000"\##n[agents.claude]\##nexit = [\##n  "/exit", # "\u0000"\##n  "a\\\u0000"]"##, 5),
            ("[queue]\ndefault_agent = \"\"\"\n\nclaude\\u0000\"\"\"", 4), ("[agents.\"a\\u0000b\"]\nstart = [\"x\"]", 1),
            ("[queue]\nmax_parallel = 3\u{0}", 2),
        ]) func `a NUL is refused where it stands`(text: String, line: Int)
    {
        let fault = #expect(throws: ConfigurationFault.self) { try parse(text) }
        #expect(fault?.line == line && fault?.message.contains("NUL") == true, "\(String(describing: fault))")
    }

    /// The TOML library follows a name's parts by recursion, and one of thousands ended the process: at a reload, the daemon's.
    @Test(
        arguments: [
            "\n" + [String](repeating: "a", count: 20_000).joined(separator: ".") + " = 1",
            "\n[" + [String](repeating: "a", count: 20_000).joined(separator: " . ") + "]",
            "\nx = "
                + (0..<100).reduce("1") { text, _ in "{\([String](repeating: "a", count: 200).joined(separator: ".")) = \(text)}"
                },
            "\nx = " + String(repeating: "[", count: 20_000),
            "# \"\"\"\nx = " + String(repeating: "{a=", count: 20_000),
            "x = '\\'\ny = " + String(repeating: "[", count: 100),
        ]) func `nesting without end is refused where it stands`(text: String)
    {
        let fault = #expect(throws: ConfigurationFault.self) { try parse(text) }
        #expect(fault?.line == 2 && fault?.message.contains("16") == true, "\(String(describing: fault))")
    }

    /// Found by the fuzzer: the library's assertion ended the process.
    @Test(arguments: ["[{x}]", "[\n]", "[ =]", "[[ {]]", "  [#]", "[\u{E9}]", "[[[a]]]"])
    func `a header without a name is refused where it stands`(text: String) {
        let fault = #expect(throws: ConfigurationFault.self) { try parse("\n" + text) }
        #expect(fault?.line == 2 && fault?.message.contains("name is missing") == true, "\(String(describing: fault))")
    }

    /// Found by the fuzzer: behind the mark a header did not pass for one, and the library's assertion ended the process.
    @Test func `a byte order mark changes neither what is read nor where a fault stands`() throws {
        #expect(try parse("\u{FEFF}[queue]\nmax_parallel = 7\n").limits.maxParallel == 7)
        for (text, line) in [("[`q[ueue]", 1), ("\u{FEFF}[~queue]", 1), ("[queue]\nmax_parallel = \"x\"", 2)] {
            let fault = #expect(throws: ConfigurationFault.self) { try parse("\u{FEFF}" + text) }
            #expect(fault?.line == line, "\(String(describing: fault))")
        }
    }

    /// In lists a brace that closes, and some line breaks of Unicode, were the end of the process, by an assertion of the library.
    @Test(
        arguments: [
            "a = [}", "a = [1, }", "a = [\n# }\n}", "a = [{ b = 1 }, }]", "a = {]", "a = { b = ] }", "[a}", "a = }", "a = ]",
            "a = ,",
            "a = [,]", "a = { b = } }", "a = { b = , }", "a = \u{b}", "a = [\u{b}]", "a = [\u{c}]", "a = [\u{a0}]",
            "a = [\u{2028}]",
            "a = [\u{85}]", "a = [1, \u{2029}]", "a = [\u{feff}]", "a = {\u{b}}", "a = { b = \u{2028} }", "a = #", "a = [ #", "}",
            "]",
            "a = [\r]", "a = \r", "[[a]", "[a]]", "a = {{",
        ])
    func `no bracket and no blank at a value's place ends the process`(text: String) {
        for text in [text, "x = 1\n" + text + "\n"] {
            #expect(throws: ConfigurationFault.self) { try parse(text) }
        }
    }

    /// Found by the fuzzer in its fourth million: another assertion of the library.
    @Test(
        arguments: [
            "t = 2020-01-01 5 ", "t=0-00-00-00 0 ", "t = [2020-01-01 5]", "t = [2020-01-01 5, 1]", "t = 2020-01-01 5# x",
            "t = 2020-01-0_1 5\n", "t = { a = 2020-01-01 5}", "t = 2020-01-01 5\u{a0}",
        ])
    func `a date and a digit behind it are refused where they stand`(text: String) {
        let fault = #expect(throws: ConfigurationFault.self) { try parse("\n" + text) }
        #expect(fault?.line == 2 && fault?.message.contains("date") == true, "\(String(describing: fault))")
    }

    @Test(arguments: ["t = 1979-05-27 07:32:00", "t = 1979-05-27", "t = '2020-01-01 5 '", "t = 1 # 2020-01-01 5 x"])
    func `other dates are the business of whoever reads the key`(text: String) {
        let fault = #expect(throws: ConfigurationFault.self) { try parse(text) }
        #expect(fault?.message.contains("unknown key") == true, "\(String(describing: fault))")
    }

    @Test func `what only looks like nesting is read, and a file has an end`() throws {
        let dots = String(repeating: "a.[{", count: 40)
        let configuration = try parse(
            "# \(dots) '\n[agents.x] # \"\nstart = [\"\(dots)\\\"\(dots)\", '\(dots)', \"\"\"\n\(dots)\"\"\"\"]\nprompt = \"none\""
        )
        #expect(configuration.agents["x"]?.start == [dots + "\"" + dots, dots, dots + "\""])
        #expect(throws: Never.self) { try parse("[agents.x]\nstart = ['\u{2028}}]\u{85}'] # }]\u{2029}") }
        let fault = #expect(throws: ConfigurationFault.self) { try parse(String(repeating: "# \n", count: 100_000)) }
        #expect(fault?.message.contains("262144") == true)
    }

    @Test func `what only looks like a NUL is read`() throws {
        let configuration = try parse(
            #"""
            # a comment with "\u0000"
            [agents.x]
            start = ["printf", "a\\u0000b", 'c\u0000', '''\u0000''']
            """#)
        #expect(configuration.agents["x"]?.start == ["printf", #"a\u0000b"#, #"c\u0000"#, #"\u0000"#])
    }

    @Test(
        arguments: [
            ("[switch]\nrung_timeout = \"0s\"", 2, "switch.rung_timeout: '0s' is no time at all", "1ms"),
            ("[switch]\n\nready_timeout = \"0ms\"", 3, "no time at all", nil),
            ("[retry]\nbackoff = \"0s\"", 2, "no time at all", nil),
            ("[agents.claude]\nmemory_max = \"1KiB\"", 2, "agents.claude.memory_max: '1KiB' is too little", "at least 1MiB"),
            ("[agents.claude]\nmemory_max = \"4GB\"", 2, "'4GB' is no size", "4GiB"),
            ("[agents.claude]\nmemory_max = 4", 2, "expected a string", nil),
            ("[retry]\nintensity = 0", 2, "allowed are 1 to 100", nil),
            ("[retry]\nperiod = \"0s\"", 2, "no time at all", nil),
            ("[breaker]\nfailures = -1", 2, "allowed are 0 to 1000", nil),
            ("[sessions.tmux]\nbinary_path = \"\"", 2, "sessions.tmux.binary_path: an empty name", "tmux"),
            ("[sessions.tmux]\nbinary_path = \"bin/tmux\"", 2, "'bin/tmux' is no absolute path", "~/"),
            ("[sessions]\ndirectory = \"rel\"", 2, "sessions.directory: 'rel' is no absolute path", "~/"),
            ("[sessions]\ndirectory = \"\"", 2, "no absolute path", nil),
            ("[sessions]\n[sessions.tmux]\nconfig_file = \"/no/such\"", 3, "'/no/such' does not exist", "empty"),
            ("[sessions.tmux]\nconfig_file = \"~/.tmux.conf\"", 2, "'/h/.tmux.conf' does not exist", nil),
            ("[sessions.tmux]\nconfig_file = \"tmux.conf\"", 2, "no absolute path", nil),
            ("[agents.x]\nstart = [\"x\", \"{promt}\"]", 2, "agents.x.start: '{promt}' is no placeholder", "{prompt}"),
            ("[agents.claude]\nresume = [\"x\", \"--id={session}\"]", 2, "'{session}' is no placeholder", "{session_id}"),
            ("[agents.claude]\nresume = [\"\"]", 2, "an empty command", nil),
            (
                "[agents.claude]\nstart = [\"x\", \"--a={model_flags}\"]", 2,
                "'{model_flags}' stands for any number of arguments", "\"{model_flags}\""
            ),
            ("[agents.claude]\nenv = { A = \"1\", B = \"$\" }", 2, "agents.claude.env: B: a value that begins with $", "$NAME"),
            ("[agents.claude]\n[agents.claude.env]\nA = \"1\"\nB = \"$1bad\"", 4, "begins with $", nil),
            ("[agents.claude]\nenv = { B = \"$HOME/bin\" }", 2, "begins with $", nil),
            (
                "[agents.claude]\nenv = { A = \"1\", ANTHROPIC_API_KEY = \"sesame\" }", 2,
                "agents.claude.env: ANTHROPIC_API_KEY is a secret, and stands here as it is",
                "ANTHROPIC_API_KEY = \"$ANTHROPIC_API_KEY\""
            ),
            ("[workflows]\nacceptance_criteria = 1", 2, "workflows.acceptance_criteria: expected a string", nil),
            ("[workflows]\nopen_command = \"xdg-open\"", 2, "workflows.open_command: expected", nil),
            ("[agents.\"my.kind\"]\nstart = [\"x\"]\nstrat = []", 3, "unknown key 'agents.my.kind.strat'", "start"),
            ("[agents]\n'my.kind' = { start = [\"x\",\n \"y\"], strat = [] }", 3, "unknown key 'agents.my.kind.strat'", "start"),
            ("agents.\"my.kind\".start = [\n  \"[queue]\",\n]\nagents.\"my.kind\".eof = 1", 4, "expected a list", nil),
            ("[queue] # [retry]\r\n# x = 1\r\nmax_per_agent.\"my.kind\" = 1", 3, "no agent kind 'my.kind'", nil),
            ("[sessions]\nwrapper = \"byobu\"", 2, "'byobu' is none of auto, tmux, reeve, zellij, cmux, vscode, screen", nil),
            ("[sessions.cmux]\nplacement = \"tab\"", 2, "'tab' is none of auto, workspace, window", nil),
            ("[sessions.cmux]\nrequire_in_cmux = 1", 2, "expected true or false", nil),
            ("[sessions.zelij]\nsession = \"x\"", 1, "unknown key 'sessions.zelij'", "sessions.zellij"),
            ("[sessions.zellij]\nsession = \"../x\"", 2, "'../x' is no session's name", "list-sessions"),
            ("[sessions.reeve]\ndetach_key = \"Enter\"", 2, "'Enter' is not a key with control", "C-"),
            ("[sessions.reeve]\nscrollback = -1", 2, "-1 is out of range", nil),
            ("[sessions.kitty]\nlisten_on = \"tcp:localhost:1\"", 2, "is no Unix socket's path", "unix:"),
            ("[sessions.screen]\nbinary_path = \"\"", 2, "an empty name", "screen"),
        ] as [(String, Int, String, String?)])
    func `a value without a meaning is refused with its place`(text: String, line: Int, message: String, hint: String?) {
        let fault = #expect(throws: ConfigurationFault.self) { try parse(text) }
        #expect(fault?.line == line && fault?.message.contains(message) == true, "\(String(describing: fault))")
        if let hint { #expect(fault?.hint?.contains(hint) == true, "\(fault?.hint ?? "none")") }
    }

    @Test func `braces and dollars of others are left alone`() throws {
        let configuration = try parse(
            """
            [agents.x]
            start = ["sh", "-c", "echo ${HOME}; git log @{upstream}; awk '{ print }' {a,b} {\\"n\\":1} {prompt}{ticket}"]
            env = { A = "$REAL_1", B = "a$1", C = "" }
            """)
        #expect(configuration.agents["x"]?.environment == ["A": "$REAL_1", "B": "a$1", "C": ""])
    }

    @Test func `a wait that may be nothing may be nothing, and ~ is the home directory`() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try "".write(toFile: "\(scratch.path)/t.conf", atomically: true, encoding: .utf8)
        let configuration = try parse(
            """
            [sessions]
            linger = "0s"
            [sessions.tmux]
            config_file = "~/t.conf"
            [agents.claude]
            enter_delay = "0ms"
            """, home: scratch.path)
        #expect(configuration.linger == .zero && configuration.tmuxConfig == "~/t.conf")
    }

    @Test func `names with dots are shown as they can be read again`() throws {
        let configuration = try parse("[agents.\"my.kind\"]\nstart = [\"x\"]\n[queue]\nmax_per_agent = { \"my.kind\" = 2 }")
        #expect(try parse(ConfigurationText.render(configuration)) == configuration)
    }

    @Test func `a file that somebody names must be there, by flag or by REEVE_CONFIG`() throws {
        let byDefault = try Directories(runtime: "/r", state: "/s", configuration: nil, environment: ["HOME": "/no/such"])
        #expect(try ConfigurationLoader.load(byDefault) == Configuration(kinds: ShippedKinds.all))
        for (flag, environment) in [("/no/such", [:]), (nil, ["REEVE_CONFIG": "/no/such"])] as [(String?, [String: String])] {
            let named = try Directories(
                runtime: "/r", state: "/s", configuration: flag, environment: environment.merging(["HOME": "/h"]) { $1 })
            let fault = #expect(throws: ConfigurationFault.self) { try ConfigurationLoader.load(named) }
            #expect(fault?.spoken == "/no/such: there is no such file")
        }
    }
}
