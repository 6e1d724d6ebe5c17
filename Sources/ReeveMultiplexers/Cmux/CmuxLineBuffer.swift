/// Bytes as lines, however they were cut.
package struct CmuxLineBuffer: Sendable {
    /// More than this is no answer: the whole history of a terminal has a few megabytes.
    static let longest = 16 << 20

    package struct TooLong: Error {}

    package init() {}

    private var bytes: [UInt8] = []
    /// What has been looked at: a long line that comes in pieces is not searched again from its beginning.
    private var searched = 0

    /// The lines that are complete with these bytes, without their ends; empty ones are left out.
    package mutating func feed(_ more: some Sequence<UInt8>) throws(TooLong) -> [[UInt8]] {
        bytes += more
        var lines: [[UInt8]] = []
        var start = 0
        while let end = bytes[max(start, searched)...].firstIndex(of: 10) {
            let line = bytes[start..<end]
            let trimmed = line.last == 13 ? line.dropLast() : line
            if !trimmed.isEmpty { lines.append(Array(trimmed)) }
            start = end + 1
            searched = start
        }
        if start > 0 { bytes.removeFirst(start) }
        searched = bytes.count
        guard bytes.count <= Self.longest else { throw TooLong() }
        return lines
    }
}
