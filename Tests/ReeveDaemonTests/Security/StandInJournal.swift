import Foundation
import ReeveTestSupport
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// Takes what a daemon sends to systemd's journal, in place of journald, of which it has the socket alone (`sd_journal_sendv` of
/// systemd 252 sends one datagram a record, and a file in place of one that is too large for that).
///
/// The path of that socket is built into libsystemd. So the daemon, and what it starts, sees a `/run` of its own.
final class StandInJournal: Sendable {
    private struct State {
        var records: [[UInt8]] = []
        var isOver = false
    }

    private let directory: String
    private let descriptor: Int32
    private let state = Mutex(State())

    /// - Parameter directory: private and empty.
    init(in directory: String) throws {
        self.directory = directory
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard RealDaemon.bind(descriptor, to: "\(directory)/socket") else {
            close(descriptor)
            throw CocoaError(.fileWriteUnknown)
        }
        // A thread of its own: who logs more than the socket holds is held up until somebody takes it.
        Thread { [self] in listen() }.start()
    }

    func stop() { state.withLock { $0.isOver = true } }

    /// The records of a daemon so far, each as it came. One that is empty came as a file, which is not looked into.
    var records: [[UInt8]] { state.withLock(\.records) }

    /// The text of all records, as it came.
    var text: String { records.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n") }

    /// A record's fields, as journald reads them (systemd's document "Native Journal Protocol"): `NAME=value` and a line break, or, for a
    /// value with line breaks in it, `NAME`, a line break, the value's length in 8 bytes, least first, the value, a line break.
    /// - Returns: nil when it is none.
    static func fields(of record: [UInt8]) -> [(name: String, value: String)]? {
        var fields: [(name: String, value: String)] = []
        var rest = record[...]
        while !rest.isEmpty {
            guard let end = rest.firstIndex(of: 10) else { return nil }
            let line = rest[..<end]
            rest = rest[(end + 1)...]
            if let sign = line.firstIndex(of: 0x3D) {
                fields.append((text(line[..<sign]), text(line[(sign + 1)...])))
            } else {
                guard rest.count >= 8 else { return nil }
                let length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
                rest = rest.dropFirst(8)
                guard length >= 0, rest.count > length, rest[rest.startIndex + length] == 10 else { return nil }
                fields.append((text(line), text(rest.prefix(length))))
                rest = rest.dropFirst(length + 1)
            }
        }
        return fields
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    /// What a shell does before it becomes a daemon that logs into this journal: `RealDaemon.with(prelude:)`. Its standard error is then
    /// what the variable says that it is, so it takes it for the journal's.
    var prelude: String {
        let inside = """
            mount -t tmpfs none /run && mkdir -p /run/systemd/journal && mount --bind \(directory) /run/systemd/journal \
            && JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2) && export JOURNAL_STREAM && exec "$0"
            """
        return "exec unshare --mount /bin/sh -c '\(inside)' \"$0\""
    }

    /// Root, and allowed to mount, and unshare(1) of util-linux is there.
    static let isPossible: Bool = {
        let arguments = ["/usr/bin/env", "unshare", "--mount", "/bin/sh", "-c", "mount -t tmpfs none /run"]
        let program = try? SpawnedProgram(arguments, environment: ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin"])
        return program?.wait() == .exited(0)
    }()

    private func listen() {
        var end = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while !state.withLock(\.isOver) {
            _ = poll(&end, 1, 50)
            while case let n = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT)), n >= 0 {
                let record = Array(buffer[..<n])
                state.withLock { $0.records.append(record) }
            }
        }
        close(descriptor)
    }
}
