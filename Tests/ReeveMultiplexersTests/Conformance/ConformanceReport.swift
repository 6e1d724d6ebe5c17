import Foundation
import Testing

/// What the suite found of one backend, as the table in its document.
struct ConformanceReport {
    enum Outcome: Equatable {
        case passed
        /// With the capability that is missing, and why.
        case lacks(String)
        case failed
    }

    let backend: String
    var outcomes: [(name: String, outcome: Outcome)] = []

    var table: String {
        let rows = outcomes.map { name, outcome in
            switch outcome {
            case .passed: "| \(name) | yes |"
            case .lacks(let why): "| \(name) | no: \(why) |"
            case .failed: "| \(name) | FAILS |"
            }
        }
        return (["| Case | \(backend) |", "|---|---|"] + rows).joined(separator: "\n")
    }

    private static let begin = "<!-- conformance: made by the suite, see CONTRIBUTING.md -->"
    private static let end = "<!-- end of conformance -->"

    /// Compares with the document, or writes into it when `REEVE_WRITE_CONFORMANCE` is set.
    func check() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../docs/\(backend == "reeve" ? "terminals" : backend).md").standardized.path
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let parts = text.components(separatedBy: Self.begin)
        let tail = parts.count == 2 ? parts[1].components(separatedBy: Self.end) : []
        try #require(tail.count == 2, "\(path) has no place for the table")
        if ProcessInfo.processInfo.environment["REEVE_WRITE_CONFORMANCE"] != nil {
            try (parts[0] + Self.begin + "\n" + table + "\n" + Self.end + tail[1])
                .write(toFile: path, atomically: true, encoding: .utf8)
        } else {
            #expect(tail[0].trimmingCharacters(in: .newlines) == table, "docs/\(backend).md is not what the suite found")
        }
    }
}
