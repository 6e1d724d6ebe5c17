import Foundation
import ReeveTestSupport
import Testing

/// What the README promises is tested under the name that it has there.
@Suite struct ReadmeTests {
    private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..").standardized

    /// They take logind and a second boot; the README says so with this sign.
    private let exempt = ["logout ¹", "reboot ¹"]

    @Test func `every row of "What survives what" has a test of its name`() throws {
        let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
        let section = try #require(readme.split(separator: "\n## ").first { $0.hasPrefix("What survives what\n") })
        let rows = section.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst().map { row in
            row.split(separator: "|")[0].filter { $0 != "`" }.trimmingCharacters(in: .whitespaces)
        }
        #expect(rows.count >= 8 && Set(exempt).isSubset(of: rows) && section.contains("\n¹ Not tested:"))

        var tests: Set<String> = []
        let files = try #require(
            FileManager.default.enumerator(at: root.appendingPathComponent("Tests"), includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == "swift" {
            let source = try String(contentsOf: file, encoding: .utf8)
            tests.formUnion(source.matches(of: /@Test func `([^`]+)`/).map { String($0.1) })
        }
        for row in rows where !exempt.contains(row) { #expect(tests.contains(row), "no test is named '\(row)'") }
    }
}
