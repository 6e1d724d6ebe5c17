import ReeveAgents
import ReeveJSON
import ReeveModel
import ReeveTestSupport

/// Carries out the steps of a case against the readers and the roster, as the daemon's actor does.
struct CorpusWorld {
    static let start: Int64 = 1_777_629_600_000

    let kind: String
    private let place: TranscriptPaths.Place?
    private let files = FakeFiles()
    private let scratch: Scratch
    private var database: CorpusDatabase?
    private var sources: [String: ThreadSource] = [:]
    private var index = CodexIndex()
    private var hooks = HookReader()
    private(set) var roster = ThreadRoster()
    private(set) var touched: ThreadKey?
    private var registry: [String: [UInt8]] = [:]
    private var processes: [ThreadProcess]?
    private var panes: [ThreadPane] = []
    private var links: [(String, String)] = []
    private var file: String
    private(set) var now = Timestamp(milliseconds: Self.start)

    init(kind: String, scratch: Scratch) {
        self.kind = kind
        self.scratch = scratch
        place = TranscriptPaths.places(home: "/home/u", environment: [:]).first {
            $0.kind == kind && [.lines, .document, .database].contains($0.form)
        }
        file =
            switch kind {
            case "codex": "rollout-2026-05-01T10-00-00.jsonl"
            case "amp": "T-0000aaaa-1111-4222-8333-444455556666.json"
            default: "session.jsonl"
            }
    }

    var skipped: Int { sources.values.reduce(0) { $0 + $1.skipped } }

    var bindings: [ThreadKey: ThreadBinding] {
        roster.bindings { path in
            for (from, to) in links where path == from || path.hasPrefix(from + "/") { return to + path.dropFirst(from.count) }
            return path
        }
    }

    mutating func take(_ step: JSONView) throws {
        if let at = step.member("at")?.integer { now = Timestamp(milliseconds: Self.start + at) }
        var environment: [String: String] = [:]
        for (name, value) in step.member("environment").map({ $0.members.map { ($0.key, $0.value) } }) ?? [] {
            environment[name.string ?? ""] = value.string
        }
        let hookAt = step.member("hookAt")?.integer.map { Timestamp(milliseconds: Self.start + $0) }
        for (key, value) in step.members {
            switch key.string ?? "" {
            case "at", "hookAt", "environment", "expect": continue
            case "file": file = value.string ?? file
            case "truncate":
                files.change(path, at: now) { $0 = Array($0.prefix(Int(value.integer ?? 0))) }
                if step.member("append") == nil { try poll(path) }
            case "replace": files.delete(path)
            case "delete": try delete()
            case "append": try write(value.items.flatMap { Array(($0.string.map { Array($0.utf8) } ?? Array($0.raw)) + [10]) })
            case "raw": try write(Array((value.string ?? "").utf8))
            case "base64": try write(Self.base64(value.string ?? ""))
            case "repeat":
                let text = Array((value.member("text")?.string ?? "").utf8)
                let times = Int(value.member("times")?.integer ?? 0)
                var bytes: [UInt8] = []
                bytes.reserveCapacity(text.count * times)
                for _ in 0..<times { bytes += text }
                try write(bytes)
            case "document":
                files.change(path, at: now) { $0 = value.string.map { Array($0.utf8) } ?? Array(value.raw) }
                try poll(path)
            case "rows", "schema":
                // An odd database is made before its rows, wherever the step names it.
                guard value.kind == .object || step.member("rows") == nil else { continue }
                try takeDatabase(step)
            case "hook": takeHook(value, environment, hookAt ?? now)
            case "registry":
                let name = value.member("name")?.string ?? ""
                let content = value.member("content")
                registry[name] = content?.string.map { Array($0.utf8) } ?? content.map { Array($0.raw) }
                takeRegistry(name)
            case "registryGone":
                registry[value.string ?? ""] = nil
                roster.dropRegistry(name: value.string ?? "")
            case "links": links += value.members.map { ($0.key.string ?? "", $0.value.string ?? "") }
            case "processes":
                processes = value.items.map(Self.process)
                processes.map { roster.take(processes: $0) }
            case "panes":
                panes = value.items.map(Self.pane)
                roster.take(panes: panes)
            case "screen":
                guard let key = touched ?? roster.newest else { break }
                roster.take(screen: ScreenReader.read(value.string ?? "", kind: key.kind), of: key, now: now)
            case "seen": if let key = touched ?? roster.newest { roster.see(key, now: now) }
            case "restart": try restart()
            case "ends":
                if let key = touched ?? roster.newest { roster.end(key, exit: .code(Int(value.integer ?? 0)), now: now) }
            case let other: throw ReeveError(.invalidParams, "a step has an unknown member '\(other)'")
            }
            _ = roster.settle(now: now)
        }
        _ = roster.settle(now: now)
    }

    // MARK: - Files

