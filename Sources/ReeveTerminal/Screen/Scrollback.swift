/// The lines that have scrolled away, the newest last, each as UTF-8 with its colours as escape sequences of its own.
///
/// Kept in blocks, because ten thousand arrays would cost more than what is in them.
package struct Scrollback {
    private struct Block {
        var bytes: [UInt8] = []
        /// Where each line ends.
        var ends: [Int32] = []

        func line(_ index: Int) -> ArraySlice<UInt8> { bytes[(index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])] }
    }

    private static let blockSize = 32 << 10
    private static let blockLines = 4096

    private let mostLines: Int
    private let mostBytes: Int
    private var blocks: [Block] = []
    /// Lines of the first block that are forgotten already.
    private var forgotten = 0
    private(set) var count = 0
    /// For tests: how much is kept for the lines.
    var blockCount: Int { blocks.count }
    private var size = 0

    /// - Parameter mostBytes: of text; what is older goes before the lines are used up. A line of two hundred cells, each in a colour of its
    ///   own, takes forty times as much as one of a log.
    package init(mostLines: Int, mostBytes: Int) {
        self.mostLines = mostLines
        self.mostBytes = mostBytes
    }

    mutating func append(_ line: some Collection<UInt8>) {
        guard mostLines > 0 else { return }
        // Empty lines never fill a block by their bytes.
        if blocks.last.map({ $0.bytes.count + line.count > Self.blockSize || $0.ends.count >= Self.blockLines }) ?? true {
            blocks.append(Block())
            blocks[blocks.count - 1].bytes.reserveCapacity(max(Self.blockSize, line.count))
        }
        let last = blocks.count - 1
        blocks[last].bytes.append(contentsOf: line)
        blocks[last].ends.append(Int32(blocks[last].bytes.count))
        count += 1
        size += line.count
        while count > mostLines || size > mostBytes { forgetOldest() }
    }

    private mutating func forgetOldest() {
        guard let first = blocks.first else { return }
        size -= first.line(forgotten).count
        count -= 1
        forgotten += 1
        if forgotten == first.ends.count {
            blocks.removeFirst()
            forgotten = 0
        }
    }

    /// The newest `wanted` lines, the oldest of them first.
    func newest(_ wanted: Int) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        for (number, block) in blocks.enumerated().reversed() {
            for index in block.ends.indices.reversed() {
                if lines.count == wanted || (number == 0 && index < forgotten) { return lines.reversed() }
                lines.append(block.line(index))
            }
        }
        return lines.reversed()
    }

    mutating func clear() { self = Scrollback(mostLines: mostLines, mostBytes: mostBytes) }
}
