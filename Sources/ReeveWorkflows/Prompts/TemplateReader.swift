import ReeveModel

/// Reads a template's tags, says what is wrong with them, and writes them down again for the library.
struct TemplateReader {
    private typealias Fault = PromptTemplate.Fault

    /// Blocks within blocks.
    static let deepest = 16

    private(set) var nodes: [TemplateNode] = []
    private(set) var used: Set<String> = []
    private(set) var translation = ""

    private let text: [Character]
    private let names: PromptNames
    private var at = 0
    private var line = 1
    private var open: [Block] = []
    /// Text that has not been written down yet: a tag may turn its last brace into something else.
    private var literal = ""

    /// A block that has not been closed, with what stood before it.
    private struct Block {
        enum Form { case plain, inverted, `if`, unless, each }

        var form: Form
        var name: String
        var line: Int
        /// Behind `{{else}}`.
        var isElse = false
        /// `{{else if}}` makes blocks that close with their first one.
        var closesWithOuter = false
        var before: [TemplateNode]

        /// What it is closed with.
        var word: String {
            switch form {
            case .if: "if"
            case .unless: "unless"
            case .each: "each"
            case .plain, .inverted: name
            }
        }

        /// The name that the library asks for.
        var asked: String { form == .if || form == .unless ? name + "?" : name }
        var isInverted: Bool { (form == .inverted || form == .unless) != isElse }

        func node(_ inner: [TemplateNode]) -> TemplateNode {
            switch form {
            case .if, .unless: .when(name, !isInverted, inner)
            case .plain, .inverted, .each: isInverted ? .when(name, false, inner) : .each(name, inner)
            }
        }
    }

    init(_ text: String, names: PromptNames) {
        self.text = Array(text)
        self.names = names
    }

    mutating func read() throws(PromptTemplate.Fault) {
        while at < text.count {
            if starts(with: "\\{{") {
                advance(3)
                write(literal: "{{")
            } else if starts(with: "{{") {
                try tag()
            } else {
                literal.append(text[at])
                advance(1)
            }
        }
        flush()
        if let block = open.last {
            throw Fault(line: block.line, message: "the block '\(block.word)' is not closed", hint: "add {{/\(block.word)}}")
        }
    }

    // MARK: Tags

    private mutating func tag() throws(PromptTemplate.Fault) {
        let begin = line
        let isTriple = starts(with: "{{{")
        let isLongComment = starts(with: "{{!--")
        advance(isTriple ? 3 : 2)
        let end = isTriple ? "}}}" : isLongComment ? "--}}" : "}}"
        var inside = ""
        while !starts(with: end) {
            guard at < text.count else {
                throw Fault(line: begin, message: "'{{' without '\(end)'", hint: "write \\{{ for braces that mean themselves")
            }
            inside.append(text[at])
            advance(1)
        }
        advance(end.count)
        if inside.hasPrefix("!") {
            return emit("{{!}}")
        }
        let words = inside.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let first = words.first else { throw Fault(line: begin, message: "an empty tag", hint: nil) }
        if isTriple || first.hasPrefix("&") {
            let name = words.joined(separator: " ")
            return try value(isTriple ? name : String(name.drop { $0 == "&" || $0 == " " }), begin)
        }
        switch first.first {
        case "#": try opening(words, begin)
        case "^":
            let name = words.joined(separator: " ").dropFirst().drop { $0 == " " }
            // Handlebars: another way to write `{{else}}`.
            if name.isEmpty { try otherwise([], begin) } else { try block(.inverted, String(name), begin) }
        case "/": try closing(words, begin)
        case ">", "<", "$": throw Fault(line: begin, message: "other templates cannot be drawn in ('\(first)')", hint: nil)
        case "=":
            throw Fault(line: begin, message: "delimiters cannot be changed", hint: "write \\{{ for braces that mean themselves")
        case "%": throw Fault(line: begin, message: "pragmas ('%') are not allowed", hint: nil)
        case "~":
            throw Fault(line: begin, message: "'~' is not supported", hint: "a block's tag alone on its line leaves no line")
        default:
            if first == "else" { return try otherwise(Array(words.dropFirst()), begin) }
            try value(words.joined(separator: " "), begin)
        }
    }

    private mutating func value(_ name: String, _ line: Int) throws(PromptTemplate.Fault) {
        if name == "." || name == "this" {
            guard open.contains(where: { ($0.form == .plain || $0.form == .each) && !$0.isElse }) else {
                throw Fault(line: line, message: "'\(name)' outside a block", hint: "it is the item inside {{#each …}}")
            }
            emit("{{.}}")
            nodes.append(.item)
            return
        }
        _ = try kind(of: name, line)
        emit("{{\(name)}}")
        nodes.append(.value(name))
    }

    private mutating func opening(_ words: [String], _ line: Int) throws(PromptTemplate.Fault) {
        var words = words
        words[0].removeFirst()
        if words[0].isEmpty { words.removeFirst() }
        guard let first = words.first else { throw Fault(line: line, message: "a block without a name", hint: nil) }
        let form: Block.Form
        switch first {
        case "if": form = .if
        case "unless": form = .unless
        case "each": form = .each
        default: return try block(.plain, words.joined(separator: " "), line)
        }
        guard words.count == 2 else {
            throw Fault(line: line, message: "'\(first)' takes one variable", hint: "{{#\(first) feedback}}")
        }
        try block(form, words[1], line)
    }

