import Foundation
import Testing

/// What the suite found of one backend, or of one way into it, as a column of the table in its document.
struct ConformanceReport {
    enum Outcome: Equatable {
        case passed
        /// With the capability that is missing, and why.
        case lacks(String)
        /// The question does not arise there, and why.
        case notAsked(String)
        case failed

        var cell: String {
            switch self {
            case .passed: "yes"
            case .lacks(let why): "no: \(why)"
            case .notAsked(let why): "not asked: \(why)"
            case .failed: "FAILS"
            }
        }
    }

    /// The backends that are run in several ways, each with its columns in the order of the table. The others have one of their name.
    static let columns = [
        "cmux": ["by its socket", "by its command line"], "zellij": ["sessions of their own, 0.45.0", "tabs of yours, 0.44.1"],
    ]

    let backend: String
    let column: String
    var outcomes: [(name: String, outcome: Outcome)] = []

    private static let begin = "<!-- conformance: made by the suite, see CONTRIBUTING.md -->"
    private static let end = "<!-- end of conformance -->"
    /// Of another column that has not been run since there is such a case.
    private static let unknown = "not run"

    /// The document with this column in its table. The other columns stay as they are there.
    func written(into document: String) throws -> String {
        let parts = document.components(separatedBy: Self.begin)
        let tail = parts.count == 2 ? parts[1].components(separatedBy: Self.end) : []
        try #require(tail.count == 2, "there is no place for the table")
        return parts[0] + Self.begin + "\n" + (try table(among: Self.cells(of: tail[0]))) + "\n" + Self.end + tail[1]
    }

    /// - Parameter others: what stands there: column, case, cell.
    private func table(among others: [String: [String: String]]) throws -> String {
        let columns = Self.columns[backend] ?? [backend]
        try #require(columns.contains(column), "\(backend) has no column '\(column)'")
        let rows = outcomes.map { name, outcome in
            [name] + columns.map { $0 == column ? outcome.cell : others[$0]?[name] ?? Self.unknown }
        }
        let lines = ([["Case"] + columns] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
        return ([lines[0], "|" + String(repeating: "---|", count: columns.count + 1)] + lines.dropFirst()).joined(separator: "\n")
    }

    private static func cells(of table: String) -> [String: [String: String]] {
        let lines = table.split(separator: "\n").map { $0.dropFirst(2).dropLast(2).components(separatedBy: " | ") }
        guard let heads = lines.first else { return [:] }
        var found: [String: [String: String]] = [:]
        for row in lines.dropFirst(2) where row.count == heads.count {
            for (head, cell) in zip(heads, row).dropFirst() { found[head, default: [:]][row[0]] = cell }
        }
        return found
    }

    /// Compares with the document, or writes into it when `REEVE_WRITE_CONFORMANCE` is set.
    func check() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../docs/\(backend == "reeve" ? "terminals" : backend).md").standardized.path
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let found = try written(into: text)
        if ProcessInfo.processInfo.environment["REEVE_WRITE_CONFORMANCE"] != nil {
            try found.write(toFile: path, atomically: true, encoding: .utf8)
        } else {
            #expect(text == found, "\(path) is not what the suite found of '\(column)'")
        }
    }
}
