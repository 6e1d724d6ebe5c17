import TOMLKit

/// A TOML value without the library's types: what files of ours are read from.
package indirect enum TOMLTree: Sendable, Hashable {
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case array([TOMLTree])
    case table([String: TOMLTree])
    case other(String)

    init(_ value: any TOMLValueConvertible) {
        switch value.type {
        case .string: self = .string(value.string ?? "")
        case .int: self = .integer(value.int ?? 0)
        case .bool: self = .boolean(value.bool ?? false)
        case .array: self = .array((value.array.map(Array.init) ?? []).map { TOMLTree($0) })
        case .table: self = Self.table(value.table)
        case .double: self = .other("a decimal number")
        case .date, .time, .dateTime: self = .other("a date or time")
        }
    }

    static func table(_ table: TOMLTable?) -> TOMLTree {
        guard let table else { return .table([:]) }
        var result: [String: TOMLTree] = [:]
        for key in table.keys { if let value = table[key] { result[key] = TOMLTree(value) } }
        return .table(result)
    }

    /// The word for this kind in messages.
    package var kindName: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .boolean: "true or false"
        case .array: "a list"
        case .table: "a table"
        case .other(let name): name
        }
    }
}
