#if os(Linux)
import Glibc
import Testing

@testable import FileEvents

@Suite struct InotifyRecordTests {
    private func bytes(_ watch: Int32, _ mask: Int32, _ name: String = "", padding: Int = 0) -> [UInt8] {
        let text = Array(name.utf8) + Array(repeating: 0, count: padding)
        var event = inotify_event()
        event.wd = watch
        event.mask = UInt32(bitPattern: mask)
        event.len = UInt32(text.count)
        return withUnsafeBytes(of: event) { Array($0) } + text
    }

    private func parse(_ bytes: [UInt8]) -> [InotifyRecord] { bytes.withUnsafeBytes { InotifyRecord.parse($0) } }

    @Test func `records follow one another, names filled up with zeros`() {
        let records = parse(
            bytes(1, IN_CREATE, "a", padding: 15) + bytes(2, IN_DELETE_SELF) + bytes(1, IN_MODIFY, "bb", padding: 1))
        #expect(records.map(\.name) == ["a", nil, "bb"])
        #expect(records.map(\.kind) == [.created, .directoryGone, .modified])
    }

    @Test func `an overflow has no watch`() {
        #expect(parse(bytes(-1, IN_Q_OVERFLOW)).map(\.isOverflow) == [true])
    }

    @Test func `bytes that are no whole record end the list`() {
        let whole = bytes(1, IN_CREATE, "abc", padding: 1)
        #expect(parse(whole + Array(whole.dropLast(2))).count == 1)
        #expect(parse([1, 2, 3]).isEmpty)
    }

    @Test func `a name that is not UTF-8 is told with replacement characters`() {
        var raw = bytes(1, IN_CREATE, "ab", padding: 2)
        raw[raw.count - 3] = 0xFF
        #expect(parse(raw).map(\.name) == ["a\u{FFFD}"])
    }

    @Test(
        arguments: [
            (IN_CREATE, FileEvent.Kind.created), (IN_MODIFY, .modified), (IN_CLOSE_WRITE, .closedAfterWrite),
            (IN_MOVED_TO, .movedIn),
            (IN_MOVED_FROM, .movedOut), (IN_DELETE, .deleted), (IN_CREATE | IN_ISDIR, .created),
        ] as [(Int32, FileEvent.Kind)])
    func `each bit has its kind`(mask: Int32, kind: FileEvent.Kind) {
        #expect(parse(bytes(1, mask, "a", padding: 3)).first?.kind == kind)
    }
}

@Suite struct WatchTableTests {
    @Test func `another directory at the same path takes its place, and the old watch is free`() {
        var table = WatchTable()
        #expect(table.set("/a", 1) == nil)
        #expect(table.set("/a", 1) == nil)
        #expect(table.set("/a", 2) == 1)
        #expect(table.forget(1) == [])
        #expect(table.directories(of: 2) == ["/a"])
    }

    @Test func `a watch with two names is free when both are removed`() {
        var table = WatchTable()
        _ = table.set("/a", 1)
        _ = table.set("/b", 1)
        #expect(table.remove("/a") == nil)
        #expect(table.remove("/b") == 1)
        #expect(table.remove("/b") == nil)
    }
}
#endif
