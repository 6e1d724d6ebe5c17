import Foundation
import ReeveModel

/// Reads a write-ahead log by its checksums, to tell the two ways in which one can be broken.
///
/// Torn: the last commit was being written when the power went. It was never acknowledged, and SQLite rightly leaves it out.
/// Damaged: a byte in the middle has changed. SQLite leaves out that commit and, without a word, all that follow, although they
/// were acknowledged. Format: https://sqlite.org/fileformat2.html#the_write_ahead_log
struct WriteAheadLog {
    private static let headerSize = 32
    private static let frameHeaderSize = 24

    private let bytes: Data

    /// Nil when there is none, or nothing in it.
    init?(path: String) {
        guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped),
            bytes.count > Self.headerSize
        else { return nil }
        self.bytes = bytes
    }

    enum State: Hashable {
        case sound
        /// Behind the last commit stand pieces of one that was cut off.
        case torn
        /// So many commits cannot be applied, the first of them because a byte in it has changed.
        case damaged(commits: Int)
    }

    /// - Returns: whether it is torn.
    /// - Throws: `damaged` when commits that were synced can no longer be applied.
    func refuseDamage(_ path: String) throws(ReeveError) -> Bool {
        switch state {
        case .sound: return false
        case .torn: return true
        case .damaged(let lost):
            throw .damaged(
                "the write-ahead log \(path) is damaged: its last \(lost) commits could not be applied and would be lost")
        }
    }

    /// The last commit alone may be a torn one. Whatever follows a commit was begun after that one had been synced.
    var state: State {
        bytes.withUnsafeBytes { raw in
            let magic = Self.big(raw, 0)
            // A file that was made longer and never filled, by a file system that has lost its power.
            if raw[..<Self.headerSize].allSatisfy({ $0 == 0 }) { return .sound }
            let isBigEndian = magic & 1 == 1
            let pageSize = Int(Self.big(raw, 8))
            var sum = Self.sum((0, 0), raw, 0..<24, isBigEndian)
            let isHeaderRight =
                magic & ~1 == 0x377F_0682 && Self.big(raw, 24) == sum.0 && Self.big(raw, 28) == sum.1
                && (512...65_536).contains(pageSize) && pageSize & (pageSize - 1) == 0
            // It fits into one sector, which is written as a whole: not torn. How much stands behind it cannot be told.
            guard isHeaderRight else { return .damaged(commits: 1) }
            let salt = (Self.big(raw, 16), Self.big(raw, 20))
            let frameSize = Self.frameHeaderSize + pageSize
            var isSound = true
            var commits = 0
            var framesSinceCommit = 0
            for start in stride(from: Self.headerSize, through: raw.count - frameSize, by: frameSize) {
                let isOurs = (Self.big(raw, start + 8), Self.big(raw, start + 12)) == salt
                if isSound {
                    sum = Self.sum(sum, raw, start..<(start + 8), isBigEndian)
                    sum = Self.sum(sum, raw, (start + Self.frameHeaderSize)..<(start + frameSize), isBigEndian)
                    isSound = isOurs && Self.big(raw, start + 16) == sum.0 && Self.big(raw, start + 20) == sum.1
                    if isSound { continue }
                }
                // Frames of an earlier round of the log have another salt; they are in the database already.
                guard isOurs else { continue }
                framesSinceCommit += 1
                if Self.big(raw, start + 4) != 0 {
                    commits += 1
                    framesSinceCommit = 0
                }
            }
            if commits > 1 || (commits == 1 && framesSinceCommit > 0) { return .damaged(commits: commits) }
            return commits == 1 || framesSinceCommit > 0 ? .torn : .sound
        }
    }

    private static func big(_ raw: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
        UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    private static func sum(
        _ start: (UInt32, UInt32), _ raw: UnsafeRawBufferPointer, _ range: Range<Int>, _ isBigEndian: Bool
    ) -> (UInt32, UInt32) {
        var (first, second) = start
        for offset in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
            let a = raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            let b = raw.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
            first &+= (isBigEndian ? UInt32(bigEndian: a) : UInt32(littleEndian: a)) &+ second
            second &+= (isBigEndian ? UInt32(bigEndian: b) : UInt32(littleEndian: b)) &+ first
        }
        return (first, second)
    }
}
