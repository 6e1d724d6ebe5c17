import Foundation

/// A fenced block of a document.
struct Fence: CustomStringConvertible {
    var document: String
    /// Of the opening fence.
    var line: Int
    var language: String
    var lines: [String] = []

    var description: String { "\(document):\(line)" }
    var text: String { lines.joined(separator: "\n") + "\n" }

    static var root: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..").standardized
    }

    /// Of the README and of everything in `docs/`.
    static func all() throws -> [Fence] {
        let folder = root.appendingPathComponent("docs")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".md") }.sorted()
        var fences: [Fence] = []
        for name in ["README.md"] + names.map({ "docs/\($0)" }) {
            var open: Fence?
            let text = try String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                if line.hasPrefix("```") {
                    if let fence = open { fences.append(fence) }
                    open = open == nil ? Fence(document: name, line: index + 1, language: String(line.dropFirst(3))) : nil
                } else {
                    open?.lines.append(String(line))
                }
            }
        }
        return fences
    }

    /// A command as one types it, with the lines that follow it in the text.
    struct Command {
        var text: String
        var output: [String] = []

        /// The words until the first that is no plain one: what is called, and which of its commands.
        var words: [String] {
            text.split(separator: " ").map(String.init).prefix { $0.wholeMatch(of: /[A-Za-z0-9_.\/-]+/) != nil }.map { $0 }
        }
    }

    /// In `console` what follows a `$`; in `sh` every line.
    var commands: [Command] {
        var result: [Command] = []
        var continues = false
        for line in lines {
            if continues {
                result[result.count - 1].text += "\n" + line
            } else if language == "sh" {
                if !line.isEmpty { result.append(Command(text: line)) }
            } else if line.hasPrefix("$ ") {
                result.append(Command(text: String(line.dropFirst(2))))
            } else if !result.isEmpty {
                result[result.count - 1].output.append(line)
                continue
            }
            continues = line.hasSuffix("|") || line.hasSuffix("\\")
        }
        return result
    }
}

/// An answer as a document shows it, with `…` for what is left out: the same members with the same types, others allowed.
enum AnswerShape {
    static func differs(_ actual: String, from shown: String) throws -> String? {
        let whole = shown.replacing(",…", with: "").replacing("…", with: "")
        return differs(try object(actual), from: try object(whole), at: "$")
    }

    private static func object(_ text: String) throws -> Any { try JSONSerialization.jsonObject(with: Data(text.utf8)) }

    private static func differs(_ actual: Any, from shown: Any, at path: String) -> String? {
        switch (actual, shown) {
        case (let actual as [String: Any], let shown as [String: Any]):
            for (name, value) in shown.sorted(by: { $0.key < $1.key }) {
                guard let member = actual[name] else { return "\(path).\(name) is missing" }
                if let difference = differs(member, from: value, at: "\(path).\(name)") { return difference }
            }
            return nil
        case (let actual as [Any], let shown as [Any]):
            guard let wanted = shown.first else { return nil }
            guard let element = actual.first else { return "\(path) is empty" }
            return differs(element, from: wanted, at: "\(path)[0]")
        case (is String, is String): return nil
        case (let actual as NSNumber, let shown as NSNumber):
            return isFlag(actual) == isFlag(shown) ? nil : "\(path) is \(actual), not like \(shown)"
        default: return "\(path) is \(actual), not like \(shown)"
        }
    }

    private static func isFlag(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}
