import Foundation
import Testing

/// The names of all tests of this package, from their sources.
enum TestNames {
    static func all() throws -> Set<String> {
        var names: Set<String> = []
        let files = try #require(
            FileManager.default.enumerator(at: Fence.root.appendingPathComponent("Tests"), includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == "swift" {
            let source = try String(contentsOf: file, encoding: .utf8)
            names.formUnion(source.matches(of: /@Test[^`]*?func `([^`]+)`/).map { String($0.1) })
        }
        return names
    }
}
