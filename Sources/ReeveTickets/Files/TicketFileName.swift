package import ReeveModel

/// What a file's name says: `YYYYMMDD-HHMM-TYPE-project-slug.md`. Any other name is a ticket's too, and says nothing.
package struct TicketFileName: Sendable, Hashable {
    /// The moment in the name, taken as UTC.
    package var createdAt: Timestamp?
    package var type: String?
    package var project: String?
    /// The words at its end; of another name, all of it.
    package var slug: String

    package init(_ name: String) {
        let stem = name.hasSuffix(".md") ? String(name.dropLast(3)) : name
        slug = stem
        let parts = stem.split(separator: "-", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, let moment = Self.moment(parts[0], parts[1]), Self.isType(parts[2]) else { return }
        createdAt = moment
        type = String(parts[2])
        slug = parts.count > 3 ? String(parts[3]) : ""
        let rest = slug.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = rest.first, !first.isEmpty, first.utf8.allSatisfy(Self.isProject) else { return }
        // One word alone is the slug: a project without a slug would say nothing of the work.
        guard rest.count == 2 else { return }
        project = String(first)
        slug = String(rest[1])
    }

    /// A ticket's file: a Markdown file that is not hidden. What is hidden is somebody's scratch file, ours included.
    package static func isTicket(_ name: String) -> Bool {
        name.hasSuffix(".md") && !name.hasPrefix(".") && name.utf8.count > 3
    }

    /// The name of a new ticket's file. It ends with the id, so that no two tickets get the same: neither two in one minute nor two with
    /// the same title.
    package static func make(id: TicketID, title: String, type: String, project: String?, createdAt: Timestamp) -> String {
        let moment = createdAt.rfc3339.filter(\.isNumber)
        let own = id.text.hasPrefix(type + "-") ? String(id.text.dropFirst(type.count + 1)) : id.text
        let tail = [words(title, most: 40), words(own, most: 64)].filter { !$0.isEmpty }.joined(separator: "-")
        let kind = type.uppercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        return
            "\(moment.prefix(8))-\(moment.dropFirst(8).prefix(4))-\(isType(kind[...]) ? kind : "TASK")-\(projectWord(project))-\(tail).md"
    }

    /// A project as Operator's names have it: the last part of a path in small letters and digits; `global` for none.
    package static func projectWord(_ project: String?) -> String {
        let last = project?.split(separator: "/").last ?? ""
        let word = String(last.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(30))
        return word.isEmpty ? "global" : word
    }

    /// Small letters and digits with single hyphens between, at most `most`.
    private static func words(_ text: String, most: Int) -> String {
        var result = ""
        for character in text.lowercased() {
            if character.isASCII, character.isLetter || character.isNumber {
                result.append(character)
            } else if !result.isEmpty, result.last != "-" {
                result.append("-")
            }
        }
        result = String(result.prefix(most))
        while result.last == "-" { result.removeLast() }
        return result
    }

    private static func isProject(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }

    private static func isType(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, (0x41...0x5A).contains(first), text.utf8.count <= 40 else { return false }
        return text.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
    }

    private static func moment(_ date: Substring, _ time: Substring) -> Timestamp? {
        guard date.utf8.count == 8, time.utf8.count == 4, (date + time).utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let year = Int(date.prefix(4)), let month = Int(date.dropFirst(4).prefix(2)), let day = Int(date.suffix(2)),
            let hour = Int(time.prefix(2)), let minute = Int(time.suffix(2)),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60
        else { return nil }
        // Days from 1970, with the year beginning in March: the reverse of `Timestamp.rfc3339`.
        let y = month <= 2 ? year - 1 : year
        let era = y / 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let yearOfEra = y - era * 400
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return Timestamp(milliseconds: Int64(days) * 86_400_000 + Int64(hour * 60 + minute) * 60_000)
    }
}
