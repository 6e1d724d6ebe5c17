import NIOCore
import ReeveControl

extension FuzzTarget {
    /// Framing of a stream that comes in pieces of any size, against splitting it whole. The first byte chooses the pieces; the limit is
    /// small, so that lines that are too long are found as easily as others.
    static let line = FuzzTarget(name: "line", longest: 512) { input in
        let limit = 16
        guard let seed = input.first else { return nil }
        let bytes = Array(input.dropFirst())
        let framed = frame(bytes, seed, limit)
        let split = split(bytes, limit)
        return framed == split ? nil : "framed \(framed), expected \(split)"
    }

    private static func frame(_ bytes: [UInt8], _ seed: UInt8, _ limit: Int) -> [LineFraming.Item] {
        var framing = LineFraming(longest: limit)
        var items: [LineFraming.Item] = []
        var generator = UInt32(seed)
        var at = 0
        while at < bytes.count {
            generator = generator &* 1_664_525 &+ 1_013_904_223
            let end = min(bytes.count, at + 1 + Int(generator >> 24) % (seed % 2 == 0 ? 4 : 64))
            var piece = ByteBuffer(bytes: bytes[at..<end])
            framing.append(&piece)
            // Now and then the reader is in no hurry, as when the peer does not take its answers.
            if generator >> 16 & 3 != 0 { while let item = framing.next() { items.append(item) } }
            at = end
        }
        while let item = framing.next() { items.append(item) }
        if let rest = framing.rest() { items.append(.line(rest)) }
        return items
    }

    private static func split(_ bytes: [UInt8], _ limit: Int) -> [LineFraming.Item] {
        var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { $0.count >= limit ? .tooLarge : .line(Array($0)) }
    }
}
