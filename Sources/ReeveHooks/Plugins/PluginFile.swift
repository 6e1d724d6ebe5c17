/// A file that is Reeve's in an agent's folder of plugins. Its first line says so, with a version and a hash of all that follows, so that
/// one which a person has edited is neither replaced nor removed.
package struct PluginFile: Sendable {
    package var kind: HookKind
    /// Absolute.
    package var program: String
    /// Of the agent; nil when it is not known.
    package var agent: ProgramVersion?

    /// Of what the plugins do; counted up when that changes.
    package static let version = 1

    package var bytes: [UInt8] {
        let body = Array(PluginSource.text(kind, program: program, for: agent).utf8)
        return Self.firstLine(kind, body) + body
    }

    package enum Origin: Sendable, Hashable { case ours, edited, foreign }

    /// Whose a file is; none at all is nobody's.
    package static func origin(of bytes: [UInt8]?) -> Origin {
        guard let bytes, let end = bytes.firstIndex(of: 10) else { return .foreign }
        let line = String(decoding: bytes[..<end], as: UTF8.self)
        guard line.hasPrefix(mark) else { return .foreign }
        return line.hasSuffix(" \(hash(bytes[(end + 1)...]))") ? .ours : .edited
    }

    private static let mark = "// Reeve's own file for "

    private static func firstLine(_ kind: HookKind, _ body: [UInt8]) -> [UInt8] {
        let rest = "\(kind.title): 'reeve install hooks' makes it, 'reeve uninstall hooks' removes it. Version \(version), hash"
        return Array("\(mark)\(rest) \(hash(body[...]))\n".utf8)
    }

    /// FNV-1a. It notices an edit; it is no seal.
    private static func hash(_ bytes: ArraySlice<UInt8>) -> String {
        let value = bytes.reduce(14_695_981_039_346_656_037 as UInt64) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
