import Foundation
import ReeveFuzzTargets
import Testing

/// What the fuzzer has found interesting, and what it has broken: `make fuzz` adds to both folders.
@Suite struct ReplayTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fuzzing")

    private func files(_ folder: String, _ target: FuzzTarget) throws -> [URL] {
        let directory = Self.root.appendingPathComponent(folder).appendingPathComponent(target.name)
        guard FileManager.default.fileExists(atPath: directory.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
    }

    @Test(arguments: FuzzTarget.all.map(\.name))
    func `nothing in the corpus and no crash of the past breaks anything`(name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let corpus = try files("Corpus", target)
        #expect(!corpus.isEmpty, "a target without a corpus")
        for file in try corpus + files("Crashes", target) {
            #expect(target.check(Array(try Data(contentsOf: file))) == nil, "\(file.lastPathComponent)")
        }
    }

    @Test func `the corpus stays small, and has no folder without a target`() throws {
        var total = 0
        for folder in ["Corpus", "Crashes"] {
            let directory = Self.root.appendingPathComponent(folder)
            for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) where !name.hasPrefix(".") {
                let target = try #require(FuzzTarget.named(name), "\(folder)/\(name) belongs to no target")
                for file in try files(folder, target) { total += try Data(contentsOf: file).count }
            }
        }
        #expect(total < 400_000)
    }
}
