import Foundation
import ReeveTestSupport
import Testing

/// What the README promises is tested under the name that it has there.
@Suite struct ReadmeTests {
    /// It takes logind; the README says so with this sign.
    private let exempt = ["logout ¹"]

    @Test func `every row of "What survives what" has a test of its name`() throws {
        let readme = try String(contentsOf: Fence.root.appendingPathComponent("README.md"), encoding: .utf8)
        let section = try #require(readme.split(separator: "\n## ").first { $0.hasPrefix("What survives what\n") })
        let rows = section.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst().map { row in
            row.split(separator: "|")[0].filter { $0 != "`" }.trimmingCharacters(in: .whitespaces)
        }
        #expect(rows.count >= 8 && Set(exempt).isSubset(of: rows) && section.contains("\n¹ Not tested:"))

        let tests = try TestNames.all()
        for row in rows where !exempt.contains(row) { #expect(tests.contains(row), "no test is named '\(row)'") }
    }

    @Test func `every row of what may be where has a test of the name that it gives`() throws {
        let security = try String(contentsOf: Fence.root.appendingPathComponent("docs/security.md"), encoding: .utf8)
        let section = try #require(security.split(separator: "\n## ").first { $0.hasPrefix("What goes where\n") })
        let rows = section.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
        let tests = try TestNames.all()
        #expect(rows.count >= 10)
        for row in rows {
            let cell = try #require(row.split(separator: "|").last { $0 != " " })
            // What stands between two backticks, each.
            let names = cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
            #expect(!names.isEmpty, "\(row)")
            for (_, name) in names { #expect(tests.contains(String(name)), "no test is named '\(name)'") }
        }
    }
}
