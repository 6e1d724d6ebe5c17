import ReeveModel
import Synchronization

/// Names that are the same each time for the same seed: so that a dry run and the run after it give the same ids.
package final class SeededIDs: IDGenerator {
    /// Without l, o, 0 and 1, which people confuse.
    private static let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789")

    private let state: Mutex<UInt64>

    package init(seed: UInt64) { state = Mutex(seed) }

    package func token(_ length: Int) -> String { String((0..<length).map { _ in Self.alphabet[below(Self.alphabet.count)] }) }

    package func uuid() -> String {
        let digits = Array("0123456789abcdef")
        var text = (0..<32).map { _ in digits[below(16)] }
        text[12] = "4"
        text[16] = digits[8 + below(4)]
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(text[$0]) }.joined(separator: "-")
    }

    /// SplitMix64.
    func below(_ bound: Int) -> Int {
        let value = state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
        return Int(value % UInt64(bound))
    }
}
