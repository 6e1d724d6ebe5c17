import Foundation
import Testing

/// `docs/tickets.md` promises nothing that no test shows.
@Suite struct TicketsDocumentTests {
    private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    private static func rows() throws -> [String] {
        let text = try String(contentsOf: tests.appendingPathComponent("../../docs/tickets.md").standardized, encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.dropFirst(2).compactMap { index in
            // Neither the head of a table nor the line below it.
            guard lines[index].hasPrefix("| "), index + 1 == lines.count || !lines[index + 1].hasPrefix("|--") else { return nil }
            return lines[index].split(separator: "|").first?.trimmingCharacters(in: .whitespaces)
        }
    }

    @Test func `every row of the document has a test of its name`() throws {
        var names: Set<String> = []
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.tests.path) where name.hasSuffix(".swift") {
            let source = try String(contentsOf: Self.tests.appendingPathComponent(name), encoding: .utf8)
            names.formUnion(source.matches(of: /@Test[^`]*?func `([^`]+)`/).map { String($0.1) })
        }
        let rows = try Self.rows()
        #expect(rows.count > 30)
        for row in rows { #expect(names.contains { $0 == row || $0.hasPrefix(row + " ") }, "\(row)") }
    }
}
