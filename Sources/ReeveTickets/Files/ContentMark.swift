/// Tells whether a file still has the content that was read or written: FNV-1a of its bytes. For accidents and edits, not against
/// somebody who looks for a collision.
package struct ContentMark: Sendable, Hashable, CustomStringConvertible {
    package let value: UInt64

    package init(of bytes: some Sequence<UInt8>) {
        value = bytes.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    }

    /// What a ticket says, however its file is laid out: two files with the same are the same work.
    package init(title: String, body: String) { self.init(of: Array(title.utf8) + [0] + Array(body.utf8)) }

    /// - Returns: nil for what `text` never gives.
    package init?(_ text: String) {
        guard text.utf8.count == 16, let value = UInt64(text, radix: 16) else { return nil }
        self.value = value
    }

    /// 16 hexadecimal digits, for the journal.
    package var text: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    package var description: String { text }
}
