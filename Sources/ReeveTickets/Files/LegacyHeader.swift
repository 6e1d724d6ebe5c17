/// The header of old Operator files: lines `**Field**: value` (or `**Field:** value`) above the first paragraph, in files without
/// front matter.
enum LegacyHeader {
    struct Field {
        /// As in front matter: `external_id` for `**External ID**`.
        var key: String
        var value: String
        /// From 1.
        var line: Int
    }

    /// A heading may stand above and between; the first line of text, or a `##` heading, ends the header.
    static func fields(_ text: TextLines) -> [Field] {
        var fields: [Field] = []
        for (index, line) in text.lines.enumerated() {
            let content = text.text(line).trimmedOfBlanks
            if content.isEmpty || content.hasPrefix("# ") || content == "---" { continue }
            guard let (key, value) = field(content) else { break }
            fields.append(Field(key: key, value: value, line: index + 1))
        }
        return fields
    }

    static func field(_ content: String) -> (key: String, value: String)? {
        guard content.hasPrefix("**"), let close = content.dropFirst(2).firstRange(of: "**") else { return nil }
        var name = content.dropFirst(2)[..<close.lowerBound]
        var rest = content[close.upperBound...].trimmedOfBlanks
        if rest.first == ":" {
            rest.removeFirst()
        } else if name.last == ":" {
            name.removeLast()
        } else {
            return nil
        }
        let key = name.trimmedOfBlanks.lowercased().map { $0 == " " || $0 == "-" ? "_" : $0 }
        guard !key.isEmpty, key.count <= 40, key.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else { return nil }
        return (String(key), String(rest.trimmedOfBlanks))
    }
}
