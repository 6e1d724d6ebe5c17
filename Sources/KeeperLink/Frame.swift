/// The bytes between a daemon and a keeper or a built-in terminal: frames of a 4-byte big-endian length and that many bytes, at most 16 MiB.
///
/// Inside, integers are 4 bytes big-endian and strings an integer length and UTF-8; lists are an integer count and their items.
/// No Foundation and no JSON: the keeper has to start within milliseconds and stay small.
package enum Frame {
    package static let largest = 16 << 20

    /// A message with its length before it.
    package static func wrap(_ body: [UInt8]) -> [UInt8] {
        var writer = FrameWriter()
        writer.integer(body.count)
        return writer.bytes + body
    }

    /// Takes the first whole frame off `buffer`; nil when more bytes are needed.
    package static func next(_ buffer: inout [UInt8]) throws(FrameError) -> [UInt8]? {
        guard buffer.count >= 4 else { return nil }
        let length = Int(buffer[0]) << 24 | Int(buffer[1]) << 16 | Int(buffer[2]) << 8 | Int(buffer[3])
        guard length <= largest else { throw .tooLarge }
        guard buffer.count >= 4 + length else { return nil }
        let body = Array(buffer[4..<(4 + length)])
        buffer.removeFirst(4 + length)
        return body
    }
}

package enum FrameError: Error, Equatable {
    case tooLarge
    case truncated
    case unknownMessage
    case notUTF8
}

struct FrameWriter {
    private(set) var bytes: [UInt8] = []

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    mutating func integer(_ value: Int) {
        let word = UInt32(truncatingIfNeeded: value)
        bytes += [UInt8(word >> 24), UInt8(word >> 16 & 255), UInt8(word >> 8 & 255), UInt8(word & 255)]
    }

    mutating func string(_ value: String) {
        integer(value.utf8.count)
        bytes += Array(value.utf8)
    }

    mutating func data(_ value: [UInt8]) {
        integer(value.count)
        bytes += value
    }

    mutating func strings(_ values: [String]) {
        integer(values.count)
        for value in values { string(value) }
    }
}

struct FrameReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func byte() throws(FrameError) -> UInt8 {
        guard index < bytes.count else { throw .truncated }
        defer { index += 1 }
        return bytes[index]
    }

    mutating func integer() throws(FrameError) -> Int {
        guard index + 4 <= bytes.count else { throw .truncated }
        defer { index += 4 }
        let word =
            UInt32(bytes[index]) << 24 | UInt32(bytes[index + 1]) << 16 | UInt32(bytes[index + 2]) << 8 | UInt32(bytes[index + 3])
        return Int(Int32(bitPattern: word))
    }

    mutating func string() throws(FrameError) -> String {
        let length = try integer()
        guard length >= 0, index + length <= bytes.count else { throw .truncated }
        defer { index += length }
        guard let text = String(validating: bytes[index..<(index + length)], as: UTF8.self) else { throw .notUTF8 }
        return text
    }

    mutating func data() throws(FrameError) -> [UInt8] {
        let length = try integer()
        guard length >= 0, index + length <= bytes.count else { throw .truncated }
        defer { index += length }
        return Array(bytes[index..<(index + length)])
    }

    mutating func strings() throws(FrameError) -> [String] {
        let count = try integer()
        // Each string takes at least four bytes, so a count that does not fit is a lie and is not allocated for.
        guard count >= 0, count <= (bytes.count - index) / 4 else { throw .truncated }
        var values: [String] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try string()) }
        return values
    }
}
