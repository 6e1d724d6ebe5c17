import Mustache

/// Values for a template: data, whatever braces are in them. What is empty is as if it were not there, so that `{{#if x}}` asks for text.
package struct PromptVariables: Sendable {
    package enum Value: Sendable, Hashable {
        case text(String)
        case list([String])

        var isEmpty: Bool {
            switch self {
            case .text(let text): text.isEmpty
            case .list(let items): items.isEmpty
            }
        }
    }

    private var values: [String: Value] = [:]

    package init() {}

    /// - Parameter name: as templates write it: `title`, `steps.plan.files`.
    package subscript(name: String) -> Value? {
        get { values[name] }
        set { values[name] = newValue?.isEmpty == true ? nil : newValue }
    }

    package subscript(text name: String) -> String? {
        get { if case .text(let text)? = values[name] { text } else { nil } }
        set { self[name] = newValue.map { .text($0) } }
    }

    /// As the library looks them up: part by part, and with a `?` for "is there any".
    var context: [String: Any] {
        var root = Branch()
        for (name, value) in values {
            let parts = name.split(separator: ".").map(String.init)
            root.insert(value, at: parts[...])
        }
        root.leaves[PromptTemplate.openBraces] = "{{"
        root.leaves[PromptTemplate.openBrace] = "{"
        return root.context
    }

    private struct Branch {
        var leaves: [String: Any] = [:]
        var branches: [String: Branch] = [:]

        mutating func insert(_ value: Value, at path: ArraySlice<String>) {
            guard let first = path.first else { return }
            if path.count > 1 { return branches[first, default: Branch()].insert(value, at: path.dropFirst()) }
            leaves[first + "?"] = true
            switch value {
            case .text(let text): leaves[first] = text
            case .list(let items): leaves[first] = TextList(items: items)
            }
        }

        var context: [String: Any] { leaves.merging(branches.mapValues { $0.context as Any }) { leaf, _ in leaf } }
    }
}

/// One by one in a section, with commas as a value.
struct TextList: MustacheSequence, MustacheCustomRenderable {
    let items: [String]

    func makeIterator() -> IndexingIterator<[String]> { items.makeIterator() }
    var renderText: String { items.joined(separator: ", ") }
    var isNull: Bool { false }
}
