#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads the new lines of a file that is only appended to, and remembers a hundred bytes about it.
///
/// A half line is not kept but read again when its end is there: two hundred followers cost nothing, whatever their files do.
/// - A line that is longer than `longestLine` is skipped whole and counted.
/// - The first look takes the beginning and the end of the file only.
package struct LineFollower: Sendable, Hashable {
    /// Longer lines are not read.
    package static let longestLine: Int64 = 4 << 20
    package static let head = 64 << 10
    package static let tail = 256 << 10
    private static let chunk = 256 << 10

    package enum Part: Sendable, Hashable {
        /// From the beginning of a file whose middle is not read: headers and names, no state.
        case head
        case body
    }

    package enum Outcome: Sendable, Hashable {
        case unchanged
        /// New bytes, not always a whole line.
        case grew
        /// Read from the start: the first look, or the file was cut or replaced. `isWhole`: nothing was left out.
        case began(isWhole: Bool)
    }

    private var identity: FileIdentity?
    /// Where the line begins that is not complete yet.
    private var lineStart: Int64 = 0
    /// How far that line has been searched for its end.
    private var searched: Int64 = 0
    /// Lines that were too long.
    package private(set) var skipped = 0

    package init() {}

    /// It is the file that was followed, with all that was read of it.
    package func continues(_ file: any OpenTranscript) -> Bool { identity == file.identity && file.size >= searched }

    /// The path is gone: what comes back there is another file.
    package mutating func lose() { identity = nil }

    /// Hands out every line that is complete, without its end.
    package mutating func poll(
        _ file: any OpenTranscript, tail: Int = LineFollower.tail, _ line: (Part, ArraySlice<UInt8>) -> Void
    ) -> Outcome {
        guard continues(file) else {
            identity = file.identity
            skipped = 0
            return begin(file, tail, line)
        }
        guard file.size > searched else { return .unchanged }
        follow(file, line)
        return .grew
    }

    private mutating func begin(_ file: any OpenTranscript, _ tail: Int, _ line: (Part, ArraySlice<UInt8>) -> Void) -> Outcome {
        lineStart = 0
        searched = 0
        guard file.size > Int64(Self.head + tail) else {
            follow(file, line)
            return .began(isWhole: true)
        }
        let head = file.read(at: 0, upTo: Self.head)
        _ = Self.split(head[...]) { line(.head, $0) }
        // Back to the end of a line, further than `tail` only where one line is longer than that.
        var start = file.size - Int64(tail)
        let limit = max(0, file.size - Int64(tail) - Self.longestLine)
        while true {
            let bytes = file.read(at: start, upTo: Self.chunk)
            if let end = Self.newline(bytes[...]), start + Int64(end) < file.size - 1 {
                lineStart = start + Int64(end) + 1
                break
            }
            guard start > limit else {
                lineStart = start
                break
            }
            start = max(limit, start - Int64(Self.chunk))
        }
        searched = lineStart
        follow(file, line)
        return .began(isWhole: false)
    }

    private mutating func follow(_ file: any OpenTranscript, _ line: (Part, ArraySlice<UInt8>) -> Void) {
        while searched < file.size {
            let bytes = file.read(at: searched, upTo: Int(min(Int64(Self.chunk), file.size - searched)))
            guard !bytes.isEmpty else { return }
            if searched == lineStart {
                let rest = Self.split(bytes[...]) { line(.body, $0) }
                lineStart += Int64(rest)
                searched += Int64(bytes.count)
                continue
            }
            guard let end = Self.newline(bytes[...]) else {
                searched += Int64(bytes.count)
                continue
            }
            let length = searched + Int64(end) - lineStart
            if length > Self.longestLine {
                skipped += 1
            } else {
                line(.body, file.read(at: lineStart, upTo: Int(length))[...])
            }
            lineStart += length + 1
            searched = lineStart
        }
    }

    /// Hands out the whole lines; returns where the rest begins.
    private static func split(_ bytes: ArraySlice<UInt8>, _ line: (ArraySlice<UInt8>) -> Void) -> Int {
        var start = bytes.startIndex
        while let end = newline(bytes[start...]) {
            line(bytes[start..<end])
            start = end + 1
        }
        return start - bytes.startIndex
    }

    private static func newline(_ bytes: ArraySlice<UInt8>) -> Int? {
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress, let found = memchr(base, 0x0A, buffer.count) else { return nil }
            return bytes.startIndex + (UnsafeRawPointer(found) - base)
        }
    }
}