    private var path: String {
        guard let place else { return "/none/\(file)" }
        if file == "session_index.jsonl" { return "/home/u/.codex/session_index.jsonl" }
        let folder =
            switch kind {
            case "claude": "-w-app/"
            case "codex": "2026/05/01/"
            case "pi": "--w-app--/"
            case "droid": "-w-app/"
            default: ""
            }
        return "\(place.path)/\(folder)\(file)"
    }

    private mutating func write(_ bytes: [UInt8]) throws {
        files.change(path, at: now) { $0 += bytes }
        try poll(path)
    }

    private mutating func delete() throws {
        files.delete(path)
        try poll(path)
    }

    private mutating func poll(_ path: String) throws {
        if path.hasSuffix("/session_index.jsonl") {
            guard let file = files.open(path) else { return }
            for (thread, name) in index.poll(file) { roster.name(ThreadKey(kind: kind, id: thread), name, now: now) }
            return
        }
        guard let place, TranscriptPaths.isTranscript(String(path.dropFirst(place.path.count + 1)), in: place) else { return }
        var source = sources[path] ?? ThreadSource(kind: kind, form: place.form, path: path)
        take(source?.poll(files) ?? [])
        sources[path] = source
    }

    private mutating func take(_ reports: [ThreadReport]) {
        for report in reports {
            roster.take(report, now: now)
            guard let thread = report.thread else { continue }
            let key = ThreadKey(kind: report.kind, id: thread)
            if roster.knowledge(of: key) != nil { touched = key }
        }
    }

    private mutating func openDatabase() throws -> CorpusDatabase {
        if let database { return database }
        let made = CorpusDatabase(path: "\(scratch.path)/\(kind).db")
        database = made
        return made
    }

    private mutating func takeDatabase(_ step: JSONView) throws {
        let schema = step.member("schema")?.string
        if let schema { try openDatabase().schema(schema) }
        if let rows = step.member("rows") { try openDatabase().upsert(rows) }
        try pollDatabase()
        if schema == "locked" { try database?.unlock() }
    }

    private mutating func pollDatabase() throws {
        guard let path = database?.path else { return }
        var source = sources[path] ?? ThreadSource(kind: kind, form: .database, path: path)
        take(source?.poll(files) ?? [])
        sources[path] = source
    }

    // MARK: - Others

    private mutating func takeHook(_ value: JSONView, _ environment: [String: String], _ at: Timestamp) {
        guard let event = HookEvent(Array(value.raw), at: at, place: ThreadPlace(environment: environment)),
            let report = hooks.read(event, kind: kind)
        else { return }
        let before = Set(roster.keys)
        roster.take(report, now: now)
        if let thread = report.thread {
            let key = ThreadKey(kind: report.kind, id: thread)
            if roster.knowledge(of: key) != nil { touched = key }
        } else if let new = roster.keys.first(where: { !before.contains($0) }) {
            touched = new
        }
    }

    private mutating func takeRegistry(_ name: String) {
        guard let bytes = registry[name], let entry = ClaudeRegistry.read(fileName: name, bytes) else { return }
        roster.take(registry: entry, name: name)
        _ = roster.settle(now: now)
        let key = ThreadKey(kind: entry.kind, id: entry.thread)
        if roster.knowledge(of: key) != nil { touched = key }
    }

    /// Everything in memory is gone; what is kept is kept, and the world is as it was.
    private mutating func restart() throws {
        roster = ThreadRoster(roster.stored)
        sources = [:]
        index = CodexIndex()
        hooks = HookReader()
        if let processes { roster.take(processes: processes) }
        roster.take(panes: panes)
        for name in registry.keys.sorted() { takeRegistry(name) }
        for path in files.paths { try poll(path) }
        try pollDatabase()
    }

    private static func process(_ value: JSONView) -> ThreadProcess {
        let arguments = value.member("argv")?.items.compactMap(\.string) ?? []
        return ThreadProcess(
            pid: Int(value.member("pid")?.integer ?? 0), parent: Int(value.member("parent")?.integer ?? 0),
            start: value.member("start")?.string, kind: AgentProgram.kind(arguments),
            tty: value.member("tty")?.string.flatMap { $0.isEmpty ? nil : $0 },
            isForeground: value.member("foreground")?.boolean ?? false,
            openFiles: value.member("open")?.items.compactMap(\.string) ?? [])
    }

    private static func pane(_ value: JSONView) -> ThreadPane {
        ThreadPane(
            id: value.member("pane")?.string ?? "", session: value.member("session")?.string ?? "",
            pid: value.member("pid")?.integer.map { Int($0) }, tty: value.member("tty")?.string,
            directory: value.member("directory")?.string, socket: value.member("socket")?.string)
    }

    private static func base64(_ text: String) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var result: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in text.utf8 {
            guard let value = alphabet.firstIndex(of: byte) else { continue }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return result
    }
}
