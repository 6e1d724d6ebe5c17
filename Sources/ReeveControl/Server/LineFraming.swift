package import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Cuts a byte stream into lines of at most 1 MiB, newline included. What is longer is reported once and skipped to its newline.
package struct LineFraming {
    package enum Item: Equatable {
        case line([UInt8])
        case tooLarge
    }

    /// Bytes of a line with its newline.
    package static let longest = 1 << 20

    private let longest: Int

    private var buffer = ByteBuffer()
    /// Bytes of the buffer that are known to hold no newline.
    private var scanned = 0
    private var isSkipping = false

    package init(longest: Int = Self.longest) { self.longest = longest }

    package mutating func append(_ bytes: inout ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = bytes
            scanned = 0
        } else {
            // NIO never gives back what has been read by itself: pipelined bytes would pile up for as long as no read ends on a newline.
            buffer.discardReadBytes()
            buffer.writeBuffer(&bytes)
        }
    }

    /// The next item, or nil when more bytes are needed.
    package mutating func next() -> Item? {
        while true {
            guard let length = newline() else {
                scanned = buffer.readableBytes
                if isSkipping || buffer.readableBytes >= longest {
                    let isNew = !isSkipping
                    isSkipping = true
                    buffer = ByteBuffer()
                    scanned = 0
                    return isNew ? .tooLarge : nil
                }
                // A long partial line keeps its memory, an empty buffer gives it back: connections mostly idle.
                if buffer.readableBytes == 0 { buffer = ByteBuffer() }
                return nil
            }
            let line = buffer.readBytes(length: length) ?? []
            buffer.moveReaderIndex(forwardBy: 1)
            scanned = 0
            if isSkipping {
                isSkipping = false
                continue
            }
            if length >= longest { return .tooLarge }
            return .line(line)
        }
    }

    /// At the end of the stream: a last line without its newline.
    package mutating func rest() -> [UInt8]? {
        guard !isSkipping, buffer.readableBytes > 0 else { return nil }
        return buffer.readBytes(length: buffer.readableBytes)
    }

    /// Nothing is left of what was appended.
    var isEmpty: Bool { buffer.readableBytes == 0 }

    private func newline() -> Int? {
        buffer.withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress, bytes.count > scanned else { return nil }
            guard let found = memchr(base + scanned, 10, bytes.count - scanned) else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }
}
