import Yams

/// Changes single keys of a file's front matter and leaves every other byte as it is: unknown keys, their order, comments, quotes, blank
/// lines, line endings, the text below.
///
/// It cuts and pastes text and never writes YAML anew from what was read. Afterwards it reads the result and compares: an edit that would
/// change anything else is refused, and so is one of a value that it does not know how to cut (a list, an anchor, a map in braces).
package enum FrontMatterEdit {
    package enum Change: Sendable, Hashable {
        case set(String, String)
        case remove(String)
        /// An entry of the map `sessions`, which is made if it is not there.
        case setSession(step: String, id: String)
        case removeSession(step: String)

        fileprivate var key: String {
            switch self {
            case .set(let key, _), .remove(let key): key
            case .setSession, .removeSession: "sessions"
            }
        }
    }

    /// New keys come at the end of the front matter. A file without front matter gets one; the fields of an old header go into it, since
    /// they are not read any more then.
    /// - Returns: `bytes` itself when every key already has its value.
    package static func apply(_ changes: [Change], to bytes: [UInt8], name: String = "") throws(TicketFault) -> [UInt8] {
        do throws(TicketFault) {
            var result = bytes
            for change in changes { result = try apply(change, to: result) }
            return result
        } catch {
            throw error.within(name)
        }
    }

    private static func apply(_ change: Change, to bytes: [UInt8]) throws(TicketFault) -> [UInt8] {
        guard isKey(change.key) else { throw TicketFault("'\(change.key.prefix(64))' is no key") }
        guard let block = try FrontMatterBlock.find(in: bytes) else { return try begin(with: change, bytes) }
        let inner = Array(bytes[block.inner])
        do throws(TicketFault) {
            guard let edited = try edit(inner, change, block.ending) else { return bytes }
            return bytes[..<block.inner.lowerBound] + edited + bytes[block.inner.upperBound...]
        } catch {
            throw error.moved(down: 1)
        }
    }

    /// Letters, digits and `_`: what needs no quotes.
    private static func isKey(_ key: String) -> Bool {
        guard let first = key.utf8.first, !(0x30...0x39).contains(first), key.utf8.count <= 64 else { return false }
        return key.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
        }
    }

    private static func begin(with change: Change, _ bytes: [UInt8]) throws(TicketFault) -> [UInt8] {
        let start = FrontMatterBlock.textStart(bytes)
        let ending = TextLines.ending(of: bytes)
        let legacy = LegacyHeader.fields(TextLines(bytes, from: start)).filter {
            TicketFile.keys.contains($0.key) && !$0.value.isEmpty
        }
        var inner: [UInt8] = []
        var seen: Set<String> = []
        for field in legacy where seen.insert(field.key).inserted {
            inner = try edit(inner, .set(field.key, field.value), ending) ?? inner
        }
        guard let edited = try edit(inner, change, ending) else { return bytes }
        let mark = Array("---".utf8) + ending
        return bytes[..<start] + mark + edited + mark + bytes[start...]
    }

    // MARK: - One change of the text between the marks

    /// - Returns: nil when nothing needs to change.
    private static func edit(_ inner: [UInt8], _ change: Change, _ ending: [UInt8]) throws(TicketFault) -> [UInt8]? {
        let text = String(decoding: inner, as: UTF8.self)
        let entries = try FrontMatterYAML.entries(text)
        let existing = entries.first { $0.key == change.key }
        let edited: [UInt8]?
        switch change {
        case .set(let key, let value):
            edited = try set(key, value, existing, entries, inner, indent: indent(entries), ending, end: inner.count)
        case .remove:
            edited = try existing.map { entry throws(TicketFault) in try remove(entry, inner) }
        case .setSession(let step, let id):
            edited = try setSession(step, id, existing, entries, inner, ending)
        case .removeSession(let step):
            edited = try removeSession(step, existing, inner)
        }
        guard let edited, edited != inner else { return nil }
        try verify(edited, change, entries)
        return edited
    }

    private static func indent(_ entries: [FrontMatterYAML.Entry]) -> Int { (entries.first?.mark.column ?? 1) - 1 }

    private static func set(
        _ key: String, _ value: String, _ existing: FrontMatterYAML.Entry?, _ entries: [FrontMatterYAML.Entry], _ inner: [UInt8],
        indent: Int, _ ending: [UInt8], end: Int
    ) throws(TicketFault) -> [UInt8] {
        guard let existing else {
            let line = String(repeating: " ", count: indent) + "\(YAMLScalar.write(key)): \(YAMLScalar.write(value))"
            return inner[..<end] + line.utf8 + ending + inner[end...]
        }
        if case .scalar(let scalar) = existing.node, isSame(scalar.string, value), !FrontMatterYAML.isNull(existing.node) {
            return inner
        }
        guard let place = MappingText(inner).place(of: existing) else { throw refusal(existing) }
        switch place.value {
        case .empty(let after): return Array(inner[..<after] + " ".utf8 + YAMLScalar.write(value).utf8 + inner[after...])
        case .scalar(let pieces):
            var result = inner
            for piece in pieces.dropFirst().reversed() { result.removeSubrange(piece) }
            guard let first = pieces.first else { throw refusal(existing) }
            result.replaceSubrange(first, with: YAMLScalar.write(value).utf8)
            return result
        case .other: throw refusal(existing)
        }
    }

    private static func remove(_ entry: FrontMatterYAML.Entry, _ inner: [UInt8]) throws(TicketFault) -> [UInt8] {
        guard let place = MappingText(inner).place(of: entry) else { throw refusal(entry) }
        if case .other = place.value { throw refusal(entry) }
        return Array(inner[..<place.lines.lowerBound] + inner[place.lines.upperBound...])
    }

    private static func refusal(_ entry: FrontMatterYAML.Entry) -> TicketFault {
        TicketFault(
            line: entry.mark.line, "\(entry.key) is written in a way that is not changed here",
            hint: "write it as  \(entry.key): value")
    }

    // MARK: - The map of sessions

    private static func setSession(
        _ step: String, _ id: String, _ existing: FrontMatterYAML.Entry?, _ entries: [FrontMatterYAML.Entry], _ inner: [UInt8],
        _ ending: [UInt8]
    ) throws(TicketFault) -> [UInt8] {
        let outer = indent(entries)
        let line = String(repeating: " ", count: outer + 2) + "\(YAMLScalar.write(step)): \(YAMLScalar.write(id))"
        guard let existing else {
            let head = String(repeating: " ", count: outer) + "sessions:"
            return inner + head.utf8 + ending + line.utf8 + ending
        }
        let text = MappingText(inner)
        guard let place = text.place(of: existing) else { throw refusal(existing) }
        if case .mapping(let mapping) = existing.node, !mapping.isEmpty {
            let inside = try FrontMatterYAML.entries(of: mapping)
            // In braces, or on the line of the key: not one entry a line.
            guard let first = inside.first, let last = inside.last, first.mark.line > existing.mark.line,
                first.mark.column > outer + 1,
                let lastPlace = text.place(of: last)
            else { throw refusal(existing) }
            return try set(
                step, id, inside.first { $0.key == step }, inside, inner, indent: first.mark.column - 1, ending,
                end: lastPlace.lines.upperBound)
        }
        switch place.value {
        case .empty: return inner[..<place.lines.upperBound] + line.utf8 + ending + inner[place.lines.upperBound...]
        case .scalar(let pieces) where FrontMatterYAML.isNull(existing.node) || existing.node.mapping != nil:
            // `{}`, `~` or `null` goes.
            guard let piece = pieces.first else { throw refusal(existing) }
            let end = place.lines.upperBound
            let isLast = inner[piece.upperBound] == 0x0A || inner[piece.upperBound] == 0x0D
            let begin = isLast && inner[piece.lowerBound - 1] == 0x20 ? piece.lowerBound - 1 : piece.lowerBound
            return inner[..<begin] + inner[piece.upperBound..<end] + line.utf8 + ending + inner[end...]
        default: throw refusal(existing)
        }
    }

    private static func removeSession(_ step: String, _ existing: FrontMatterYAML.Entry?, _ inner: [UInt8]) throws(TicketFault)
        -> [UInt8]?
    {
        guard let existing, case .mapping(let mapping) = existing.node else { return nil }
        let inside = try FrontMatterYAML.entries(of: mapping)
        guard let entry = inside.first(where: { $0.key == step }) else { return nil }
        guard entry.mark.line > existing.mark.line else { throw refusal(existing) }
        let left = try remove(entry, inner)
        guard inside.count == 1 else { return left }
        // A map without entries is nothing, and nothing needs no key.
        let entries = try FrontMatterYAML.entries(String(decoding: left, as: UTF8.self))
        return try entries.first { $0.key == "sessions" }.map { entry throws(TicketFault) in try remove(entry, left) } ?? left
    }

    // MARK: - The proof

    /// Everything else reads as before, in the same order, and the changed key as it should.
    private static func verify(_ edited: [UInt8], _ change: Change, _ before: [FrontMatterYAML.Entry]) throws(TicketFault) {
        let after = try FrontMatterYAML.entries(String(decoding: edited, as: UTF8.self))
        let others = after.filter { $0.key != change.key }
        let same = before.filter { $0.key != change.key }
        let node = after.first { $0.key == change.key }?.node
        let isRight =
            switch change {
            case .set(_, let value): isSame(node?.scalar?.string, value)
            case .remove: node == nil
            case .setSession(let step, let id): isSame(sessions(after)[step], id) && hasOthers(before, after, but: step)
            case .removeSession(let step): sessions(after)[step] == nil && hasOthers(before, after, but: step)
            }
        guard isRight, others.map(\.key) == same.map(\.key), zip(others, same).allSatisfy({ $0.node == $1.node }) else {
            throw TicketFault("\(change.key) cannot be changed without touching something else", hint: "change it by hand")
        }
    }

    /// By their bytes: Swift takes two ways to write an accent for the same.
    private static func isSame(_ one: String?, _ other: String) -> Bool { one?.utf8.elementsEqual(other.utf8) == true }

    private static func sessions(_ entries: [FrontMatterYAML.Entry]) -> [String: String] {
        guard case .mapping(let mapping)? = entries.first(where: { $0.key == "sessions" })?.node else { return [:] }
        return mapping.reduce(into: [:]) { map, pair in
            if let key = pair.key.scalar?.string { map[key] = pair.value.scalar?.string }
        }
    }

    private static func hasOthers(_ before: [FrontMatterYAML.Entry], _ after: [FrontMatterYAML.Entry], but step: String) -> Bool {
        sessions(before).filter { $0.key != step } == sessions(after).filter { $0.key != step }
    }
}
