import ReeveModel
import Yams

/// The fields of a header, wherever it is from, and what each must be like.
struct TicketFields {
    private enum Value {
        case text(String)
        case list([(text: String?, line: Int?)])
        case map([(key: String, node: Value, line: Int)])
    }

    private var values: [String: (value: Value, line: Int)] = [:]
    /// In their order.
    private(set) var names: [String] = []
    /// Single values of keys that mean nothing here, cleaned; what is too long or too much is left out.
    private(set) var others: [String: String] = [:]
    private static let mostOthers = 32
    private static let longestOther = 1024

    init() {}

    /// - Parameter above: how many lines of the file are above `yaml`.
    init(yaml: String, linesAbove above: Int) throws(TicketFault) {
        do throws(TicketFault) {
            for entry in try FrontMatterYAML.entries(yaml) {
                names.append(entry.key)
                guard TicketFile.keys.contains(entry.key) else {
                    note(entry.key, entry.node)
                    continue
                }
                guard let value = try Self.value(entry.node, above) else { continue }
                values[entry.key] = (value, entry.mark.line + above)
            }
        } catch {
            throw error.moved(down: above)
        }
    }

    init(legacy fields: [LegacyHeader.Field]) {
        // Only fields that are known make a header: bold words with a colon are common in any text.
        for field in fields where TicketFile.keys.contains(field.key) && values[field.key] == nil && !field.value.isEmpty {
            names.append(field.key)
            values[field.key] = (.text(field.value), field.line)
        }
    }

    var isEmpty: Bool { names.isEmpty }

    var lines: [String: Int] { values.mapValues(\.line) }

    private mutating func note(_ key: String, _ node: Node) {
        guard !FrontMatterYAML.isNull(node), let text = node.scalar?.string, SafeName.isValid(key),
            others.count < Self.mostOthers,
            text.utf8.count <= Self.longestOther
        else { return }
        others[key] = InertText.clean(text, keepingLines: true)
    }

    /// Nil: nothing, `~` or `null`.
    private static func value(_ node: Node, _ above: Int) throws(TicketFault) -> Value? {
        if FrontMatterYAML.isNull(node) { return nil }
        switch node {
        case .scalar(let scalar): return .text(scalar.string)
        case .sequence(let sequence):
            return .list(sequence.map { ($0.scalar?.string, $0.mark.map { $0.line + above }) })
        case .mapping(let mapping):
            var pairs: [(String, Value, Int)] = []
            for entry in try FrontMatterYAML.entries(of: mapping) {
                guard let value = try value(entry.node, above) else { continue }
                pairs.append((entry.key, value, entry.mark.line + above))
            }
            return .map(pairs)
        case .alias: throw TicketFault(line: node.mark?.line, "a reference to nothing")
        }
    }

    // MARK: - One value

    func text(_ key: String) throws(TicketFault) -> String? {
        guard let (value, line) = values[key] else { return nil }
        guard case .text(let text) = value else {
            throw TicketFault(line: line, "\(key) must be one value, and is a list or a map", hint: "write \(key): value")
        }
        return text
    }

    /// One line without anything that does something; nil when it is empty.
    func inert(_ key: String, most: Int = 4096) throws(TicketFault) -> String? {
        guard let text = try text(key)?.trimmedOfBlanks, !text.isEmpty else { return nil }
        guard !text.unicodeScalars.contains(where: InertText.isActive), text.utf8.count <= most else {
            throw TicketFault(
                line: values[key]?.line, "\(key) is longer than \(most) bytes or has characters that cannot be seen",
                hint: "write it anew")
        }
        return text
    }

    func safeName(_ key: String) throws(TicketFault) -> String? {
        guard let text = try inert(key) else { return nil }
        guard SafeName.isValid(text) else {
            throw TicketFault(line: values[key]?.line, "\(key) '\(text.prefix(80))' is no name", hint: "use \(SafeName.rule)")
        }
        return text
    }

