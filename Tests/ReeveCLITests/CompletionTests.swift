import Foundation
import ReeveTestSupport
import Testing

@testable import ReeveCLI

/// Completions as a person gets them: the generated script in the real shell, ids from a daemon at a private socket.
@Suite struct CompletionTests {
    /// One ticket in each of these states.
    private static func daemon(_ body: (FakeDaemon) async throws -> Void) async throws {
        try await FakeDaemon.with(
            { method, params, id in
                guard method == "ticket.list" else { return [] }
                let tickets = ["queued", "running", "done"].filter { params.contains("\"\($0)\"") || !params.contains("states") }
                    .map { Answer.ticket("\($0.uppercased())-1", $0) }
                return [#"{"id":\#(id),"result":{"tickets":[\#(tickets.joined(separator: ","))]}}"#]
            }, body)
    }

    private static func shell(_ name: String) -> String? {
        ["/usr/bin/\(name)", "/bin/\(name)", "/usr/local/bin/\(name)"].first { access($0, X_OK) == 0 }
    }

    /// What the shell offers for the last of `words`.
    private static func bash(_ words: [String], _ daemon: FakeDaemon, _ environment: [String: String]) async -> [String] {
        let line = #"""
            eval "$("$REEVE" --generate-completion-script bash)"
            function=$(complete -p reeve | sed 's/.*-F \([^ ]*\).*/\1/')
            COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*"
            COMP_POINT=${#COMP_LINE}
            "$function" reeve "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            printf '%s\n' "${COMPREPLY[@]}"
            """#
        let ran = await Ran.program(
            ["/bin/bash", "--norc", "-c", line, "bash"] + words,
            ["REEVE": Programs.path("reeve")].merging(environment) { $1 })
        return ran.text.split(separator: "\n").map(String.init)
    }

    private static func fish(_ words: [String], _ daemon: FakeDaemon, _ environment: [String: String]) async -> [String] {
        let line = "reeve --generate-completion-script fish | source; complete -C \"\(words.joined(separator: " "))\""
        let ran = await Ran.program(
            [shell("fish") ?? "fish", "--no-config", "-c", line], ["HOME": daemon.scratch.path].merging(environment) { $1 })
        // A description follows a tab.
        return ran.text.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
    }

    /// The whole line after a Tab: zsh completes only where somebody types.
    private static func zsh(_ line: String, _ daemon: FakeDaemon, _ environment: [String: String]) async throws -> String {
        let directory = daemon.scratch.path
        let output = "\(directory)/line"
        try? FileManager.default.removeItem(atPath: output)
        try #"""
        fpath=("$ZDOTDIR" $fpath)
        reeve --generate-completion-script zsh >"$ZDOTDIR/_reeve"
        autoload -Uz compinit && compinit -u -D
        bindkey '^I' complete-word
        tell() { print -r -- "$BUFFER" >"$ZDOTDIR/line"; exit }
        zle -N tell
        bindkey '^X' tell
        """#.write(toFile: "\(directory)/.zshrc", atomically: true, encoding: .utf8)
        let driver = #"""
            zmodload zsh/zpty
            zpty typist timeout --foreground 30 zsh -d -i
            zpty -w -n typist "$1"$'\t\x18'
            while zpty -r typist piece; do :; done
            """#
        let ran = await Ran.program(
            [shell("zsh") ?? "zsh", "-f", "-c", driver, "zsh", line],
            ["ZDOTDIR": directory, "HOME": directory, "TERM": "xterm"].merging(environment) { $1 })
        let text = try? String(contentsOfFile: output, encoding: .utf8)
        return text ?? "nothing: \(ran)"
    }

    /// Nobody at a prompt is kept waiting: what is not known within a second is left out, and asked for again here.
    private static func offers<Words: Equatable>(
        _ words: Words, _ location: SourceLocation = #_sourceLocation, _ offered: () async throws -> Words
    ) async rethrows {
        var last: Words?
        let isOffered = try await eventually {
            let now = try await offered()
            last = now
            return now == words
        }
        #expect(isOffered, "\(last.map { "\($0)" } ?? "nothing"), not \(words)", sourceLocation: location)
    }

    @Test(.enabled(if: shell("bash") != nil, "bash is not installed"))
    func `bash offers the ids that live at the socket`() async throws {
        try await Self.daemon { daemon in
            let there = ["REEVE_SOCKET": daemon.socket]
            await Self.offers(["QUEUED-1", "RUNNING-1", "DONE-1"]) { await Self.bash(["reeve", "show", ""], daemon, there) }
            await Self.offers(["DONE-1"]) { await Self.bash(["reeve", "show", "D"], daemon, there) }
            await Self.offers(["QUEUED-1", "RUNNING-1"]) { await Self.bash(["reeve", "wait", ""], daemon, there) }
            await Self.offers(["QUEUED-1"]) { await Self.bash(["reeve", "launch", ""], daemon, there) }
            await Self.offers(["DONE-1"]) { await Self.bash(["reeve", "retry", ""], daemon, there) }
            let states = await Self.bash(["reeve", "wait", "--until", ""], daemon, there)
            #expect(states.contains("waiting") && states.contains("cancelled"))
            await Self.offers(["RUNNING-1"]) { await Self.bash(["reeve", "show", "--socket", daemon.socket, "R"], daemon, [:]) }
        }
    }

    @Test(.enabled(if: shell("fish") != nil, "fish is not installed"))
    func `fish offers the ids that live at the socket`() async throws {
        try await Self.daemon { daemon in
            let there = ["REEVE_SOCKET": daemon.socket]
            await Self.offers(["QUEUED-1", "RUNNING-1", "DONE-1"]) { await Self.fish(["reeve", "show", ""], daemon, there) }
            await Self.offers(["QUEUED-1", "RUNNING-1"]) { await Self.fish(["reeve", "wait", ""], daemon, there) }
            #expect(await Self.fish(["reeve", "wait", "--until", "can"], daemon, there) == ["cancelled"])
            await Self.offers(["RUNNING-1"]) { await Self.fish(["reeve", "show", "--socket", daemon.socket, "R"], daemon, [:]) }
        }
    }

    @Test(.enabled(if: shell("zsh") != nil, "zsh is not installed"))
    func `zsh completes the ids that live at the socket`() async throws {
        try await Self.daemon { daemon in
            let there = ["REEVE_SOCKET": daemon.socket]
            try await Self.offers("reeve show DONE-1 \n") { try await Self.zsh("reeve show DO", daemon, there) }
            try await Self.offers("reeve wait QUEUED-1 \n") { try await Self.zsh("reeve wait QUE", daemon, there) }
            let line = "reeve show --socket \(daemon.socket) RU"
            try await Self.offers("reeve show --socket \(daemon.socket) RUNNING-1 \n") {
                try await Self.zsh(line, daemon, [:])
            }
        }
    }

    // Under the thread sanitizer `reeved` needs more than the second that a completion waits for its configuration.
    @Test(.disabled(if: ProcessInfo.processInfo.environment["REEVE_SANITIZER"] == "thread"))
    func `agent kinds are those of the configuration and of the tickets`() async throws {
        try await Self.daemon { daemon in
            let configuration = "\(daemon.scratch.path)/reeve.toml"
            try "[agents.configured]\nstart = [\"x\"]\n".write(toFile: configuration, atomically: true, encoding: .utf8)
            var kinds: [String] = []
            let areAll = await eventually {
                kinds = await Self.bash(
                    ["reeve", "add", "x", "--agent", ""], daemon,
                    ["REEVE_SOCKET": daemon.socket, "REEVE_CONFIG": configuration, "HOME": daemon.scratch.path])
                return Set(kinds).isSuperset(of: ["configured", "mine", "claude", "shell"])
            }
            #expect(areAll, "\(kinds)")
        }
    }

    @Test func `a daemon that says nothing does not hold up the shell`() async throws {
        try await FakeDaemon.with([:]) { daemon in
            // A command waits for ten seconds before it gives up; by then the shell has its answer.
            let environment = ["REEVE_SOCKET": daemon.socket]
            let first = await withTaskGroup(of: Ran.self) { group in
                group.addTask { await Ran.reeve("show", "X", environment: environment) }
                group.addTask {
                    await Ran.reeve(
                        "---completion", "show", "--", "positional@0", "2", "0", "reeve", "show", "", environment: environment)
                }
                return await group.next()
            }
            #expect(first?.code == 0 && first?.text.isEmpty == true)
        }
    }

    @Test(arguments: [
        (["reeve", "show", "--socket", "/a/b", ""], "/a/b"), (["reeve", "show", "--socket=/a/b", ""], "/a/b"),
        (["reeve", "show", "--socket", "=", "/a/b", ""], "/a/b"), (["reeve", "show", "--socket", "'/a b'", ""], "/a b"),
        (["reeve", "show", ""], nil), (["reeve", "show", "--socket", ""], nil), (["reeve", "show", "--socket"], nil),
    ])
    func `the socket is read from the line as every shell cuts it`(line: [String], socket: String?) {
        #expect(Completions(line: line).socket == socket)
    }
}
