import ReeveModel

/// What GNU screen says, read. Its exit codes are no evidence (0 for what is not done, 1 for an empty list), so its words are. Pure;
/// measured with 4.09.00.
enum ScreenAnswers {
    /// `Screen version 4.09.00 (GNU) 30-Jan-22`
    static func version(_ text: String) -> String? {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count >= 3, words[0] == "Screen", words[1] == "version", words[2].first?.isNumber == true else { return nil }
        return String(words[2])
    }

    /// 4.1 brought the queries that our fence is.
    static func isTooOld(_ version: String) -> Bool {
        let numbers = version.split(separator: ".").prefix(2).compactMap { Int($0) }
        guard numbers.count == 2 else { return true }
        return (numbers[0], numbers[1]) < (4, 1)
    }

    struct Entry: Sendable, Hashable {
        /// `PID.NAME`
        var session: String
        /// Somebody looks at it.
        var isAttached: Bool
        /// Its process is gone and its socket is left.
        var isDead: Bool

        var pid: Int? { session.split(separator: ".", maxSplits: 1).first.flatMap { Int($0) } }
        var name: String { session.split(separator: ".", maxSplits: 1).dropFirst().first.map(String.init) ?? "" }
    }

    /// The lines of `screen -ls`; nil for an answer that is none: "no sockets" is one, a directory that it refuses is not.
    static func list(_ text: String) -> [Entry]? {
        if text.contains("No Sockets found") { return [] }
        guard text.contains("There is a screen") || text.contains("There are screens") else { return nil }
        // It ends its lines with both characters, which are one to Swift.
        return text.split(whereSeparator: \.isNewline).compactMap { line in
            guard line.first == "\t" else { return nil }
            let words = line.split(separator: "\t")
            guard let session = words.first, let state = words.last, words.count > 1 else { return nil }
            let entry = Entry(
                session: String(session), isAttached: state.contains("ttached"),
                isDead: state.contains("Dead") || state.contains("dead"))
            return entry.pid == nil ? nil : entry
        }
    }

    /// What a fence has told.
    enum Fence: Sendable, Hashable {
        /// Nobody looks at the session.
        case detached
        /// The last message on a display.
        case attached(String)
        /// The server is not there, as far as its socket tells.
        case none
        case unclear(String)
    }

    static func fence(_ text: String, status: Int) -> Fence {
        if text.contains("display required") { return .detached }
        if text.contains("No screen session found") { return .none }
        return status == 0 ? .attached(text) : .unclear(text)
    }

    /// Whether somebody scrolls, by the last message on their display. A search in copy mode puts another one there.
    static func tellsCopyMode(_ message: String) -> Bool {
        message.hasPrefix("Copy mode - ") || message.hasPrefix("First mark set") || message.hasPrefix("Pattern not found")
    }

    /// `(1,29)/(200,50)+10000 …`
    static func size(_ info: String) -> (width: Int, height: Int)? {
        guard let slash = info.range(")/(") else { return nil }
        let numbers = info[slash.upperBound...].prefix { $0 != ")" }.split(separator: ",").compactMap { Int($0) }
        return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
    }

    /// The numbers in `0* reeve@inst  1-$ shell`. A program can give its window a title in which more stand: what counts is which
    /// have come.
    static func windows(_ text: String) -> Set<Int> {
        var numbers: Set<Int> = []
        var blanks = 2
        var rest = text[...]
        while let character = rest.first {
            let word = rest.prefix { $0 != " " }
            if character == " " {
                blanks += 1
                rest.removeFirst()
                continue
            }
            if blanks >= 2, let number = Int(word.prefix { $0.isASCII && $0.isNumber }) { numbers.insert(number) }
            blanks = 0
            rest = rest.dropFirst(word.count)
        }
        return numbers
    }

    /// A hard copy as text. 4.9 writes the lower eight bits of each character, and 0xFF for the second half of a wide one: letters of
    /// Latin-1 are right, others come out as another letter or, where that is no letter, as `?`. Later versions write UTF-8.
    static func hardcopy(_ bytes: [UInt8]) -> String {
        if bytes.contains(where: { $0 >= 0x80 }), let text = String(validating: bytes, as: UTF8.self) { return text }
        var text = String.UnicodeScalarView()
        for byte in bytes {
            switch byte {
            case 0xFF: continue
            case 0x0A, 0x20...0x7E, 0xA0...0xFE: text.append(UnicodeScalar(byte))
            default: text.append("?")
            }
        }
        return String(text)
    }

    /// The last `count` lines without the blank tail, and without the blank lines that screen puts before everything when a window grows.
    static func tail(_ text: String, _ count: Int) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            String(line.reversed().drop { $0 == " " }.reversed())
        }
        let blank = lines.reversed().prefix { $0.isEmpty }.count
        return lines.dropLast(blank).drop { $0.isEmpty }.suffix(count).joined(separator: "\n")
    }

    struct Ownership: Sendable, Hashable {
        var id: SessionID
        var owner: String
    }

    /// Whose a session is, by the command line of its server: `… -t reeve@OWNER -dmS NAME -- KEEPER ID …`. Nil for what we did not start.
    static func ownership(_ arguments: [String]) -> Ownership? {
        guard let split = arguments.firstIndex(of: "--"), arguments.count > split + 2,
            let title = arguments[..<split].firstIndex(of: "-t"), title + 1 < split,
            arguments[title + 1].hasPrefix(ScreenCommand.ownerPrefix), let id = SessionID(arguments[split + 2])
        else { return nil }
        return Ownership(id: id, owner: String(arguments[title + 1].dropFirst(ScreenCommand.ownerPrefix.count)))
    }
}

extension String {
    /// The first place of `text`, without Foundation.
    fileprivate func range(_ text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
