/// FNV-1a over what a JSON text says, not over how it is written: spaces, escapes and the order of members make no difference.
extension JSONView {
    package var fingerprint: UInt64 {
        switch kind {
        case .object:
            // A sum does not depend on the order.
            var sum: UInt64 = 0
            for (key, value) in members {
                sum &+= Self.hash(Self.hash(Self.start(1), (key.string ?? "").utf8), value.fingerprint)
            }
            return Self.hash(Self.start(2), sum)
        case .array: return items.reduce(Self.start(3)) { Self.hash($0, $1.fingerprint) }
        case .string: return Self.hash(Self.start(4), (string ?? "").utf8)
        case .number, .literalTrue, .literalFalse, .literalNull: return Self.hash(Self.start(5), raw)
        }
    }

    private static func start(_ kind: UInt8) -> UInt64 { hash(14_695_981_039_346_656_037, CollectionOfOne(kind)) }

    private static func hash(_ seed: UInt64, _ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(seed) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    }

    private static func hash(_ seed: UInt64, _ value: UInt64) -> UInt64 {
        hash(seed, (0..<8).lazy.map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) })
    }
}
