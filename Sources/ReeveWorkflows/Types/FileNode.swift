import ReeveJSON
import ReeveModel
import ReeveTOML

/// A value of a file with its place, TOML and JSON alike. Keys and texts are as they stand in the file: not cleaned yet.
struct FileNode {
    indirect enum Value {
        case text(String)
        case integer(Int)
        case flag(Bool)
        case list([FileNode])
        /// In the order of the file; a key may come twice in JSON.
        case table([(key: String, node: FileNode)])
        case other(String)
    }

    let value: Value
    /// `steps[2].name`; empty for the root.
    let path: String
    let line: Int?
    /// The first line of a text whose lines are lines of the file.
    var textLine: Int?

    /// The word for this kind in messages.
    var kindName: String {
        switch value {
        case .text: "a string"
        case .integer: "an integer"
        case .flag: "true or false"
        case .list: "a list"
        case .table: "a table"
        case .other(let name): name
        }
    }

    var members: [(key: String, node: FileNode)] { if case .table(let members) = value { members } else { [] } }

    func member(_ key: String) -> FileNode? { members.first { $0.key == key }?.node }

    private static func path(_ path: String, _ key: String) -> String {
        // A key is anybody's text until it is known.
        let shown = InertText.clean(String(key.prefix(64)))
        return path.isEmpty ? shown : "\(path).\(shown)"
    }
}

// MARK: TOML

extension FileNode {
    init(_ text: TOMLText) { self.init(text.root, at: [], "", text.lines) }

    private init(_ tree: TOMLTree, at keys: [String], _ path: String, _ lines: KeyLines) {
        self.path = path
        line = lines.line(keys)
        textLine = lines.textLine(keys)
        switch tree {
        case .string(let text): value = .text(text)
        case .integer(let number): value = .integer(number)
        case .boolean(let flag): value = .flag(flag)
        case .other(let name): value = .other(name)
        case .array(let items):
            value = .list(
                items.enumerated().map { FileNode($1, at: keys + [String($0)], "\(path)[\($0)]", lines) })
        case .table(let members):
            let read = members.map { (key: $0, node: FileNode($1, at: keys + [$0], Self.path(path, $0), lines)) }
            value = .table(read.sorted { ($0.node.line ?? 0, $0.key) < ($1.node.line ?? 0, $1.key) })
        }
    }
}

// MARK: JSON

extension FileNode {
    init(_ document: JSONDocument, lines: LineStarts) { self.init(document.root, "", lines) }

    private init(_ view: JSONView, _ path: String, _ lines: LineStarts) {
        self.path = path
        line = lines.line(of: view.offset)
        switch view.kind {
        case .string: value = .text(view.string ?? "")
        case .number: value = view.integer.map { .integer(Int($0)) } ?? .other("a number that is no integer")
        case .literalTrue, .literalFalse: value = .flag(view.boolean ?? false)
        case .literalNull: value = .other("null")
        case .array: value = .list(view.items.enumerated().map { FileNode($1, "\(path)[\($0)]", lines) })
        case .object:
            value = .table(
                view.members.map { member in
                    let key = member.key.string ?? ""
                    return (key: key, node: FileNode(member.value, Self.path(path, key), lines))
                })
        }
    }

    var isNull: Bool { if case .other("null") = value { true } else { false } }
}

/// The lines of a text by the offsets of their first bytes.
struct LineStarts {
    private let starts: [Int]

    init(_ bytes: [UInt8]) { starts = [0] + bytes.indices.lazy.filter { bytes[$0] == 10 }.map { $0 + 1 } }

    func line(of offset: Int) -> Int {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }
}
