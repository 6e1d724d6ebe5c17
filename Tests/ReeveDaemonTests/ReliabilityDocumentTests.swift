import Foundation
import Testing

/// docs/reliability.md names a test for each promise: they exist.
@Suite struct ReliabilityDocumentTests {
    @Test func `every promise of the document names a test that exists`() throws {
        let document = try String(contentsOf: Fence.root.appendingPathComponent("docs/reliability.md"), encoding: .utf8)
        let tests = try TestNames.all()
        var promises = 0
        for section in document.split(separator: "\n## ").dropFirst(2) where !section.hasPrefix("Not promised") {
            let rows = section.split(separator: "\n").filter {
                $0.hasPrefix("| ") && !$0.hasPrefix("| Promise") && !$0.hasPrefix("| What")
            }
            for row in rows {
                let cells = row.split(separator: "|")
                let names = (cells.last ?? "").matches(of: /`([^`]+)`/).map { String($0.1) }
                #expect(!names.isEmpty, "\(row)")
                for name in names { #expect(tests.contains(name), "no test is named '\(name)'") }
                promises += 1
            }
        }
        #expect(promises > 40)
    }

    @Test func `every promise of panes names a test that exists`() throws {
        let document = try String(contentsOf: Fence.root.appendingPathComponent("docs/panes.md"), encoding: .utf8)
        let tests = try TestNames.all()
        let section = try #require(document.components(separatedBy: "## What holds\n").last)
        let rows = section.split(separator: "\n").drop { !$0.hasPrefix("| Promise") }.dropFirst(2).prefix { $0.hasPrefix("| ") }
        #expect(rows.count == 27)
        for row in rows {
            let name = row.matches(of: /`([^`]+)`/).last.map { String($0.1) } ?? ""
            #expect(tests.contains(name), "no test is named '\(name)'")
        }
    }

    @Test func `every promise of visual reviews names a test that exists`() throws {
        let document = try String(contentsOf: Fence.root.appendingPathComponent("docs/workflows.md"), encoding: .utf8)
        let tests = try TestNames.all()
        let section = try #require(document.components(separatedBy: "### Visual reviews\n").last)
        let rows = section.split(separator: "\n").drop { !$0.hasPrefix("| What") }.dropFirst(2).prefix { $0.hasPrefix("| ") }
        #expect(rows.count == 5)
        for row in rows {
            let name = row.matches(of: /`([^`]+)`/).last.map { String($0.1) } ?? ""
            #expect(tests.contains(name), "no test is named '\(name)'")
        }
    }
}
