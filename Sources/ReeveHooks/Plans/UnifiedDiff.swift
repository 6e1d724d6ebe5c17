import ReeveModel

/// The difference of two texts as `diff -u` shows it.
enum UnifiedDiff {
    private struct Line {
        var sign: Character
        var text: ArraySlice<UInt8>
    }

    /// Lines around a change.
    private static let context = 3

    static func text(path: String, from old: [UInt8]?, to new: [UInt8]?) -> String {
        guard old != new else { return "" }
        let name = InertText.clean(path)
        var result = "--- \(old == nil ? "/dev/null" : name)\n+++ \(new == nil ? "/dev/null" : name)\n"
        let lines = merge(split(old ?? []), split(new ?? []))
        var at = 0
        while let change = lines[at...].firstIndex(where: { $0.sign != " " }) {
            let start = max(at, change - context)
            // To where more lines than two contexts are alike.
            var end = change
            var alike = 0
            while end < lines.count, alike <= 2 * context {
                alike = lines[end].sign == " " ? alike + 1 : 0
                end += 1
            }
            end -= max(0, alike - context)
            result += hunk(lines, start..<end)
            at = end
        }
        return result
    }

    private static func hunk(_ lines: [Line], _ range: Range<Int>) -> String {
        func place(_ other: Character) -> String {
            let before = lines[..<range.lowerBound].count { $0.sign != other }
            let count = lines[range].count { $0.sign != other }
            return count == 1 ? "\(before + 1)" : "\(count == 0 ? before : before + 1),\(count)"
        }
        var result = "@@ -\(place("+")) +\(place("-")) @@\n"
        for line in lines[range] {
            let ends = line.text.last == 10
            result += "\(line.sign)\(shown(ends ? line.text.dropLast() : line.text))\n"
            if !ends { result += "\\ No newline at end of file\n" }
        }
        return result
    }

    /// Tabs stay: they are the layout of many files, and move nothing that matters.
    private static func shown(_ line: ArraySlice<UInt8>) -> String {
        line.split(separator: 9, omittingEmptySubsequences: false).map { InertText.clean(String(decoding: $0, as: UTF8.self)) }
            .joined(separator: "\t")
    }

    private static func merge(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> [Line] {
        let difference = new.difference(from: old)
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var lines: [Line] = []
        var from = 0
        var to = 0
        while from < old.count || to < new.count {
            if from < old.count, removed.contains(from) {
                lines.append(Line(sign: "-", text: old[from]))
                from += 1
            } else if to < new.count, inserted.contains(to) {
                lines.append(Line(sign: "+", text: new[to]))
                to += 1
            } else {
                lines.append(Line(sign: " ", text: old[from]))
                from += 1
                to += 1
            }
        }
        return lines
    }

    /// Each with its line break.
    private static func split(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 10).map { $0 + 1 } ?? bytes.count
            lines.append(bytes[start..<end])
            start = end
        }
        return lines
    }
}