    func ticketID(_ key: String) throws(TicketFault) -> TicketID? {
        guard let text = try text(key)?.trimmedOfBlanks, !text.isEmpty else { return nil }
        return try Self.ticketID(text, key, values[key]?.line)
    }

    /// A list, or one id.
    func ticketIDs(_ key: String) throws(TicketFault) -> [TicketID] {
        guard let (value, line) = values[key] else { return [] }
        var ids: [TicketID] = []
        switch value {
        case .text: if let id = try ticketID(key) { ids = [id] }
        case .list(let items):
            for item in items {
                guard let text = item.text else {
                    throw TicketFault(line: item.line ?? line, "\(key) must list ids", hint: "write \(key): [ID, ID]")
                }
                ids.append(try Self.ticketID(text, key, item.line ?? line))
            }
        case .map: throw TicketFault(line: line, "\(key) must list ids, and is a map", hint: "write \(key): [ID, ID]")
        }
        guard ids.count <= TicketFile.mostPrerequisites else {
            throw TicketFault(line: line, "\(key) has \(ids.count) ids, more than \(TicketFile.mostPrerequisites)")
        }
        var seen: Set<TicketID> = []
        return ids.filter { seen.insert($0).inserted }
    }

    private static func ticketID(_ text: String, _ key: String, _ line: Int?) throws(TicketFault) -> TicketID {
        guard let id = TicketID(text) else {
            throw TicketFault(line: line, "\(key) '\(text.prefix(80))' is no id", hint: "use \(SafeName.rule)")
        }
        return id
    }

    /// `P0` to `P3`, alone or with a word after a hyphen (`P0-critical`).
    func priority(_ key: String) throws(TicketFault) -> Priority? {
        guard let text = try inert(key) else { return nil }
        let head = text.prefix { $0 != "-" }
        guard let priority = Priority(word: head.uppercased()), text.count == head.count || text.count > head.count + 1 else {
            throw TicketFault(
                line: values[key]?.line, "priority '\(text.prefix(80))' is unknown",
                hint: "use P0-critical, P1-high, P2-medium or P3-low")
        }
        return priority
    }

    /// A name without a slash, or an absolute path: never a way out of where the projects are.
    func project(_ key: String) throws(TicketFault) -> String? {
        guard let text = try inert(key) else { return nil }
        let isPath = text.hasPrefix("/") && !text.split(separator: "/").contains { $0 == ".." || $0 == "." }
        let isName = !text.contains("/") && !text.hasPrefix(".") && !text.hasPrefix("~")
        guard isPath || isName else {
            throw TicketFault(
                line: values[key]?.line, "project '\(text.prefix(80))' is neither a directory's name nor an absolute path",
                hint: "write the name of a directory beside .tickets, global, or a path from /")
        }
        return text
    }

    // MARK: - Maps

    /// From words to words, cleaned.
    func map(_ key: String) throws(TicketFault) -> [String: String] {
        guard let (value, line) = values[key] else { return [:] }
        guard case .map(let pairs) = value else {
            throw TicketFault(
                line: line, "\(key) must be a map", hint: "write a line  name: value  for each, indented by two spaces")
        }
        var result: [String: String] = [:]
        for pair in pairs {
            guard case .text(let text) = pair.node else {
                throw TicketFault(line: pair.line, "\(key).\(pair.key.prefix(64)) must be one value")
            }
            result[InertText.clean(pair.key)] = InertText.clean(text)
        }
        return result
    }

    func modelTask(_ key: String) throws(TicketFault) -> TicketFile.ModelTask? {
        guard let (value, line) = values[key] else { return nil }
        guard case .map(let pairs) = value else { throw TicketFault(line: line, "\(key) must be a map") }
        var task = TicketFile.ModelTask()
        for pair in pairs {
            switch (pair.key, pair.node) {
            case ("id", .text(let text)): task.id = InertText.clean(text)
            case ("status", .text(let text)): task.status = InertText.clean(text)
            case ("blocked_by", .list(let items)): task.blockedBy = items.compactMap { $0.text.map { InertText.clean($0) } }
            default: break
            }
        }
        return task
    }
}
