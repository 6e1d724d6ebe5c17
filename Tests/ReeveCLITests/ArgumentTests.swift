import ArgumentParser
import Foundation
import ReeveJSON
import ReeveModel
import ReeveTestSupport
import ReeveWire
import Testing

@testable import ReeveCLI

@Suite struct ArgumentTests {
    @Test func `an argument that is not UTF-8 is refused by its position, and nothing is sent`() async throws {
        try await FakeDaemon.with([:]) { daemon in
            let line = #""$REEVE" session send play $'caf\xe9' --socket "$SOCKET""#
            let ran = await Ran.shell(line, ["SOCKET": daemon.socket])
            #expect(ran.code == 2 && ran.text.isEmpty)
            #expect(ran.errors == "reeve: argument 4 is not UTF-8\n  nothing was sent\n")
            let json = await Ran.shell(line + " --json", ["SOCKET": daemon.socket])
            #expect(json.code == 2 && json.errors.isEmpty)
            let kind = try Self.kind(json.text)
            #expect(kind == "invalid_params")
            #expect(daemon.requests.isEmpty)
        }
    }

    @Test(arguments: ["caf\u{E9}", "cafe\u{301}", "tab\t, \r, \u{1B}[A and \u{7F}", "  spaces  ", "two\nlines\n", "\u{FFFD}", ""])
    func `a text is sent byte for byte`(text: String) async throws {
        try await FakeDaemon.with(["session.send": #"{"delivered":true}"#]) { daemon in
            let ran = await Ran.reeve("session", "send", "play", "--no-enter", "--socket", daemon.socket, "--", text)
            #expect(ran.code == 0)
            let params = try #require(daemon.requests.first?.params)
            let view = try JSONDocument(Array(params.utf8)).root
            #expect(view.member("text").flatMap { $0.string }.map { Array($0.utf8) } == Array(text.utf8))
            #expect(params.contains(#""enter":false"#))
        }
    }

    @Test(arguments: [
        ["show", "--json"], ["add", "x", "--priority", "P9", "--json"], ["--json", "status", "extra", "more"],
        ["no-such-command", "--json"], ["queue", "status", "--no-such-flag", "--json"], ["wait", "--json", "A"],
        ["list", "--json", "--limit", "many"], ["config", "check", "--json", "--wrong"],
    ])
    func `with --json a wrong command line is an error as JSON`(arguments: [String]) async throws {
        let ran = await Ran.program([Programs.path("reeve")] + arguments)
        #expect(ran.code == 2 && ran.errors.isEmpty, "\(ran)")
        #expect(try Self.kind(ran.text) == "invalid_params")
        #expect(ran.text.split(separator: "\n").count == 1)
    }

    @Test func `what follows the terminator is no option`() {
        #expect(Arguments.wantJSON(["add", "x", "--json"]))
        #expect(!Arguments.wantJSON(["session", "spawn", "x", "--", "program", "--json"]))
    }

    @Test func `a daemon that is not there is an error of the protocol's table`() async throws {
        let ran = await Ran.reeve("status", "--json", "--socket", "/nonexistent")
        #expect(ran.code == 3)
        #expect(try Self.kind(ran.text) == "unavailable")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(ran.text.utf8)) as? [String: [String: Any]])
        #expect(object["error"]?["code"] as? Int == ReeveError.Kind.unavailable.code)
    }

    @Test func `everything that is said on standard error fits eighty columns`() async throws {
        let long = "/nonexistent/" + String(repeating: "ab/", count: 15)
        for arguments in [
            ["status", "--socket", long], ["show"], ["add"], ["add", "x", "--priority", "P9"], ["no-such-command"],
            ["edit", "A", "--limit", "3"], ["wait"], ["session", "spawn"], ["session", "send", "x"], ["switch", "A"],
            ["add", "x", "--project", long, "--socket", long], ["config", "check", "--config", long], ["list", "--limit", "x"],
            ["events", "--since", "a word and another word and a third one and a fourth one and more of them"],
        ] {
            let ran = await Ran.program([Programs.path("reeve")] + arguments, ["HOME": "/nonexistent"])
            #expect(ran.code != 0 && !ran.errors.isEmpty)
            for line in ran.errors.split(separator: "\n") { #expect(line.count <= 80, "\(arguments): \(line)") }
        }
    }

    @Test func `the help of every command fits eighty columns`() async throws {
        for command in Reeve.configuration.groupedSubcommands.flatMap(\.subcommands) {
            let name = command.configuration.commandName ?? String(describing: command).lowercased()
            let nested = command.configuration.subcommands.map {
                [name, $0.configuration.commandName ?? String(describing: $0).lowercased()]
            }
            for words in [[name]] + nested {
                let ran = await Ran.program([Programs.path("reeve")] + words + ["--help"])
                #expect(ran.code == 0 && ran.text.contains("USAGE: reeve \(words.joined(separator: " "))"))
                for line in ran.text.split(separator: "\n") { #expect(line.count <= 80, "\(words): \(line)") }
            }
        }
    }

    private static func kind(_ text: String) throws -> String? {
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: [String: Any]])
        return (object["error"]?["data"] as? [String: Any])?["kind"] as? String
    }
}
