import ReeveJSON
package import ReeveModel

/// Follows one transcript: lines in, a report out. The daemon's actor holds one for each file and polls it on file events.
package struct ThreadFollower: Sendable {
    /// How far back the first look reaches as long as the end of the file says nothing of the state.
    private static let tails = [LineFollower.tail, 1 << 20, 4 << 20]
    /// Signals that are kept until it is known whose they are.
    private static let mostPending = 1000

    package let kind: String
    package let path: String
    private var lines = LineFollower()
    private var reader: any TranscriptReader
    /// Lines that were no JSON, or nested too deep.
    private var unreadable = 0
    private var pending: [Signal] = []

    /// Nil for a kind that has no transcript of lines.
    package init?(kind: String, path: String) {
        guard let reader = Self.reader(kind, path) else { return nil }
        self.kind = kind
        self.path = path
        self.reader = reader
    }

    /// Lines that were skipped: too long, no JSON, nested too deep.
    package var skipped: Int { lines.skipped + unreadable }
    package var thread: String? { reader.thread }

    private static func reader(_ kind: String, _ path: String) -> (any TranscriptReader)? {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return switch kind {
        case "claude": ClaudeTranscript(name: name)
        case "codex": CodexRollout(name: name)
        case "pi": PiSession(name: name)
        case "droid": DroidTranscript(name: name)
        default: nil
        }
    }

    /// Reads what is new. Nil: nothing is, or it is not known yet whose it is.
    package mutating func poll(_ files: some TranscriptFiles) -> ThreadReport? {
        guard let file = files.open(path) else {
            // What it said stays known; what comes back under its name is another file.
            lines.lose()
            return nil
        }
        if lines.continues(file) {
            var signals: [Signal] = []
            guard read(file, LineFollower.tail, &signals) != .unchanged else { return nil }
            return report(signals, file, isReset: false)
        }
        var signals: [Signal] = []
        for tail in Self.tails {
            signals = []
            pending = []
            lines = LineFollower()
            unreadable = 0
            reader = Self.reader(kind, path) ?? reader
            let outcome = read(file, tail, &signals)
            if outcome == .began(isWhole: true) {
                if file.size > 0 { signals.append(Signal(.opened, rule: "the transcript is there")) }
                break
            }
            if signals.contains(where: { $0.meaning.tellsState }) { break }
        }
        return report(signals, file, isReset: true)
    }

    private mutating func report(_ new: [Signal], _ file: any OpenTranscript, isReset: Bool) -> ThreadReport? {
        var signals = pending + new
        guard reader.thread != nil else {
            pending = Array(signals.suffix(Self.mostPending))
            return nil
        }
        pending = []
        if signals.isEmpty, file.size > 0 { signals = [Signal(.noise, rule: "the transcript has grown")] }
        return ThreadReport(
            kind: kind, thread: reader.thread, channel: .transcript(path), signals: signals, parent: reader.parent,
            isChild: reader.isChild, isReset: isReset, at: file.modified)
    }

    private mutating func read(_ file: any OpenTranscript, _ tail: Int, _ signals: inout [Signal]) -> LineFollower.Outcome {
        var reader = reader
        var unreadable = unreadable
        var found: [Signal] = []
        let outcome = lines.poll(file, tail: tail) { part, bytes in
            guard bytes.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { return }
            guard bytes.withUnsafeBytes({ type(of: reader).mayMatter($0) }) else { return }
            guard let document = try? JSONDocument(Array(bytes), allowsLoneSurrogates: true) else {
                unreadable += 1
                return
            }
            let before = found.count
            reader.read(document.root, part, into: &found)
            // Between the head and what follows is a gap: only names and places hold across it.
            if part == .head { found = Array(found[..<before] + found[before...].filter { !$0.meaning.tellsState }) }
        }
        reader.rest(into: &found)
        signals += found
        self.reader = reader
        self.unreadable = unreadable
        return outcome
    }
}

extension Signal.Meaning {
    /// It says something about the state, and not only about names.
    var tellsState: Bool {
        switch self {
        case .titled, .prompted, .directory, .noise, .opened, .subagent: false
        default: true
        }
    }
}
