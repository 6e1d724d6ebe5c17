package import ReeveJSON
package import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Understands the lines of one kind of transcript. What it keeps is what later lines need: ids, never texts.
package protocol TranscriptReader: Sendable {
    /// - Parameter name: the file's own name, which often holds the thread's id.
    init(name: String)

    /// The thread whose transcript this is; nil as long as nothing has said so.
    var thread: String? { get }
    /// It is a part of another thread's work.
    var isChild: Bool { get }
    var parent: String? { get }

    /// Cheap, on the bytes: false for lines that can say nothing, which are then not read at all.
    static func mayMatter(_ line: UnsafeRawBufferPointer) -> Bool
    mutating func read(_ line: JSONView, _ part: LineFollower.Part, into signals: inout [Signal])
    /// The bytes that are there have all been read.
    mutating func rest(into signals: inout [Signal])
}

extension TranscriptReader {
    package var isChild: Bool { false }
    package var parent: String? { nil }
    package static func mayMatter(_ line: UnsafeRawBufferPointer) -> Bool { true }
    package mutating func rest(into signals: inout [Signal]) {}
}

/// Finds the values of members called `type` without reading the JSON around them: a quote inside a string is escaped, so that these
/// bytes are always a member.
struct TypeScan {
    let line: UnsafeRawBufferPointer
    private static let member: StaticString = "\"type\":\""

    /// Whether one of the values is one of these words.
    func holds(_ words: [StaticString]) -> Bool {
        guard let base = line.baseAddress else { return false }
        var at = 0
        let length = 8
        while at + length <= line.count {
            if memcmp(base + at, Self.member.utf8Start, length) == 0 {
                for word in words {
                    let end = at + length + word.utf8CodeUnitCount
                    guard end < line.count, line[end] == UInt8(ascii: "\"") else { continue }
                    if memcmp(base + at + length, word.utf8Start, word.utf8CodeUnitCount) == 0 { return true }
                }
            }
            at += Self.shift(line[at + length - 1])
        }
        return false
    }

    /// How far the next place can be where the member begins, by the byte at the end of this one (Horspool's rule).
    private static func shift(_ byte: UInt8) -> Int {
        switch byte {
        case UInt8(ascii: "\""): 2
        case UInt8(ascii: ":"): 1
        case UInt8(ascii: "e"): 3
        case UInt8(ascii: "p"): 4
        case UInt8(ascii: "y"): 5
        case UInt8(ascii: "t"): 6
        default: 8
        }
    }
}

extension JSONView {
    /// The member's text; nil when it is missing or something else.
    func text(_ name: String) -> String? { member(name)?.string }

    func isTrue(_ name: String) -> Bool { member(name)?.boolean == true }

    /// A moment in any of the forms that agents write: RFC 3339, milliseconds or seconds since 1970.
    func moment(_ name: String) -> Timestamp? {
        guard let value = member(name) else { return nil }
        if let text = value.string { return Timestamp(rfc3339: text) }
        return value.integer.map { Timestamp(epoch: $0) }
    }
}

/// Ids and names that come from files.
enum Identifier {
    /// Short and inert, or nothing: an id becomes a key, a row, a word on the screen.
    static func clean(_ text: String?) -> String? {
        guard let text, !text.isEmpty, text.utf8.count <= 200, !text.unicodeScalars.contains(where: InertText.isActive) else {
            return nil
        }
        return text
    }

    /// The last UUID in a file name, in the form that it has there.
    static func uuid(in name: String) -> String? {
        let bytes = Array(name.utf8)
        guard bytes.count >= 36 else { return nil }
        for start in stride(from: bytes.count - 36, through: 0, by: -1) where isUUID(bytes[start..<(start + 36)]) {
            return String(decoding: bytes[start..<(start + 36)], as: UTF8.self)
        }
        return nil
    }

    private static func isUUID(_ bytes: ArraySlice<UInt8>) -> Bool {
        for (offset, byte) in bytes.enumerated() {
            let isDash = byte == UInt8(ascii: "-")
            if [8, 13, 18, 23].contains(offset) != isDash { return false }
            guard isDash || (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) || (0x41...0x46).contains(byte) else {
                return false
            }
        }
        return true
    }
}
