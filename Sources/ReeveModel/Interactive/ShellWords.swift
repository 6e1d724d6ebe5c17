/// A command line in words and stages, as a POSIX shell would cut it (XCU 2.3 and 2.10); also `|&`, `&>`, `<<<` and `$'…'` of bash.
///
/// Nothing is expanded. Substitutions (`$(…)`, backquotes, `${…}`) stay in their word as they are. Of compound commands the words that make
/// them (`if`, `do`, …) are left out, and what is done to a group's input and output is done to all in it. It takes one pass without
/// recursion.
package struct ShellWords {
    package enum Trouble: String, Error, Sendable {
        case quote = "a quotation mark is not closed"
        case substitution = "a substitution is not closed"
        case bracket = "brackets do not match"
        case redirection = "a redirection has no target"
        case zero = "there is a zero byte in it"
        case depth = "groups in groups, more than 200 deep"
        case length = "more than 1000 commands in one line"
    }

    package static func stages(_ line: String) throws(Trouble) -> [ShellStage] {
        var reader = ShellWords(bytes: Array(line.utf8))
        try reader.read()
        return reader.stages
    }

    private static let openers: Set<String> = ["if", "then", "else", "elif", "while", "until", "do", "{", "!"]
    /// Their words up to the next command are a list or a value, not a command.
    private static let heads: Set<String> = ["for", "select", "case"]
    private static let deepest = 200
    private static let mostStages = 1000
    /// Of one command. What comes behind so many is not looked at: it is a list of files.
    private static let mostWords = 4000
    private static let closers: Set<String> = ["fi", "done", "}", "esac"]

    private let bytes: [UInt8]
    private var place = 0
    private var stages: [ShellStage] = []
    /// The command that is being read.
    private var stage = ShellStage()
    private var word: [UInt8]?
    private var wordIsQuoted = false
    /// The command that is being read is the head of a `for` or a `case`.
    private var isHead = false
    /// Where the next word belongs if it is a redirection's target.
    private var target: Target?
    /// Where groups began: in `stages`, and what their input is.
    private var groups: [(first: Int, input: ShellStage.Place, isBracket: Bool)] = []
    /// The stages of the group that has just ended; what comes now is about all of them.
    private var ended: Range<Int>?
    /// Where the pipeline's first stage is.
    private var pipeline = 0
    private var hereDocuments: [(end: [UInt8], withoutTabs: Bool)] = []

    private enum Target {
        case input, output, other, hereDocument(withoutTabs: Bool)
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func peek(_ ahead: Int = 0) -> UInt8? { place + ahead < bytes.count ? bytes[place + ahead] : nil }

    private mutating func read() throws(Trouble) {
        while let byte = peek() {
            guard groups.count <= Self.deepest else { throw .depth }
            guard stages.count <= Self.mostStages else { throw .length }
            switch byte {
            case 0: throw .zero
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                endWord()
                place += 1
            case UInt8(ascii: "\n"):
                try endCommand()
                place += 1
                skipHereDocuments()
            case UInt8(ascii: "#") where word == nil:
                while let next = peek(), next != UInt8(ascii: "\n") {
                    if next == 0 { throw .zero }
                    place += 1
                }
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"), UInt8(ascii: "`"):
                try readQuoted(byte)
            case UInt8(ascii: "|"), UInt8(ascii: "&"), UInt8(ascii: ";"), UInt8(ascii: "("), UInt8(ascii: ")"):
                try readOperator(byte)
            case UInt8(ascii: "<"), UInt8(ascii: ">"): try readRedirection(byte)
            default:
                append(CollectionOfOne(byte))
                place += 1
            }
        }
        try endCommand()
        if groups.contains(where: \.isBracket) { throw .bracket }
    }

    // MARK: - Words

    private mutating func append(_ more: some Sequence<UInt8>) {
        if word == nil { word = [] }
        word?.append(contentsOf: more)
    }

    private mutating func readQuoted(_ byte: UInt8) throws(Trouble) {
        switch byte {
        case UInt8(ascii: "\\"):
            if let next = peek(1), next != UInt8(ascii: "\n") {
                append(CollectionOfOne(next))
                wordIsQuoted = true
            }
            place += 2
        case UInt8(ascii: "'"):
            wordIsQuoted = true
            append(try quoted(from: place + 1, end: byte, escapes: false))
        case UInt8(ascii: "\""):
            wordIsQuoted = true
            append(try quoted(from: place + 1, end: byte, escapes: true))
        case UInt8(ascii: "$") where peek(1) == UInt8(ascii: "'"):
            wordIsQuoted = true
            append(try quoted(from: place + 2, end: UInt8(ascii: "'"), escapes: true))
        default:
            let start = place
            place = try substitutionEnd()
            append(bytes[start..<place])
        }
    }

    /// What is between quotation marks; `place` is behind them afterwards.
    private mutating func quoted(from start: Int, end: UInt8, escapes: Bool) throws(Trouble) -> [UInt8] {
        var result: [UInt8] = []
        place = start
        while let byte = peek(), byte != end {
            if escapes, byte == UInt8(ascii: "\\"), let next = peek(1) {
                // Within double quotes a backslash is one before anything that means nothing there.
                if ![UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "'")].contains(
                    next)
                {
                    result.append(byte)
                }
                result.append(next)
                place += 2
            } else if escapes, end == UInt8(ascii: "\""), byte == UInt8(ascii: "$") || byte == UInt8(ascii: "`") {
                let begin = place
                place = try substitutionEnd()
                result.append(contentsOf: bytes[begin..<place])
            } else {
                result.append(byte)
                place += 1
            }
        }
        guard place < bytes.count else { throw .quote }
        place += 1
        return result
    }

    /// Behind the substitution that begins here; a lone `$` is one of a single byte.
    private func substitutionEnd() throws(Trouble) -> Int {
        var expected: [UInt8] = []
        var index = place
        repeat {
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : nil
            if expected.last == UInt8(ascii: "'") {
                if byte == UInt8(ascii: "'") { expected.removeLast() }
            } else if byte == UInt8(ascii: "\\") {
                index += 1
            } else if byte == expected.last {
                expected.removeLast()
            } else if byte == UInt8(ascii: "`") {
                expected.append(byte)
            } else if byte == UInt8(ascii: "$"), next == UInt8(ascii: "(") || next == UInt8(ascii: "{") {
                expected.append(next == UInt8(ascii: "(") ? UInt8(ascii: ")") : UInt8(ascii: "}"))
                index += 1
            } else if expected.last == UInt8(ascii: ")"), byte == UInt8(ascii: "(") {
                expected.append(UInt8(ascii: ")"))
            } else if !expected.isEmpty, byte == UInt8(ascii: "\"") {
                expected.append(byte)
            } else if !expected.isEmpty, byte == UInt8(ascii: "'"), expected.last != UInt8(ascii: "\"") {
                expected.append(byte)
            }
            index += 1
        } while !expected.isEmpty && index < bytes.count
        guard expected.isEmpty else { throw .substitution }
        return min(index, bytes.count)
    }

    private mutating func endWord() {
        guard let bytes = word else { return }
        word = nil
        let text = String(decoding: bytes, as: UTF8.self)
        let isPlain = !wordIsQuoted
        wordIsQuoted = false
        if let target {
            self.target = nil
            redirect(target, text, bytes)
            return
        }
        if stage.words.isEmpty, isPlain {
            if Self.openers.contains(text), stage.variables.isEmpty {
                if text != "!" && text != "then" && text != "else" && text != "elif" && text != "do" { open(isBracket: false) }
                return
            }
            if Self.heads.contains(text), stage.variables.isEmpty {
                open(isBracket: false)
                isHead = true
                stage.words.append(text)
                return
            }
            if Self.closers.contains(text), stage.variables.isEmpty { return close(isBracket: false) }
        }
        guard stage.words.count < Self.mostWords else { return }
        if stage.words.isEmpty, isPlain || text.contains("="), CommandWrappers.isAssignment(text) {
            stage.variables.append(text)
        } else {
            stage.words.append(text)
        }
    }

    // MARK: - Groups and operators

    private mutating func open(isBracket: Bool) {
        groups.append((stages.count, stage.input, isBracket))
        stage.input = .terminal
    }

    private mutating func close(isBracket: Bool) {
        guard let index = groups.lastIndex(where: { $0.isBracket == isBracket }) else { return }
        let group = groups[index]
        groups.removeSubrange(index...)
        let range = group.first..<stages.count
        if group.input != .terminal {
            for index in range where stages[index].input == .terminal { stages[index].input = group.input }
        }
        ended = range
        pipeline = min(pipeline, group.first)
        stage = ShellStage()
    }

    private mutating func endCommand() throws(Trouble) {
        endWord()
        if target != nil { throw .redirection }
        finishStage()
        ended = nil
        pipeline = stages.count
    }

    private mutating func finishStage() {
        // `select` asks, whatever its list is.
        if !isHead || stage.words.first == "select", !stage.words.isEmpty || !stage.variables.isEmpty { stages.append(stage) }
        isHead = false
        stage = ShellStage()
    }

    private mutating func readOperator(_ byte: UInt8) throws(Trouble) {
        endWord()
        if target != nil { throw .redirection }
        let next = peek(1)
        switch byte {
        case UInt8(ascii: "|") where next != UInt8(ascii: "|"):
            let range = ended ?? stages.count..<(stages.count + 1)
            finishStage()
            for index in range where index < stages.count && stages[index].output == .terminal { stages[index].output = .pipe }
            ended = nil
            stage.input = .pipe
            place += next == UInt8(ascii: "&") ? 2 : 1
        case UInt8(ascii: "&") where next == UInt8(ascii: ">"):
            place += 1
            try readRedirection(UInt8(ascii: ">"))
        case UInt8(ascii: "&") where next != UInt8(ascii: "&"):
            finishStage()
            for index in min(pipeline, stages.count)..<stages.count { stages[index].isInBackground = true }
            try endCommand()
            place += 1
        case UInt8(ascii: "("):
            // A function's name has its brackets behind it; what is in the body counts as if it were called.
            stage.words = []
            open(isBracket: true)
            place += 1
        case UInt8(ascii: ")"):
            // Without a beginning it ends a pattern of `case`.
            if groups.contains(where: \.isBracket) { finishStage() }
            isHead = false
            stage = ShellStage()
            close(isBracket: true)
            place += 1
        default:
            try endCommand()
            place += next == byte ? 2 : 1
        }
    }

    // MARK: - Redirections

    private mutating func readRedirection(_ byte: UInt8) throws(Trouble) {
        // Digits right before it are a descriptor.
        var descriptor = byte == UInt8(ascii: "<") ? 0 : 1
        if let digits = word, !wordIsQuoted, digits.allSatisfy({ $0 >= 48 && $0 <= 57 }), digits.count < 4 {
            descriptor = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
            word = nil
        }
        endWord()
        let isSubstitution = peek(1) == UInt8(ascii: "(")
        if target != nil, !isSubstitution { throw .redirection }
        let side: Target = descriptor == 0 ? .input : descriptor == 1 ? .output : .other
        place += 1
        if byte == UInt8(ascii: "<"), peek() == byte {
            if target != nil { throw .redirection }
            place += 1
            if peek() == byte {
                place += 1
                target = .other
                setInput(.hereDocument)
            } else {
                let withoutTabs = peek() == UInt8(ascii: "-")
                if withoutTabs { place += 1 }
                target = .hereDocument(withoutTabs: withoutTabs)
            }
        } else if peek() == UInt8(ascii: "&") {
            // Another descriptor, or a file in old csh style; `2>&1` moves neither input nor output.
            place += 1
            target = side
        } else if peek() == UInt8(ascii: "(") {
            // `<(…)` is a file's name to the command, made by another one.
            place -= 1
            let inner = place
            place += 1
            var depth = 0
            repeat {
                if peek() == UInt8(ascii: "(") { depth += 1 }
                if peek() == UInt8(ascii: ")") { depth -= 1 }
                place += 1
            } while depth > 0 && place < bytes.count
            guard depth == 0 else { throw .substitution }
            append(bytes[inner..<place])
        } else {
            if let next = peek(), next == UInt8(ascii: ">") || next == UInt8(ascii: "|") { place += 1 }
            target = side
        }
    }

    private mutating func redirect(_ target: Target, _ name: String, _ bytes: [UInt8]) {
        // `/dev/tty` is the terminal, whatever the rest of the line is.
        let to: ShellStage.Place = name == "/dev/tty" ? .terminal : .file
        switch target {
        case .input: setInput(to)
        case .output:
            for index in ended ?? 0..<0 { stages[index].output = to }
            stage.output = to
        case .hereDocument(let withoutTabs):
            setInput(.hereDocument)
            hereDocuments.append((bytes, withoutTabs))
        case .other: break
        }
    }

    private mutating func setInput(_ input: ShellStage.Place) {
        for index in ended ?? 0..<0 where stages[index].input == .terminal || input == .terminal { stages[index].input = input }
        stage.input = input
    }

    /// The lines up to each end word. A text that has no end goes to the end of the input, as shells have it.
    private mutating func skipHereDocuments() {
        for document in hereDocuments {
            while place < bytes.count {
                var end = place
                while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
                var line = bytes[place..<end]
                if document.withoutTabs { line = line.drop { $0 == UInt8(ascii: "\t") } }
                place = min(end + 1, bytes.count)
                if line.elementsEqual(document.end) { break }
            }
        }
        hereDocuments = []
    }
}
