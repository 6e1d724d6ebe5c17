import Foundation
import Testing

/// docs/hooks.md names a test for each row of its tables: they exist.
@Suite struct HooksDocumentTests {
    @Test func `every row of the document names a test that exists`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let document = try String(contentsOf: folder.appendingPathComponent("../../docs/hooks.md"), encoding: .utf8)
        var tests: Set<String> = []
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let source = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            tests.formUnion(source.matches(of: /func `([^`]+)`/).map { String($0.1) })
        }
        let rows = document.split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasSuffix(" Test |") }
        for row in rows {
            let names = (row.split(separator: "|").last ?? "").matches(of: /`([^`]+)`/).map { String($0.1) }
            #expect(!names.isEmpty, "\(row)")
            for name in names { #expect(tests.contains(name), "no test is named '\(name)'") }
        }
        #expect(rows.count > 30)
    }
}
