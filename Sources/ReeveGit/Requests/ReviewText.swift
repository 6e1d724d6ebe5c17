import ReeveModel

/// Puts together what reviewers want changed, for an agent to read: clean, bounded, the newest kept.
struct ReviewText: Sendable {
    struct Remark: Sendable, Hashable {
        var by: String
        /// `src/a.swift:12`; nil where it is about the whole.
        var place: String?
        var text: String
    }

    /// Most bytes of one remark and of all of them.
    static let longestRemark = 4096
    static let longest = 16_384

    /// - Parameter remarks: oldest first.
    static func write(_ remarks: [Remark]) -> String {
        var parts: [String] = []
        var size = 0
        var left = 0
        for remark in remarks.reversed() {
            let text = cut(InertText.clean(remark.text.replacingLineEnds, keepingLines: true).trimmingWhitespace())
            if text.isEmpty { continue }
            let place = remark.place.map { " on \(InertText.clean($0))" } ?? ""
            let part = "\(name(remark.by))\(place):\n\(text)"
            guard size + part.utf8.count <= longest else {
                left += 1
                continue
            }
            size += part.utf8.count
            parts.append(part)
        }
        if left > 0 { parts.append("(\(left) older remark\(left == 1 ? "" : "s") left out)") }
        return parts.reversed().joined(separator: "\n\n")
    }

    /// A user's name at a provider, as it may be shown.
    static func name(_ text: String) -> String {
        let clean = InertText.clean(text).prefix(64)
        return clean.isEmpty ? "somebody" : String(clean)
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > longestRemark else { return text }
        var result = ""
        var size = 0
        for character in text {
            size += character.utf8.count
            if size > longestRemark { break }
            result.append(character)
        }
        return result + " …"
    }
}

extension String {
    fileprivate var replacingLineEnds: String {
        // One character in Swift, two in the text.
        String(map { $0 == "\r\n" || $0 == "\r" ? "\n" : $0 })
    }
}
