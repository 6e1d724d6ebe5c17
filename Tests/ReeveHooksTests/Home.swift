import Foundation
import ReeveHooks
import ReeveModel
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// A person's home directory, for the length of a test.
struct Home {
    var path: String
    var environment: [String: String]

    static let program = "/opt/reeve/bin/reeve"

    static func with<Result>(_ body: (Home) throws -> Result) throws -> Result {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let home = try scratch.directory("home")
        return try body(Home(path: home, environment: ["HOME": home]))
    }

    func planner(_ program: String = program) throws -> HookPlanner {
        try HookPlanner(environment: environment, program: program)
    }

    /// Below home; its directory is made.
    func write(_ name: String, _ bytes: some Sequence<UInt8>, mode: mode_t = 0o644) throws {
        let file = "\(path)/\(name)"
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try #require(FileManager.default.createFile(atPath: file, contents: Data(bytes)))
        try #require(chmod(file, mode) == 0)
    }

    func read(_ name: String) -> [UInt8]? { FileManager.default.contents(atPath: "\(path)/\(name)").map { Array($0) } }
    func text(_ name: String) -> String? { read(name).map { String(decoding: $0, as: UTF8.self) } }

    /// Every file below home, by its path.
    var files: [String] { (FileManager.default.subpaths(atPath: path) ?? []).filter { read($0) != nil }.sorted() }

    static let settings: [HookKind: String] = [.claude: ".claude/settings.json", .codex: ".codex/hooks.json"]
    static let newest = ProgramVersion(2, 1, 292)
}

/// Settings as people have them.
enum OddSettings {
    static let own = #"{"matcher": "Bash", "hooks": [{"type": "command", "command": "~/bin/check.sh", "timeout": 10}]}"#

    static let all: [(name: String, text: String)] = [
        ("empty", ""),
        ("a line break", "\n"),
        ("spaces", " \r\n\t "),
        ("an empty object", "{}"),
        ("an empty object, line break", "{}\n"),
        ("an empty object with a space", "{ }"),
        ("an empty object on two lines", "{\n}\n"),
        ("minified", #"{"model":"opus","hooks":{"Stop":[{"hooks":[{"type":"command","command":"a"}]}]},"z":[1,2,3]}"#),
        ("minified without hooks", #"{"model":"opus","permissions":{"allow":["Bash(ls:*)"]}}"#),
        ("one line with spaces", #"{ "model": "opus", "hooks": { "Stop": [ { "hooks": [] } ] } }"#),
        ("two spaces", "{\n  \"model\": \"opus\",\n  \"env\": {\n    \"A\": \"1\"\n  }\n}\n"),
        ("four spaces, no last line break", "{\n    \"model\": \"opus\",\n    \"env\": {}\n}"),
        ("tabs", "{\n\t\"model\": \"opus\",\n\t\"hooks\": {\n\t\t\"PreToolUse\": [\n\t\t\t\(own)\n\t\t]\n\t}\n}\n"),
        ("CRLF", "{\r\n  \"model\": \"opus\",\r\n  \"hooks\": {\r\n    \"Stop\": [\r\n      \(own)\r\n    ]\r\n  }\r\n}\r\n"),
        ("hooks empty", "{\n  \"hooks\": {},\n  \"model\": \"opus\"\n}\n"),
        ("hooks empty and alone", "{\n  \"hooks\": {}\n}\n"),
        ("hooks empty on two lines", "{\n  \"hooks\": {\n  }\n}\n"),
        (
            "events empty",
            "{\n  \"hooks\": {\n    \"Stop\": [],\n    \"SessionStart\": [ ],\n    \"Notification\": [\n    ]\n  }\n}\n"
        ),
        ("an event empty and alone, minified", #"{"hooks":{"Stop":[]}}"#),
        ("others in every event", "{\"hooks\": {\"Stop\": [\(own), \(own)], \"SessionStart\": [\(own)], \"Other\": [\(own)]}}"),
        (
            "nested hooks of others",
            #"{"plugins":{"hooks":{"Stop":[]}},"hooks":{"Stop":[{"matcher":"","hooks":[{"type":"prompt","prompt":"x"}]}]}}"#
        ),
        ("unicode", "{\n  \"naïve\": \"日本語 \\u0000 \\ud83d\\ude00 😀\",\n  \"ключ\": [\"é\"]\n}\n"),
        ("escaped names", "{\"h\\u006foks\": {\"St\\u006fp\": [\(own)]}}"),
        ("comma first", "{ \"a\": 1\n, \"b\": 2\n, \"hooks\": {}\n}\n"),
        ("space around everything", "\n\n  { \"a\" : 1 , \"b\" :\n 2 }  \n\n"),
        ("blank lines", "{\n\n  \"a\": 1,\n\n\n  \"b\": 2\n\n}\n\n"),
        (
            "a wrapper round ours is not ours",
            #"{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"nice /opt/reeve/bin/reeve hook claude"}]}]}}"#
        ),
        ("twice elsewhere", #"{"env":{"A":"1","A":"2"},"z":1}"#),
        ("numbers as they are", "{\n  \"a\": 1.0e+5,\n  \"b\": -0,\n  \"c\": 123456789012345678901234567890\n}\n"),
    ]

    /// What is refused, and what the message says behind the name of the file.
    static let refused: [(name: String, text: String, said: String)] = [
        ("comment", "{\n  // mine\n  \"a\": 1\n}\n", ":2:3: a comment"),
        ("block comment", "{ /* mine */ }", ":1:3: a comment"),
        ("comment behind a comma", "{\n  \"é\": 1, // mine\n  \"b\": 2\n}\n", ":2:11: a comment"),
        ("trailing comma", "{\n  \"a\": [1,\n  ],\n}\n", ":3:3: a comma with nothing behind it"),
        ("half", "{\"a\": 1", ":1:8: not JSON: the text ends too early"),
        ("byte order mark", "\u{FEFF}{}", ":1:1: not JSON: a byte order mark"),
        ("array", "[]", ":1:1: an object should be here, not an array"),
        ("null", "null\n", ":1:1: an object should be here, not null"),
        ("hooks is an array", "{\n\t\"hooks\": []\n}", ":2:11: 'hooks' should be an object, not an array"),
        ("event is an object", #"{"hooks":{"Stop":{}}}"#, ":1:18: 'Stop' should be an array, not an object"),
        ("name twice", "{\n  \"a\": 1,\n  \"a\": 2\n}\n", ":3:3: 'a' is there twice"),
        ("event twice", #"{"hooks":{"Stop":[],"St\u006fp":[]}}"#, ":1:21: 'Stop' is there twice"),
        ("command twice", #"{"hooks":{"Stop":[{"hooks":[{"command":"a","command":"b"}]}]}}"#, ":1:44: 'command' is there twice"),
        ("escape in a name", #"{"hooks":{"Stop":{}},"\u001b[31m":1,"\u001b[31m":2}"#, ":1:37: '[31m' is there twice"),
    ]
}
