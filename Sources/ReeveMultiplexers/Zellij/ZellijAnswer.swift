import ReeveJSON

/// What Zellij prints, as values; nil for what does not have the shape of the answer. The shape is the evidence, since the exit
/// code is none (see `ZellijError`).
enum ZellijAnswer {
    struct Session: Sendable, Hashable {
        var name: String
        /// Dead: only what it once was is kept, and attaching would start it again.
        var isExited: Bool
    }

    static func array(_ text: String) -> [JSONView]? {
        // Titles are of programs, and programs cut texts anywhere.
        guard let document = try? JSONDocument(Array(text.utf8), allowsLoneSurrogates: true), document.root.kind == .array else {
            return nil
        }
        return document.root.items
    }

    /// Of `new-tab`.
    static func tab(_ text: String) -> Int? {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 1, words[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(words[0])
    }

    /// Of `new-pane`: `terminal_3`.
    static func pane(_ text: String) -> String? {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 1, words[0].hasPrefix("terminal_"), tab(String(words[0].dropFirst("terminal_".count))) != nil else {
            return nil
        }
        return String(words[0])
    }

    /// Of `list-sessions --no-formatting`: `NAME [Created 3m 2s ago] (EXITED - attach to resurrect)`.
    static func sessions(_ text: String) -> [Session]? {
        var sessions: [Session] = []
        for line in text.split(whereSeparator: \.isNewline) {
            guard let mark = line.ranges(of: " [Created ").last else { return nil }
            sessions.append(
                Session(name: String(line[..<mark.lowerBound]), isExited: line[mark.upperBound...].contains("(EXITED")))
        }
        return sessions.isEmpty ? nil : sessions
    }

    /// Of `list-clients`: the pane in front of each client, under a line with the names of the columns.
    static func clients(_ text: String) -> [String]? {
        let lines = text.split(whereSeparator: \.isNewline)
        guard let title = lines.first, title.hasPrefix("CLIENT_ID") else { return nil }
        return lines.dropFirst().compactMap { line in
            // The third column, the command, may be empty or hold anything.
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count >= 2, Int(words[0]) != nil else { return nil }
            return String(words[1])
        }
    }

    /// Of a line of `subscribe --format json`: the pane that has been closed.
    static func closedPane(_ line: [UInt8]) -> String? {
        guard let document = try? JSONDocument(line, allowsLoneSurrogates: true), let event = document.root.member("event"),
            event.equals("pane_closed")
        else { return nil }
        return document.root.member("pane_id")?.string ?? ""
    }
}
