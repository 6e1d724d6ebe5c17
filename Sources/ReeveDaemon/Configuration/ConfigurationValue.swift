import TOMLKit

/// A TOML value without the library's types: what the keys are read from.
package indirect enum ConfigurationValue: Sendable, Hashable {
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case array([ConfigurationValue])
    case table([String: ConfigurationValue])
    case other(String)

    init(_ value: any TOMLValueConvertible) {
        switch value.type {
        case .string: self = .string(value.string ?? "")
        case .int: self = .integer(value.int ?? 0)
        case .bool: self = .boolean(value.bool ?? false)
        case .array: self = .array((value.array.map(Array.init) ?? []).map { ConfigurationValue($0) })
        case .table: self = Self.table(value.table)
        case .double: self = .other("a decimal number")
        case .date, .time, .dateTime: self = .other("a date or time")
        }
    }

    static func table(_ table: TOMLTable?) -> ConfigurationValue {
        guard let table else { return .table([:]) }
        var result: [String: ConfigurationValue] = [:]
        for key in table.keys { if let value = table[key] { result[key] = ConfigurationValue(value) } }
        return .table(result)
    }

    var kindName: String {
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
