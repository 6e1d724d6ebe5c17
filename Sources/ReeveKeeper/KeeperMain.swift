import KeeperLink
import Ownership

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The program of every session's terminal. `reeve-keeper SESSION --runtime-dir DIR --state-dir DIR`.
package enum KeeperMain {
    /// Exit codes as in sysexits.h: 64 usage, 73 a file cannot be made, 75 another keeper holds this session.
    package static func run(_ arguments: [String]) -> Int32 {
        guard let options = KeeperOptions(arguments) else {
            complain(
                "usage: reeve-keeper SESSION --runtime-dir DIR --state-dir DIR\nreeved starts it; there is no reason to do so by hand."
            )
            return 64
        }
        settleSignals()
        var lock = KeeperLock(path: options.lockPath)
        let record: RecordFile
        do throws(Refusal) {
            for directory in options.directories { try PrivateDirectory.check(directory) }
            switch lock.take() {
            case .taken: break
            case .held: return complain("another keeper holds session \(options.session)", 75)
            case .refused(let refusal): throw refusal
            }
            record = try RecordFile(path: options.recordPath)
        } catch {
            return complain("\(error.reason)\n  \(error.mend)", 73)
        }
        guard let door = Door(path: options.socketPath) else {
            return complain("cannot listen on \(options.socketPath): \(lastError())", 73)
        }
        guard let signals = SignalPipe() else { return complain("cannot make a pipe: \(lastError())", 73) }
        let keeper = Keeper(options: options, lock: lock, record: record, door: door, signals: signals, terminal: Terminal())
        keeper.run()
        unlink(options.socketPath)
        return 0
    }

    package static func settleSignals() {
        // Ctrl+C, Ctrl+\ and Ctrl+Z are for the child; SIGTTOU would stop us when we take the terminal back.
        for number in KeeperSignals.ignored { signal(number, SIG_IGN) }
        // A mask is inherited, and whoever started the multiplexer may have blocked SIGCHLD (a thread of a Dispatch pool does).
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
    }

    @discardableResult
    private static func complain(_ text: String, _ code: Int32 = 64) -> Int32 {
        writeAll(2, Array("reeve-keeper: \(text)\n".utf8))
        return code
    }
}

struct KeeperOptions {
    let session: String
    let runtimeDirectory: String
    let stateDirectory: String

    init?(_ arguments: [String]) {
        guard arguments.count == 5, arguments[1] == "--runtime-dir", arguments[3] == "--state-dir", !arguments[0].hasPrefix("-"),
            !arguments[0].isEmpty, !arguments[0].contains("/")
        else { return nil }
        session = arguments[0]
        runtimeDirectory = arguments[2]
        stateDirectory = arguments[4]
    }

    /// Where its files are. Who could write there could be taken for this keeper, or for its record.
    var directories: [String] {
        [runtimeDirectory, "\(runtimeDirectory)/sessions", stateDirectory, "\(stateDirectory)/launches"]
    }
    var socketPath: String { KeeperPaths.socket(runtimeDirectory: runtimeDirectory, session: session) }
    var lockPath: String { KeeperPaths.lock(runtimeDirectory: runtimeDirectory, session: session) }
    var recordPath: String { KeeperPaths.record(stateDirectory: stateDirectory, session: session) }
}

enum KeeperSignals {
    static let ignored: [Int32] = [SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE]
}

package func lastError() -> String { String(cString: strerror(errno)) }

/// Writes all of it, or gives up at the first error: a terminal or peer that is gone is noticed elsewhere.
package func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) {
    var offset = 0
    while offset < bytes.count {
        let n = bytes[offset...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if n > 0 {
            offset += n
        } else if errno != EINTR {
            return
        }
    }
}