    private mutating func block(_ form: Block.Form, _ name: String, _ line: Int) throws(PromptTemplate.Fault) {
        let kind = try kind(of: name, line)
        if form == .each, kind != .list {
            throw Fault(line: line, message: "'\(name)' is no list", hint: "{{#if \(name)}} asks whether there is any")
        }
        guard open.count < Self.deepest else {
            throw Fault(line: line, message: "blocks nested deeper than \(Self.deepest)", hint: nil)
        }
        begin(Block(form: form, name: name, line: line, before: []))
    }

    /// `{{else}}`, `{{else if name}}`.
    private mutating func otherwise(_ words: [String], _ line: Int) throws(PromptTemplate.Fault) {
        guard var block = open.last, !block.isElse else {
            throw Fault(line: line, message: "'else' without a block before it", hint: nil)
        }
        let isAlone = isAloneOnItsLine
        end()
        block.isElse = true
        // A tag that shares its line with another leaves that line standing.
        if isAlone { translation += "\n" }
        begin(block)
        guard !words.isEmpty else { return }
        guard block.form == .if || block.form == .unless, words.count == 2, words[0] == "if" else {
            throw Fault(line: line, message: "'else' takes nothing, or 'if' and one variable", hint: nil)
        }
        if isAlone { translation += "\n" }
        try self.block(.if, words[1], line)
        open[open.count - 1].closesWithOuter = true
    }

    private mutating func closing(_ words: [String], _ line: Int) throws(PromptTemplate.Fault) {
        let name = String(words.joined(separator: " ").dropFirst().drop { $0 == " " })
        let outer = open.last { !$0.closesWithOuter }
        guard let outer else {
            throw Fault(line: line, message: "'/\(shown(name))' closes nothing", hint: nil)
        }
        guard name == outer.word else {
            throw Fault(
                line: line, message: "'/\(shown(name))' where the block '\(outer.word)' of line \(outer.line) is to be closed",
                hint: "write {{/\(outer.word)}}")
        }
        let isAlone = isAloneOnItsLine
        while open.last?.closesWithOuter == true {
            end()
            if isAlone { translation += "\n" }
        }
        end()
    }

    private mutating func begin(_ block: Block) {
        emit("{{\(block.isInverted ? "^" : "#")\(block.asked)}}")
        var block = block
        block.before = nodes
        nodes = []
        open.append(block)
    }

    private mutating func end() {
        flush()
        guard let block = open.popLast() else { return }
        emit("{{/\(block.asked)}}")
        nodes = block.before + [block.node(nodes)]
    }

    // MARK: Names

    private mutating func kind(of name: String, _ line: Int) throws(PromptTemplate.Fault) -> PromptNames.Kind {
        if let kind = names.kind(of: name) {
            used.insert(name)
            return kind
        }
        if name.contains("(") {
            throw Fault(line: line, message: "functions ('\(shown(name))') are not allowed", hint: nil)
        }
        if name.contains(" ") || name.hasPrefix("@") || name.contains("/") {
            throw Fault(
                line: line, message: "'\(shown(name))' is not supported",
                hint: "variables, #if, #unless, #each, else; docs/workflows.md says more")
        }
        let complaint = names.complaint(name)
        throw Fault(line: line, message: complaint.message, hint: complaint.hint)
    }

    private func shown(_ name: String) -> String { InertText.clean(String(name.prefix(64))) }

    // MARK: Writing

    private mutating func write(literal braces: String) {
        flush()
        translation += "{{\(PromptTemplate.openBraces)}}"
        nodes.append(.text(braces.utf8.count))
    }

    private mutating func emit(_ tag: String) {
        flush()
        translation += tag
    }

    private mutating func flush() {
        guard !literal.isEmpty else { return }
        nodes.append(.text(literal.utf8.count))
        // Together with the tag behind it, a brace at the end would be another tag.
        if literal.last == "{" {
            translation += literal.dropLast() + "{{\(PromptTemplate.openBrace)}}"
        } else {
            translation += literal
        }
        literal = ""
    }

    // MARK: Reading

    private func starts(with word: String) -> Bool { text[at...].starts(with: word) }

    private mutating func advance(_ count: Int) {
        for _ in 0..<count where at < text.count {
            if text[at].isNewline { line += 1 }
            at += 1
        }
    }

    /// Nothing but blanks stands beside the tag that ends here.
    private var isAloneOnItsLine: Bool {
        let behind = text[at...].first { $0 != " " && $0 != "\t" }
        guard behind == nil || behind?.isNewline == true else { return false }
        let before = literal.last { $0 != " " && $0 != "\t" }
        if let before { return before.isNewline }
        // No text before it: another tag, or the beginning.
        return translation.isEmpty || translation.last?.isNewline == true
    }
}
