package import Logging

#if Systemd && canImport(CSystemd)
import CSystemd
#endif

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

/// Sends records to the journal with their metadata as fields.
struct JournalHandler: LogHandler {
    let label: String
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(label: String, logLevel: Logger.Level) {
        self.label = label
        self.logLevel = logLevel
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = ["PRIORITY=\(Self.priority(event.level))", "SYSLOG_IDENTIFIER=reeved", "REEVE_LOGGER=\(label)"]
        let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        fields += all.map { "REEVE_\(Self.fieldName($0.key))=\($0.value)" }
        let suffix = all.isEmpty ? "" : " (" + all.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + ")"
        fields.append("MESSAGE=\(event.message)\(suffix)")
        send(fields)
    }

    private func send(_ fields: [String]) {
        #if Systemd && canImport(CSystemd)
        let buffers = fields.map { Array($0.utf8) }
        var vectors: [iovec] = []
        let storage = buffers.map { buffer -> UnsafeMutablePointer<UInt8> in
            let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, buffer.count))
            copy.initialize(from: buffer, count: buffer.count)
            vectors.append(iovec(iov_base: copy, iov_len: buffer.count))
            return copy
        }
        sd_journal_sendv(vectors, Int32(vectors.count))
        for pointer in storage { pointer.deallocate() }
        #endif
    }

    /// Field names are upper-case letters, digits and underscores.
    private static func fieldName(_ key: String) -> String {
        String(key.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
