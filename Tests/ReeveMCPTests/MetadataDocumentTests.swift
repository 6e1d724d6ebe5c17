import Foundation
import Testing

/// docs/metadata.md names a test for each row of its tables: they exist.
@Suite struct MetadataDocumentTests {
    @Test func `every row of the document names a test that exists`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..").standardized
        let document = try String(contentsOf: root.appendingPathComponent("docs/metadata.md"), encoding: .utf8)
        var tests: Set<String> = []
        let files = try #require(FileManager.default.enumerator(atPath: root.appendingPathComponent("Tests").path))
        for case let path as String in files where path.hasSuffix("Tests.swift") {
            let source = try String(contentsOf: root.appendingPathComponent("Tests/\(path)"), encoding: .utf8)
            tests.formUnion(source.matches(of: /func `([^`]+)`/).map { String($0.1) })
        }
        var rows = 0
        var isTested = false
        for line in document.split(separator: "\n") {
            guard line.hasPrefix("|") else {
                isTested = false
                continue
            }
            if line.hasSuffix(" Test |") {
                isTested = true
            } else if isTested, !line.hasPrefix("|---") {
                rows += 1
                let names = (line.split(separator: "|").last ?? "").matches(of: /`([^`]+)`/).map { String($0.1) }
                #expect(!names.isEmpty, "\(line)")
                for name in names { #expect(tests.contains(name), "no test is named '\(name)'") }
            }
        }
        #expect(rows > 45)
    }
}
