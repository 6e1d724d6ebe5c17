import ReeveModel
import ReeveTOML

/// Typed reading of configuration values.
enum Read {
    static func string(_ value: TOMLTree) throws(Complaint) -> String {
        guard case .string(let text) = value else { throw wrong("a string", value) }
        return text
    }

    static func integer(_ value: TOMLTree, _ range: ClosedRange<Int>) throws(Complaint) -> Int {
        guard case .integer(let number) = value else { throw wrong("an integer", value) }
        guard range.contains(number) else {
            throw Complaint(message: "\(number) is out of range; allowed are \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    static func boolean(_ value: TOMLTree) throws(Complaint) -> Bool {
        guard case .boolean(let flag) = value else { throw wrong("true or false", value) }
        return flag
    }

    /// - Parameters:
    ///   - mayBeZero: "at once" makes sense; otherwise the key would have no meaning left.
    ///   - word: what may stand in its place, for the complaint; the caller has looked for it.
    static func duration(
        _ value: TOMLTree, mayBeZero: Bool, orElse word: String? = nil
    ) throws(Complaint) -> Duration {
        let text = try string(value)
        guard let duration = DurationText.parse(text) else {
            throw Complaint(
                message: "'\(text)' is no duration",
                hint: #"write a number and a unit: "150ms", "3s", "5m", "2h", "7d""# + (word.map { ", or \"\($0)\"" } ?? ""))
        }
        guard mayBeZero || duration > .zero else {
            throw Complaint(message: "'\(text)' is no time at all", hint: "at least 1ms")
        }
        return duration
    }

    /// Bytes; nil for an empty string.
    static func size(_ value: TOMLTree) throws(Complaint) -> Int64? {
        let text = try string(value)
        if text.isEmpty { return nil }
        guard let bytes = DurationText.parseSize(text) else {
            throw Complaint(message: "'\(text)' is no size", hint: #"write a number and a unit: "512MiB", "4GiB""#)
        }
        guard bytes >= 1 << 20 else { throw Complaint(message: "'\(text)' is too little to run in", hint: "at least 1MiB") }
        return bytes
    }

    static func word(_ value: TOMLTree, _ words: [String]) throws(Complaint) -> String {
        let word = try string(value)
        guard words.contains(word) else {
            throw Complaint(
                message: "'\(word)' is none of \(words.joined(separator: ", "))", hint: NearestName.hint(word, in: words))
        }
        return word
    }

    static func strings(_ value: TOMLTree) throws(Complaint) -> [String] {
        guard case .array(let items) = value else { throw wrong("a list of strings", value) }
        var result: [String] = []
        for item in items { result.append(try string(item)) }
        return result
    }

    static func command(_ value: TOMLTree) throws(Complaint) -> [String] {
        let words = try template(value)
        guard !words.isEmpty else { throw Complaint(message: "an empty command") }
        return words
    }

    /// An argument vector with placeholders; may be empty.
    static func template(_ value: TOMLTree) throws(Complaint) -> [String] {
        let words = try strings(value)
        if words.first == "" { throw Complaint(message: "an empty command") }
        for word in words {
            if let name = LaunchLine.placeholders.first(where: { word != "{\($0)}" && word.contains("{\($0)}") }) {
                throw Complaint(
                    message: "'{\(name)}' stands for any number of arguments",
                    hint: "write it as an item of its own: \"{\(name)}\"")
            }
            guard let name = unknownPlaceholder(word) else { continue }
            let near = NearestName.of(name, in: LaunchPlan.placeholders)
            throw Complaint(
                message: "'{\(name)}' is no placeholder",
                hint: near.isEmpty
                    ? "known: " + LaunchPlan.placeholders.map { "{\($0)}" }.joined(separator: ", ")
                        + "; with a space inside, braces stay as they are"
                    : "did you mean \(near.map { "{\($0)}" }.joined(separator: " or "))?")
        }
        return words
    }

    /// The first `{name}` that nothing would replace. Names that a shell (`${NAME}`) or git (`@{upstream}`) replaces are not ours.
    private static func unknownPlaceholder(_ word: String) -> String? {
        var rest = Substring(word)
        while let open = rest.firstIndex(of: "{") {
            let before = rest[..<open].last
            rest = rest[rest.index(after: open)...]
            guard let close = rest.firstIndex(of: "}") else { return nil }
            let name = rest[..<close]
            let isName =
                name.first?.isLetter == true
                && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
            if isName, before != "$", before != "@", !LaunchPlan.placeholders.contains(String(name)) { return String(name) }
        }
        return nil
    }

    /// Absolute, or below the home directory: the daemon's working directory is nobody's business.
    static func path(_ value: TOMLTree) throws(Complaint) -> String {
        let path = try string(value)
        guard path.hasPrefix("/") || path == "~" || path.hasPrefix("~/") else {
            throw Complaint(message: "'\(path)' is no absolute path", hint: "begin it with / or ~/")
        }
        return path
    }

    static func integers(_ value: TOMLTree, _ range: ClosedRange<Int>) throws(Complaint) -> [String: Int] {
        guard case .table(let members) = value else { throw wrong("a table of integers", value) }
        var result: [String: Int] = [:]
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
            do throws(Complaint) { result[name] = try integer(member, range) } catch { throw error.inside(name) }
        }
        return result
    }

    static func environment(_ value: TOMLTree) throws(Complaint) -> [String: String] {
        guard case .table(let members) = value else { throw wrong("a table of strings", value) }
        var result: [String: String] = [:]
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
            do throws(Complaint) {
                guard !name.isEmpty, !name.contains("=") else {
                    throw Complaint(message: "'\(name)' cannot be a variable's name")
                }
                result[name] = try variable(member)
            } catch { throw error.inside(name) }
        }
        return result
    }

    /// A value for a variable: what begins with `$` refers to a variable of the daemon.
    private static func variable(_ value: TOMLTree) throws(Complaint) -> String {
        let text = try string(value)
        guard text.hasPrefix("$") else { return text }
        let name = text.dropFirst()
        guard let first = name.first, !first.isNumber,
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        else {
            // Not the text itself: a secret may well begin with this sign.
            throw Complaint(
                message: "a value that begins with $ must be the name of one variable",
                hint: #""$NAME" takes the daemon's own NAME; nothing else is expanded"#)
        }
        return text
    }

    /// A key name is a key, anything else is typed; `{ key = "…" }` and `{ text = "…" }` say so outright.
    static func keys(_ value: TOMLTree) throws(Complaint) -> [KeyInput] {
        guard case .array(let items) = value else { throw wrong("a list of keys and texts", value) }
        var result: [KeyInput] = []
        for item in items {
            switch item {
            case .table(let members) where members.count == 1:
                if let text = members["text"] {
                    result.append(.text(try string(text)))
                } else if let name = members["key"] {
                    let word = try string(name)
                    guard let key = Key(name: word) else {
                        throw Complaint(message: "'\(word)' is not a key", hint: NearestName.hint(word, in: Key.names))
                    }
                    result.append(.key(key))
                } else {
                    throw Complaint(message: #"an item is a string, { key = "…" } or { text = "…" }"#)
                }
            default: result.append(KeyInput(word: try string(item)))
            }
        }
        return result
    }

    private static func wrong(_ expected: String, _ value: TOMLTree) -> Complaint {
        Complaint(message: "expected \(expected), found \(value.kindName)")
    }
}
