import ReeveAgents
import ReeveModel

extension FuzzTarget {
    /// A transcript, an event and a screen of an agent: in whatever pieces a transcript grows, the verdict is the same, and what is kept of
    /// it is harmless. The first byte chooses kind and pieces.
    static let thread = FuzzTarget(name: "thread", longest: 2048) { input in
        guard let seed = input.first else { return nil }
        let kinds = ["claude", "codex", "pi", "droid"]
        let kind = kinds[Int(seed) % kinds.count]
        let bytes = Array(input.dropFirst())
        var hooks = HookReader()
        for kind in kinds + ["opencode", "amp", "aider"] {
            guard let event = HookEvent(bytes, at: now, place: ThreadPlace()) else { break }
            if let report = hooks.read(event, kind: kind), let fault = settle([report]).fault { return fault }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        for kind in ["claude", "codex", "gemini", "opencode", "aider"] { _ = ScreenReader.read(text, kind: kind) }
        _ = ClaudeRegistry.read(fileName: "1.json", bytes)
        _ = AgentProgram.kind(text.split(separator: "\n").map(String.init))

        let whole = follow(kind, [bytes])
        var pieces: [[UInt8]] = []
        var generator = UInt32(seed)
        var at = 0
        while at < bytes.count {
            generator = generator &* 1_664_525 &+ 1_013_904_223
            let end = min(bytes.count, at + 1 + Int(generator >> 24))
            pieces.append(Array(bytes[at..<end]))
            at = end
        }
        let grown = follow(kind, pieces)
        if let fault = whole.fault ?? grown.fault { return fault }
        return whole.verdict == grown.verdict ? nil : "whole \(whole.verdict), grown \(grown.verdict)"
    }

    private static let now = Timestamp(milliseconds: 1_777_629_600_000)

    private static func follow(_ kind: String, _ pieces: [[UInt8]]) -> (verdict: String, fault: String?) {
        let path = "/11111111-2222-4333-8444-555555555555.jsonl"
        guard var follower = ThreadFollower(kind: kind, path: path) else { return ("", "no reader of \(kind)") }
        var file: [UInt8] = []
        var reports: [ThreadReport] = []
        for piece in pieces {
            file += piece
            if let report = follower.poll(GrownFile(bytes: file)) { reports.append(report) }
        }
        let settled = settle(reports)
        return ("\(settled.verdict) skipped \(follower.skipped)", settled.fault)
    }

    private static func settle(_ reports: [ThreadReport]) -> (verdict: String, fault: String?) {
        var roster = ThreadRoster()
        for report in reports { roster.take(report, now: now) }
        _ = roster.settle(now: now)
        guard let key = roster.newest, let thread = roster.knowledge(of: key) else { return ("nothing", nil) }
        let texts = [thread.title, thread.prompt, thread.directory, thread.verdict.detail, thread.verdict.matched].compactMap {
            $0
        }
        let isActive = { (scalar: Unicode.Scalar) in InertText.isActive(scalar) && scalar != "\n" }
        guard !texts.contains(where: { $0.unicodeScalars.contains(where: isActive) }) else {
            return ("", "active text is kept: \(texts)")
        }
        guard thread.explanation(now: now).lines.allSatisfy({ $0.age >= .zero }) else { return ("", "an age below zero") }
        return ("\(thread.verdict.state) \(thread.verdict.detail ?? "")", nil)
    }
}

private struct GrownFile: TranscriptFiles {
    let bytes: [UInt8]

    func open(_ path: String) -> (any OpenTranscript)? { Open(bytes: bytes) }

    struct Open: OpenTranscript {
        let bytes: [UInt8]
        var identity: FileIdentity { FileIdentity(device: 1, inode: 1) }
        var size: Int64 { Int64(bytes.count) }
        var modified: Timestamp { Timestamp(milliseconds: 1_777_629_600_000) }

        func read(at offset: Int64, upTo count: Int) -> [UInt8] {
            offset < size ? Array(bytes[Int(offset)..<min(bytes.count, Int(offset) + count)]) : []
        }
    }
}
