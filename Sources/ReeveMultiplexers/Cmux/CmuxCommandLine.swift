import ReeveModel

/// The same requests as words of the `cmux` program (`docs/cli-contract.md` of manaflow-ai/cmux, 2026).
///
/// What the program has no faithful form for goes through its `rpc METHOD JSON`: `new-workspace --command` types into a shell
/// that stays, and `send` makes a line break of every backslash with an n after it.
enum CmuxCommandLine {
    /// What the program prints on success.
    enum Output: Sendable, Hashable {
        /// A JSON object, the result of the v2 method.
        case object
        /// The text of a screen.
        case screen
        /// `OK …` or `PONG`: that it worked is all that it says.
        case word
    }

    struct Invocation: Sendable, Hashable {
        var arguments: [String]
        var output: Output
    }

    static func invocation(_ request: CmuxRequest) -> Invocation {
        switch request {
        case .ping: word("ping")
        case .capabilities: json("capabilities")
        case .windows: json("list-windows")
        case .workspaces(let window): json(["workspace", "list"], window.map { ["--window", $0] } ?? [])
        case .surfaceHealth(let workspace): json(["surface-health"], ["--workspace", workspace])
        case .createWindow, .createWorkspace, .split: raw(request)
        case .focusWindow(let window): word("focus-window", "--window", window)
        case .closeWindow(let window): word("close-window", "--window", window)
        case .selectWorkspace(let workspace): word("select-workspace", "--workspace", workspace)
        case .closeWorkspace(let workspace): word("close-workspace", "--workspace", workspace)
        case .closeSurface(let workspace, let surface): word("close-surface", "--workspace", workspace, "--surface", surface)
        case .sendText(_, _, let text) where text.utf8.contains(UInt8(ascii: "\\")): raw(request)
        case .sendText(let workspace, let surface, let text):
            word("send", "--workspace", workspace, "--surface", surface, "--", text)
        case .paste(let workspace, let surface, let text):
            word("send", "--paste", "--workspace", workspace, "--surface", surface, "--", text)
        case .sendKey(let workspace, let surface, let key):
            word("send-key", "--workspace", workspace, "--surface", surface, key)
        case .readText(let workspace, let surface, let lines):
            Invocation(
                arguments: ["read-screen", "--workspace", workspace, "--surface", surface]
                    + (lines.map { ["--scrollback", "--lines", String(max(1, $0))] } ?? []), output: .screen)
        case .setStatus(let workspace, let key, let value):
            word("set-status", key, value, "--workspace", workspace)
        case .setProgress(let workspace, let value, let label):
            Invocation(
                arguments: ["set-progress", value, "--workspace", workspace] + (label.map { ["--label", $0] } ?? []),
                output: .word)
        case .clearProgress(let workspace): word("clear-progress", "--workspace", workspace)
        case .log(let workspace, let level, let source, let text):
            word("log", "--level", level, "--source", source, "--workspace", workspace, "--", text)
        }
    }

    /// Whether a process can be started with it: Linux takes 128 KiB for one argument, macOS 1 MiB for all of them.
    static func fits(_ invocation: Invocation) -> Bool {
        invocation.arguments.allSatisfy { $0.utf8.count <= longestArgument }
    }

    static let longestArgument = 100_000

    /// The stream of events, on standard output. The program connects again by itself only with `--reconnect`: we want to know.
    static func events(after: Int64?) -> [String] {
        ["events"] + CmuxFrame.categories.flatMap { ["--category", $0] } + (after.map { ["--after", String($0)] } ?? [])
    }

    /// What the program said of its version, in one line.
    static func version(_ output: String) -> String {
        let line = output.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        let clean = CmuxRefusal.shown(line)
        return clean.lowercased().hasPrefix("cmux") ? clean : "cmux"
    }

    /// A failure as the program tells it: status 1 with `Error: CODE: MESSAGE`, 2 for a command that it does not have. A
    /// `CmuxFailure` or a `CmuxRefusal.Told`.
    static func failure(status: Int, errors: String) -> any Error {
        let lines = errors.split(whereSeparator: \.isNewline).map(String.init)
        let line = lines.last { $0.hasPrefix("Error:") || $0.hasPrefix("ERROR:") } ?? lines.last ?? ""
        let text = trimmed(line.hasPrefix("Error:") ? line.dropFirst(6) : Substring(line))
        if status == 2 { return CmuxFailure(code: "unknown_command", message: text) }
        let parts = text.split(separator: ":", maxSplits: 1).map { trimmed($0) }
        if parts.count == 2, isCode(parts[0]) {
            let failure = CmuxFailure(code: parts[0], message: parts[1])
            if !failure.isAuthentication { return failure }
        }
        if let refusal = CmuxRefusal.reading(text) { return CmuxRefusal.Told(refusal: refusal) }
        return CmuxFailure(code: "status \(status)", message: text)
    }

    /// A code is lower-case words, `not_found`; the rest of a message may have a colon too.
    private static func isCode(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_") }
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    private static func word(_ arguments: String...) -> Invocation { Invocation(arguments: arguments, output: .word) }

    private static func json(_ command: String) -> Invocation { json([command], []) }

    private static func json(_ command: [String], _ options: [String]) -> Invocation {
        Invocation(arguments: command + options + ["--json", "--id-format", "uuids"], output: .object)
    }

    private static func raw(_ request: CmuxRequest) -> Invocation {
        Invocation(
            arguments: ["rpc", request.method ?? "", String(decoding: request.parameters, as: UTF8.self)], output: .object)
    }
}

extension CmuxRefusal {
    /// A refusal where an error is wanted.
    struct Told: Error, Sendable, Hashable { var refusal: CmuxRefusal }
}
