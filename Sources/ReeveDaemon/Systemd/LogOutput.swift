package import Logging

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The one logger set-up: structured fields when standard error is the journal, text otherwise.
package enum LogOutput {
    package static func bootstrap(level: Logger.Level, environment: [String: String]) {
        let toJournal = isJournal(environment["JOURNAL_STREAM"])
        LoggingSystem.bootstrap { label in
            if toJournal { return JournalHandler(label: label, logLevel: level) }
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
    }

    /// `JOURNAL_STREAM` holds device and inode of the stream that was given to us; it is ours only if descriptor 2 still is that one.
    static func isJournal(_ variable: String?) -> Bool {
        #if Systemd && canImport(CSystemd)
        guard let words = variable?.split(separator: ":"), words.count == 2 else { return false }
        var info = stat()
        return fstat(2, &info) == 0 && String(info.st_dev) == words[0] && String(info.st_ino) == words[1]
        #else
        return false
        #endif
    }
}
