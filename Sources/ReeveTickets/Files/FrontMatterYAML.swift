import ReeveModel
import Yams

/// Front matter as YAML, read with bounds: it comes from files that anybody may have written.
enum FrontMatterYAML {
    /// Deeper is no ticket's; the parser follows it by recursion.
    private static let deepest = 32
    /// So many references cannot be multiplied into a million nodes.
    private static let mostAliases = 16

    struct Entry {
        var key: String
        /// Of the key, from 1, counted as YAML counts lines and columns.
        var mark: Mark
        var node: Node
    }

    /// The top-level keys in their order.
    /// - Throws: with lines counted from the first line of `text`.
    static func entries(_ text: String) throws(TicketFault) -> [Entry] {
        try checkBounds(text)
        let root: Node?
        do {
            // Without rules of types: `yes`, `0123` and `2026-11-21` stay what was written, and only texts are asked for.
            root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch let error as YamlError {
            throw fault(error, text)
        } catch {
            throw TicketFault("not YAML: \(error)")
        }
        guard let root, !isNull(root) else { return [] }
        guard case .mapping(let mapping) = root else {
            throw TicketFault(
                line: root.mark?.line ?? 1, "the front matter is no list of keys and values", hint: "write key: value")
        }
        return try entries(of: mapping)
    }

    static func entries(of mapping: Node.Mapping) throws(TicketFault) -> [Entry] {
        var entries: [Entry] = []
        for (key, node) in mapping {
            guard case .scalar(let scalar) = key, let mark = scalar.mark else {
                throw TicketFault(line: key.mark?.line, "a key that is no text", hint: "write key: value")
            }
            entries.append(Entry(key: scalar.string, mark: mark, node: node))
        }
        return entries
    }

    /// Nothing, `~` or `null`, unquoted.
    static func isNull(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private static func checkBounds(_ text: String) throws(TicketFault) {
        // Brackets in quotes are counted too: a text with 32 open ones is none that anybody misses.
        var depth = 0
        var line = 1
        var aliases = 0
        var previous: UInt8 = 0x0A
        for byte in text.utf8 {
            switch byte {
            case 0x0A: line += 1
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
            case UInt8(ascii: "*") where !isWord(previous): aliases += 1
            default: break
            }
            guard depth <= deepest else { throw TicketFault(line: line, "nested deeper than \(deepest)") }
            previous = byte
        }
        guard aliases <= mostAliases || !text.utf8.contains(UInt8(ascii: "&")) else {
            throw TicketFault("more than \(mostAliases) references (*name)", hint: "write the values out")
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2A, 0x80...0xFF: true
        default: false
        }
    }

    private static func fault(_ error: YamlError, _ text: String) -> TicketFault {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let reason = [context?.text, problem].compactMap(\.self).joined(separator: ": ")
            // The parser often notices only at the end of the text: then it is where the faulty thing began.
            let line = mark.line > text.utf8.count(where: { $0 == 0x0A }) ? context?.mark.line ?? mark.line : mark.line
            return TicketFault(line: line, "not YAML: \(reason)", hint: hint(problem, text, line))
        case .reader(let problem, _, let value, _):
            let scalar = Unicode.Scalar(UInt32(max(0, value)))
            let line = text.unicodeScalars.prefix { $0 != scalar }.count { $0 == "\n" } + 1
            return TicketFault(line: line, "not YAML: \(problem) (U+\(String(max(0, value), radix: 16, uppercase: true)))")
        case .duplicatedKeysInMapping(let keys, let context):
            let key = keys.first ?? ""
            return TicketFault(
                line: secondLine(of: key, text) ?? context.mark.line, "the key '\(key.prefix(64))' is there twice",
                hint: "take one of them away")
        default: return TicketFault("not YAML: \(error)")
        }
    }

    private static func hint(_ problem: String, _ text: String, _ line: Int) -> String {
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        let isTab = lines.indices.contains(line - 1) && lines[line - 1].prefix { $0 == 0x20 || $0 == 0x09 }.contains(0x09)
        if isTab { return "indent with spaces, not with tabs" }
        return problem.contains("mapping values")
            ? "put a value that has a colon and a blank in it into quotes" : "put odd values into quotes"
    }

    private static func secondLine(of key: String, _ text: String) -> Int? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let found = lines.indices.filter { index in
            let line = lines[index].trimmedOfBlanks
            return [key, "\"\(key)\"", "'\(key)'"].contains {
                line.hasPrefix($0) && line.dropFirst($0.count).trimmedOfBlanks.first == ":"
            }
        }
        return found.count > 1 ? found[1] + 1 : nil
    }
}
