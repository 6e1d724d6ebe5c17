import ReeveJSON
import ReeveModel
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One line of `Corpus/*.jsonl`. Its format is in `Corpus/README.md`.
struct CorpusCase: Sendable, CustomTestStringConvertible {
    var file: String
    var line: Int
    var name: String
    var kind: String
    var from: String
    var steps: [JSONView]

    var testDescription: String { "\(file): \(name)" }

    static let files = [
        "claude", "codex", "opencode", "amp", "pi", "droid-and-others", "authority", "binding", "files",
    ]

    /// A file that cannot be read gives a case of that name, which fails.
    static func all(_ file: String) -> [CorpusCase] {
        let path = "\(directory)/\(file).jsonl"
        guard let text = read(path) else { return [broken(file, 0)] }
        return text.split(separator: UInt8(ascii: "\n")).enumerated().map { index, bytes in
            guard let root = try? JSONDocument(Array(bytes)).root, let name = root.member("name")?.string,
                let kind = root.member("kind")?.string, let steps = root.member("steps")?.items
            else { return broken(file, index + 1) }
            return CorpusCase(
                file: file, line: index + 1, name: name, kind: kind, from: root.member("from")?.string ?? "", steps: steps)
        }
    }

    private static func broken(_ file: String, _ line: Int) -> CorpusCase {
        CorpusCase(file: file, line: line, name: "line \(line) cannot be read", kind: "", from: "", steps: [])
    }

    private static var directory: String {
        let source = #filePath
        return source.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/Corpus"
    }

    static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let n = fread(&chunk, 1, chunk.count, file)
            guard n > 0 else { return bytes }
            bytes += chunk[..<n]
        }
    }
}
